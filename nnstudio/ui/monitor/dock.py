"""The dock under the canvas: how training goes, what the layers see, what the network says, its code, what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import lazy

if TYPE_CHECKING:
    from nnstudio.ui.session import Session


class MonitorDock(QWidget):
    """Tabs; each is built when it is first opened, and at the start of the program after the first painting."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("monitor_dock")
        self._session = session
        self._built: dict[str, QWidget] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._on_painted)
        if lazy.is_pyqtgraph_ready():
            self._on_painted()

    @cached_property
    def tabs(self) -> QTabWidget:
        """The tabs, made when they are first asked for, and at the latest once the dock has been painted."""
        titles = {
            "progress": tr("Progress"),
            "maps": tr("Feature maps"),
            "predictions": tr("Predictions"),
            "insight": tr("Insight"),
            "code": tr("Code"),
            "log": tr("Log"),
            "problems": tr("Problems"),
            "outline": tr("Outline"),
        }
        tabs = QTabWidget(self)
        tabs.setObjectName("monitor_tabs")
        tabs.setAccessibleName(tr("Monitor"))
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        for key, title in titles.items():
            page = QWidget()
            page.setObjectName(f"tab_{key}")
            QVBoxLayout(page).setContentsMargins(0, 0, 0, 0)
            tabs.addTab(page, title)
        tabs.setCurrentIndex(self._index(self._session.view.tab))
        tabs.currentChanged.connect(self._on_tab_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(tabs)
        return tabs

    @property
    def keys(self) -> tuple[str, ...]:
        """The tabs by key, from left to right."""
        return tuple(_BUILDERS)

    def open_tab(self, key: str) -> None:
        """Show a tab; a key that does not exist shows the first."""
        index = self._index(key)
        self.tabs.setCurrentIndex(index)
        self._build(self.keys[index])

    def view(self, key: str) -> QWidget:
        """Return what a tab shows, and build it if nobody has opened it yet."""
        self._build(key)
        return self._built[key]

    def sizeHint(self) -> QSize:
        """Enough for ten rows of a prediction."""
        return QSize(900, 300)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Build the tabs and what is open, if these have waited for the window to be seen first."""
        super().paintEvent(event)
        if "tabs" not in vars(self) or self.keys[self.tabs.currentIndex()] not in self._built:
            self._soon.start()

    def _on_painted(self) -> None:
        self._build(self.keys[self.tabs.currentIndex()])

    def _index(self, key: str) -> int:
        return self.keys.index(key) if key in _BUILDERS else 0

    def _build(self, key: str) -> None:
        if key in self._built:
            return
        view = _BUILDERS[key](self._session)
        page = self.tabs.widget(self.keys.index(key))
        layout = page.layout() if page is not None else None
        assert layout is not None
        layout.addWidget(view)
        self._built[key] = view

    def _on_tab_changed(self, index: int) -> None:
        self._session.view.tab = self.keys[index]
        self._build(self.keys[index])


def _progress(session: Session) -> QWidget:
    from nnstudio.ui.monitor.views import ProgressView

    return ProgressView(session)


def _maps(session: Session) -> QWidget:
    from nnstudio.ui.monitor.closeups import MapsView

    return MapsView(session)


def _predictions(session: Session) -> QWidget:
    from nnstudio.ui.monitor.closeups import PredictionsView

    return PredictionsView(session)


def _insight(session: Session) -> QWidget:
    from nnstudio.ui.insight.gallery import Gallery

    return Gallery(session)


def _code(session: Session) -> QWidget:
    from nnstudio.ui.monitor.code import CodeView

    return CodeView(session)


def _log(session: Session) -> QWidget:
    from nnstudio.ui.monitor.log import LogView

    return LogView(session)


def _problems(session: Session) -> QWidget:
    from nnstudio.ui.monitor.problems import ProblemsView

    return ProblemsView(session)


def _outline(session: Session) -> QWidget:
    from nnstudio.ui.outline.panel import OutlineView

    return OutlineView(session)


_BUILDERS: Mapping[str, Callable[[Session], QWidget]] = {
    "progress": _progress,
    "maps": _maps,
    "predictions": _predictions,
    "insight": _insight,
    "code": _code,
    "log": _log,
    "problems": _problems,
    "outline": _outline,
}
"""The tabs from left to right; what a tab needs is imported when it is opened."""
