"""Figures of the lecture that come out of the program's own learners; each band is that of several seeds."""

from __future__ import annotations

import statistics

import pytest
import torch

import nnstudio
from nnstudio.compiler.link import link
from nnstudio.core.graph import Value
from nnstudio.data.catalog import load
from nnstudio.project.builder import Builder
from nnstudio.training.loop import run
from nnstudio.training.recipe import recipe_of

XOR = load({"name": "gate_xor"})


def solves_xor(hidden: int, act: str, seed: int) -> bool:
    """Train 2-``hidden``-1 with a sigmoid at its end: Adam at 0.05, 1,000 steps on all four rows."""
    b = Builder("xor")
    h = b.add(act, b.add("Linear", b.input("x", shape=(2,)), out_features=hidden))
    b.output(b.add("Sigmoid", b.add("Linear", h, out_features=1)))
    compiled = nnstudio.compile(b.project())
    assert compiled.num_parameters == 4 * hidden + 1
    module = link(compiled.plan, seed=seed)
    settings: dict[str, Value] = {
        "epochs": 1000,
        "learning_rate": 0.05,
        "loss": "mse",
        "seed": seed,
        "batch_size": 4,
        "shuffle": False,
    }
    for _ in run(module, XOR, recipe_of(settings)):
        pass
    module.eval()
    with torch.no_grad():
        answers = module(torch.from_numpy(XOR.inputs.copy()))
    return bool(((answers > 0.5) == (torch.from_numpy(XOR.targets.copy()) > 0.5)).all())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hidden", "act", "told"), [(2, "Sigmoid", 23), (2, "Tanh", 27), (2, "ReLU", 10), (4, "Tanh", 49)]
)
def test_xor_is_solved_on_some_seeds_only(hidden: int, act: str, told: int) -> None:
    """Of 50 seeds 24, 28, 10 and 49 here, beside 23, 27, 10 and 49 in the lecture."""
    assert sum(solves_xor(hidden, act, seed) for seed in range(50)) == pytest.approx(told, abs=5)


def ratio_of_errors(depth: int, act: str, start: str, seed: int) -> float:
    """Return mean |∂L/∂z| of the first hidden layer by that of the scores, on digits; ``depth`` layers of 64 units."""
    b = Builder("deep")
    h = b.add("Flatten", b.input("x", shape=(1, 8, 8)))
    for _ in range(depth):
        h = b.add(act, b.add("Linear", h, out_features=64, start=start))
    b.output(b.add("Linear", h, out_features=10, start=start))
    module = link(nnstudio.compile(b.project()).plan, seed=seed)
    sums: list[torch.Tensor] = []
    for layer in module.modules():
        if isinstance(layer, torch.nn.Linear):
            layer.register_forward_hook(lambda _layer, _inputs, output: sums.append(output))
    data = load({"name": "digits8"})
    rows = data.training[:256]
    loss = torch.nn.functional.cross_entropy(
        module(torch.from_numpy(data.inputs[rows])), torch.from_numpy(data.targets[rows])
    )
    first, last = torch.autograd.grad(loss, (sums[0], sums[-1]))
    return float(first.abs().mean() / last.abs().mean())


@pytest.mark.parametrize(
    ("act", "start", "told", "apart"),
    [
        ("Sigmoid", "xavier", (4e-2, 4e-4, 4e-7, 2e-13), 1.4),
        ("Tanh", "xavier", (0.93, 0.73, 0.52, 0.14), 2.2),
        ("ReLU", "he", (0.40, 0.34, 0.39, 0.51), 1.8),
    ],
)
def test_gradients_vanish_in_deep_sigmoid_networks_and_stay_in_those_of_tanh_and_relu(
    act: str, start: str, told: tuple[float, ...], apart: float
) -> None:
    """The lecture does not say of which width, data and gradient its figures are; these come nearest.

    Geometric means over eight seeds at depth 2, 5, 10, 20. Sigmoid: 0.039, 5.2e-4, 3.6e-7, 1.8e-13, each within 1.3
    times the lecture's. ReLU: 0.39, 0.42, 0.34, 0.31, with the lecture's among the seeds. Tanh: 0.50, 0.37, 0.26, 0.18,
    up to half of the lecture's. Tried besides: digits as they are and standardised, normal and uniform inputs; 32 to
    128 units; batches of 1 to 256; torch's, Xavier's, LeCun's and He's start; weights, sums and activations by norm,
    mean and largest; cross-entropy, squares, sums; not each with each, but of some
    hundred none came nearer in all three.
    """
    for depth, value in zip((2, 5, 10, 20), told, strict=True):
        found = [ratio_of_errors(depth, act, start, seed) for seed in range(8)]
        assert value / apart < statistics.geometric_mean(found) < value * apart


def test_torchs_own_start_lets_gradients_vanish_sooner() -> None:
    assert all(ratio_of_errors(20, "Sigmoid", "torch", seed) < 1e-14 for seed in range(3))


def gradients_at_lags(kind: str, seed: int, forget_bias: float) -> list[float]:
    """Return mean |∂Σh/∂x| of the last state of 16 units by the input 0, 10, 20 and 49 steps before."""
    b = Builder("memory")
    x = b.input("x", shape=(50, 1))
    if kind == "RNN":
        states, _ = b.add("RNN", x, hidden_size=16)
    else:
        states, _, _ = b.add("LSTM", x, hidden_size=16, forget_bias=forget_bias)
    b.output(b.add("LastStep", states))
    module = link(nnstudio.compile(b.project()).plan, seed=seed)
    inputs = torch.randn(32, 50, 1, generator=torch.Generator().manual_seed(seed)).requires_grad_()
    (gradient,) = torch.autograd.grad(module(inputs).sum(), inputs)
    return [float(gradient[:, 49 - lag].abs().mean()) for lag in (0, 10, 20, 49)]


@pytest.mark.parametrize(
    ("kind", "told"), [("RNN", (0.22, 4e-4, 7e-7, 1e-14)), ("LSTM", (0.030, 0.012, 0.0086, 0.0024))]
)
def test_gradients_reach_back_through_an_lstm_and_not_through_an_rnn(kind: str, told: tuple[float, ...]) -> None:
    """Over eight seeds means of 0.29, 3.5e-4, 4.6e-7, 5e-15, and of 0.076, 0.018, 0.0086, 0.0033.

    The means are geometric, the forget bias is 2. Single seeds lie a hundred times apart and more at 49 steps; the
    lecture's figures, which do not tell their size and bias, are among them. With torch's own start, whose forget gate
    lets half through, an LSTM forgets: 1e-11 at 49.
    """
    found = [gradients_at_lags(kind, seed, 2.0) for seed in range(8)]
    for value, seeds in zip(told, zip(*found, strict=True), strict=True):
        assert min(seeds) < value < max(seeds)
        assert value / 3 < statistics.geometric_mean(seeds) < value * 3
    if kind == "LSTM":
        forgetful = [gradients_at_lags(kind, seed, 0.0)[-1] for seed in range(3)]
        assert max(forgetful) < 1e-8
