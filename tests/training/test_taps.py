"""Taps: they show what the network computes, leave no trace in the run, and keep to their share of the time."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest
import torch

from nnstudio.training.events import EpochDone, StepDone
from nnstudio.training.loop import run
from nnstudio.training.taps import Snapshot, Taps
from tests.training.tasks import line, moons, network, recipe

EVERYTHING = ("input", "0", "1", "2", "3", "4")


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every glance look, as if a second passed between any two readings of the clock."""
    ticks = count()
    monkeypatch.setattr("nnstudio.training.taps.time.monotonic", lambda: float(next(ticks)))
    monkeypatch.setattr("nnstudio.training.taps.SHARE", 10.0)


@pytest.mark.usefixtures("eager")
def test_taps_leave_no_trace() -> None:
    plain, watched, taps = network(), network(), Taps()
    taps.watch(EVERYTHING, 3)
    without = list(run(plain, moons(), recipe()))
    looks, told = set(), []
    for event in run(watched, moons(), recipe(), taps):
        told.append(event)
        latest = taps.latest()
        if latest is not None:
            looks.add(latest.step)
    assert looks == set(range(1, 9))
    for before, after in zip(without, told, strict=True):
        if isinstance(before, StepDone):
            assert before == after
        if isinstance(before, EpochDone):
            assert isinstance(after, EpochDone)
            assert (before.train_loss, before.validation_loss) == (after.train_loss, after.validation_loss)
    for name, value in plain.state_dict().items():
        assert torch.equal(value, watched.state_dict()[name]), name


def test_snapshot_is_what_the_network_computes() -> None:
    data, module, taps = moons(), network(), Taps()
    sample = int(data.validation[0])
    list(run(module, data, recipe(), taps))
    taps.watch(["input", "0", "4", "gone"], sample)
    taps.refresh()
    snapshot = taps.latest()
    assert snapshot is not None
    module.eval()
    with torch.no_grad():
        scores = module(torch.from_numpy(data.inputs[[sample]]))[0]
    assert snapshot.values.keys() == {"input", "0", "4"}
    assert np.array_equal(snapshot.values["input"], data.inputs[sample])
    assert np.array_equal(snapshot.values["4"], scores.numpy())
    assert snapshot.values["0"].dtype == np.float32
    assert snapshot.output == pytest.approx(scores.softmax(0).numpy())
    assert snapshot.output.sum() == pytest.approx(1)
    assert (snapshot.step, snapshot.sample, snapshot.truth) == (8, sample, data.targets[sample])


def test_layer_that_is_written_over_keeps_its_own_value() -> None:
    """The ReLU of the network works in place, on what BatchNorm gave."""
    taps = Taps()
    taps.watch(["1", "2"], 0)
    list(run(network(), moons(), recipe(), taps))
    snapshot = taps.latest()
    assert snapshot is not None
    assert snapshot.values["1"].min() < 0
    assert np.array_equal(snapshot.values["2"], np.maximum(snapshot.values["1"], 0))


def test_values_are_shown_as_they_are() -> None:
    data, taps = line(), Taps()
    taps.watch([], 5)
    list(run(network(), data, recipe(loss="mse"), taps))
    snapshot = taps.latest()
    assert snapshot is not None
    assert snapshot.values == {}
    assert isinstance(snapshot.truth, np.ndarray)
    assert np.array_equal(snapshot.truth, data.targets[5])


def test_mode_is_restored() -> None:
    module, taps = network(), Taps()
    taps.watch(EVERYTHING, 0)
    modes = [module.training for event in run(module, moons(), recipe(), taps) if isinstance(event, StepDone)]
    assert modes == [True] * 8


def test_row_that_does_not_exist_is_ignored() -> None:
    taps = Taps()
    taps.watch(EVERYTHING, 1_000_000)
    list(run(network(), moons(), recipe(), taps))
    taps.refresh()
    assert taps.latest() is None
    assert not taps.is_stale


class Clock:
    """A clock that a test moves; each look takes ``cost`` seconds on it."""

    def __init__(self, cost: float) -> None:
        self.now = 100.0
        self.cost = cost
        self.looks: list[float] = []

    def look(self, _names: frozenset[str], sample: int, step: int) -> Snapshot:
        """Take time."""
        self.looks.append(self.now)
        self.now += self.cost
        return Snapshot(step=step, sample=sample, values={}, output=np.zeros(1, np.float32), truth=0)


@pytest.mark.parametrize(("cost", "expected"), [(0.0001, 10), (0.0012, 10), (0.012, 1), (0.12, 0.1)])
def test_looking_keeps_to_its_share(cost: float, expected: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """``expected`` looks a second: ten at most, and fewer where looks are expensive."""
    clock, taps = Clock(cost), Taps()
    monkeypatch.setattr("nnstudio.training.taps.time.monotonic", lambda: clock.now)
    taps.attach(clock.look)
    taps.watch([], 0)
    for step in range(40_000):
        taps.glance(step)
        clock.now += 0.002
    rate = len(clock.looks) / (clock.now - 100.0)
    assert rate == pytest.approx(expected, rel=0.1)
    assert rate * cost <= 0.0125


def test_refresh_looks_only_for_something_new() -> None:
    clock, taps = Clock(0.0), Taps()
    taps.watch(["a"], 0)
    taps.refresh()
    assert clock.looks == []
    taps.attach(clock.look)
    for sample, expected in ((0, 1), (0, 1), (1, 2), (1, 2), (0, 3)):
        taps.watch(["a"], sample)
        taps.refresh()
        assert len(clock.looks) == expected
