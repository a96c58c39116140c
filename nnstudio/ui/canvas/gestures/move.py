"""Move: drag cards over the grid, or one card into a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from nnstudio.core.frames import moves_all
from nnstudio.ui.canvas import placing
from nnstudio.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH
from nnstudio.ui.canvas.gestures.base import Gesture, Pointer
from nnstudio.ui.canvas.gestures.select import combined
from nnstudio.ui.canvas.items import NodeItem, WireItem
from nnstudio.ui.canvas.lift import Lift

if TYPE_CHECKING:
    from nnstudio.ui.canvas.guides import Snapping
    from nnstudio.ui.canvas.view import Canvas


class MoveNodes(Gesture):
    """A press on a card selects it; a drag moves all that is selected, by guides and grid unless Shift is held."""

    pulls = True

    def __init__(self, canvas: Canvas, item: NodeItem) -> None:
        super().__init__(canvas)
        self._item = item

    def begin(self, at: Pointer) -> None:
        """Select the card that was pressed, unless it is among those selected."""
        super().begin(at)
        session = self.canvas.session
        self._before = session.selection
        self._lift: Lift | None = None
        self._snapping: Snapping | None = None
        self._wire: WireItem | None = None
        if at.shift or at.ctrl or self._item.id not in self._before:
            session.select(combined(self._before, frozenset((self._item.id,)), at))

    def move(self, at: Pointer) -> None:
        """Bring the cards along."""
        if not self.passed_threshold(at):
            return
        if self._lift is None:
            self._take_up()
        if self._lift is not None:
            self._shift(self._lift, at)
            self.canvas.show_cursor(Qt.CursorShape.SizeAllCursor)

    def commit(self, at: Pointer) -> None:
        """Leave the cards where they are; a click leaves only the pressed card selected."""
        if self._lift is None:
            if not (at.shift or at.ctrl):
                self.canvas.session.select((self._item.id,))
            return
        wire, lift = self._wire, self._lift
        self._let_go()
        lift.land()
        places = lift.places()
        if wire is not None:
            self.canvas.commands.move_into_wire(self._item.id, places[self._item.id], wire.edge)
        else:
            self.canvas.commands.move(lift.ids, (lift.offset.x(), lift.offset.y()))

    def cancel(self) -> None:
        """Put the cards back and select what was selected before."""
        self._let_go()
        if self._lift is not None:
            self._lift.put_back()
        self.canvas.session.select(self._before)

    def _take_up(self) -> None:
        ids = self.canvas.session.selection
        if self._item.id in ids:  # Ctrl may have taken it out of the selection
            frames = self.canvas.board.frames.items.keys() if moves_all(self.canvas.session.graph, ids) else ()
            self._lift = Lift(self.canvas.board, ids, frames)

    def _shift(self, lift: Lift, at: Pointer) -> None:
        """Hold the cards where the hand wants them, or where they fall in with others."""
        if self._snapping is None:
            from nnstudio.ui.canvas.guides import snapping_of_cards  # no start of the program needs it

            self._snapping = snapping_of_cards(self.canvas, lift.ids, self._item.pos())
        offset = at.scene - self.start.scene
        lift.shift(offset if at.shift else self._snapping.place(offset))
        self._light(None if at.alt else self._wire_under())
        if at.shift or self._wire is not None:
            self._snapping.clear()
        else:
            self._snapping.show(lift.offset)

    def _wire_under(self) -> WireItem | None:
        """Return the wire that the card would go into: only one card that no wire touches does."""
        canvas, id_ = self.canvas, self._item.id
        graph = canvas.session.graph
        if len(canvas.session.selection) > 1 or id_ in graph.into or id_ in graph.out_of:
            return None
        if placing.through_ports(canvas.session.sheet, id_) is None:
            return None
        return canvas.board.wire_under_card(self._item.pos() + QPointF(CARD_WIDTH, CARD_HEIGHT) / 2)

    def _let_go(self) -> None:
        self._light(None)
        if self._snapping is not None:
            self._snapping.clear()

    def _light(self, wire: WireItem | None) -> None:
        if wire is not self._wire:
            if self._wire is not None:
                self._wire.show_lit(False)
            if wire is not None:
                wire.show_lit(True)
            self._wire = wire
