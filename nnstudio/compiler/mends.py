"""Edits that mend a fault: other settings, other wires, a layer in between, a place further up where it would work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from nnstudio.compiler.adapters import insertions, works
from nnstudio.compiler.check import Structure
from nnstudio.compiler.facts import Facts, Fault, flowing
from nnstudio.compiler.ports import BLOCK, input_ports, output_ports
from nnstudio.core.edits import connect, downstream, own_weights, replace, set_bypassed, set_node, set_param
from nnstudio.core.graph import Block, Edge, Graph, Node, Params, freeze_params
from nnstudio.core.problem import Fix
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import ParamFix


def mends(
    graph: Graph,
    blocks: Mapping[str, Block],
    node: Node,
    fault: Fault,
    structure: Structure,
    facts: Mapping[str, Facts],
) -> tuple[Fix, ...]:
    """Return the edits that mend ``fault`` of ``node``, best first; there may be none."""
    fixes = [Fix(fix.label, partial(_set_params, id_=node.id, fix=fix)) for fix in fault.fixes]
    match fault.code:
        case "shape" if fault.inner is None and not fixes:
            fixes += _element_of_input(graph, node, structure)
            fixes += _earlier_source(graph, blocks, node, structure, facts)
            fixes += insertions(graph, blocks, node, structure, facts) if not fixes else ()
        case "setting":
            fixes += _usual_settings(node, blocks)
        case "missing_input":
            fixes += _loose_ends(graph, blocks, node, structure, facts)
        case "bypass":
            fixes.append(
                Fix(tr("Let {name} work again", name=node.name), partial(set_bypassed, ids=(node.id,), on=False))
            )
        case "shares":
            fixes.append(
                Fix(tr("Give {name} weights of its own", name=node.name), partial(own_weights, ids=(node.id,)))
            )
    return tuple(fixes)


def _set_params(graph: Graph, id_: str, fix: ParamFix) -> Graph:
    node = graph.by_id[id_]
    return set_node(graph, replace(node, params=freeze_params({**node.params, **fix.params})))


def _usual_settings(node: Node, blocks: Mapping[str, Block]) -> Iterator[Fix]:
    """Offer to drop what cannot be: the settings with wrong values and those that the layer does not have."""
    good: dict[str, object] = {}
    spec = catalog().get(node.kind)
    for name, value in node.params.items():
        if node.kind == BLOCK:
            block = blocks.get(str(node.params.get("block")))
            if name == "block" or (block is not None and _block_takes(block, name, value)):
                good[name] = value
        elif spec is not None and name in spec.parameters_by_name:
            try:
                spec.settings({name: value})
            except ValueError:
                continue
            good[name] = value
    dropped = [name for name in node.params if name not in good]
    if dropped:
        label = tr("Set {names} back to the usual value", names=", ".join(dropped))
        yield Fix(label, partial(_keep_only, id_=node.id, params=freeze_params(good)))


def _block_takes(block: Block, name: str, value: object) -> bool:
    """Say whether an instance may say this of a block: at least the kind of value must be that of the default."""
    if name == "repeat":
        several = sum(node.kind == "Input" for node in block.graph.nodes) != 1
        several = several or sum(node.kind == "Output" for node in block.graph.nodes) != 1
        return value == 1 or (isinstance(value, int) and 1 <= value <= 1000 and not several)
    known = {parameter.name: parameter.default for parameter in block.parameters}
    return name in known and type(value) is type(known[name]) and value != 0


def _keep_only(graph: Graph, id_: str, params: Params) -> Graph:
    return set_node(graph, replace(graph.by_id[id_], params=params))


def _element_of_input(graph: Graph, node: Node, structure: Structure) -> Iterator[Fix]:
    """Offer to let an Input give positions in a table where a layer looks things up."""
    spec = catalog().get(node.kind)
    for port in spec.inputs if spec is not None else ():
        edge = structure.feeds[node.id].get(port.name)
        source = graph.by_id[edge.source] if edge is not None else None
        if port.element != "index" or source is None or source.kind != "Input":
            continue
        if source.params.get("element", "real") != "index":
            label = tr("Let {name} give table positions", name=source.name)
            yield Fix(label, partial(set_param, id_=source.id, name="element", value="index"))


def _loose_ends(
    graph: Graph, blocks: Mapping[str, Block], node: Node, structure: Structure, facts: Mapping[str, Facts]
) -> Iterator[Fix]:
    """Offer to connect the nearest layer to the left whose output nothing takes yet."""
    feeds = structure.feeds[node.id]
    open_ports = [port for port in input_ports(graph, node, blocks) if port.name not in feeds and not port.optional]
    after = downstream(graph, node.id)
    loose = [
        other
        for other in graph.nodes
        if other.kind != "Output"
        and other.id not in after
        and other.id not in structure.followers
        and output_ports(graph, other, blocks)
    ]
    if not loose or not open_ports:
        return
    spec, settings = catalog().get(node.kind), facts[node.id].settings
    nearest = sorted(loose, key=lambda other: abs(other.xy[1] - node.xy[1]) + abs(other.xy[0] - node.xy[0]))
    for other in nearest:
        wire = Edge(other.id, output_ports(graph, other, blocks)[0].name, node.id, open_ports[0].name)
        leaving = facts[other.id].outputs
        single = spec is not None and not spec.inputs[0].many and all(port.optional for port in spec.inputs[1:])
        if spec is not None and settings is not None and leaving and single and not works(spec, settings, leaving[0]):
            continue
        yield Fix(tr("Connect {source} to it", source=other.name), partial(connect, edge=wire))
        return


def _earlier_source(
    graph: Graph, blocks: Mapping[str, Block], node: Node, structure: Structure, facts: Mapping[str, Facts]
) -> Iterator[Fix]:
    """Look up the chain for a place where this layer would work, such as before the Flatten."""
    spec = catalog().get(node.kind)
    settings = facts[node.id].settings
    if (
        len(structure.feeds[node.id]) != 1
        or spec is None
        or settings is None
        or not all(port.optional for port in spec.inputs[1:])
    ):
        return
    (edge,) = structure.feeds[node.id].values()
    passed = edge
    while len(structure.feeds[passed.source]) == 1:
        above = graph.by_id[passed.source]
        (passed,) = structure.feeds[passed.source].values()
        signal = flowing(graph, blocks, facts, passed)
        if signal is None:
            return
        if not works(spec, settings, signal):
            continue
        wire = Edge(passed.source, passed.source_port, edge.target, edge.target_port)
        yield Fix(tr("Connect before {name}", name=above.name), partial(connect, edge=wire))
        return
