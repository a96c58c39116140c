"""The plan: a drawing as a list of steps in the order of computation, ready to be run or written down.

Dead branches and skipped layers are gone, ports are resolved to values, blocks hold one plan per copy. `link` makes
a module of a plan, `source` makes Python of it; neither looks at the drawing again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.compiler.blocks import Values, read_instance
from nnstudio.compiler.inside import Place
from nnstudio.compiler.ports import BLOCK, input_ports, output_ports
from nnstudio.compiler.values import fill
from nnstudio.core.graph import Block, Edge, Graph, Node
from nnstudio.core.problem import Problem
from nnstudio.core.words import joined
from nnstudio.layers.catalog import catalog
from nnstudio.layers.code import Apply, Call, Expression, renumber
from nnstudio.layers.spec import LayerSpec, Signal
from nnstudio.layers.weights import Start, start_of


class CompileError(ValueError):
    """A drawing cannot be built; ``problems`` says where and why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(joined("\n", (joined(": ", (one.node or "", one.message)) for one in problems)))


@dataclass(frozen=True, slots=True)
class Value:
    """Output number ``index`` of the step called ``step``; of an input, the input itself."""

    step: str
    index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One layer at its place in the computation.

    Attributes:
        name: unique in its plan; the attribute that holds the module.
        kind: kind of the layer, or ``Block``.
        inputs: what goes in.
        outputs: what comes out, as signals.
        module: constructs the module; None for steps without one of their own.
        forward: one expression per output; the first alone where no other is needed and the layer saves work then.
        owner: name of the step whose module is called; its own unless weights are shared.
        start: what the weights start from; None for torch's own rule.
        frozen: whether training leaves the weights as they are.
        num_weights: numbers that the module keeps, trained or not; of a block those of all copies.
        copies: for a block, the plan of each copy in the chain.
        block: for a block, its name.
    """

    name: str
    kind: str
    inputs: tuple[Value, ...]
    outputs: tuple[Signal, ...]
    module: Call | None = None
    forward: tuple[Expression, ...] = ()
    owner: str = ""
    start: Start | None = None
    frozen: bool = False
    num_weights: int = 0
    copies: tuple[Plan, ...] = ()
    block: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A drawing in the order of computation.

    Attributes:
        inputs: name and signal of each Input, in drawing order; they are the arguments of ``forward``.
        outputs: name and value of each Output, in drawing order; one is returned bare, several as a tuple.
        steps: layers between them, each after all that it needs.
        values: for a copy of a block, the values of the block's parameters.
    """

    inputs: tuple[tuple[str, Signal], ...]
    outputs: tuple[tuple[str, Value], ...]
    steps: tuple[Step, ...]
    values: Values = field(default_factory=dict)


def make_plan(graph: Graph, blocks: Mapping[str, Block], analysis: Analysis | None = None) -> Plan:
    """Order the live layers of a drawing.

    Raises:
        CompileError: the drawing has problems that keep it from being built.
    """
    if analysis is None:
        analysis = analyse(graph, blocks)
    errors = tuple(problem for problem in analysis.problems if problem.severity == "error")
    if errors:
        raise CompileError(errors)
    return _plan(graph, blocks, analysis, Place(), {})


def _plan(graph: Graph, blocks: Mapping[str, Block], analysis: Analysis, place: Place, values: Values) -> Plan:
    steps: list[Step] = []
    for id_ in analysis.order:
        node = graph.by_id[id_]
        if not analysis.facts[id_].live or node.bypassed or node.kind in ("Input", "Output"):
            continue
        inputs = _inputs(graph, node, blocks, analysis)
        if node.kind == BLOCK:
            steps.append(_block_step(node, inputs, blocks, analysis, place))
        else:
            steps.append(_layer_step(graph, node, inputs, analysis))
    live = [node for node in graph.nodes if analysis.facts[node.id].live]
    return Plan(
        inputs=tuple((n.name, analysis.facts[n.id].outputs[0]) for n in live if n.kind == "Input"),
        outputs=tuple((n.name, _inputs(graph, n, blocks, analysis)[0]) for n in live if n.kind == "Output"),
        steps=tuple(steps),
        values=values,
    )


def _inputs(graph: Graph, node: Node, blocks: Mapping[str, Block], analysis: Analysis) -> tuple[Value, ...]:
    feeds = analysis.feeds[node.id]
    values: list[Value] = []
    for port in input_ports(graph, node, blocks):
        edge = feeds.get(port.name)
        if edge is not None:
            edge = _origin(graph, edge, analysis)
            source = graph.by_id[edge.source]
            names = [known.name for known in output_ports(graph, source, blocks)]
            values.append(Value(source.name, names.index(edge.source_port)))
    return tuple(values)


def _origin(graph: Graph, edge: Edge, analysis: Analysis) -> Edge:
    """Return the wire that brings what flows along this one: layers that are skipped are passed by."""
    while graph.by_id[edge.source].bypassed:
        (edge,) = analysis.feeds[edge.source].values()
    return edge


def _layer_step(
    graph: Graph,
    node: Node,
    inputs: tuple[Value, ...],
    analysis: Analysis,
) -> Step:
    facts = analysis.facts[node.id]
    spec = catalog()[node.kind]
    made = spec.module(facts.settings, *facts.inputs) if spec.module is not None else None
    owner = graph.by_id[node.shares] if node.shares else node
    rule = spec.alone if spec.alone is not None and _first_only(graph, node, spec, analysis) else spec.forward
    forward = _wired_only(rule(facts.settings, *facts.inputs), facts.inputs)
    chosen = facts.settings if spec.weights and owner is node else None
    return Step(
        name=node.name,
        kind=node.kind,
        inputs=inputs,
        outputs=facts.outputs,
        module=made if owner is node else None,
        forward=forward,
        owner=owner.name,
        start=start_of(chosen.start, chosen.start_scale, spec.then(chosen)) if chosen is not None else None,
        frozen=chosen is not None and chosen.frozen,
        num_weights=facts.cost.parameters + facts.cost.buffers,
    )


def _first_only(graph: Graph, node: Node, spec: LayerSpec, analysis: Analysis) -> bool:
    """Say whether nothing in the model needs any output of a layer but the first."""
    leaving = graph.out_of.get(node.id, ())
    return all(
        edge.source_port == spec.outputs[0].name
        for edge in leaving
        # A skipped layer passes on one of its wires; the others bring nothing.
        if analysis.facts[edge.target].live and analysis.feeds[edge.target].get(edge.target_port) == edge
    )


def _wired_only(
    forward: Expression | tuple[Expression, ...], inputs: tuple[Signal | None, ...]
) -> tuple[Expression, ...]:
    """Return the expressions of a layer with its inputs counted as they come in: without ports that have no wire."""
    expressions = forward if isinstance(forward, tuple) else (forward,)
    if None not in inputs:
        return expressions
    places = count()
    numbers = {index: next(places) for index, signal in enumerate(inputs) if signal is not None}
    return tuple(renumber(expression, numbers) for expression in expressions)


def _block_step(
    node: Node, inputs: tuple[Value, ...], blocks: Mapping[str, Block], analysis: Analysis, place: Place
) -> Step:
    def inner_analysis(drawing: Graph, inner: Place) -> Analysis:
        return analyse(drawing, blocks, place=inner)

    instance = read_instance(fill(node.params, place.values), blocks)
    flowing = tuple(signal for signal in analysis.facts[node.id].inputs if signal is not None)
    plans: dict[int, Plan] = {}
    copies: list[Plan] = []
    for number, values in enumerate(instance.copies):
        inside = place.look_inside(instance.block, values, number, flowing, inner_analysis)
        assert inside is not None  # the analysis before had enough room
        plan = plans.get(id(inside))  # equal copies are one plan
        if plan is None:
            plan = plans[id(inside)] = _plan(inside.drawing, blocks, inside.analysis, inside.place, values)
        copies.append(plan)
        flowing = inside.leaving
    return Step(
        name=node.name,
        kind=BLOCK,
        inputs=inputs,
        outputs=flowing,
        forward=(Apply(),),
        owner=node.name,
        copies=tuple(copies),
        block=instance.block.name,
        num_weights=sum(step.num_weights for copy in copies for step in copy.steps),
    )
