"""The Design page: palette, canvas and inspector, with the monitor below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.inspector.panel import Inspector
from nnstudio.ui.monitor.dock import MonitorDock
from nnstudio.ui.palette.panel import Palette
from nnstudio.ui.session import Session
from nnstudio.ui.settings import Layout
from nnstudio.ui.trail import TrailBar

_PALETTE, _INSPECTOR = 212, 292
_DOCK_SHARE, _DOCK_MOST = 0.36, 320
_LEAST = {"palette": 150, "inspector": 240, "monitor_dock": 130}


class DesignPage(QWidget):
    """Puts the four panels beside each other, with edges that can be dragged."""

    def __init__(self, session: Session, layout: Layout, *, staged: bool = False) -> None:
        super().__init__()
        self.setObjectName("design_page")
        self.palette_panel = Palette(session, staged=staged)
        self.canvas = Canvas(session)
        self.inspector = Inspector(session, staged=staged)
        self.dock = MonitorDock(session)
        self._columns = _splitter(Qt.Orientation.Horizontal, self.palette_panel, self._middle(session), self.inspector)
        self._rows = _splitter(Qt.Orientation.Vertical, self._columns, self.dock)
        self._columns.setStretchFactor(1, 1)
        self._rows.setStretchFactor(0, 1)
        self.canvas.setMinimumSize(200, 120)
        self.palette_panel.setMinimumWidth(_LEAST["palette"])
        self.inspector.setMinimumWidth(_LEAST["inspector"])
        self.dock.setMinimumHeight(_LEAST["monitor_dock"])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._rows)
        self._layout = layout
        self._seen = False
        for panel in self.panels():
            panel.setVisible(panel.objectName() not in layout.hidden)
        self.palette_panel.activated.connect(self.canvas.add)
        self.canvas.edit_wanted.connect(self.inspector.focus_first)
        self.inspector.left.connect(self.canvas.take_keyboard)
        self.palette_panel.left.connect(self.canvas.take_keyboard)

    def _middle(self, session: Session) -> QWidget:
        """Return the canvas, with the bar above it that says which block is open."""
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(TrailBar(session))
        column.addWidget(self.canvas, 1)
        return middle

    def panels(self) -> tuple[QWidget, QWidget, QWidget]:
        """Return what can be put away: palette, inspector, dock."""
        return self.palette_panel, self.inspector, self.dock

    def layout_now(self, geometry: str) -> Layout:
        """Return where things are."""
        return Layout(
            geometry=geometry,
            columns=tuple(self._columns.sizes()) if not self._any_hidden() else (),
            rows=tuple(self._rows.sizes()) if not self.dock.isHidden() else (),
            hidden=tuple(panel.objectName() for panel in self.panels() if panel.isHidden()),
        )

    def arrange(self, layout: Layout) -> None:
        """Put the edges between the panels where a layout says; one that does not say leaves them."""
        if len(layout.columns) == 3:
            self._columns.setSizes(layout.columns)
        if len(layout.rows) == 2:
            self._rows.setSizes(layout.rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the room, as it was left or as it looks best, until the page has been seen for the first time."""
        super().resizeEvent(event)
        if self._seen:
            return
        width, height = event.size().width(), event.size().height()
        columns, rows = self._layout.columns, self._layout.rows
        dock = min(_DOCK_MOST, round(height * _DOCK_SHARE))
        middle = max(1, width - _PALETTE - _INSPECTOR - 2)
        self._columns.setSizes(list(columns) if len(columns) == 3 else [_PALETTE, middle, _INSPECTOR])
        self._rows.setSizes(list(rows) if len(rows) == 2 else [height - dock - 1, dock])

    def showEvent(self, event: QShowEvent) -> None:
        """From now on the person decides."""
        super().showEvent(event)
        self._seen = True

    def _any_hidden(self) -> bool:
        return self.palette_panel.isHidden() or self.inspector.isHidden()


def _splitter(orientation: Qt.Orientation, *parts: QWidget) -> QSplitter:
    made = QSplitter(orientation)
    made.setHandleWidth(1)
    made.setChildrenCollapsible(False)
    for part in parts:
        made.addWidget(part)
    return made
