"""Figures of the lecture that come out of the program's own learners; each band is that of several seeds."""

from __future__ import annotations

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


def ratio_of_gradients(depth: int, act: str, start: str, seed: int) -> float:
    """Return the gradient of the first layer by that of the last, on digits; every layer has 64 units."""
    b = Builder("deep")
    h = b.add("Flatten", b.input("x", shape=(1, 8, 8)))
    for _ in range(depth - 1):
        h = b.add(act, b.add("Linear", h, out_features=64, start=start))
    b.output(b.add("Linear", h, out_features=10, start=start))
    module = link(nnstudio.compile(b.project()).plan, seed=seed)
    data = load({"name": "digits8"})
    rows = data.training[:256]
    loss = torch.nn.functional.cross_entropy(
        module(torch.from_numpy(data.inputs[rows])), torch.from_numpy(data.targets[rows])
    )
    matrices = [weight for weight in module.parameters() if weight.ndim == 2]
    first, last = torch.autograd.grad(loss, (matrices[0], matrices[-1]))
    return float(first.norm() / last.norm())


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gradients_vanish_in_deep_sigmoid_networks_and_stay_in_those_of_tanh_and_relu(seed: int) -> None:
    """The lecture does not say of which width and data its figures are: held are their orders of magnitude.

    Sigmoid by depth 2, 5, 10, 20: 4e-2, 4e-4, 4e-7, 2e-13 there; here 0.4, 4e-3, 3e-6, 1e-12 with Xavier's start and
    0.2, 9e-4, 4e-8, 1e-16 with torch's. Tanh and ReLU stay near 1 with starts that suit them.
    """
    sigmoid = [ratio_of_gradients(depth, "Sigmoid", "xavier", seed) for depth in (2, 5, 10, 20)]
    assert [sigmoid[0] > 0.1, sigmoid[1] < 1e-2, sigmoid[2] < 1e-5, sigmoid[3] < 1e-11] == [True] * 4
    assert ratio_of_gradients(20, "Sigmoid", "torch", seed) < 1e-14
    for act, start in (("Tanh", "xavier"), ("ReLU", "he")):
        assert all(0.1 < ratio_of_gradients(depth, act, start, seed) < 10 for depth in (2, 5, 10, 20))
