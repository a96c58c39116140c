"""Cut: a line drawn with Alt across wires takes them away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, Qt

from nnstudio.ui.canvas.gestures.base import Gesture, Pointer
from nnstudio.ui.canvas.overlay import Cut

if TYPE_CHECKING:
    from nnstudio.core.graph import Edge
    from nnstudio.ui.canvas.view import Canvas


class CutWires(Gesture):
    """An Alt-drag from an empty place; the wires that its line crosses are shown red, and go when it ends."""

    cursor = Qt.CursorShape.CrossCursor
    pulls = True

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._line: Cut | None = None
        self._crossed: frozenset[Edge] = frozenset()

    def move(self, at: Pointer) -> None:
        """Draw the line and show what it would cut."""
        if not self.passed_threshold(at):
            return
        board = self.canvas.board
        if self._line is None:
            self._line = Cut(board.style_.theme)
            board.overlay(self._line)
        line = QLineF(self.start.scene, at.scene)
        wires = board.wires_across(line)
        self._crossed = frozenset(wire.edge for wire in wires)
        self._line.hold(line, [wire.path() for wire in wires])

    def commit(self, at: Pointer) -> None:
        """Cut."""
        crossed = self._crossed
        self._clear()
        if crossed:
            self.canvas.commands.cut_wires(crossed)

    def cancel(self) -> None:
        """Leave the wires as they are."""
        self._clear()

    def _clear(self) -> None:
        self._crossed = frozenset()
        if self._line is not None:
            self.canvas.board.remove_overlay(self._line)
            self._line = None
