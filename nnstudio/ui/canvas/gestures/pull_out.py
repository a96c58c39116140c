"""Pull out: Alt-drag takes cards out of their wires and along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from nnstudio.core.arranging import bridges, outer_wires
from nnstudio.core.frames import moves_all
from nnstudio.ui.canvas import placing
from nnstudio.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH
from nnstudio.ui.canvas.gestures.base import Pointer
from nnstudio.ui.canvas.gestures.move import MoveNodes
from nnstudio.ui.canvas.overlay import HandWire

if TYPE_CHECKING:
    from nnstudio.core.graph import Edge
    from nnstudio.ui.canvas.items import NodeItem, WireItem
    from nnstudio.ui.canvas.view import Canvas


class PullOut(MoveNodes):
    """The cards leave their wires behind, and what fed them feeds what they fed; one card may go into another wire.

    Meanwhile the wires that will go are hidden, and dashed ones show what will be connected instead.
    """

    def __init__(self, canvas: Canvas, item: NodeItem) -> None:
        super().__init__(canvas, item)
        self._hidden: tuple[Edge, ...] = ()
        self._bridges: list[HandWire] = []

    def move(self, at: Pointer) -> None:
        """Bring the cards along. Alt is held already, so it suppresses nothing."""
        super().move(Pointer(at.view, at.scene, at.keys & ~Qt.KeyboardModifier.AltModifier))

    def commit(self, at: Pointer) -> None:
        """Leave the cards where they are, without their wires; a click selects."""
        lift, wire = self._lift, self._wire
        if lift is None or moves_all(self.canvas.session.graph, lift.ids):  # the whole drawing has no wires to lose
            self._clear()
            super().commit(at)
            return
        self._let_go()
        self._clear()
        lift.land()
        self.canvas.commands.pull_out(lift.places(), wire.edge if wire is not None else None)

    def cancel(self) -> None:
        """Put the cards back into their wires."""
        self._clear()
        super().cancel()

    def _take_up(self) -> None:
        super()._take_up()
        if self._lift is None:
            return
        canvas, ids = self.canvas, self._lift.ids
        graph, board = canvas.session.graph, canvas.board
        self._hidden = outer_wires(graph, ids)
        for edge in self._hidden:
            board.wires[edge].hide()
        for edge in bridges(graph, ids):
            hand = HandWire(board.style_.theme)
            hand.hold(*board.wire_ends(edge), fits=False)
            board.overlay(hand)
            self._bridges.append(hand)

    def _wire_under(self) -> WireItem | None:
        """Return the wire that a single card would go into."""
        canvas = self.canvas
        if len(canvas.session.selection) > 1 or placing.through_ports(canvas.session.sheet, self._item.id) is None:
            return None
        return canvas.board.wire_under_card(self._item.pos() + QPointF(CARD_WIDTH, CARD_HEIGHT) / 2)

    def _clear(self) -> None:
        board = self.canvas.board
        for edge in self._hidden:
            if edge in board.wires:
                board.wires[edge].show()
        for hand in self._bridges:
            board.remove_overlay(hand)
        self._hidden, self._bridges = (), []
