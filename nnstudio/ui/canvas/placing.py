"""How layers come into a document: functions from project to project, each one step to undo."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nnstudio.compiler.analysis import input_ports, output_ports
from nnstudio.core.edits import add_node, connect, insert, make_room, move, replace
from nnstudio.core.graph import Block, Edge, Graph, Node
from nnstudio.core.words import tr
from nnstudio.layers.blocks import LIBRARY, definitions
from nnstudio.layers.catalog import catalog
from nnstudio.project.document import Project
from nnstudio.ui.canvas.face import BLOCK, block_title, kind_title
from nnstudio.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH, GAP, GRID
from nnstudio.ui.palette.model import BLOCK_PREFIX

PITCH = CARD_WIDTH + GAP
_ROOM = 16.0
"""Less than this between two cards' rows counts as overlapping."""


def is_known(key: str, blocks: Collection[str]) -> bool:
    """Whether ``key`` names something that can be placed: a kind, or ``Block:`` and the name of a block.

    Args:
        key: what is asked about.
        blocks: names of blocks besides those of the library.
    """
    if not key.startswith(BLOCK_PREFIX):
        return key in catalog()
    name = key.removeprefix(BLOCK_PREFIX)
    return name in LIBRARY or name in blocks


def key_title(key: str) -> str:
    """Return what the thing that ``key`` names is called."""
    return block_title(key.removeprefix(BLOCK_PREFIX)) if key.startswith(BLOCK_PREFIX) else kind_title(key)


def goes_through(key: str) -> bool:
    """Whether a new layer of this kind, or a new block, can stand in a wire."""
    spec = catalog().get(key)
    return spec is None or bool(spec.inputs and spec.outputs)


def add(project: Project, key: str, corner: tuple[float, float]) -> tuple[Project, str]:
    """Place a new layer, or an instance of a block together with its definition; return the new node's id too.

    Args:
        project: the document.
        key: a kind, or ``Block:`` and the name of a block of the document or of the library.
        corner: where its upper left corner goes.

    Raises:
        ValueError: there is no such block.
    """
    if not key.startswith(BLOCK_PREFIX):
        graph, id_ = add_node(project.graph, key, catalog()[key].stem, xy=corner)
        return replace(project, graph=graph), id_
    name = key.removeprefix(BLOCK_PREFIX)
    if name not in LIBRARY and name not in project.blocks_by_name:
        raise ValueError(tr("The drawing has no block called {name!r}.", name=name))
    graph, id_ = add_node(project.graph, BLOCK, "block_", {"block": name}, xy=corner)
    wanted = definitions(name) if name not in project.blocks_by_name else ()
    return replace(project, graph=graph, blocks=with_blocks(project.blocks, wanted)), id_


def with_blocks(blocks: tuple[Block, ...], wanted: tuple[Block, ...]) -> tuple[Block, ...]:
    """Add definitions; one whose name is taken is left out, as the drawing's own counts."""
    names = {block.name for block in blocks}
    return (*blocks, *(block for block in wanted if block.name not in names))


def add_into_wire(project: Project, key: str, corner: tuple[float, float], edge: Edge) -> tuple[Project, str]:
    """Place a new layer into a wire. One that has no input or no output is placed beside it."""
    project, id_ = add(project, key, corner)
    return put_into_wire(project, id_, edge), id_


def put_into_wire(project: Project, id_: str, edge: Edge) -> Project:
    """Put a node that no wire touches into a wire, in line with it, and let its neighbours make room.

    Where cards stand between the wire's ends, it goes above them: there is where the wire runs.
    """
    graph = project.graph
    ports = through_ports(project, id_)
    if ports is None:
        return project
    graph = insert(graph, edge, id_, *ports)
    source, target, node = graph.by_id[edge.source], graph.by_id[edge.target], graph.by_id[id_]
    x, y = node.xy
    if source.xy[0] < target.xy[0]:
        x = max(x, source.xy[0] + PITCH)
        if source.xy[1] == target.xy[1]:
            y = source.xy[1]
            between = [node for node in graph.nodes if node.id != id_ and _is_between(source.xy, node, target.xy)]
            if between:
                y = min(node.xy[1] for node in between) - CARD_HEIGHT - GAP
    graph = move(graph, {id_: (x, y)})
    return replace(project, graph=make_room(graph, id_, PITCH, CARD_HEIGHT + _ROOM))


def _is_between(source: tuple[float, float], node: Node, target: tuple[float, float]) -> bool:
    """Whether a card stands in the way of a level wire."""
    in_row = abs(node.xy[1] - source[1]) < CARD_HEIGHT
    return in_row and source[0] < node.xy[0] < target[0]


def through_ports(project: Project, id_: str) -> tuple[str, str] | None:
    """Return a node's first input and first output; None where it lacks one of them."""
    node, blocks = project.graph.by_id[id_], project.blocks_by_name
    inputs, outputs = input_ports(project.graph, node, blocks), output_ports(project.graph, node, blocks)
    return (inputs[0].name, outputs[0].name) if inputs and outputs else None


def add_after(project: Project, key: str, before: str) -> tuple[Project, str]:
    """Place a new layer to the right of a node and feed it from there; one without input is only placed."""
    node = project.graph.by_id[before]
    corner = free_corner(project.graph, (node.xy[0] + PITCH, node.xy[1]))
    project, id_ = add(project, key, corner)
    blocks = project.blocks_by_name
    starts = output_ports(project.graph, node, blocks)
    ends = input_ports(project.graph, project.graph.by_id[id_], blocks)
    if not starts or not ends:
        return project, id_
    wire = Edge(before, starts[0].name, id_, ends[0].name)
    return replace(project, graph=connect(project.graph, wire)), id_


def has_free_output(graph: Graph, node: Node, blocks: Mapping[str, Block]) -> bool:
    """Whether a node has an output that nothing is connected to."""
    used = {edge.source_port for edge in graph.out_of.get(node.id, ())}
    return any(port.name not in used for port in output_ports(graph, node, blocks))


def free_corner(graph: Graph, corner: tuple[float, float]) -> tuple[float, float]:
    """Return the first place at or below ``corner`` where a card covers no other."""
    x, y = round(corner[0] / GRID) * GRID, round(corner[1] / GRID) * GRID
    column = sorted(node.xy[1] for node in graph.nodes if abs(node.xy[0] - x) < CARD_WIDTH + _ROOM)
    for top in column:
        if abs(top - y) < CARD_HEIGHT + _ROOM:
            y = top + CARD_HEIGHT + GAP
    return x, y
