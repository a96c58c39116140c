"""Select: draw a box around cards, or click beside them."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from nnstudio.ui.canvas.gestures.base import Gesture, Pointer
from nnstudio.ui.canvas.overlay import Box


def combined(before: frozenset[str], hit: frozenset[str], at: Pointer) -> frozenset[str]:
    """Return a selection with what was hit: alone, added with Shift, toggled with Ctrl."""
    if at.ctrl:
        return before ^ hit
    return before | hit if at.shift else hit


class BoxSelect(Gesture):
    """A drag from an empty place; the cards that the box touches are selected when it ends."""

    pulls = True

    def begin(self, at: Pointer) -> None:
        """Remember what was selected."""
        super().begin(at)
        self._before = self.canvas.session.selection
        self._box: Box | None = None

    def move(self, at: Pointer) -> None:
        """Draw the box and show what it would select."""
        if not self.passed_threshold(at):
            return
        board = self.canvas.board
        if self._box is None:
            self._box = Box(board.style_.theme)
            board.overlay(self._box)
        rect = self._rect(at)
        self._box.setRect(rect)
        board.show_selection(combined(self._before, self._inside(rect), at))

    def commit(self, at: Pointer) -> None:
        """Select; a click beside all cards selects nothing."""
        hit = self._inside(self._rect(at)) if self._box is not None else frozenset()
        self._drop_box()
        self.canvas.session.select(combined(self._before, hit, at))
        self.canvas.board.show_selection(self.canvas.session.selection)

    def cancel(self) -> None:
        """Leave the selection as it was."""
        self._drop_box()
        self.canvas.board.show_selection(self._before)

    def _rect(self, at: Pointer) -> QRectF:
        """Return the box; one drawn straight down or across is still a little wide."""
        return QRectF(self.start.scene, at.scene).normalized().adjusted(-0.5, -0.5, 0.5, 0.5)

    def _inside(self, rect: QRectF) -> frozenset[str]:
        return frozenset(item.id for item in self.canvas.board.nodes_in(rect) if item.card.intersects(rect))

    def _drop_box(self) -> None:
        if self._box is not None:
            self.canvas.board.remove_overlay(self._box)
            self._box = None
