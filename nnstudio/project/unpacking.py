"""A block back into its layers: a function from project to project, one step to undo. `grouping` goes the other way."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.blocks import Instance, read_instance
from nnstudio.compiler.ports import BLOCK
from nnstudio.compiler.values import CHANNELS, COPY, FEATURES, constant, fill, given_by, names_used
from nnstudio.core.edits import fresh_id, replace
from nnstudio.core.frames import fit_frames, paste_frames
from nnstudio.core.graph import Block, Edge, Graph, Node, Scalar, Value, freeze_params, is_expression
from nnstudio.core.names import unique_name
from nnstudio.core.words import tr
from nnstudio.project.definitions import drawing_of, put_values, replace_names, with_drawing
from nnstudio.project.document import Project
from nnstudio.project.grouping import Outlet, place_of
from nnstudio.project.placement import CARD, LINE_GAP


def unpack_block(project: Project, id_: str, *, within: str | None = None) -> tuple[Project, tuple[str, ...]]:
    """Put the layers of a block, copy after copy, in the place of an instance; return their ids too.

    The definition stays. Settings are worked out where everything they refer to is known. Frames of the block come
    along; one around the instance grows around its layers.

    Args:
        project: the document.
        id_: the instance.
        within: the block whose drawing it lies in; None for the project's own.

    Raises:
        ValueError: the node is no instance of a known block, or its settings are wrong.
    """
    graph = drawing_of(project, within)
    node = graph.by_id[id_]
    block = project.blocks_by_name.get(str(node.params.get("block"))) if node.kind == BLOCK else None
    if block is None:
        raise ValueError(tr("{name} is no block.", name=node.name))
    copies = _copies(project, within, node, block)
    nodes = [other for other in graph.nodes if other.id != id_]
    taken_ids = {other.id for other in graph.nodes}
    taken_names = {other.name for other in nodes}
    feeds: dict[str, Outlet | None] = {}
    for inner in block.inputs:
        edge = graph.feed(id_, inner.name)
        feeds[inner.name] = (edge.source, edge.source_port) if edge is not None else None
    edges = [edge for edge in graph.edges if id_ not in (edge.source, edge.target)]
    added: list[str] = []
    corner, widest = node.xy, 0.0
    results: dict[str, Outlet | None] = {}
    laid: list[tuple[Graph, tuple[float, float]]] = []
    for number, drawing in enumerate(copies):
        if number:
            feeds = {block.inputs[0].name: results[block.outputs[0].name]}
        names: dict[str, str] = {}
        for inner in drawing.nodes:
            if inner.kind not in ("Input", "Output"):
                names[inner.id] = fresh_id(graph, taken_ids)
                taken_ids.add(names[inner.id])
        left, top, width, height = _extent(drawing)
        laid.append((drawing, (corner[0] - left, corner[1] - top)))
        for inner in drawing.nodes:
            if inner.id in names:
                name = unique_name(inner.name, taken_names)
                taken_names.add(name)
                xy = (inner.xy[0] - left + corner[0], inner.xy[1] - top + corner[1])
                shares = names.get(inner.shares) if inner.shares else None
                skipped = inner.bypassed or node.bypassed
                nodes.append(replace(inner, id=names[inner.id], name=name, xy=xy, shares=shares, bypassed=skipped))
        added += names.values()
        inside, results = _wires(drawing, block, names, feeds)
        edges += inside
        widest = max(widest, width)
        corner = (corner[0], corner[1] + height + LINE_GAP)
    for edge in graph.out_of.get(id_, ()):
        outlet = results.get(edge.source_port)
        if outlet is not None:
            edges.append(Edge(*outlet, edge.target, edge.target_port))
    room = (max(0.0, widest - CARD[0]), max(0.0, corner[1] - LINE_GAP - node.xy[1] - CARD[1]))
    nodes = [other if other.id in added else _make_room(other, node.xy, room) for other in nodes]
    unpacked = replace(graph, nodes=tuple(nodes), edges=tuple(edges))
    unpacked = fit_frames(graph, unpacked, became={id_: added})
    for drawing, by in laid:
        unpacked = paste_frames(unpacked, drawing.frames, by)
    return with_drawing(project, within, unpacked), tuple(added)


def _copies(project: Project, within: str | None, node: Node, block: Block) -> list[Graph]:
    """Return the drawing of each copy, with its settings worked out as far as they are known."""
    blocks = project.blocks_by_name
    instance = read_instance(fill(node.params, place_of(project, within).values), blocks)
    if _refers(node.params.get("repeat")):
        raise ValueError(tr("How many copies {name} has depends on the block around it.", name=node.name))
    sizes = _sizes(project, within, node, block, instance)
    later = {parameter.name: parameter.later for parameter in block.parameters}
    drawings: list[Graph] = []
    for number, values in enumerate(instance.copies):
        known: dict[str, Scalar] = {**values, **sizes[number], COPY: number}
        texts: dict[str, str] = {}
        for name in values:
            written = node.params.get(name)
            single = written[number] if isinstance(written, tuple) else written
            follows = isinstance(written, tuple) or number == 0 or later[name] is None
            if follows and is_expression(single) and _refers(single):
                texts[name] = f"({single[1:].strip()})"
                del known[name]
        graph = replace_names(put_values(block.graph, known), texts)
        nodes = (
            replace(inner, params=freeze_params({key: constant(value) for key, value in inner.params.items()}))
            for inner in graph.nodes
        )
        drawings.append(replace(graph, nodes=tuple(nodes)))
    return drawings


def _sizes(
    project: Project, within: str | None, node: Node, block: Block, instance: Instance
) -> list[Mapping[str, Scalar]]:
    """Return what settings of each copy may take from what arrives there; nothing where none does."""
    if not names_used(block) & {CHANNELS, FEATURES}:
        return [{}] * len(instance.copies)
    blocks = project.blocks_by_name
    graph, place = drawing_of(project, within), place_of(project, within)
    facts = analyse(graph, blocks, place=place).facts[node.id]
    if within is not None or not facts.outputs:
        raise ValueError(
            tr("Settings in {name} follow from what arrives there, which is not known yet.", name=node.name)
        )
    arriving = tuple(signal for signal in facts.inputs if signal is not None)
    found: list[Mapping[str, Scalar]] = []
    for number, values in enumerate(instance.copies):
        inside = place.look_inside(
            block, values, number, arriving, lambda drawing, inner: analyse(drawing, blocks, place=inner)
        )
        assert inside is not None  # the analysis before had enough room
        found.append(given_by(arriving))
        arriving = inside.leaving
    return found


def _refers(value: Value) -> bool:
    """Say whether a setting depends on what lies around it."""
    if isinstance(value, tuple):
        return any(map(_refers, value))
    return is_expression(value) and is_expression(constant(value))


def _wires(
    drawing: Graph, block: Block, names: Mapping[str, str], feeds: Mapping[str, Outlet | None]
) -> tuple[list[Edge], dict[str, Outlet | None]]:
    """Return the wires of one copy, and what comes out of each of its outputs."""
    ends = {node.id: node.name for node in block.outputs}
    starts = {node.id: feeds.get(node.name) for node in block.inputs}
    edges: list[Edge] = []
    results: dict[str, Outlet | None] = dict.fromkeys(ends.values())
    for edge in drawing.edges:
        source = starts[edge.source] if edge.source in starts else (names[edge.source], edge.source_port)
        if edge.target in ends:
            results[ends[edge.target]] = source
        elif source is not None:
            edges.append(Edge(*source, names[edge.target], edge.target_port))
    return edges, results


def _extent(drawing: Graph) -> tuple[float, float, float, float]:
    """Return left edge, upper edge, width and height of what a copy brings along."""
    inner = [node.xy for node in drawing.nodes if node.kind not in ("Input", "Output")]
    if not inner:
        return 0.0, 0.0, 0.0, 0.0
    lefts, tops = [x for x, _ in inner], [y for _, y in inner]
    return min(lefts), min(tops), max(lefts) - min(lefts) + CARD[0], max(tops) - min(tops) + CARD[1]


def _make_room(node: Node, corner: tuple[float, float], room: tuple[float, float]) -> Node:
    """Push a node aside that stands to the right of a place in its row, and down where it stands below."""
    x, y = node.xy
    if abs(y - corner[1]) < CARD[1] and x > corner[0]:
        return replace(node, xy=(x + room[0], y))
    return replace(node, xy=(x, y + room[1])) if y >= corner[1] + CARD[1] else node
