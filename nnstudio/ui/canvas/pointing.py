"""What the pointer points at, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from PySide6.QtCore import QPointF, Qt

from nnstudio.core.graph import Edge
from nnstudio.layers.spec import shape_text
from nnstudio.ui.canvas.frames import Grip
from nnstudio.ui.canvas.gestures.base import Pointer
from nnstudio.ui.canvas.items import NodeItem, WireItem
from nnstudio.ui.canvas.overlay import Note
from nnstudio.ui.canvas.wiring import Socket

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas

_PORT_REACH: Final = 9.0
_WIRE_REACH: Final = 6.0
"""How near the pointer must be to a port, or a wire, to mean it; in pixels."""


class Under(msgspec.Struct, frozen=True):
    """What is under the pointer, at most one of them: a mend, a port, a card, a wire or a frame's title or edge."""

    link: tuple[NodeItem, int] | None = None
    socket: Socket | None = None
    node: NodeItem | None = None
    wire: tuple[WireItem, QPointF] | None = None
    frame: Grip | None = None


class Pointing:
    """Follows the pointer while no gesture is under way.

    Attributes:
        note: a few words beside the pointer; gestures use it too.
        picked: the wire that was clicked, which the next Del removes.
        picked_frame: id of the frame that was clicked, likewise; see `framing`.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._hovered: Edge | None = None
        self.picked: Edge | None = None
        self.picked_frame: str | None = None
        self.note = Note(canvas.board.style_)
        canvas.board.overlay(self.note)

    def under(self, at: Pointer) -> Under:
        """Return what is under the pointer."""
        canvas, board = self._canvas, self._canvas.board
        if not canvas.is_overview:
            link = board.link_at(at.scene)
            if link is not None:
                return Under(link=link)
            sockets = board.sockets_near(at.scene, _PORT_REACH / max(canvas.zoom, 0.5))
            if sockets:
                return Under(socket=sockets[0])
        title = board.frames.title_at(at.scene, canvas.zoom)
        if title is not None:
            return Under(frame=title)
        node = board.node_at(at.scene)
        if node is not None:
            return Under(node=node)
        wire = None if canvas.is_overview else board.wire_at(at.scene, _WIRE_REACH / canvas.zoom)
        if wire is not None:
            return Under(wire=wire)
        return Under(frame=board.frames.edge_at(at.scene, canvas.zoom))

    def point(self, at: Pointer) -> None:
        """Show what is under the pointer: by its look, and by what a wire or a port carries."""
        under = self.under(at)
        if under.link is not None:
            self._canvas.show_cursor(Qt.CursorShape.PointingHandCursor)
        elif under.socket is not None:
            self._canvas.show_cursor(Qt.CursorShape.CrossCursor)
        elif under.frame is not None and not self._canvas.session.locked:
            from nnstudio.ui.canvas.gestures.frame import cursor_of

            self._canvas.show_cursor(cursor_of(under.frame))
        else:
            self._canvas.show_cursor(None)
        if under.wire is not None:
            edge = under.wire[0].edge
            self.note.say(self.describe(Socket(edge.source, edge.source_port, True)), under.wire[1])
            self._hover(edge)
        else:
            self.note.say(self.describe(under.socket) if under.socket is not None else "", at.scene)
            self._hover(None)

    def leave(self) -> None:
        """Show nothing any more."""
        self.note.say("", QPointF())
        self._hover(None)

    def pick(self, edge: Edge | None, frame: str | None = None) -> None:
        """Pick out a wire or a frame for the next key, or none."""
        before, self.picked = self.picked, edge
        self._dress(before)
        self._dress(edge)
        if frame != self.picked_frame:
            self.picked_frame = frame
            self._canvas.board.frames.show_picked(frame)
            if self._canvas.is_overview:
                self._canvas.viewport().update()

    def describe(self, socket: Socket) -> str:
        """Say what a port carries; one of several also by its name."""
        item = self._canvas.board.nodes[socket.node]
        names = item.face.outputs if socket.output else item.face.inputs
        facts = self._canvas.session.analysis.facts[socket.node]
        signals = facts.outputs if socket.output else facts.inputs
        number = names.index(socket.port) if socket.port in names else len(signals)
        signal = signals[number] if number < len(signals) else None
        parts = (socket.port if len(names) > 1 else "", shape_text(signal.shape) if signal is not None else "")
        return ": ".join(part for part in parts if part)

    def _hover(self, edge: Edge | None) -> None:
        if edge != self._hovered:
            before, self._hovered = self._hovered, edge
            self._dress(before)
            self._dress(edge)

    def _dress(self, edge: Edge | None) -> None:
        wire = self._canvas.board.wires.get(edge) if edge is not None else None
        if wire is not None:
            wire.show_lit(wire.edge in (self.picked, self._hovered))
