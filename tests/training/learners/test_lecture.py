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


def chain(depth: int, act: str, seed: int) -> torch.nn.Module:
    """Link ``depth`` layers of 64 units, each with its activation function; Xavier's start, He's before a ReLU."""
    b = Builder("deep")
    h = b.input("x", shape=(64,))
    for _ in range(depth):
        h = b.add(act, b.add("Linear", h, out_features=64, start="he" if act == "ReLU" else "xavier"))
    b.output(h)
    return link(nnstudio.compile(b.project()).plan, seed=seed)


def ratio_of_gradients(module: torch.nn.Module, inputs: torch.Tensor) -> float:
    """Return ‖∂L/∂W‖ of the first layer by that of the last; L is the mean square of what comes out."""
    weights = [layer.weight for layer in module.modules() if isinstance(layer, torch.nn.Linear)]
    first, last = torch.autograd.grad(module(inputs).square().mean(), (weights[0], weights[-1]))
    return float(first.norm() / last.norm())


VANISHING = [
    ("Sigmoid", (4e-2, 4e-4, 4e-7, 2e-13)),
    ("Tanh", (0.93, 0.73, 0.52, 0.14)),
    ("ReLU", (0.40, 0.34, 0.39, 0.51)),
]
"""Ratios of the lecture at depth 2, 5, 10 and 20."""


@pytest.mark.parametrize(("act", "told"), VANISHING)
def test_gradients_by_depth_are_those_of_the_lecture(act: str, told: tuple[float, ...]) -> None:
    """Its figures are of one seed: weights are drawn from 0 on, layer by layer as torch does and then by a normal.

    Biases stay as torch draws them; after the weights come 128 inputs. All twelve figures come out as they are written.
    """
    for depth, value in zip((2, 5, 10, 20), told, strict=True):
        module = chain(depth, act, seed=0)
        torch.manual_seed(0)
        for layer in module.modules():
            if isinstance(layer, torch.nn.Linear):
                layer.reset_parameters()
                if act == "ReLU":
                    torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                else:
                    torch.nn.init.xavier_normal_(layer.weight)
        digits = 1 if act == "Sigmoid" else 2
        found = ratio_of_gradients(module, torch.randn(128, 64))
        assert f"{found:.{digits - 1}e}" == f"{value:.{digits - 1}e}"


def with_biases(module: torch.nn.Module, seed: int) -> torch.nn.Module:
    """Draw the biases as torch does, from ±1/8; the program's starts, but torch's own, leave them at zero."""
    chance = torch.Generator().manual_seed(seed)
    for layer in module.modules():
        if isinstance(layer, torch.nn.Linear):
            layer.bias.data.uniform_(-1 / 8, 1 / 8, generator=chance)
    return module


@pytest.mark.parametrize(("act", "told"), VANISHING)
def test_gradients_vanish_in_deep_sigmoid_networks_and_stay_in_those_of_tanh_and_relu(
    act: str, told: tuple[float, ...]
) -> None:
    """Over eight seeds, as geometric means, at depth 2, 5, 10, 20.

    Sigmoid: 0.042, 4.9e-4, 3.7e-7, 2.1e-13. Tanh: 0.93, 0.74, 0.46, 0.19. ReLU: 0.40, 0.33, 0.34, 0.46. At depth 20
    single seeds lie from 0.12 to 0.28 for tanh and from 0.33 to 0.97 for ReLU.
    """
    inputs = torch.randn(128, 64, generator=torch.Generator().manual_seed(0))
    for depth, value in zip((2, 5, 10, 20), told, strict=True):
        found = [ratio_of_gradients(with_biases(chain(depth, act, seed), seed), inputs) for seed in range(8)]
        assert value / 2 < statistics.geometric_mean(found) < value * 2


def test_tanh_keeps_its_gradients_where_biases_begin_at_zero() -> None:
    """As with the program's Xavier start: 0.93, 0.78, 0.73, 0.72 at depth 2, 5, 10, 20, means over eight seeds."""
    inputs = torch.randn(128, 64, generator=torch.Generator().manual_seed(0))
    found = [ratio_of_gradients(chain(20, "Tanh", seed), inputs) for seed in range(8)]
    assert 0.6 < statistics.geometric_mean(found) < 0.9


def test_torchs_own_start_lets_gradients_vanish_sooner() -> None:
    inputs = torch.randn(128, 64, generator=torch.Generator().manual_seed(0))
    for seed in range(3):
        module = chain(20, "Sigmoid", seed)
        for layer in module.modules():
            if isinstance(layer, torch.nn.Linear):
                layer.reset_parameters()
        assert ratio_of_gradients(module, inputs) < 1e-15


def gradients_at_lags(kind: str, seed: int, forget_bias: float) -> list[float]:
    """Return how much an input of 8 numbers 0, 10, 20 and 49 steps before tells of the last state of 32 units.

    It is the mean length of ∂L/∂x over eight sequences; L is the sum of the last state, as a mean over the sequences.
    """
    b = Builder("memory")
    x = b.input("x", shape=(50, 8))
    if kind == "RNN":
        states, _ = b.add("RNN", x, hidden_size=32)
    else:
        states, _, _ = b.add("LSTM", x, hidden_size=32, forget_bias=forget_bias)
    b.output(b.add("LastStep", states))
    module = link(nnstudio.compile(b.project()).plan, seed=seed)
    inputs = torch.randn(8, 50, 8, generator=torch.Generator().manual_seed(seed)).requires_grad_()
    (gradient,) = torch.autograd.grad(module(inputs).sum(1).mean(), inputs)
    return [float(gradient[:, 49 - lag].norm(dim=1).mean()) for lag in (0, 10, 20, 49)]


@pytest.mark.parametrize(
    ("kind", "told"), [("RNN", (0.22, 4e-4, 7e-7, 1e-14)), ("LSTM", (0.030, 0.012, 0.0086, 0.0024))]
)
def test_gradients_reach_back_through_an_lstm_and_not_through_an_rnn(kind: str, told: tuple[float, ...]) -> None:
    """Over eight seeds means of 0.16, 2.2e-4, 3.4e-7, 2.9e-15, and of 0.039, 0.014, 0.0083, 0.0033.

    The means are geometric, the forget bias is 2. Seeds of the RNN lie up to 3,000 times apart at 49 steps. The
    lecture's figures, of one seed, do not tell their sizes and loss; each of the eight lies among the seeds.
    With torch's own start, whose forget gate lets half through, an LSTM forgets: 3e-12 at 49.
    """
    found = [gradients_at_lags(kind, seed, 2.0) for seed in range(8)]
    for value, seeds in zip(told, zip(*found, strict=True), strict=True):
        assert min(seeds) < value < max(seeds)
        assert value / 4 < statistics.geometric_mean(seeds) < value * 4
    if kind == "LSTM":
        forgetful = [gradients_at_lags(kind, seed, 0.0)[-1] for seed in range(3)]
        assert max(forgetful) < 1e-8
