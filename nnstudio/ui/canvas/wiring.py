"""Where the wire in hand may end, and why it may not end elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from nnstudio.compiler.analysis import Analysis, input_ports, output_ports
from nnstudio.compiler.inside import Place
from nnstudio.core.edits import connect, downstream, upstream
from nnstudio.core.graph import Block, Edge, Graph, Node
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import Element, Port
from nnstudio.ui.canvas.face import BLOCK, block_title, kind_title

if TYPE_CHECKING:
    from nnstudio.compiler.trial import Trial
    from nnstudio.ui.session import Session


class Socket(msgspec.Struct, frozen=True):
    """One port of one node."""

    node: str
    port: str
    output: bool


class Judge:
    """Says of every port whether a wire held at one end may end there. Made anew for each wire in hand.

    A wire is refused where it cannot fit: it would close a cycle, carry what the layer does not calculate with, or
    bring a shape that the layer cannot work on and no mend is known for. Where one is known it may end, with a word.
    """

    def __init__(
        self,
        graph: Graph,
        blocks: Mapping[str, Block],
        analysis: Analysis,
        held: Socket,
        place: Place | None = None,
    ) -> None:
        self._graph = graph
        self._blocks = blocks
        self._analysis = analysis
        self.held = held
        around = upstream if held.output else downstream
        self._closing = around(graph, held.node)
        self._element = self.element(held)
        self._place = place or Place()
        self._trials: dict[Socket, Trial] = {}

    def edge(self, socket: Socket) -> Edge:
        """Return the wire between the held end and another port."""
        source, target = (self.held, socket) if self.held.output else (socket, self.held)
        return Edge(source.node, source.port, target.node, target.port)

    def refusal(self, socket: Socket) -> str | None:
        """Say why the wire cannot end at a port; None where it can."""
        if socket.output == self.held.output:
            return tr("A wire runs from an output to an input.")
        if socket.node == self.held.node:
            return tr("A layer cannot feed itself.")
        if socket.node in self._closing:
            try:
                connect(self._graph, self.edge(socket))
            except ValueError as error:
                return str(error)
        there = self.element(socket)
        source, target = (self._element, there) if self.held.output else (there, self._element)
        if source is not None and target is not None and source != target:
            receiver = self._graph.by_id[socket.node if self.held.output else self.held.node]
            return _mismatch(node_title(receiver), target)
        trial = self._trial(socket)
        return trial.message if trial.message and not trial.mend else None

    def advice(self, socket: Socket) -> str | None:
        """Say what is to be mended once the wire ends at a port that takes it; None where nothing is."""
        trial = self._trial(socket)
        if not trial.mend:
            return None
        return tr("{message} This can be mended then: {mend}.", message=trial.message, mend=trial.mend)

    def takes(self, socket: Socket) -> bool:
        """Whether the wire can end at a port, or begins there."""
        return socket == self.held or (socket.node not in self._closing and self.refusal(socket) is None)

    def fits(self, key: str) -> bool:
        """Whether a new layer of this kind, or a new block, could take the wire's loose end."""
        spec = catalog().get(key)
        if spec is None:
            return True
        needed = tuple(port for port in spec.inputs if not port.optional)
        ports = needed if self.held.output else spec.outputs
        wanted = self._element
        return any(port.element is None or wanted is None or port.element == wanted for port in ports)

    def first_fitting(self, graph: Graph, node: Node, blocks: Mapping[str, Block] | None = None) -> Socket | None:
        """Return the port of a node that the wire should end at: the first that takes it, a free one if there is.

        Args:
            graph: a drawing with the node in it.
            node: the node, which may be newer than the wire in hand.
            blocks: definitions by name, if there are newer ones.
        """
        known_blocks = self._blocks if blocks is None else blocks
        ports = (input_ports if self.held.output else output_ports)(graph, node, known_blocks)
        sockets = [Socket(node.id, port.name, not self.held.output) for port in ports]
        known = node.id in self._graph.by_id
        fitting = [socket for socket in sockets if not known or self.refusal(socket) is None]
        free = [socket for socket in fitting if socket.output or graph.feed(node.id, socket.port) is None]
        return next(iter(free or fitting), None)

    def _trial(self, socket: Socket) -> Trial:
        """Try the wire to a port; each port is tried once."""
        found = self._trials.get(socket)
        if found is None:
            from nnstudio.compiler.trial import try_wire  # of no use before a wire is in hand

            tried = try_wire(self._graph, self._blocks, self._analysis.facts, self.edge(socket), self._place)
            found = self._trials[socket] = tried
        return found

    def element(self, socket: Socket) -> Element | None:
        """Return what a port carries or needs; None where that is open."""
        node = self._graph.by_id[socket.node]
        ports = _ports(self._graph, node, self._blocks, socket.output)
        index = next((number for number, port in enumerate(ports) if port.name == socket.port), None)
        if index is None:
            return None
        outputs = self._analysis.facts[node.id].outputs
        if socket.output and index < len(outputs):
            return outputs[index].element
        return ports[index].element


def place_of(session: Session) -> Place:
    """Return where the drawing on the canvas lies."""
    return Place(session.values, tuple(level.block for level in session.trail))


def node_title(node: Node) -> str:
    """Return what the layer or block of a node is called."""
    return block_title(str(node.params.get("block", ""))) if node.kind == BLOCK else kind_title(node.kind)


def _ports(graph: Graph, node: Node, blocks: Mapping[str, Block], output: bool) -> tuple[Port, ...]:
    return output_ports(graph, node, blocks) if output else input_ports(graph, node, blocks)


def _mismatch(title: str, needed: Element) -> str:
    if needed == "index":
        return tr(
            "{title} looks rows up in a table, so it needs whole numbers; here it gets real numbers.", title=title
        )
    return tr(
        "{title} calculates with real numbers; here it gets positions in a table: put an Embedding first.",
        title=title,
    )
