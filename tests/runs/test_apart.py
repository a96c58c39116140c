"""Runs in a process of their own: the same numbers as in a thread, and every way to end."""

from __future__ import annotations

import dataclasses
import os
import signal
import time
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from nnstudio.core.graph import Value
from nnstudio.project.document import Project
from nnstudio.project.examples import ALL
from nnstudio.runs.apart.plain import decode, encode
from nnstudio.runs.apart.work import WorkApart
from nnstudio.runs.work import Work
from nnstudio.training.control import SetRate
from nnstudio.training.events import EpochDone, Event, RateChanged, RunEnded, RunFailed, RunStarted
from nnstudio.training.runner import Runner
from nnstudio.training.studies.weights import LayerNumbers, Weights


def moons(**recipe: Value) -> Project:
    project = ALL["moons"]()
    return msgspec.structs.replace(project, recipe={**project.recipe, "epochs": 3, **recipe})


@pytest.fixture
def make(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Project], WorkApart]]:
    """Make work that is closed in the end; what it writes down goes elsewhere."""
    monkeypatch.setenv("NNSTUDIO_STATE", str(tmp_path))
    made: list[WorkApart] = []

    def make_one(project: Project) -> WorkApart:
        made.append(WorkApart(project, frozenset(node.name for node in project.graph.nodes), 0))
        return made[-1]

    yield make_one
    for work in made:
        work.close()


def until(runner: Runner, done: Callable[[list[Event]], bool], seconds: float = 60.0) -> list[Event]:
    """Wait for what shall be among the events so far."""
    events: list[Event] = []
    end = time.monotonic() + seconds
    while not done(events):
        assert time.monotonic() < end, events
        events += runner.drain()
        time.sleep(0.005)
    return events


def over(runner: Runner) -> Callable[[list[Event]], bool]:
    return lambda events: not runner.alive and (not runner._box)


def test_a_run_apart_gives_the_numbers_of_a_run_in_a_thread(make: Callable[[Project], WorkApart]) -> None:
    far, near = make(moons()), Work(moons(), frozenset(), 0)
    runs = [far.runner(), near.runner()]
    told = []
    for runner in runs:
        runner.start()
        told.append(until(runner, over(runner)))
    assert np.array_equal(runs[0].ring.since(0), runs[1].ring.since(0), equal_nan=True)
    losses = [[event.validation_loss for event in events if isinstance(event, EpochDone)] for events in told]
    assert losses[0] == losses[1]
    assert len(losses[0]) == 3
    weights, expected = far.handover.take(), near.handover.take()
    assert all(torch.equal(weights[name], expected[name]) for name in expected)
    assert far.dataset is not None
    assert far.course is not None
    assert far.course.reach == 75
    snapshot = runs[0].taps.latest()
    assert snapshot is not None
    assert "logits" in snapshot.values


def test_it_is_steered_and_goes_on(make: Callable[[Project], WorkApart]) -> None:
    work = make(moons(epochs=2))
    runner = work.runner()
    runner.pause()
    runner.start()
    until(runner, lambda events: any(isinstance(event, RunStarted) for event in events))
    runner.step()
    runner.step()
    until(runner, lambda _: runner.place == 2)
    runner.control.give(SetRate(0.5))
    until(runner, lambda events: any(isinstance(event, RateChanged) for event in events))
    runner.step_epoch()
    until(runner, lambda events: any(isinstance(event, EpochDone) for event in events))
    assert runner.place == 25
    assert runner.state == "paused"
    assert runner.stop(60.0)
    again = work.runner(runner.taps)
    again.start()
    ended = until(again, over(again))[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.reason, ended.steps) == ("finished", 50)


def test_studies_are_answered_while_it_waits_and_after_its_end(make: Callable[[Project], WorkApart]) -> None:
    work = make(moons(epochs=1))
    runner = work.runner()
    runner.taps.follow("weights", Weights(layer="logits"))
    runner.pause()
    runner.start()
    until(runner, lambda _: runner.taps.found("weights") is not None)
    runner.resume()
    until(runner, over(runner))
    runner.taps.follow("weights", Weights(layer="dense_1"))
    assert runner.taps.found("weights") is None, "the answer to another question is none"
    runner.taps.refresh()
    seen = runner.taps.found("weights")
    assert seen is not None
    assert seen.step == 25
    assert isinstance(seen.value, LayerNumbers)
    assert np.array_equal(seen.value.tensors[0].matrix, work.handover.take()["dense_1.weight"].numpy())


def test_the_death_of_the_process_is_told(make: Callable[[Project], WorkApart]) -> None:
    work = make(moons(epochs=100_000))
    runner = work.runner()
    runner.start()
    until(runner, lambda _: runner.place > 20)
    assert work._process is not None
    os.kill(work._process.pid, signal.SIGKILL)
    failed = until(runner, over(runner))[-1]
    assert isinstance(failed, RunFailed)
    assert "ended before its time" in failed.message
    assert work.handover.take() == {}
    runner.taps.refresh()


def test_it_can_be_stopped_before_it_has_begun_and_ends_with_its_work(make: Callable[[Project], WorkApart]) -> None:
    work = make(moons(epochs=100_000))
    runner = work.runner()
    runner.start()
    assert runner.stop(30.0)
    other = make(moons(epochs=100_000))
    runner = other.runner()
    runner.start()
    until(runner, lambda _: runner.place > 0)
    other.close()
    assert other._process is not None
    other._process.wait(30.0)
    until(runner, over(runner))


def test_what_a_run_cannot_do_is_told_as_in_a_thread(make: Callable[[Project], WorkApart]) -> None:
    runner = make(moons(device="cuda")).runner() if not torch.cuda.is_available() else None
    if runner is None:
        pytest.skip("there is a graphics card here")
    runner.start()
    failed = until(runner, over(runner))[-1]
    assert isinstance(failed, RunFailed)
    assert "graphics card" in failed.message


@dataclasses.dataclass
class Foreign:
    number: int


def test_plain_values_come_back_as_they_were() -> None:
    event = EpochDone(
        epoch=1,
        train_loss=float("inf"),
        train_accuracy=None,
        validation_loss=0.5,
        validation_accuracy=1.0,
        seconds=2.0,
        metrics=MappingProxyType({"f1": 0.25}),
    )
    assert decode(encode((event, [1, "é", b"\x00", None, True], frozenset({2}), {3: (4,)}))) == (
        dataclasses.replace(event, metrics={"f1": 0.25}),
        [1, "é", b"\x00", None, True],
        frozenset({2}),
        {3: (4,)},
    )
    for array in (np.zeros((0, 3)), np.arange(6, dtype=np.int16).reshape(2, 3), np.array(2.5, np.float32)):
        back = decode(encode(array))
        assert (back.dtype, back.shape) == (array.dtype, array.shape)
        assert np.array_equal(back, array)


def test_only_the_records_of_this_program_are_plain() -> None:
    for value in (Foreign(1), object(), np.array([object()]), print):
        with pytest.raises(TypeError):
            encode(value)
    for name in ("os:system", "nnstudio.core.words:tr", "nnstudio.training.runner:Runner", "builtins:eval"):
        with pytest.raises(ValueError, match="no record"):
            decode(msgspec.msgpack.encode(["r", name, {}]))
