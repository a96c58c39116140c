"""Layers that could be put in front of one that cannot work, so that it can: the mends that insert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from nnstudio.compiler.check import PITCH, Structure
from nnstudio.compiler.facts import Facts, flowing
from nnstudio.compiler.ports import input_ports
from nnstudio.core.edits import add_node, insert, make_room, upstream
from nnstudio.core.graph import Block, Edge, Graph, Node, Value
from nnstudio.core.problem import Fix
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import LayerError, LayerSpec, Settings, Shape, Signal

ROW = 60.0
"""Cards whose heights differ less than this lie in one row, in scene units."""

Params = Mapping[str, Value]

_ADAPTERS: tuple[tuple[str, Params], ...] = (
    ("Flatten", {}),
    ("Unsqueeze", {"axis": 0}),
    ("Embedding", {}),
    ("LastStep", {}),
    ("AdaptiveAvgPool2d", {}),
)
"""What is tried in front of a layer, in this order."""


def insertions(
    graph: Graph, blocks: Mapping[str, Block], node: Node, structure: Structure, facts: Mapping[str, Facts]
) -> tuple[Fix, ...]:
    """Return edits that put one layer into a wire of ``node`` such that ``node`` then works; the first few only."""
    spec, known = catalog().get(node.kind), facts[node.id]
    if spec is None or known.settings is None:
        return ()
    feeds = structure.feeds[node.id]
    ports = [port.name for port in input_ports(graph, node, blocks)]
    wires = [feeds[name] for name in ports if name in feeds]
    arriving = [signal for edge in wires if (signal := flowing(graph, blocks, facts, edge)) is not None]
    if len(arriving) < len(wires) or not wires or len(wires) < sum(not port.optional for port in spec.inputs):
        return ()
    return insertions_at(graph, node, known.settings, wires, arriving)


def insertions_at(
    graph: Graph, node: Node, settings: Settings, wires: list[Edge], signals: list[Signal]
) -> tuple[Fix, ...]:
    """Return what `insertions` does, for a node with these wires, which need not be drawn yet."""
    if len(wires) == 1:
        adapters = [(wires[0], kind, params) for kind, params in _fitting(node.kind, settings, signals[0])]
    else:
        adapters = list(_projections(graph, node.kind, settings, wires, signals))
    return tuple(
        Fix(
            tr("Insert {title} before {name}", title=catalog()[kind].title, name=node.name),
            partial(put_into, edge=edge, kind=kind, params=params),
        )
        for edge, kind, params in adapters[:2]
    )


def put_into(graph: Graph, edge: Edge, kind: str, params: Params) -> Graph:
    """Put a new layer into a wire, where its end stands now; that and what follows in the row move aside."""
    spec = catalog()[kind]
    graph, id_ = add_node(graph, kind, spec.stem, params, graph.by_id[edge.target].xy)
    graph = insert(graph, edge, id_, spec.inputs[0].name, spec.outputs[0].name)
    return make_room(graph, id_, PITCH, ROW)


def _fitting(kind: str, settings: Settings, signal: Signal) -> Iterator[tuple[str, Params]]:
    """Give the adapters behind which a layer with one input works."""
    for adapter, params in _ADAPTERS:
        made = _result(adapter, params, signal)
        if made is not None and made != signal and _works(kind, settings, made):
            yield adapter, params


def _projections(
    graph: Graph, kind: str, settings: Settings, wires: list[Edge], signals: list[Signal]
) -> Iterator[tuple[Edge, str, Params]]:
    """Give layers that bring one of several inputs into the shape that the others have; the way around comes first."""
    shapes = [signal.shape for signal in signals]
    places = sorted(
        range(len(wires)),
        key=lambda place: (
            not any(
                wires[place].source in upstream(graph, other.source) for other in wires if other is not wires[place]
            )
        ),
    )
    for place in places:
        for other in (shape for index, shape in enumerate(shapes) if index != place):
            for adapter, params in _between(shapes[place], other):
                made = _result(adapter, params, signals[place])
                if made is None:
                    continue
                tried = [made if index == place else signal for index, signal in enumerate(signals)]
                if _works(kind, settings, *tried):
                    yield wires[place], adapter, params


def _between(shape: Shape, wanted: Shape) -> Iterator[tuple[str, Params]]:
    """Give layers that may turn one shape into another."""
    if len(shape) == len(wanted) == 3:
        stride = tuple(
            -(-have // want) if isinstance(have, int) and isinstance(want, int) else 1
            for have, want in zip(shape[1:], wanted[1:], strict=True)
        )
        if isinstance(wanted[0], int):
            yield "Shortcut", {"out_channels": wanted[0], "stride": stride}
        if isinstance(wanted[1], int) and isinstance(wanted[2], int):
            yield "AdaptiveAvgPool2d", {"output_size": (wanted[1], wanted[2])}
    elif len(shape) == len(wanted) > 0 and shape[:-1] == wanted[:-1] and isinstance(wanted[-1], int):
        yield "Linear", {"out_features": wanted[-1]}
    if len(wanted) == 1 and len(shape) > 1:
        yield "Flatten", {}


def _result(kind: str, params: Params, signal: Signal) -> Signal | None:
    """Return what a layer makes of a signal; None where it cannot work or is not known."""
    spec = catalog().get(kind)
    if spec is None or spec.inputs[0].element not in (None, signal.element):
        return None
    try:
        made = spec.shape(spec.settings(params), signal)
    except LayerError:
        return None
    return made if isinstance(made, Signal) else made[0]


def _works(kind: str, settings: Settings, *signals: Signal) -> bool:
    spec = catalog()[kind]
    wanted = [spec.inputs[min(index, len(spec.inputs) - 1)].element for index in range(len(signals))]
    if any(element not in (None, signal.element) for element, signal in zip(wanted, signals, strict=True)):
        return False
    return works(spec, settings, *signals)


def works(spec: LayerSpec, settings: Settings, *signals: Signal) -> bool:
    """Say whether a layer takes these signals at its first inputs, with none at those that are optional."""
    rest = (None for port in spec.inputs[len(signals) :] if port.optional)
    try:
        spec.shape(settings, *signals, *rest)
    except LayerError:
        return False
    return True
