"""Wire: drag from one port to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from nnstudio.core.edits import disconnect
from nnstudio.ui.canvas.geometry import port_place
from nnstudio.ui.canvas.gestures.base import Gesture, Pointer
from nnstudio.ui.canvas.overlay import HandWire
from nnstudio.ui.canvas.wiring import Judge, Socket, place_of

if TYPE_CHECKING:
    from nnstudio.core.graph import Edge
    from nnstudio.ui.canvas.view import Canvas

REACH = 16.0
"""How near the pointer must be to a port for the wire to jump there, in pixels."""


class DrawWire(Gesture):
    """A wire in hand. Ports that can take it are lit, the others dimmed; it says why when it is held to one of those.

    Dragging off an input that has a wire takes up that wire. Let go in the empty, a new wire opens the search, and
    one that was taken up is removed.
    """

    cursor = Qt.CursorShape.CrossCursor
    pulls = True

    def __init__(self, canvas: Canvas, socket: Socket) -> None:
        super().__init__(canvas)
        self._socket = socket

    def begin(self, at: Pointer) -> None:
        """Take up a wire, or begin one."""
        super().begin(at)
        session, board = self.canvas.session, self.canvas.board
        socket, graph = self._socket, session.graph
        self._taken: Edge | None = None if socket.output else graph.feed(socket.node, socket.port)
        self._target: Socket | None = None
        self._refused = False
        held = socket
        if self._taken is not None:
            held = Socket(self._taken.source, self._taken.source_port, True)
            graph = disconnect(graph, (self._taken,))
        self._judge = Judge(graph, session.blocks, session.analysis, held, place_of(session))
        place = board.nodes[held.node].socket_place(held) if held.node in board.nodes else None
        self._end = place or at.scene
        self._hand: HandWire | None = None

    def move(self, at: Pointer) -> None:
        """Hold the wire's end to the pointer, or to the port it jumped to."""
        if not self.passed_threshold(at):
            return
        board = self.canvas.board
        if self._hand is None:
            self._hand = HandWire(board.style_.theme)
            board.overlay(self._hand)
            board.show_ports(self._judge.takes)
            if self._taken is not None:
                board.wires[self._taken].hide()
        self._target, reason = self._find(at)
        self._refused = reason is not None
        advice = self._judge.advice(self._target) if self._target is not None else None
        self.canvas.pointing.note.say(reason or advice or "", at.scene, refusing=reason is not None, below=True)
        loose = board.nodes[self._target.node].socket_place(self._target) if self._target else None
        ends = (self._end, loose or at.scene)
        start, end = ends if self._judge.held.output else ends[::-1]
        self._hand.hold(start, end, fits=self._target is not None)

    def commit(self, at: Pointer) -> None:
        """Connect, replace, remove, or ask what to connect to."""
        commands, target, taken = self.canvas.commands, self._target, self._taken
        dragged, refused, hand = self._hand is not None, self._refused, self._hand
        over_card = self.canvas.board.node_at(at.scene) is not None
        if target is None and taken is None and dragged and not refused and not over_card:
            self._clear(keep_hand=True)
            self._ask(at, hand)
            return
        self._clear()
        if target is not None:
            edge = self._judge.edge(target)
            if edge != taken:
                commands.connect(edge, instead_of=taken)
        elif taken is not None and dragged and not refused and not over_card:
            commands.disconnect(taken)

    def cancel(self) -> None:
        """Let the wire go."""
        self._clear()

    def _find(self, at: Pointer) -> tuple[Socket | None, str | None]:
        """Return the port the wire jumps to, or why it does not."""
        board, judge = self.canvas.board, self._judge
        reach = REACH / self.canvas.zoom
        near = board.sockets_near(at.scene, reach)
        for socket in near:
            if socket != judge.held and judge.refusal(socket) is None:
                return socket, None
        wrong = next((socket for socket in near if socket != judge.held), None)
        if wrong is not None:
            return None, judge.refusal(wrong)
        item = board.node_at(at.scene)
        if item is None or item.id == judge.held.node:
            return None, None
        graph = self.canvas.session.graph
        if self._taken is not None:
            graph = disconnect(graph, (self._taken,))
        fitting = judge.first_fitting(graph, graph.by_id[item.id])
        if fitting is not None:
            return fitting, None
        other_side = [socket for socket in item.sockets() if socket.output != judge.held.output]
        return None, judge.refusal(other_side[0]) if other_side else None

    def _ask(self, at: Pointer, hand: HandWire | None) -> None:
        """Open the search for what the wire's loose end shall go to; the wire waits there meanwhile."""
        judge, canvas = self._judge, self.canvas
        corner = at.scene - port_place(0, output=not judge.held.output)

        def place(key: str) -> None:
            canvas.commands.add_at_wire(key, (corner.x(), corner.y()), judge)

        def let_go() -> None:
            if hand is not None:
                canvas.board.remove_overlay(hand)

        canvas.searching.open(at.view, accept=place, closed=let_go, fits=judge.fits)

    def _clear(self, *, keep_hand: bool = False) -> None:
        board = self.canvas.board
        if self._hand is not None:
            if not keep_hand:
                board.remove_overlay(self._hand)
            board.show_ports(None)
            if self._taken is not None and self._taken in board.wires:
                board.wires[self._taken].show()
        self._hand = None
        self.canvas.pointing.note.say("", QPointF())
