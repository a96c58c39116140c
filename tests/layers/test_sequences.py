"""What recurrent layers, attention and positions compute, beyond the shapes that every layer is tried for."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.compiler.source import write_source
from nnstudio.core.graph import Edge, Graph, Node, freeze_params
from nnstudio.layers.catalog import catalog
from nnstudio.layers.own import own_class
from nnstudio.layers.spec import Signal
from tests.layers import oracle
from tests.layers.cases import sequences
from tests.layers.oracle import numbers

KINDS = sorted(sequences.WORKING)
STARTS = st.sampled_from(["torch", "torch", "orthogonal", "xavier", "normal"])


def drawn(kind: str, params: dict[str, Any], signals: tuple[Signal | None, ...], outputs: int | None = None) -> Graph:
    """Draw one layer with an Input at every port that has a signal, and an Output for the first outputs or all."""
    spec = catalog()[kind]
    nodes = [Node(id="layer", kind=kind, name="layer", params=freeze_params(params))]
    edges = []
    for port, signal in zip(spec.inputs, signals, strict=False):
        if signal is not None:
            shape = {"shape": signal.shape, "element": signal.element}
            nodes.append(Node(id=port.name, kind="Input", name=f"in_{port.name}", params=freeze_params(shape)))
            edges.append(Edge(port.name, "output", "layer", port.name))
    for port in spec.outputs[:outputs]:
        nodes.append(Node(id=f"out_{port.name}", kind="Output", name=f"out_{port.name}", params=freeze_params({})))
        edges.append(Edge("layer", port.name, f"out_{port.name}", "input"))
    return Graph(nodes=tuple(nodes), edges=tuple(edges))


def filled(signal: Signal, vocabulary: int = 5) -> torch.Tensor:
    """Make a batch of random numbers."""
    fixed = numbers(signal).shape
    shape = (oracle.BATCH, *(int(length) for length in fixed))
    return torch.randint(0, vocabulary, shape) if signal.element == "index" else torch.randn(shape)


def judged(kind: str, params: dict[str, Any], *tensors: torch.Tensor | None) -> list[torch.Tensor]:
    """Return what a layer makes of real tensors, with weights from seed 0."""
    torch.manual_seed(0)
    return oracle.judge(kind, catalog()[kind].settings(params), tensors, "cpu")[0]


@pytest.fixture
def taken_home(tmp_path: Path) -> Callable[[str], nn.Module]:
    """Return a function that makes the network of exported source."""
    files: Iterator[int] = itertools.count()

    def construct(source: str) -> nn.Module:
        path = tmp_path / f"taken_home_{next(files)}.py"
        path.write_text(source, "utf-8")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        network = module.Tried()
        assert isinstance(network, nn.Module)
        return network

    return construct


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_exported_source_is_bit_equal(kind: str, taken_home: Callable[[str], nn.Module], data: st.DataObject) -> None:
    spec = catalog()[kind]
    params, signals = data.draw(sequences.WORKING[kind])
    if spec.weights:
        params["start"] = data.draw(STARTS)
    outputs = data.draw(st.integers(1, len(spec.outputs)))
    plan = make_plan(drawn(kind, params, signals, outputs), {})
    module = link(plan, seed=3)
    torch.manual_seed(3)
    other = taken_home(write_source(plan, "Tried"))
    assert list(other.state_dict()) == list(module.state_dict())
    for key, value in module.state_dict().items():
        assert torch.equal(value, other.state_dict()[key]), key
    torch.manual_seed(1)
    inputs = [filled(signal) for _, signal in plan.inputs]
    for mode, grad in (("train", True), ("eval", True), ("eval", False)):
        results = []
        for network in (module, other):
            network.train(mode == "train")
            torch.manual_seed(1)
            with torch.set_grad_enabled(grad):
                found = network(*inputs)
            results.append(found if isinstance(found, tuple) else (found,))
        assert len(results[0]) == outputs
        for one, two in zip(*results, strict=True):
            assert torch.equal(one, two)
            assert bool(torch.isfinite(one).all())


@pytest.mark.parametrize("kind", ["GRU", "LSTM", "RNN"])
@pytest.mark.parametrize("ways", [1, 2])
@pytest.mark.parametrize("layers", [1, 2])
def test_steps_behind_the_end_are_not_read(kind: str, ways: int, layers: int) -> None:
    params = {"hidden_size": 3, "num_layers": layers, "bidirectional": ways == 2}
    torch.manual_seed(1)
    x, lengths = torch.randn(4, 6, 5), torch.tensor([6, 2, 4, 1])
    states = [None] * (2 if kind == "LSTM" else 1)
    padded = judged(kind, params, x, *states, lengths)
    for row, length in enumerate(lengths.tolist()):
        alone = judged(kind, params, x[row : row + 1, :length], *states, None)
        torch.testing.assert_close(padded[0][row, :length], alone[0][0])
        assert not padded[0][row, length:].any()
        for one, other in zip(padded[1:], alone[1:], strict=True):
            torch.testing.assert_close(one[row], other[0])


@pytest.mark.parametrize("kind", ["GRU", "LSTM", "RNN"])
def test_full_lengths_change_nothing_and_lengths_out_of_range_are_brought_into_it(kind: str) -> None:
    torch.manual_seed(1)
    x, states = torch.randn(3, 4, 5), [None] * (2 if kind == "LSTM" else 1)
    without = judged(kind, {"hidden_size": 3}, x, *states, None)
    for one, other in zip(without, judged(kind, {"hidden_size": 3}, x, *states, torch.tensor([4, 4, 9])), strict=True):
        torch.testing.assert_close(one, other)
    short = judged(kind, {"hidden_size": 3}, x, *states, torch.tensor([1, 0, -2]))
    for one, other in zip(without, judged(kind, {"hidden_size": 3}, x[:, :1], *states, None), strict=True):
        assert one.shape[0] == other.shape[0]
    torch.testing.assert_close(short[1], short[0][:, 0])


@pytest.mark.parametrize("kind", ["GRU", "LSTM", "RNN"])
@pytest.mark.parametrize("ways", [1, 2])
@pytest.mark.parametrize("layers", [1, 3])
def test_a_sequence_goes_on_from_the_states_it_stopped_at(kind: str, ways: int, layers: int) -> None:
    params = {"hidden_size": 3, "num_layers": layers, "states": "all"}
    torch.manual_seed(1)
    x, nothing = torch.randn(4, 6, 5), [None] * (2 if kind == "LSTM" else 1)
    if ways == 1:
        whole = judged(kind, params, x, *nothing, None)
        begun = judged(kind, params, x[:, :2], *nothing, None)
        rest = judged(kind, params, x[:, 2:], *begun[1:], None)
        torch.testing.assert_close(rest[0], whole[0][:, 2:])
        assert begun[1].shape == (4, layers, 3)
    params = {**params, "bidirectional": ways == 2}
    states = [torch.randn(4, layers * ways, 3) for _ in nothing]
    torch.manual_seed(0)
    judge = getattr(nn, kind)(5, 3, layers, bidirectional=ways == 2, batch_first=True)
    hx = [state.transpose(0, 1).contiguous() for state in states]
    output, ends = judge(x, tuple(hx) if kind == "LSTM" else hx[0])
    found = judged(kind, params, x, *states, None)
    assert torch.equal(found[0], output)
    for one, other in zip(found[1:], ends if kind == "LSTM" else [ends], strict=True):
        assert torch.equal(one, other.transpose(0, 1))


@pytest.mark.parametrize("ways", [1, 2])
def test_one_layer_takes_the_state_that_one_layer_gives(ways: int) -> None:
    params = {"hidden_size": 3, "bidirectional": ways == 2}
    torch.manual_seed(1)
    x, state = torch.randn(4, 6, 5), torch.randn(4, ways * 3)
    flat = judged("GRU", params, x, state, None)
    rows = judged("GRU", params, x, state.reshape(4, ways, 3), None)
    assert torch.equal(flat[0], rows[0])


def test_the_state_of_an_lstm_without_a_wire_is_zero() -> None:
    torch.manual_seed(1)
    x, state, zero = torch.randn(4, 6, 5), torch.randn(4, 3), torch.zeros(4, 3)
    for given_, both in (((state, None), (state, zero)), ((None, state), (zero, state))):
        one = judged("LSTM", {"hidden_size": 3}, x, *given_, None)
        assert torch.equal(one[0], judged("LSTM", {"hidden_size": 3}, x, *both, None)[0])


@pytest.mark.parametrize("start", ["torch", "orthogonal"])
@pytest.mark.parametrize("ways", [1, 2])
def test_the_forget_gate_starts_open(start: str, ways: int) -> None:
    params = {"hidden_size": 3, "num_layers": 2, "bidirectional": ways == 2, "start": start}
    x = Signal((6, 5))
    plain = link(make_plan(drawn("LSTM", params, (x,)), {}), seed=0).state_dict()
    opened = link(make_plan(drawn("LSTM", {**params, "forget_bias": 1.5}, (x,)), {}), seed=0).state_dict()
    assert list(plain) == list(opened)
    for name, value in plain.items():
        expected = value.clone()
        if "bias_ih" in name:
            expected[3:6] += 1.5
        assert torch.equal(opened[name], expected), name


def test_plain_recurrent_layers_are_those_of_torch() -> None:
    x = Signal((6, 5))
    for kind in ("GRU", "LSTM", "RNN"):
        spec = catalog()[kind]
        assert spec.module is not None
        call = spec.module(spec.settings({}), x)
        assert (call.target, call.args, call.kwargs) == (f"nn.{kind}", (5, 64), (("batch_first", True),))
        own, torchs = own_class(f"Flex{kind}")(5, 64), getattr(nn, kind)(5, 64)
        assert list(own.state_dict()) == list(torchs.state_dict())


def test_recurrent_layers_count_one_three_and_four_gates() -> None:
    for kind, gates in (("RNN", 1), ("GRU", 3), ("LSTM", 4)):
        spec = catalog()[kind]
        cost = spec.cost(spec.settings({"hidden_size": 20, "bias": False}), Signal((7, 10)))
        assert (cost.parameters, cost.macs) == (gates * 20 * 30, 7 * gates * 20 * 30)
        assert spec.cost(spec.settings({}), Signal(("T", 10))).macs is None
