"""What recurrent layers, attention and positions compute, beyond the shapes that every layer is tried for."""

from __future__ import annotations

import importlib.util
import itertools
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

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


CAUSAL: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("MultiheadAttention", {"num_heads": 2}, 1),
    ("ScaledDotProductAttention", {}, 3),
    ("TransformerEncoderLayer", {"nhead": 2, "dim_feedforward": 8}, 1),
    ("TransformerDecoderLayer", {"nhead": 2, "dim_feedforward": 8}, 2),
)


@pytest.mark.parametrize(("kind", "params", "count"), CAUSAL)
@pytest.mark.parametrize("grad", [True, False])  # without gradients torch takes another way in evaluation mode
def test_causal_layers_do_not_look_ahead(kind: str, params: dict[str, Any], count: int, grad: bool) -> None:
    signals = (Signal(("T", 4)),) * count
    torch.manual_seed(1)
    memory = torch.randn(2, 3, 4)
    for causal in (True, False):
        module = link(make_plan(drawn(kind, {**params, "is_causal": causal}, signals, 1), {}), seed=0).eval()
        for steps in (6, 9):
            x = torch.randn(2, steps, 4)
            other = x.clone()
            other[:, 3:] += 1.0
            results = []
            for sequence in (x, other):
                inputs = (sequence, memory) if kind == "TransformerDecoderLayer" else (sequence,) * count
                with torch.set_grad_enabled(grad):
                    results.append(module(*inputs))
            assert results[0].shape == x.shape
            same = torch.allclose(results[0][:, :3], results[1][:, :3], rtol=1e-5, atol=1e-6)
            assert same is causal
            assert not torch.allclose(results[0][:, 3:], results[1][:, 3:], rtol=1e-5, atol=1e-6)


def test_attention_is_what_the_formula_says() -> None:
    torch.manual_seed(0)
    x = torch.randn(3, 5, 6)
    judge = judged("MultiheadAttention", {"num_heads": 2}, x, None, None)
    torch.manual_seed(0)
    module = nn.MultiheadAttention(6, 2, batch_first=True)
    query, key, value = torch.chunk(x @ module.in_proj_weight.T + module.in_proj_bias, 3, dim=2)
    mixed, shares = [], []
    for head in (slice(0, 3), slice(3, 6)):
        share = torch.softmax(query[..., head] @ key[..., head].transpose(1, 2) / 3**0.5, dim=2)
        mixed.append(share @ value[..., head])
        shares.append(share)
    output = torch.cat(mixed, dim=2) @ module.out_proj.weight.T + module.out_proj.bias
    torch.testing.assert_close(judge[0], output)
    torch.testing.assert_close(judge[1], (shares[0] + shares[1]) / 2)


def test_ports_of_attention_without_a_wire_follow_the_one_before() -> None:
    torch.manual_seed(1)
    x, other = torch.randn(2, 5, 4), torch.randn(2, 5, 4)
    for given_, meant in (
        ((None, None), (x, x)),
        ((other, None), (other, other)),
        ((None, other), (x, other)),
    ):
        one = judged("MultiheadAttention", {}, x, *given_)
        for left, right in zip(one, judged("MultiheadAttention", {}, x, *meant), strict=True):
            assert torch.equal(left, right)


@pytest.mark.parametrize("is_causal", [False, True])
def test_weights_are_worked_out_only_where_they_are_wanted(is_causal: bool) -> None:
    params = {"num_heads": 2, "is_causal": is_causal}
    sequence, keys = Signal((5, 4)), Signal((3, 4))
    plans = [make_plan(drawn("MultiheadAttention", params, (sequence, keys), outputs), {}) for outputs in (1, 2)]
    sources = [write_source(plan, "Tried") for plan in plans]
    assert ["need_weights=False" in source for source in sources] == [True, False]
    torch.manual_seed(1)
    x, y = torch.randn(2, 5, 4), torch.randn(2, 3, 4)
    output = link(plans[0], seed=0)(x, y)
    again, weights = link(plans[1], seed=0)(x, y)
    torch.testing.assert_close(output, again)
    torch.testing.assert_close(weights.sum(dim=2), torch.ones(2, 5))
    assert bool(weights.triu(1).any()) is not is_causal


def test_weights_that_lead_nowhere_are_not_worked_out() -> None:
    graph = drawn("MultiheadAttention", {}, (Signal((5, 4)),), 1)
    nowhere = Node(id="relu", kind="ReLU", name="relu", params=freeze_params({}))
    wire = Edge("layer", "weights", "relu", "input")
    plan = make_plan(Graph(nodes=(*graph.nodes, nowhere), edges=(*graph.edges, wire)), {})
    assert "need_weights=False" in write_source(plan, "Tried")


def test_causal_layers_keep_the_names_of_torch() -> None:
    for own, torchs in (
        ("CausalAttention", nn.MultiheadAttention),
        ("CausalEncoderLayer", nn.TransformerEncoderLayer),
        ("CausalDecoderLayer", nn.TransformerDecoderLayer),
    ):
        assert list(own_class(own)(4, 2).state_dict()) == list(torchs(4, 2).state_dict())


@pytest.mark.parametrize(("steps", "features"), [(7, 6), (3, 5), (1, 1), (12, 2)])
def test_sinusoidal_positions_follow_the_paper(steps: int, features: int) -> None:
    (found,) = judged("SinusoidalPosition", {}, torch.zeros(2, steps, features))
    for step, feature in itertools.product(range(steps), range(features)):
        angle = step / 10_000 ** ((feature - feature % 2) / features)
        expected = math.cos(angle) if feature % 2 else math.sin(angle)
        assert abs(found[1, step, feature].item() - expected) < 1e-5


def test_learned_positions_and_the_class_token_stand_where_they_should() -> None:
    x = Signal(("T", 4))
    table = link(make_plan(drawn("LearnedPosition", {"max_length": 9}, (x,)), {}), seed=0)
    rows = table.state_dict()["layer.weight"]
    assert rows.shape == (9, 4)
    given_ = torch.randn(2, 3, 4)
    assert torch.equal(table(given_), given_ + rows[:3])
    token = link(make_plan(drawn("ClassToken", {}, (x,)), {}), seed=0)
    longer = token(given_)
    assert torch.equal(longer[:, 1:], given_)
    assert torch.equal(longer[1, 0], token.state_dict()["layer.token"])


MULTIPLYING = ["MultiheadAttention", "ScaledDotProductAttention", "TransformerDecoderLayer", "TransformerEncoderLayer"]


@pytest.mark.parametrize("kind", MULTIPLYING)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_multiply_adds_of_attention_are_those_that_torch_does(kind: str, data: st.DataObject) -> None:
    params, signals = data.draw(sequences.WORKING[kind])
    spec = catalog()[kind]
    values = spec.settings(params)
    counted = FlopCounterMode(display=False)
    with counted:
        oracle.ask(kind, values, signals)
    fixed = tuple(signal and numbers(signal) for signal in signals)
    assert 2 * oracle.BATCH * (spec.cost(values, *fixed).macs or 0) == counted.get_total_flops()
    if fixed != signals:
        assert spec.cost(values, *signals).macs is None


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_one_step_of_training_moves_the_weights(kind: str, data: st.DataObject) -> None:
    params, signals = data.draw(sequences.WORKING[kind])
    module = link(make_plan(drawn(kind, params, signals), {}), seed=0).train()
    weights = dict(module.named_parameters())
    torch.manual_seed(1)
    inputs = [filled(signal) for signal in signals if signal is not None]
    found = module(*inputs)
    loss = sum((one**2).sum() for one in (found if isinstance(found, tuple) else (found,)))
    if not weights:
        assert kind in ("ScaledDotProductAttention", "SinusoidalPosition")
        return
    before = {name: weight.detach().clone() for name, weight in weights.items()}
    torch.autograd.backward(loss)
    torch.optim.SGD(weights.values(), lr=0.1).step()
    assert any(not torch.equal(before[name], weight) for name, weight in weights.items())
    assert all(bool(torch.isfinite(weight).all()) for weight in weights.values())


@pytest.mark.parametrize(
    ("kind", "params", "count"), [*CAUSAL[:1], *CAUSAL[2:], ("SinusoidalPosition", {}, 1), ("LearnedPosition", {}, 1)]
)
def test_one_exported_program_serves_every_length(kind: str, params: dict[str, Any], count: int) -> None:
    causal = {"is_causal": True} if kind not in ("SinusoidalPosition", "LearnedPosition") else {}
    signals = (Signal(("T", 4)),) * count
    module = link(make_plan(drawn(kind, {**params, **causal}, signals, 1), {}), seed=0).eval()
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    inputs = tuple(torch.randn(2, 5 + number, 4) for number in range(count))
    exported = torch.export.export(module, inputs, dynamic_shapes=tuple(free for _ in inputs)).module()
    for batch, steps in ((2, 5), (3, 8)):
        again = tuple(torch.randn(batch, steps + number, 4) for number in range(count))
        torch.testing.assert_close(exported(*again), module(*again))
