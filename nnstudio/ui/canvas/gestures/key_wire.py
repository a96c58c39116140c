"""Wire by keys: W takes hold of a port, arrows and Tab go over the ports that take the wire, Enter connects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, Qt

from nnstudio.core.words import tr
from nnstudio.ui.canvas import placing
from nnstudio.ui.canvas.geometry import port_place
from nnstudio.ui.canvas.gestures.base import Gesture, Pointer
from nnstudio.ui.canvas.keyboard import ARROWS
from nnstudio.ui.canvas.overlay import HandWire
from nnstudio.ui.canvas.walking import nearest, order
from nnstudio.ui.canvas.wiring import Judge, Socket, place_of

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from nnstudio.ui.canvas.view import Canvas

_STUB: Final = 48.0
"""How far a wire reaches out that has found no port yet."""


class KeyWire(Gesture):
    """A wire that keys lead. Its end lies at a port that takes it, at first at the nearest free one.

    W takes hold of the node's next port instead; Shift+A asks for a new layer to connect to.
    """

    by_keys = True

    def __init__(self, canvas: Canvas, node: str) -> None:
        super().__init__(canvas)
        self._node = node
        self._asks = False
        self._hand: HandWire | None = None
        self._target: Socket | None = None

    def begin(self, at: Pointer) -> None:
        """Take hold of the first output, or of the first input of a node without outputs."""
        super().begin(at)
        item = self.canvas.board.nodes[self._node]
        self._ports = sorted(item.sockets(), key=lambda socket: not socket.output)
        self._hold(self._ports[0] if self._ports else None)

    def press(self, event: QKeyEvent) -> bool:
        """Follow a key; says whether the wire is to be let go of where it is."""
        key, shift = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return True
        if key == Qt.Key.Key_A and shift and self._ports:
            self._asks = True
            return True
        if not self._ports:
            return False
        if key == Qt.Key.Key_W:
            self._hold(self._ports[(self._ports.index(self._judge.held) + 1) % len(self._ports)])
        elif key in ARROWS:
            self._turn(ARROWS[key])
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._step(-1 if shift or key == Qt.Key.Key_Backtab else 1)
        return False

    def commit(self, at: Pointer) -> None:
        """Connect; or ask what to connect to."""
        target, asks, ports = self._target, self._asks, self._ports
        self._clear()
        if asks:
            self._ask()
        elif target is not None and ports:
            edge = self._judge.edge(target)
            if edge not in self.canvas.session.graph.edges:
                self.canvas.commands.connect(edge)

    def cancel(self) -> None:
        """Let the wire go."""
        self._clear()

    # Inside

    def _hold(self, socket: Socket | None) -> None:
        canvas, session = self.canvas, self.canvas.session
        if socket is None:
            item = canvas.board.nodes[self._node]
            self._say(tr("This layer has no ports."), item.card.center())
            return
        self._judge = Judge(session.graph, session.blocks, session.analysis, socket, place_of(session))
        self._fitting = [other for other in self._others() if self._judge.refusal(other) is None]
        if self._hand is None:
            self._hand = HandWire(canvas.board.style_.theme)
            canvas.board.overlay(self._hand)
        canvas.board.show_ports(self._judge.takes)
        free = [other for other in self._fitting if not self._is_taken(other)]
        here = self._place(socket)
        self._lead_to(min(free or self._fitting, key=lambda other: self._cost(here, other), default=None))

    def _others(self) -> Iterator[Socket]:
        """Give the ports of the other side in the order of the drawing, beginning after the held node's."""
        ids = order(self.canvas)
        start = ids.index(self._node) + 1
        wanted = not self._judge.held.output
        for id_ in (*ids[start:], *ids[:start]):
            yield from (socket for socket in self.canvas.board.nodes[id_].sockets() if socket.output == wanted)

    def _cost(self, here: QPointF, socket: Socket) -> float:
        """Return how far a port is off; one that lies against the stream is the last to be offered."""
        way = self._place(socket) - here
        along = way.x() if self._judge.held.output else -way.x()
        return abs(way.x()) + 2 * abs(way.y()) + (0.0 if along > 0 else 1e6)

    def _turn(self, direction: QPointF) -> None:
        """Go to the nearest port in a direction that takes the wire; say why not where there are only others."""
        here = self._place(self._target or self._judge.held)
        found = nearest(((other, self._place(other)) for other in self._fitting), here, direction)
        if found is not None:
            self._lead_to(found)
            return
        wrong = nearest(((other, self._place(other)) for other in self._others()), here, direction)
        reason = self._judge.refusal(wrong) if wrong is not None else None
        if wrong is not None and reason is not None:
            self._say(reason, self._place(wrong), refusing=True)

    def _step(self, ahead: int) -> None:
        if self._fitting:
            place = self._fitting.index(self._target) + ahead if self._target in self._fitting else 0
            self._lead_to(self._fitting[place % len(self._fitting)])

    def _lead_to(self, target: Socket | None) -> None:
        """Lay the wire's end to a port, bring that into view, and say what would be."""
        assert self._hand is not None
        self._target = target
        held = self._judge.held
        start = self._place(held)
        if target is None:
            end = start + QPointF(_STUB if held.output else -_STUB, 0.0)
            self._say(tr("No port takes this wire. Shift+A adds a layer that does."), start, refusing=True)
        else:
            end = self._place(target)
            self.canvas.ensureVisible(self.canvas.board.cards_rect((target.node,)), 32, 32)
            self._say(self._what(target), end)
        self._hand.hold(*((start, end) if held.output else (end, start)), fits=target is not None)

    def _what(self, target: Socket) -> str:
        """Say what the wire would carry from where to where, and which wire it would replace."""
        graph = self.canvas.session.graph
        edge = self._judge.edge(target)
        carried = self.canvas.pointing.describe(Socket(edge.source, edge.source_port, True))
        ends = [self._name(Socket(edge.source, edge.source_port, True))]
        ends.append(self._name(Socket(edge.target, edge.target_port, False)))
        text = " → ".join(ends) + (f": {carried}" if carried else "")
        before = graph.feed(edge.target, edge.target_port)
        if before == edge:
            return text + " " + tr("(connected already)")
        if before is not None:
            return text + " " + tr("(in place of {name})", name=graph.by_id[before.source].name)
        return text

    def _name(self, socket: Socket) -> str:
        face = self.canvas.board.nodes[socket.node].face
        name = self.canvas.session.graph.by_id[socket.node].name
        return f"{name}.{socket.port}" if len(face.outputs if socket.output else face.inputs) > 1 else name

    def _is_taken(self, socket: Socket) -> bool:
        graph = self.canvas.session.graph
        if socket.output:
            return any(edge.source_port == socket.port for edge in graph.out_of.get(socket.node, ()))
        return graph.feed(socket.node, socket.port) is not None

    def _place(self, socket: Socket) -> QPointF:
        place = self.canvas.board.nodes[socket.node].socket_place(socket)
        assert place is not None
        return place

    def _say(self, text: str, place: QPointF, *, refusing: bool = False) -> None:
        canvas, note = self.canvas, self.canvas.pointing.note
        note.say(text, place, refusing=refusing, below=True)
        canvas.setAccessibleDescription(text)
        # All of it has to be seen; the pointer, which might be moved for that, leads nothing here.
        view, size = canvas.viewportTransform().map(place), canvas.viewport().size()
        words = note.boundingRect()
        inside = QPointF(min(view.x(), size.width() - words.right()), min(view.y(), size.height() - words.bottom()))
        if inside != view:
            note.say(text, canvas.to_scene(inside), refusing=refusing, below=True)

    def _ask(self) -> None:
        """Open the search for a layer that takes the wire; it comes to stand beside the held one."""
        canvas, judge = self.canvas, self._judge
        node = canvas.session.graph.by_id[self._node]
        across = placing.PITCH if judge.held.output else -placing.PITCH
        corner = placing.free_corner(canvas.session.graph, (node.xy[0] + across, node.xy[1]))
        place = canvas.viewportTransform().map(QPointF(*corner) + port_place(0, output=not judge.held.output))
        canvas.searching.open(
            place, accept=lambda key: canvas.commands.add_at_wire(key, corner, judge), fits=judge.fits
        )

    def _clear(self) -> None:
        board = self.canvas.board
        if self._hand is not None:
            board.remove_overlay(self._hand)
            board.show_ports(None)
        self._hand = None
        self.canvas.pointing.note.say("", QPointF())
