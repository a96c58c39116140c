"""The learning-rate finder: what it advises, and that it leaves no trace."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

import nnstudio
from nnstudio.compiler.link import link
from nnstudio.data.catalog import load
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.finder import HIGHEST, LOWEST, RateTried, advise, try_rates
from nnstudio.training.recipe import recipe_of


def tried(name: str, **settings: float | str) -> list[RateTried]:
    project = EXAMPLES[name]()
    recipe = recipe_of({**project.recipe, **settings})
    return list(try_rates(link(nnstudio.compile(project).plan, seed=0), load(project.data), recipe))


def test_rates_grow_by_one_factor_until_the_loss_blows_up() -> None:
    steps = tried("iris")
    assert steps[0].rate == LOWEST
    factors = [after.rate / before.rate for before, after in pairwise(steps)]
    assert factors == pytest.approx([(HIGHEST / LOWEST) ** (1 / 149)] * len(factors))
    assert len(steps) < 150
    assert steps[-1].smoothed > 4 * min(step.smoothed for step in steps)


@pytest.mark.parametrize(
    ("name", "optimizer", "low", "high"),
    [
        ("iris", "adam", 0.003, 0.1),
        ("iris", "sgd", 0.005, 0.3),
        ("moons", "adam", 0.003, 0.1),
        ("residual-digits", "adam", 0.0005, 0.02),
    ],
)
def test_advice_is_a_rate_that_works(name: str, optimizer: str, low: float, high: float) -> None:
    advice = advise(tried(name, optimizer=optimizer))
    assert advice.rate is not None
    assert low <= advice.rate <= high


def test_advice_is_before_the_best_place() -> None:
    losses = [2.0] * 60 + [2.0 - 0.05 * number for number in range(30)] + [0.5 + 0.2 * number for number in range(20)]
    rates = [10 ** (-6 + number / 20) for number in range(len(losses))]
    advice = advise([RateTried(rate, loss, loss) for rate, loss in zip(rates, losses, strict=True)])
    assert advice.rate is not None
    assert rates[60] < advice.rate < rates[advice.best] / 2.9


def test_nothing_is_advised_where_nothing_falls() -> None:
    assert advise([RateTried(10 ** (-6 + n / 20), 1.0, 1.0) for n in range(100)]).rate is None
    assert advise([]).rate is None


def test_chance_goes_on_as_if_nothing_had_been_tried() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    tried("iris")
    assert torch.equal(torch.get_rng_state(), before)


def test_the_same_recipe_gives_the_same_sweep() -> None:
    assert tried("moons") == tried("moons")
    assert tried("moons") != tried("moons", seed=1)


def test_stop_is_asked_before_each_step() -> None:
    project = EXAMPLES["iris"]()
    seen: list[RateTried] = []
    module = link(nnstudio.compile(project).plan, seed=0)
    for step in try_rates(module, load(project.data), recipe_of(project.recipe), stop=lambda: len(seen) >= 4):
        seen.append(step)
    assert len(seen) == 4
