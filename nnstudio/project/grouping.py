"""Layers into a block: a function from project to project, one step to undo. `unpacking` goes the way back."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nnstudio.compiler.analysis import analyse, input_ports, output_ports
from nnstudio.compiler.facts import flowing
from nnstudio.compiler.inside import Place
from nnstudio.compiler.ports import BLOCK
from nnstudio.compiler.values import CHANNELS, COPY, FEATURES, RESERVED, given_by, names_used
from nnstudio.core.edits import downstream, fresh_id, replace, upstream
from nnstudio.core.frames import paste_frames, remove_frames, whole_frames
from nnstudio.core.graph import Block, BlockParameter, Edge, Graph, Node, Scalar, Value, freeze_params
from nnstudio.core.names import unique_name
from nnstudio.core.words import tr
from nnstudio.layers.spec import Signal
from nnstudio.project.builder import stem_of
from nnstudio.project.definitions import block_fault, drawing_of, replace_names, set_block, with_drawing
from nnstudio.project.document import Project
from nnstudio.project.placement import CARD, GAP

Outlet = tuple[str, str]
"""A node's id and the name of one of its ports."""

_PITCH = CARD[0] + GAP[0]
_ROW = CARD[1] + GAP[1]


def make_block(project: Project, ids: Collection[str], name: str, *, within: str | None = None) -> tuple[Project, str]:
    """Make a block of some layers and put an instance in their place; return the instance's id too.

    Every wire that was cut becomes a port; wires from one place share one. Inputs that nothing is connected to become
    ports as well, and where nothing leaves the chosen layers, their loose outputs do. What the layers refer to of the
    block they lie in is handed on as a parameter of the same name.

    Frames that hold nothing but chosen layers go into the block with them.

    Args:
        project: the document.
        ids: the layers.
        name: what the block is called.
        within: the block whose drawing they lie in; None for the project's own.

    Raises:
        ValueError: these layers cannot be one block, or the name cannot be used.
    """
    graph = drawing_of(project, within)
    chosen = [node for node in graph.nodes if node.id in ids]
    fault = block_fault(project, name) or _grouping_fault(graph, chosen)
    if fault is not None:
        raise ValueError(fault)
    group = _Group(project, within, chosen)
    block, handed_on = group.block(name)
    id_ = fresh_id(graph)
    left = min(node.xy[0] for node in chosen)
    middle = sum(node.xy[1] for node in chosen) / len(chosen)
    instance = Node(
        id=id_,
        kind=BLOCK,
        name=unique_name(stem_of(name), {node.name for node in graph.nodes if node.id not in ids}),
        params=freeze_params({"block": name, **handed_on}),
        xy=(left, round(middle / 8) * 8.0),
    )
    place = next(place for place, node in enumerate(graph.nodes) if node.id in ids)
    nodes = [node for node in graph.nodes if node.id not in ids]
    nodes.insert(place, instance)
    kept = remove_frames(graph, {frame.id for frame in whole_frames(graph, ids)})
    outer = replace(kept, nodes=tuple(nodes), edges=group.outer_edges(id_))
    return with_drawing(set_block(project, block), within, outer), id_


def _grouping_fault(graph: Graph, chosen: list[Node]) -> str | None:
    """Say why some layers cannot be one block, or None where they can."""
    ids = {node.id for node in chosen}
    if not chosen:
        return tr("Choose the layers that the block is to hold.")
    for node in chosen:
        if node.kind in ("Input", "Output"):
            return tr("{name} cannot lie in a block: Inputs and Outputs stay outside.", name=node.name)
    for node in graph.nodes:
        owner = graph.by_id.get(node.shares or "")
        if owner is not None and (node.id in ids) != (owner.id in ids):
            return tr(
                "{node} uses the weights of {owner}: both have to be in the block, or none.",
                node=node.name,
                owner=owner.name,
            )
    after = {id_ for node in chosen for id_ in downstream(graph, node.id)}
    before = {id_ for node in chosen for id_ in upstream(graph, node.id)}
    between = [node.name for node in graph.nodes if node.id in (after & before) - ids]
    if between:
        return tr("Between the chosen layers lies what is not chosen: {names}.", names=", ".join(between[:6]))
    return None


class _Group:
    """Some layers on their way into a block: what is cut, and what becomes of it."""

    def __init__(self, project: Project, within: str | None, chosen: list[Node]) -> None:
        self._project = project
        self._within = within
        self._chosen = chosen
        self._ids = {node.id for node in chosen}
        self._graph = graph = drawing_of(project, within)
        self._arriving: dict[Outlet, list[Outlet]] = {}
        """By the outlet outside: the ports within that it feeds."""
        self._leaving: list[Outlet] = []
        taken = {node.name for node in chosen}
        for edge in graph.edges:
            if edge.target in self._ids and edge.source not in self._ids:
                ends = self._arriving.setdefault((edge.source, edge.source_port), [])
                ends.append((edge.target, edge.target_port))
            elif edge.source in self._ids and edge.target not in self._ids:
                self._leaving.append((edge.source, edge.source_port))
        self._leaving = list(dict.fromkeys(self._leaving))
        self._open = self._open_inputs()
        if not self._leaving:
            self._leaving = self._open_outputs()
        num_inputs, num_outputs = len(self._arriving) + len(self._open), len(self._leaving)
        self._input_names = _port_names("x", num_inputs, taken)
        self._output_names = _port_names("y", num_outputs, taken | set(self._input_names))

    def _open_inputs(self) -> list[Outlet]:
        blocks = self._project.blocks_by_name
        found: list[Outlet] = []
        for node in self._chosen:
            used = {edge.target_port for edge in self._graph.into.get(node.id, ())}
            ports = [port for port in input_ports(self._graph, node, blocks) if not port.optional]
            needed = ports[:2] if ports and ports[0].many else ports
            if node.bypassed:  # one wire is all that it passes on
                needed = ports[:0] if used else ports[:1]
            found += [(node.id, port.name) for port in needed if port.name not in used]
        return found

    def _open_outputs(self) -> list[Outlet]:
        blocks = self._project.blocks_by_name
        ends = [node for node in self._chosen if node.id not in self._graph.out_of]
        return [(node.id, ports[0].name) for node in ends if (ports := output_ports(self._graph, node, blocks))]

    def block(self, name: str) -> tuple[Block, dict[str, Value]]:
        """Return the block, and the settings with which its instance hands on what lies around it."""
        graph = self._graph
        left = min(node.xy[0] for node in self._chosen) - _PITCH
        top = min(node.xy[1] for node in self._chosen)
        right = max(node.xy[0] for node in self._chosen) + _PITCH
        ids = set(self._ids)
        nodes: list[Node] = []
        edges: list[Edge] = []
        signals = self._signals()
        ends = [*self._arriving.values(), *([end] for end in self._open)]
        for row, (port, targets, signal) in enumerate(zip(self._input_names, ends, signals, strict=True)):
            shape = freeze_params({"shape": signal.shape, "element": signal.element}) if signal else freeze_params({})
            made = Node(id=fresh_id(graph, ids), kind="Input", name=port, params=shape, xy=(0.0, row * _ROW))
            ids.add(made.id)
            nodes.append(made)
            edges += [Edge(made.id, "output", *target) for target in targets]
        nodes += [replace(node, xy=(node.xy[0] - left, node.xy[1] - top)) for node in self._chosen]
        edges += [edge for edge in graph.edges if edge.source in self._ids and edge.target in self._ids]
        for row, (port, outlet) in enumerate(zip(self._output_names, self._leaving, strict=True)):
            made = Node(id=fresh_id(graph, ids), kind="Output", name=port, xy=(right - left, row * _ROW))
            ids.add(made.id)
            nodes.append(made)
            edges.append(Edge(*outlet, made.id, "input"))
        drawing = Graph(nodes=tuple(nodes), edges=tuple(edges))
        drawing = paste_frames(drawing, whole_frames(graph, self._ids), (-left, -top))
        return self._hand_on(Block(name=name, graph=drawing))

    def outer_edges(self, instance: str) -> tuple[Edge, ...]:
        """Return the wires around the instance."""
        ports = dict(zip(self._arriving, self._input_names, strict=False))
        results = dict(zip(self._leaving, self._output_names, strict=True))
        edges: list[Edge] = []
        done: set[Outlet] = set()
        for edge in self._graph.edges:
            start = (edge.source, edge.source_port)
            if edge.source in self._ids and edge.target in self._ids:
                continue
            if edge.source in self._ids:
                edges.append(Edge(instance, results[start], edge.target, edge.target_port))
            elif edge.target in self._ids:
                if start not in done:
                    edges.append(Edge(*start, instance, ports[start]))
                done.add(start)
            else:
                edges.append(edge)
        return tuple(edges)

    def _signals(self) -> list[Signal | None]:
        """Return what arrives at each input of the block, as far as it is known."""
        blocks = self._project.blocks_by_name
        analysis = analyse(self._graph, blocks, place=place_of(self._project, self._within))
        found: list[Signal | None] = []
        for (source, port), ((target, target_port), *_) in self._arriving.items():
            found.append(flowing(self._graph, blocks, analysis.facts, Edge(source, port, target, target_port)))
        return found + [None] * len(self._open)

    def _hand_on(self, block: Block) -> tuple[Block, dict[str, Value]]:
        """Give the block parameters for all that its layers refer to."""
        used = names_used(block)
        around = self._project.blocks_by_name[self._within].parameters if self._within is not None else ()
        parameters = [parameter for parameter in around if parameter.name in used]
        handed_on: dict[str, Value] = {parameter.name: f"={parameter.name}" for parameter in parameters}
        texts: dict[str, str] = {}
        for name, stem in ((COPY, "number"), (CHANNELS, "channels_in"), (FEATURES, "features_in")):
            if name in used and self._within is not None:
                new = unique_name(stem, {parameter.name for parameter in around} | RESERVED)
                default = 0 if name == COPY else 1
                parameters.append(BlockParameter(name=new, default=default))
                handed_on[new] = f"={name}"
                texts[name] = new
        graph = replace_names(block.graph, texts) if texts else block.graph
        plain = tuple(replace(parameter, later=None) for parameter in parameters)
        return replace(block, parameters=plain, graph=graph), handed_on


def place_of(project: Project, within: str | None) -> Place:
    """Return where the drawing of a block lies when it is looked at by itself: with the defaults of its parameters."""
    if within is None:
        return Place()
    block = project.blocks_by_name[within]
    values: dict[str, Scalar] = {parameter.name: parameter.default for parameter in block.parameters}
    return Place({**values, COPY: 0, **given_by(_sample_signals(block, values))}, (within,))


def _sample_signals(block: Block, values: Mapping[str, Scalar]) -> tuple[Signal, ...]:
    """Return what the Inputs of a block say of themselves."""
    analysis = analyse(Graph(nodes=block.inputs[:1]), {}, place=Place(values))
    return tuple(signal for node in block.inputs[:1] for signal in analysis.facts[node.id].outputs)


def _port_names(stem: str, count: int, taken: Collection[str]) -> list[str]:
    if count == 1:
        return [unique_name(stem, taken)]
    names: list[str] = []
    for _ in range(count):
        names.append(unique_name(f"{stem}_", {*taken, *names}))
    return names
