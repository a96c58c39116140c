"""The dock under the canvas: how training goes, what the layers see, what the network says, its code, the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from nnstudio.core.words import tr

if TYPE_CHECKING:
    from nnstudio.ui.session import Session


class MonitorDock(QWidget):
    """Five tabs; each is built when it is first opened, so that the window comes up quickly."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("monitor_dock")
        self._session = session
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
        return tuple(_BUILDERS)

    def open_tab(self, key: str) -> None:
        """Show a tab; a key that does not exist shows the first."""
        index = self.keys.index(key) if key in _BUILDERS else 0
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


def _code(session: Session) -> QWidget:
    from nnstudio.ui.monitor.code import CodeView

    return CodeView(session)


def _log(session: Session) -> QWidget:
    from nnstudio.ui.monitor.log import LogView

    return LogView(session)


_BUILDERS: Mapping[str, Callable[[Session], QWidget]] = {
    "progress": _progress,
    "maps": _maps,
    "predictions": _predictions,
    "code": _code,
    "log": _log,
}
"""The tabs from left to right; what a tab needs is imported when it is opened."""
