"""The dock under the canvas: how training goes, what the layers see, what the network says, its code, the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui.controls import ElidedLabel, hairline
from nnstudio.ui.figures import grouped
from nnstudio.ui.monitor.code import CodeView
from nnstudio.ui.monitor.inside import InsideLayer
from nnstudio.ui.monitor.log import LogView
from nnstudio.ui.monitor.maps import MapList
from nnstudio.ui.monitor.plots import CurvePanel
from nnstudio.ui.monitor.prediction import PredictionBars
from nnstudio.ui.monitor.sample import SampleChooser, SamplePicture

if TYPE_CHECKING:
    from nnstudio.ui.session import Session


class MonitorDock(QWidget):
    """Five tabs; each is built when it is first opened, so that the window comes up quickly."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("monitor_dock")
        self._session = session
        self._builders: dict[str, Callable[[Session], QWidget]] = {
            "progress": ProgressView,
            "maps": MapsView,
            "predictions": PredictionsView,
            "code": CodeView,
            "log": LogView,
        }
        titles = {
            "progress": tr("Progress"),
            "maps": tr("Feature maps"),
            "predictions": tr("Predictions"),
            "code": tr("Code"),
            "log": tr("Log"),
        }
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("monitor_tabs")
        self.tabs.setAccessibleName(tr("Monitor"))
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self._built: dict[str, QWidget] = {}
        for key, title in titles.items():
            page = QWidget()
            page.setObjectName(f"tab_{key}")
            QVBoxLayout(page).setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(page, title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self.open_tab(session.view.tab)
        self.tabs.currentChanged.connect(self._on_tab_changed)

    @property
    def keys(self) -> tuple[str, ...]:
        """The tabs by key, from left to right."""
        return tuple(self._builders)

    def open_tab(self, key: str) -> None:
        """Show a tab; a key that does not exist shows the first."""
        index = self.keys.index(key) if key in self._builders else 0
        self.tabs.setCurrentIndex(index)
        self._build(self.keys[index])

    def view(self, key: str) -> QWidget:
        """Return what a tab shows, and build it if nobody has opened it yet."""
        self._build(key)
        return self._built[key]

    def sizeHint(self) -> QSize:
        """Enough for ten rows of a prediction."""
        return QSize(900, 300)

    def _build(self, key: str) -> None:
        if key in self._built:
            return
        view = self._builders[key](self._session)
        page = self.tabs.widget(self.keys.index(key))
        layout = page.layout() if page is not None else None
        assert layout is not None
        layout.addWidget(view)
        self._built[key] = view

    def _on_tab_changed(self, index: int) -> None:
        self._session.view.tab = self.keys[index]
        self._build(self.keys[index])


class ProgressView(QWidget):
    """Everything at a glance: loss, accuracy, maps of all layers, prediction."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progress_view")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(28)
        row.addWidget(CurvePanel(session, "loss"), 30)
        row.addWidget(CurvePanel(session, "accuracy"), 30)
        row.addWidget(titled_maps(session), 52)
        row.addWidget(titled_prediction(session), 20)


class MapsView(QWidget):
    """All layers on the left; the chosen one large on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("maps_view")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(16)
        left = titled_maps(session, chooser=True)
        row.addWidget(left, 1)
        row.addWidget(hairline(upright=True))
        row.addWidget(InsideLayer(session), 1)


class PredictionsView(QWidget):
    """The sample, the way to the next one, and what the network says of it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("predictions_view")
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(SampleChooser(session))
        left.addWidget(SamplePicture(session), 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(28)
        row.addLayout(left, 2)
        row.addWidget(titled_prediction(session), 3)


class LiveTitle(ElidedLabel):
    """A heading that follows the run."""

    def __init__(self, session: Session, text: Callable[[], str]) -> None:
        super().__init__(text(), "heading")
        self._write = text
        session.bridge.mapped.connect(self._on_mapped)
        session.bridge.state_changed.connect(self._rewrite)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while the heading was hidden."""
        super().showEvent(event)
        self._rewrite()

    def _on_mapped(self) -> None:
        if self.isVisible():
            self._rewrite()

    def _rewrite(self) -> None:
        text = self._write()
        if text != self.text():
            self.setText(text)


def titled_maps(session: Session, *, chooser: bool = False) -> QWidget:
    """Return the maps of all layers under a heading that names the sample, or under the way to another one."""

    def text() -> str:
        snapshot = session.bridge.snapshot
        if snapshot is None or chooser:
            return tr("Feature maps")
        return tr("Feature maps, sample {sample}", sample=grouped(snapshot.sample))

    header = QHBoxLayout()
    header.setSpacing(16)
    header.addWidget(LiveTitle(session, text), 0 if chooser else 1)
    if chooser:
        header.addWidget(SampleChooser(session), 1)
    return _column(header, MapList(session))


def titled_prediction(session: Session) -> QWidget:
    """Return the bars of the prediction under a heading that says the prediction and the truth."""
    bars = PredictionBars(session)
    header = QHBoxLayout()
    header.addWidget(LiveTitle(session, lambda: bars.prediction.title if bars.prediction else tr("Prediction")), 1)
    return _column(header, bars)


def _column(header: QHBoxLayout, content: QWidget) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    column.addLayout(header)
    column.addWidget(content, 1)
    return box
