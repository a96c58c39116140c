"""Crews: several processes work a sweep as one after the other would, to the last bit."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from nnstudio.project.document import Project
from nnstudio.project.examples import EXAMPLES
from nnstudio.runs import crew
from nnstudio.training.sweep import Factor, Outcome, SweepEvent, SweepPlan, Trial, TrialBegan, TrialWent, sweep

RATES = Factor("recipe.learning_rate", (0.001, 0.01))


def crewed(project: Project, plan: SweepPlan, done: tuple[Outcome, ...] = ()) -> Iterator[SweepEvent]:
    return crew.work(project, plan, done, hands=2, patience=0.0)


def told(events: Iterator[SweepEvent]) -> dict[Trial, tuple[object, int, str]]:
    return {
        event.trial: (event.curves, event.num_parameters, event.failure)
        for event in events
        if isinstance(event, Outcome)
    }


def test_two_processes_find_what_one_does_bit_by_bit() -> None:
    project = EXAMPLES["depth-digits"]()
    plan = SweepPlan(factor=RATES, seeds=(0, 1), epochs=1)
    assert told(crewed(project, plan)) == told(sweep(project, plan))


def test_every_run_begins_once_and_ends_once() -> None:
    plan = SweepPlan(factor=RATES, seeds=tuple(range(6)), epochs=10)
    under_way: list[Trial] = []
    over: list[Trial] = []
    for event in crewed(EXAMPLES["iris"](), plan):
        match event:
            case TrialBegan():
                assert (event.done, event.total) == (len(over), 12)
                under_way.append(event.trial)
            case TrialWent():
                assert event.trial in under_way
            case Outcome():
                under_way.remove(event.trial)
                over.append(event.trial)
    assert sorted(map(str, over)) == sorted(map(str, plan.trials))


def test_what_is_done_is_not_done_again() -> None:
    project, plan = EXAMPLES["iris"](), SweepPlan(factor=RATES, seeds=(0, 1), epochs=2)
    done = tuple(event for event in sweep(project, plan) if isinstance(event, Outcome))[:2]
    again = list(crewed(project, plan, done))
    assert {event.trial for event in again if isinstance(event, Outcome)} == set(plan.trials[2:])
    assert {event.total for event in again if isinstance(event, TrialBegan)} == {4}


def test_a_run_that_cannot_be_trained_says_why_in_its_place() -> None:
    plan = SweepPlan(factor=Factor("logits.out_features", (3, 5)), seeds=(0, 1), epochs=1)
    found = told(crewed(EXAMPLES["iris"](), plan))
    assert {trial.value for trial, (_, _, failure) in found.items() if failure} == {5}


def test_a_process_that_dies_is_a_failed_run_and_the_rest_is_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[crew._Hand] = []
    begin = crew._Hand.__init__

    def known(self: crew._Hand, *arguments: object) -> None:
        begin(self, *arguments)  # type: ignore[arg-type]
        made.append(self)

    monkeypatch.setattr(crew._Hand, "__init__", known)
    plan = SweepPlan(factor=RATES, seeds=tuple(range(6)), epochs=3_000)
    failed: list[Trial] = []
    enough: list[Trial] = []
    done = 0
    for event in crew.work(EXAMPLES["iris"](), plan, (), lambda: bool(enough), hands=2, patience=0.0):
        match event:
            case TrialWent() if not failed and (hand := next((one for one in made if one.trial == event.trial), None)):
                os.kill(hand._process.pid, signal.SIGKILL)
                failed.append(event.trial)
            case Outcome() if event.failure:
                assert event.trial in failed
                assert "before its time" in event.failure
                done += 1
            case TrialBegan() if done:
                enough.append(event.trial)  # another one has begun in its place
    assert done == 1
    assert len(made) == 3
    assert all(one._process.poll() is not None for one in made)


def test_a_stop_ends_everything_within_a_batch() -> None:
    plan = SweepPlan(factor=RATES, seeds=tuple(range(6)), epochs=100_000)
    seen: list[TrialWent] = []
    for event in crew.work(
        EXAMPLES["iris"](), plan, (), lambda: len({went.trial for went in seen}) > 1, hands=2, patience=0.0
    ):
        assert not isinstance(event, Outcome)
        if isinstance(event, TrialWent):
            seen.append(event)


def test_one_core_works_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "num_cores", lambda: 1)
    plan = SweepPlan(factor=RATES, seeds=(0, 1), epochs=1)
    events = crew.work(EXAMPLES["xor"](), plan, patience=0.0)
    order = [event.trial for event in events if isinstance(event, Outcome)]
    assert order == list(plan.trials)
