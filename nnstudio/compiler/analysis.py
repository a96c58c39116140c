"""What is known of a drawing before anything is built: shapes, costs, problems. Plain Python, no torch.

`analyse` walks the drawing once, sources first. A node that is the same value with the same inputs as in the
previous analysis is not worked out again, so an edit costs about what it touches.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from nnstudio.compiler.blocks import Instance, read_instance
from nnstudio.compiler.bypass import passing_port, skipped
from nnstudio.compiler.check import Structure, check_structure
from nnstudio.compiler.facts import Analysis, Facts, Fault, flowing
from nnstudio.compiler.fields import receptive_field
from nnstudio.compiler.inside import MAX_NODES, Place
from nnstudio.compiler.ports import BLOCK, input_ports, output_ports
from nnstudio.compiler.problems import problems_of
from nnstudio.compiler.values import fill
from nnstudio.core.graph import Block, Edge, Graph, Node
from nnstudio.core.problem import Problem
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.code import Call
from nnstudio.layers.parameters import told
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Port, Settings, Signal, count_elements

__all__ = ["Analysis", "Facts", "analyse", "evaluate", "input_ports", "output_ports"]

MAX_FAULTS = 20
"""Faults within a block that its instance tells."""


def analyse(
    graph: Graph, blocks: Mapping[str, Block], previous: Analysis | None = None, *, place: Place | None = None
) -> Analysis:
    """Work out shapes, costs and problems of a drawing.

    Args:
        graph: the drawing.
        blocks: definitions by name.
        previous: an analysis of an earlier version of the same drawing with the same blocks and in the same
            language, to take over what did not change.
        place: which block the drawing is the inside of, with the values of its parameters; those have to be the same
            as in the previous analysis.
    """
    place = place or Place()
    edited = _edited(previous, graph) if previous is not None else None
    if previous is not None and edited is not None:
        return _follow(graph, blocks, previous, edited, place)
    structure = check_structure(graph, blocks)
    known = previous.facts if previous is not None else {}
    facts: dict[str, Facts] = {}
    for id_ in structure.order:
        facts[id_] = _look_at(graph, blocks, structure, facts, known.get(id_), id_, place)
    for node in graph.nodes:
        if node.id not in facts:
            facts[node.id] = Facts(live=node.id in structure.live, node=node)
        if node.shares is not None and not node.bypassed:
            facts[node.id] = _share(graph, node, facts)
    told = {node.id: problems_of(graph, blocks, structure, facts, node) for node in graph.nodes}
    return _gather(graph, structure, facts, told)


def _edited(previous: Analysis, graph: Graph) -> frozenset[str] | None:
    """Return the nodes whose settings differ, where only these and places do; None where more does."""
    before = previous.graph
    if before.edges is not graph.edges or len(before.nodes) != len(graph.nodes):
        return None
    pairs = [(old, new) for old, new in zip(before.nodes, graph.nodes, strict=True) if old is not new]
    for old, new in pairs:
        alike = old.id == new.id and old.kind == new.kind and old.name == new.name and old.shares == new.shares
        if (
            not alike
            or old.bypassed != new.bypassed
            or (new.kind == BLOCK and old.params.get("block") != new.params.get("block"))
        ):
            return None
    if any(node.shares is not None for node in graph.nodes):
        return None
    return frozenset(new.id for old, new in pairs if not _computes_alike(old, new))


def _follow(
    graph: Graph, blocks: Mapping[str, Block], previous: Analysis, edited: frozenset[str], place: Place
) -> Analysis:
    """Work out anew what an edit of settings touches, and as far on as something else comes out."""
    structure = previous.structure
    if not edited and not previous.problems:  # cards were moved, that is all
        return msgspec.structs.replace(previous, graph=graph)
    facts = dict(previous.facts)
    touched = set(edited)
    for id_ in structure.order:
        if id_ not in touched:
            continue
        before = facts[id_]
        fresh = facts[id_] = _look_at(graph, blocks, structure, facts, before, id_, place)
        if fresh.outputs != before.outputs or fresh.field != before.field or fresh.jump != before.jump:
            touched.update(structure.followers.get(id_, ()))
    told = dict(previous.by_node)
    # A mend can look far up the drawing, so all that is wrong is looked at again.
    for node in [graph.by_id[id_] for id_ in touched | told.keys()]:
        told[node.id] = problems_of(graph, blocks, structure, facts, node)
    return _gather(graph, structure, facts, told)


def _look_at(
    graph: Graph,
    blocks: Mapping[str, Block],
    structure: Structure,
    facts: Mapping[str, Facts],
    before: Facts | None,
    id_: str,
    place: Place,
) -> Facts:
    """Work out one node whose sources are known; what is known of it already is taken over where it still holds."""
    node = graph.by_id[id_]
    ports = structure.ports[id_]
    if node.bypassed:
        return _look_past(graph, blocks, structure, facts, before, node, place)
    arriving, missing, sources = _arriving(graph, blocks, ports, structure.feeds[id_], facts)
    live = id_ in structure.live
    if before is not None and _computes_alike(before.node, node) and before.inputs == arriving and not missing:
        fresh = before
    else:
        known = None not in arriving or all(source.outputs for source in sources)
        fresh = evaluate(node, ports, arriving, missing, known, blocks, place)
    field, jump = receptive_field(node, fresh, sources)
    if fresh.live != live or fresh.field != field or fresh.jump != jump:
        fresh = msgspec.structs.replace(fresh, live=live, field=field, jump=jump)
    return fresh


def _look_past(
    graph: Graph,
    blocks: Mapping[str, Block],
    structure: Structure,
    facts: Mapping[str, Facts],
    before: Facts | None,
    node: Node,
    place: Place,
) -> Facts:
    """Work out one node that is skipped."""
    feeds = structure.feeds[node.id]
    port = passing_port(structure.ports[node.id], feeds)
    edge = feeds[port.name] if port is not None else None
    signal = flowing(graph, blocks, facts, edge) if edge is not None else None
    fresh = skipped(graph, node, blocks, signal, edge is not None, place.values)
    field, jump = receptive_field(node, fresh, [facts[edge.source]] if edge is not None else [])
    fresh = msgspec.structs.replace(fresh, live=node.id in structure.live, field=field, jump=jump)
    return before if before is not None and before == fresh else fresh


def _computes_alike(before: Node | None, now: Node) -> bool:
    """Say whether two values of a node differ at most in where they lie."""
    return before is now or (
        before is not None
        and before.kind == now.kind
        and before.params == now.params
        and before.name == now.name
        and before.shares == now.shares
        and before.bypassed == now.bypassed
    )


def _arriving(
    graph: Graph,
    blocks: Mapping[str, Block],
    ports: tuple[Port, ...],
    feeds: Mapping[str, Edge],
    facts: Mapping[str, Facts],
) -> tuple[tuple[Signal | None, ...], tuple[str, ...], list[Facts]]:
    """Return the signal at each port, the ports that nothing is connected to, and the facts of the sources."""
    signals: list[Signal | None] = []
    missing: list[str] = []
    sources: list[Facts] = []
    for position, port in enumerate(ports):
        edge = feeds.get(port.name)
        if edge is None:
            if port.many and position >= 2:
                continue  # the free port of a layer that takes any number of wires
            if not port.optional:
                missing.append(port.name)
            signals.append(None)
            continue
        sources.append(facts[edge.source])
        signals.append(flowing(graph, blocks, facts, edge))
    return tuple(signals), tuple(missing), sources


def evaluate(
    node: Node,
    ports: tuple[Port, ...],
    arriving: tuple[Signal | None, ...],
    missing: tuple[str, ...],
    known: bool,
    blocks: Mapping[str, Block],
    place: Place,
) -> Facts:
    """Work out one node from what arrives at its ports; ``known`` says whether all wires carry something known."""
    if node.kind == BLOCK:
        return _evaluate_block(node, ports, arriving, missing, blocks, place)
    spec = catalog().get(node.kind)
    if spec is None:
        text = tr("This version does not know the layer {kind!r}. It is kept as it is.", kind=node.kind)
        return Facts(arriving, faults=(Fault("unknown_kind", text),), node=node)
    try:
        settings = spec.settings(fill(node.params, place.values, spec.parameters_by_name))
    except ValueError as error:
        return Facts(arriving, faults=(Fault("setting", told(error)),), node=node)
    if missing:
        return Facts(arriving, settings=settings, faults=(_missing(node, spec, ports, missing),), node=node)
    if not known:
        return Facts(arriving, settings=settings, node=node)
    try:
        _check_elements(spec, ports, arriving)
        outputs = spec.shape(settings, *arriving)
        cost = spec.cost(settings, *arriving)
    except LayerError as error:
        fault = Fault("shape", str(error), error.fixes)
        return Facts(arriving, settings=settings, faults=(fault,), node=node)
    leaving = outputs if isinstance(outputs, tuple) else (outputs,)
    given: int | None = 0
    if node.kind not in ("Input", "Output"):
        given = _total([count_elements(signal.shape) for signal in leaving])
    return Facts(arriving, leaving, cost, settings, activations=given, node=node)


def _total(counts: list[int | None]) -> int | None:
    """Add counts up; None where one is unknown."""
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def _missing(node: Node, spec: LayerSpec, ports: tuple[Port, ...], missing: tuple[str, ...]) -> Fault:
    if spec.inputs[0].many:
        text = tr("{title} joins two or more signals; connect another one.", title=spec.title)
    elif len(ports) == 1:
        text = tr("Nothing is connected to the input of {name} yet.", name=node.name)
    else:
        text = tr("Nothing is connected to {ports} of {name} yet.", ports=", ".join(missing), name=node.name)
    return Fault("missing_input", text)


def _check_elements(spec: LayerSpec, ports: tuple[Port, ...], signals: tuple[Signal | None, ...]) -> None:
    for port, signal in zip(ports, signals, strict=False):
        if signal is None:
            continue
        if port.element == "index" and signal.element != "index":
            raise LayerError(
                tr(
                    "{title} looks rows up in a table, so it needs whole numbers; here it gets real numbers.",
                    title=spec.title,
                )
            )
        if port.element == "real" and signal.element != "real":
            raise LayerError(
                tr(
                    "{title} calculates with real numbers; here it gets positions in a table: put an Embedding first.",
                    title=spec.title,
                )
            )


def _evaluate_block(
    node: Node,
    ports: tuple[Port, ...],
    arriving: tuple[Signal | None, ...],
    missing: tuple[str, ...],
    blocks: Mapping[str, Block],
    place: Place,
) -> Facts:
    """Work out a block's copies one after the other, each fed by the one before."""
    refusal = place.refusal(str(node.params.get("block")), blocks)
    if refusal is not None:
        return Facts(arriving, faults=(Fault("block", refusal),), node=node)
    try:
        instance = read_instance(fill(node.params, place.values), blocks)
    except ValueError as error:
        return Facts(arriving, faults=(Fault("setting", told(error)),), node=node)
    settings = Settings(
        {
            "block": instance.block.name,
            "repeat": len(instance.copies),
            **instance.copies[0],
        }
    )
    signals = tuple(signal for signal in arriving if signal is not None)
    if missing:
        text = tr("Nothing is connected to {ports} of {name} yet.", ports=", ".join(missing), name=node.name)
        return Facts(arriving, settings=settings, faults=(Fault("missing_input", text),), node=node)
    if len(signals) < len(arriving):
        return Facts(arriving, settings=settings, node=node)
    return _run_copies(node, instance, arriving, signals, settings, blocks, place)


def _run_copies(
    node: Node,
    instance: Instance,
    arriving: tuple[Signal | None, ...],
    signals: tuple[Signal, ...],
    settings: Settings,
    blocks: Mapping[str, Block],
    place: Place,
) -> Facts:
    copies: list[Analysis] = []
    nodes = 0

    def inner_analysis(drawing: Graph, inner: Place) -> Analysis:
        return analyse(drawing, blocks, place=inner)

    flowing = signals
    for number, values in enumerate(instance.copies):
        inside = place.look_inside(instance.block, values, number, flowing, inner_analysis)
        if inside is None:
            return Facts(arriving, settings=settings, faults=(_too_many(),), node=node)
        inner = inside.analysis
        wrong = [problem for problem in inner.problems if problem.severity == "error"][:MAX_FAULTS]
        if wrong:
            faults = tuple(
                Fault(problem.code, problem.message, inner=problem.node, can_mend=bool(problem.fixes))
                for problem in wrong
            )
            return Facts(arriving, settings=settings, faults=faults, node=node)
        copies.append(inner)
        nodes += inner.num_nodes
        if nodes > MAX_NODES:
            return Facts(arriving, settings=settings, faults=(_too_many(),), node=node)
        flowing = inside.leaving
    cost = Cost(
        parameters=sum(copy.num_parameters for copy in copies),
        buffers=sum(copy.num_buffers for copy in copies),
        macs=_total([copy.macs for copy in copies]),
        connections=_total([copy.connections for copy in copies]),
    )
    activations = _total([copy.activations for copy in copies])
    kinds = tuple({id(copy): copy for copy in copies}.values())
    return Facts(arriving, flowing, cost, settings, num_nodes=nodes, activations=activations, node=node, inside=kinds)


def _too_many() -> Fault:
    return Fault("block", tr("Written out, this block has more than {most} layers.", most=f"{MAX_NODES:,}"))


def _share(graph: Graph, node: Node, facts: Mapping[str, Facts]) -> Facts:
    """Give a node the weights of another: they are counted there, and both must construct the same module."""
    known, owner = facts[node.id], graph.by_id.get(node.shares or "")
    made = _module(node, known)
    if owner is not None and owner.bypassed:
        text = tr("{node} uses the weights of {owner}, which is skipped.", node=node.name, owner=owner.name)
        return msgspec.structs.replace(known, faults=(*known.faults, Fault("shares", text)), node=None)
    fits = owner is not None and owner.shares is None and facts[owner.id].live
    if owner is None or not fits or made is None or made != _module(owner, facts[owner.id]):
        name = owner.name if owner is not None else str(node.shares)
        text = tr("{node} cannot use the weights of {owner}: their layers differ.", node=node.name, owner=name)
        return msgspec.structs.replace(known, faults=(*known.faults, Fault("shares", text)), node=None)
    return msgspec.structs.replace(known, cost=Cost(macs=known.cost.macs, connections=known.connections), node=None)


def _module(node: Node, facts: Facts) -> Call | None:
    spec = catalog().get(node.kind)
    if spec is None or spec.module is None or not facts.outputs:
        return None
    return spec.module(facts.settings, *facts.inputs)


def _gather(
    graph: Graph, structure: Structure, facts: Mapping[str, Facts], told: Mapping[str, tuple[Problem, ...]]
) -> Analysis:
    problems = list(structure.problems.get(None, ()))
    if any(told.values()):
        for node in graph.nodes:
            problems += told.get(node.id, ())
    live = [known for known in facts.values() if known.live]
    costs = [known.cost for known in live]
    free = any(cost.macs is None and known.outputs for cost, known in zip(costs, live, strict=True))
    return Analysis(
        facts,
        tuple(problems),
        num_parameters=sum([cost.parameters for cost in costs]),
        num_buffers=sum([cost.buffers for cost in costs]),
        macs=None if free else sum([cost.macs or 0 for cost in costs]),
        num_nodes=sum([known.num_nodes for known in live]),
        activations=_total([known.activations for known in live]),
        structure=structure,
        graph=graph,
    )
