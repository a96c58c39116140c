"""Point: press a mend under a wrong card, or a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.ui.canvas.gestures.base import Gesture, Pointer
from nnstudio.ui.canvas.items import NodeItem, WireItem

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas


class PressLink(Gesture):
    """A click on a mend applies it; one that is let go elsewhere does not."""

    def __init__(self, canvas: Canvas, item: NodeItem, number: int) -> None:
        super().__init__(canvas)
        self._item = item
        self._number = number

    def commit(self, at: Pointer) -> None:
        """Mend."""
        if self.canvas.board.link_at(at.scene) == (self._item, self._number):
            self.canvas.commands.mend(self._item.id, self._number)


class PressWire(Gesture):
    """A click on a wire picks it out, so that Del removes it."""

    def __init__(self, canvas: Canvas, wire: WireItem) -> None:
        super().__init__(canvas)
        self._wire = wire

    def commit(self, at: Pointer) -> None:
        """Pick it out."""
        if not self.passed_threshold(at):
            self.canvas.session.select(())
            self.canvas.pointing.pick(self._wire.edge)
