"""Schedules against those of torch, rate by rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler

from nnstudio.core.graph import Value
from nnstudio.training.recipe import Recipe, recipe_of
from nnstudio.training.schedules import Plateau, Watch, share_of_rate

PER_EPOCH, EPOCHS = 7, 12
TOTAL = PER_EPOCH * EPOCHS


def made(**settings: Value) -> Recipe:
    return recipe_of({"epochs": EPOCHS, "learning_rate": 0.1, **settings})


def ours(recipe: Recipe, count: int = TOTAL) -> list[float]:
    return [recipe.learning_rate * share_of_rate(step, recipe, PER_EPOCH) for step in range(count)]


def torchs(make: Callable[[torch.optim.Optimizer], Any], *, by_epoch: bool = False, count: int = TOTAL) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule = make(optimizer)
    rates = []
    for step in range(1, count + 1):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if step < count and (not by_epoch or step % PER_EPOCH == 0):
            schedule.step()
    return rates


def test_a_constant_rate_stays_exactly() -> None:
    assert set(ours(made())) == {0.1}


def test_steps() -> None:
    expected = torchs(lambda optimizer: lr_scheduler.StepLR(optimizer, 3, 0.4), by_epoch=True)
    assert ours(made(schedule="step", step_every=3, step_factor=0.4)) == pytest.approx(expected, rel=1e-12)


def test_exponential() -> None:
    expected = torchs(lambda optimizer: lr_scheduler.ExponentialLR(optimizer, 0.8), by_epoch=True)
    assert ours(made(schedule="exponential", decay_rate=0.8)) == pytest.approx(expected, rel=1e-12)


def test_cosine() -> None:
    expected = torchs(lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, TOTAL, 0.02))
    assert ours(made(schedule="cosine", lowest_share=0.2)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("rise", [0.1, 0.3, 0.9])
def test_one_cycle(rise: float) -> None:
    expected = torchs(
        lambda optimizer: lr_scheduler.OneCycleLR(
            optimizer, 0.1, TOTAL, pct_start=rise, div_factor=20, final_div_factor=500, cycle_momentum=False
        )
    )
    recipe = made(schedule="one_cycle", rise_share=rise, start_divisor=20, end_divisor=500)
    assert ours(recipe) == pytest.approx(expected, rel=1e-12)


def test_warm_up_comes_first_and_the_schedule_after_it() -> None:
    warm = 10
    expected = torchs(lambda optimizer: lr_scheduler.LinearLR(optimizer, 1 / warm, 1.0, warm - 1), count=warm)
    expected += torchs(lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, TOTAL - warm), count=TOTAL - warm)
    assert ours(made(schedule="cosine", warmup_steps=warm)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["constant", "step", "exponential", "cosine", "one_cycle", "plateau"])
def test_no_schedule_minds_very_short_or_overlong_runs(name: str) -> None:
    for epochs, warm in ((1, 0), (1, 1), (1, 50), (EPOCHS, 3)):
        recipe = recipe_of({"schedule": name, "epochs": epochs, "warmup_steps": warm})
        shares = [share_of_rate(step, recipe, 1) for step in range(200)]
        assert all(0 <= share <= 1 for share in shares)


LOSSES = [5.0, 4.0, 4.0, 4.5, 4.1, 3.9, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 3.0]


@pytest.mark.parametrize("patience", [0, 1, 3])
def test_plateau(patience: int) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    theirs = lr_scheduler.ReduceLROnPlateau(optimizer, patience=patience, factor=0.5, threshold=0.0)
    mine = Plateau(made(schedule="plateau", plateau_patience=patience, plateau_factor=0.5))
    for loss in LOSSES:
        theirs.step(loss)
        mine.see(loss)
        assert mine.share * 0.1 == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)
    assert mine.share < 1


def test_a_watch_counts_epochs_without_enough_gain() -> None:
    watch = Watch(min_delta=0.2)
    assert [watch.see(loss) for loss in (1.0, 0.9, 0.79, 0.7, 0.6)] == [True, False, True, False, False]
    assert (watch.best, watch.waited) == (0.79, 2)
