"""Pan: the sheet follows the hand."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt

from nnstudio.ui.canvas.gestures.base import Gesture, Pointer


class Pan(Gesture):
    """Middle drag or Space-drag."""

    cursor: Qt.CursorShape | None = Qt.CursorShape.ClosedHandCursor

    def begin(self, at: Pointer) -> None:
        """Take hold of the sheet."""
        super().begin(at)
        self._done = QPoint()

    def move(self, at: Pointer) -> None:
        """Bring the sheet along, in whole pixels that add up to the hand's way."""
        way = (self.start.view - at.view).toPoint()
        self.canvas.pan(QPointF(way - self._done))
        self._done = way


class PanOrClick(Pan):
    """Right drag: pans once it has gone further than a click would."""

    cursor = None

    def move(self, at: Pointer) -> None:
        """Bring the sheet along, beyond the threshold."""
        if self.passed_threshold(at):
            self.canvas.show_cursor(Qt.CursorShape.ClosedHandCursor)
            super().move(at)

    def commit(self, at: Pointer) -> None:
        """Open the menu where it was only a click."""
        if not self.is_drag:
            self.canvas.open_menu(at)
