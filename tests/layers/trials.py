"""One trial of a layer: random settings and inputs, held against torch. Every check tells what disagrees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import torch
from torch import nn

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.compiler.source import write_source
from nnstudio.core.graph import Edge, Graph, Node, Value
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import LayerError, LayerSpec, ParamFix, Settings, Signal
from tests.layers import oracle
from tests.layers.oracle import BATCH, LENGTHS, Arithmetic, length_of, numbers

Signals = tuple[Signal | None, ...]
LAYER = "layer"
"""The name of the node that is tried."""


@dataclass
class Record:
    """What a kind's trials showed together: weights that training should move, and those that it did move."""

    trained: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)


def drawing(kind: str, params: Mapping[str, Value], signals: Signals) -> Graph:
    """Draw Inputs, the layer and an Output for each of its ports; of Input and Output a drawing of just these two."""
    spec = catalog()[kind]
    if kind in ("Input", "Output"):
        given = params if kind == "Input" else _input_params(signals)
        ends = (Node(id="in", kind="Input", name="in_1", params=given), Node(id="out", kind="Output", name="out_1"))
        return Graph(nodes=ends, edges=(Edge("in", "output", "out", "input"),))
    nodes = [Node(id=LAYER, kind=kind, name=LAYER, params=params)]
    edges: list[Edge] = []
    for number, signal in enumerate(signals, 1):
        if signal is not None:
            name = f"in_{number}"
            nodes.append(Node(id=name, kind="Input", name=name, params=_input_params((signal,))))
            edges.append(Edge(name, "output", LAYER, _port(spec, number)))
    for number, port in enumerate(spec.outputs, 1):
        name = f"out_{number}"
        nodes.append(Node(id=name, kind="Output", name=name))
        edges.append(Edge(LAYER, port.name, name, "input"))
    return Graph(nodes=tuple(nodes), edges=tuple(edges))


def _input_params(signals: Signals) -> dict[str, Value]:
    signal = next(signal for signal in signals if signal is not None)
    return {"shape": signal.shape, "element": signal.element}


def _port(spec: LayerSpec, number: int) -> str:
    return f"{spec.inputs[0].name}_{number}" if spec.inputs[0].many else spec.inputs[number - 1].name


def tensors_for(kind: str, settings: Settings, signals: Signals, lengths: Mapping[str, int]) -> list[torch.Tensor]:
    """Make random inputs for the ports that are wired; positions lie in the table, lengths within the sequence."""
    spec, made = catalog()[kind], []
    for port, signal in enumerate(signals, 1):
        if signal is None:
            continue
        shape = (BATCH, *(length_of(length, lengths) for length in signal.shape))
        if signal.element == "real":
            made.append(torch.randn(shape))
        elif spec.inputs and _port(spec, port) == "lengths":
            made.append(torch.randint(1, made[0].shape[1] + 1, shape))
        else:
            made.append(torch.randint(0, settings.__dict__.get("num_embeddings", 4), shape))
    return made


def lengths_for(signals: Signals) -> Mapping[str, int]:
    """Say what free lengths stand for: as in `LENGTHS`, but less where that would make large tensors."""
    sizes = [signal.shape for signal in signals if signal is not None]
    if any(prod(length_of(length) for length in shape) > _LARGE for shape in sizes):
        return {"H": 19, "W": 16, "T": LENGTHS["T"]}
    return LENGTHS


_LARGE = 20_000
"""Numbers in an input of one sample."""


def check_shape_and_counts(kind: str, params: Mapping[str, Value], signals: Signals) -> Iterator[str]:
    """Hold shape, counts and arithmetic against the real module on the meta device."""
    spec = catalog()[kind]
    settings = spec.settings(params)
    shapes = _tuple(spec.shape(settings, *signals))
    cost = spec.cost(settings, *signals)
    answer = oracle.ask(kind, settings, signals)
    ours = tuple(numbers(signal) for signal in shapes)
    if ours != answer.signals:
        yield f"shape: ours {ours}, torch's {answer.signals}"
    if (cost.parameters, cost.buffers) != (answer.parameters, answer.buffers):
        yield (
            f"parameters and buffers: ours {cost.parameters} and {cost.buffers}, "
            f"torch's {answer.parameters} and {answer.buffers}"
        )
    counted = Arithmetic(cost.arithmetic).value() if cost.arithmetic else 0
    if counted != cost.parameters:
        yield f"arithmetic {cost.arithmetic} comes to {counted}, not {cost.parameters}"


def check_foreign_inputs(kind: str, params: Mapping[str, Value], signals: Signals) -> Iterator[str]:
    """Give a layer inputs meant for other settings: it says why not, or comes to torch's shape.

    Free lengths are trusted to be long enough, so torch is asked once numbers stand in their place.
    """
    spec = catalog()[kind]
    fixed = tuple(None if signal is None else numbers(signal) for signal in signals)
    for given in (signals, fixed):
        complaint, fixes = _complaint(spec, params, given)
        if complaint:
            if not complaint.endswith((".", "。")):
                yield f"a refusal that is no sentence: {complaint}"
            for fix in fixes:
                if _complaint(spec, {**params, **fix.params}, given)[0] == complaint:
                    yield f"the mend {fix.label!r} leaves all as it was: {complaint}"
            return
    settings = spec.settings(params)
    shapes = _tuple(spec.shape(settings, *fixed))
    try:
        answer = oracle.ask(kind, settings, fixed)
    except (RuntimeError, ValueError, IndexError, AssertionError) as error:
        yield f"torch refuses what we take, {fixed}: {str(error).partition(chr(10))[0]}"
        return
    if shapes != answer.signals:
        yield f"shape for foreign inputs {fixed}: ours {shapes}, torch's {answer.signals}"


def _complaint(spec: LayerSpec, params: Mapping[str, Value], signals: Signals) -> tuple[str, tuple[ParamFix, ...]]:
    """Return what a layer says of its inputs, with its mends; nothing where it takes them."""
    try:
        spec.shape(spec.settings(params), *signals)
    except LayerError as error:
        return str(error), error.fixes
    return "", ()


NONSENSE: tuple[Value, ...] = ("?", -99.5, (1, 2, 3, 4, 5, 6, 7), (-1, 0))
"""What no setting takes."""


def check_nonsense(kind: str, params: Mapping[str, Value], values: Mapping[str, Any]) -> Iterator[str]:
    """Give settings nonsense, which they refuse, and anything at all, which they take or refuse; both in words.

    ``values`` holds anything at all, by the name of a setting.
    """
    spec = catalog()[kind]
    refused = [(name, nonsense) for name in spec.parameters_by_name for nonsense in NONSENSE]
    for name, value in [("colour", 1), *refused, *values.items()]:
        try:
            spec.settings({**params, name: value})
        except ValueError as error:
            text = str(error)
            told = f"{kind} has no parameter {name!r}" if name == "colour" else rf"{name}: expected .+, got "
            if not re.match(told, text):
                yield f"{name}={value!r} is refused without saying what was expected and what came: {text}"
        else:
            if (name, value) in refused or name == "colour":
                yield f"{name}={value!r} is taken"


def check_compiled(
    kind: str, params: Mapping[str, Value], signals: Signals, seed: int, record: Record
) -> Iterator[str]:
    """Compile the layer between Inputs and Outputs, export it, and hold both against each other bit by bit."""
    graph = drawing(kind, params, signals)
    analysis = analyse(graph, {})
    plan = make_plan(graph, {}, analysis)
    module = link(plan, seed=seed)
    exported = _exported(write_source(plan, "Trial"), seed)
    yield from _differences("fresh weights", module.state_dict(), exported.state_dict())
    if sum(weight.numel() for weight in module.parameters()) != analysis.num_parameters:
        yield f"the analysis counts {analysis.num_parameters} parameters, the module has others"
    torch.manual_seed(seed)
    settings = catalog()[kind].settings(params)
    arriving = signals or (Signal(settings.shape, settings.element),)
    lengths = lengths_for(arriving)
    given = tensors_for(kind, settings, arriving, lengths)
    expected = [analysis.facts[node.id].inputs[0] for node in graph.nodes if node.kind == "Output"]
    for mode, inputs in (("eval", given), ("eval", [tensor[:2] for tensor in given]), ("train", given)):
        ours, theirs = (_run(network, inputs, mode, seed) for network in (module, exported))
        for index, (one, other, signal) in enumerate(zip(ours, theirs, expected, strict=True)):
            if not _same_bits(one, other):
                yield f"output {index} in {mode} mode: the exported code gives other bits"
            assert signal is not None
            if tuple(one.shape[1:]) != numbers(signal, lengths).shape:
                yield f"output {index} in {mode} mode has shape {tuple(one.shape[1:])}, not {signal.shape}"
            if inputs and one.shape[0] != inputs[0].shape[0]:
                yield f"output {index} in {mode} mode has lost its batch: {tuple(one.shape)}"
    yield from _differences("buffers after a pass", module.state_dict(), exported.state_dict())
    yield from _check_step(module, exported, given, seed, frozen=params.get("frozen") is True, record=record)


def _exported(source: str, seed: int) -> nn.Module:
    """Construct the network of exported source, as its reader would."""
    namespace: dict[str, Any] = {"__name__": "exported"}
    exec(compile(source, "exported.py", "exec"), namespace)  # noqa: S102  our own output, which is what is tried here
    torch.manual_seed(seed)
    network = namespace["Trial"]()
    assert isinstance(network, nn.Module)
    return network


def _run(network: nn.Module, inputs: list[torch.Tensor], mode: str, seed: int) -> tuple[torch.Tensor, ...]:
    network.train(mode == "train")
    torch.manual_seed(seed + 1)
    with torch.no_grad():
        return _tuple(network(*inputs))


def _check_step(
    module: nn.Module, exported: nn.Module, inputs: list[torch.Tensor], seed: int, *, frozen: bool, record: Record
) -> Iterator[str]:
    """Train one step on a random linear loss: weights move as their gradients say, frozen ones stay."""
    before = {name: weight.detach().clone() for name, weight in module.named_parameters()}
    for network in (module, exported):
        _step(network, inputs, seed)
    for name, weight in module.named_parameters():
        if frozen and (weight.requires_grad or not _same_bits(weight, before[name])):
            yield f"{name} is not frozen"
        record.trained |= {name} if weight.requires_grad else set()
        if weight.grad is None:
            continue
        wanted = torch.add(before[name], weight.grad, alpha=-_RATE)
        if not _same_bits(weight, wanted):
            yield f"{name} does not move as its gradient says"
        record.moved |= {name} if not _same_bits(weight, before[name]) else set()
    yield from _differences("a training step", module.state_dict(), exported.state_dict())


_RATE = 0.1


def _step(network: nn.Module, inputs: list[torch.Tensor], seed: int) -> None:
    trained = [weight for weight in network.parameters() if weight.requires_grad]
    if not trained:
        return
    network.train()
    torch.manual_seed(seed + 2)
    outputs = [output for output in _tuple(network(*inputs)) if output.requires_grad]
    if outputs:
        torch.autograd.backward([(output * torch.randn_like(output)).sum() for output in outputs])
        torch.optim.SGD(trained, lr=_RATE).step()


def _differences(moment: str, ours: Mapping[str, torch.Tensor], theirs: Mapping[str, torch.Tensor]) -> Iterator[str]:
    if list(ours) != list(theirs):
        yield f"{moment}: keys {list(ours)} and {list(theirs)}"
        return
    for name, tensor in ours.items():
        if not _same_bits(tensor, theirs[name]):
            yield f"{moment}: {name} differs from that of the exported code"


def _same_bits(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Compare bit by bit, so that NaN is like NaN and 0 is not like -0."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    if one.dtype == torch.float32:
        one, other = one.detach().view(torch.int32), other.detach().view(torch.int32)
    return torch.equal(one, other)


def _tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
