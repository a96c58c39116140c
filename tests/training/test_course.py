"""The course: going back and forward bit for bit, changes on the way, and what is forgotten."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from nnstudio.core.graph import Value
from nnstudio.training.control import Control, GoTo, Order, Reset, SetRate, SetWeight
from nnstudio.training.course import Course
from nnstudio.training.events import (
    EpochDone,
    Event,
    OrderRefused,
    RateChanged,
    Rewound,
    RunEnded,
    RunFailed,
    StepDone,
    WeightChanged,
)
from nnstudio.training.past import Past
from nnstudio.training.tables import Copies
from tests.training.tasks import moons, network, recipe


class Drive:
    """A course with its control, worked event by event as the runner does."""

    def __init__(self, past: Past | None = None, **settings: Value) -> None:
        self.module = network()
        self.course = Course(self.module, moons(), recipe(**{"epochs": 40, **settings}), past=past or Past())
        self.control = Control()
        self.events = self.course.run(self.control)

    def on(self, steps: int) -> list[Event]:
        """Take so many steps; return what happened."""
        goal = self.course.step + steps
        return self.until(lambda event: isinstance(event, StepDone) and event.step == goal)

    def until(self, condition: Callable[[Event], bool]) -> list[Event]:
        """Go on until an event is what it should be, or none is left."""
        seen: list[Event] = []
        for event in self.events:
            seen.append(event)
            if condition(event):
                break
        return seen

    def order(self, order: Order) -> Event:
        """Have an order obeyed; return the last word on it."""
        self.control.give(order)
        return self.until(lambda event: isinstance(event, (Rewound, RateChanged, WeightChanged, OrderRefused)))[-1]

    @property
    def all(self) -> dict[str, Tensor]:
        """Copies of everything that decides what comes."""
        moment = self.course.state()
        tables = {"weights": moment.weights, "learner": moment.learner, "chance": moment.chance}
        return {f"{name}.{key}": value for name, table in tables.items() for key, value in table.items()}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    """Compare bit for bit."""
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_fifty_steps_back_and_forward_again(optimizer: str) -> None:
    drive = Drive(optimizer=optimizer)
    drive.on(30)
    there = drive.all
    drive.on(51)
    here = drive.all
    assert drive.order(GoTo(31)) == Rewound(31, 81)
    assert drive.order(GoTo(30)) == Rewound(30, 81)
    assert same(drive.all, there)
    assert drive.order(GoTo(80)) == Rewound(80, 81)
    drive.on(1)
    assert same(drive.all, here)


def test_going_on_by_training_is_the_same_too() -> None:
    drive = Drive()
    first = [event for event in drive.on(83) if isinstance(event, (StepDone, EpochDone))]
    drive.order(GoTo(33))
    again = [event for event in drive.on(50) if isinstance(event, (StepDone, EpochDone))]
    told = [e.loss if isinstance(e, StepDone) else e.validation_loss for e in first]
    assert [e.loss if isinstance(e, StepDone) else e.validation_loss for e in again] == told[-len(again) :]


def test_a_rewound_run_ends_as_one_that_was_not() -> None:
    drive = Drive()
    drive.on(20)
    for step in (3, 19, 0, 8, 20):
        drive.order(GoTo(step))
        drive.on(2)
    drive.until(lambda event: isinstance(event, RunEnded))
    plain = Drive(past=Past(budget=0))
    plain.until(lambda event: isinstance(event, RunEnded))
    assert same(drive.all, plain.all)


def test_others_may_use_chance_between_stop_and_going_on() -> None:
    drive, plain = Drive(), Drive()
    drive.on(10)
    drive.control.stop()
    assert isinstance(drive.until(lambda _: False)[-1], RunEnded)
    torch.manual_seed(77)
    drive.control = Control()
    drive.events = drive.course.run(drive.control)
    drive.on(10)
    plain.on(20)
    assert same(drive.all, plain.all)


def test_runs_that_take_turns_do_not_disturb_each_other() -> None:
    alone = [Drive(seed=seed) for seed in (1, 2)]
    for drive in alone:
        drive.on(30)
        drive.order(GoTo(20))
    together = [Drive(seed=seed) for seed in (1, 2)]
    for _ in range(15):
        for drive in together:
            drive.on(2)
    for drive in together:
        drive.order(GoTo(20))
    assert all(same(one.all, other.all) for one, other in zip(alone, together, strict=True))


def test_runs_in_two_threads_do_not_disturb_each_other() -> None:
    alone = [Drive(seed=seed) for seed in (1, 2)]
    together = [Drive(seed=seed) for seed in (1, 2)]
    for drive in alone:
        drive.on(100)
    threads = [threading.Thread(target=drive.on, args=(100,)) for drive in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(same(one.all, other.all) for one, other in zip(alone, together, strict=True))


def test_a_finished_run_can_be_gone_back_in() -> None:
    drive = Drive(epochs=2)
    assert isinstance(drive.until(lambda _: False)[-1], RunEnded)
    end = drive.all
    drive.events = drive.course.run(drive.control)
    assert drive.order(GoTo(5)) == Rewound(5, 8)
    assert [type(event) for event in drive.until(lambda _: False)] == [StepDone] * 3 + [EpochDone, RunEnded]
    assert same(drive.all, end)


def test_learning_rate_changes_while_it_runs() -> None:
    drive = Drive()
    drive.on(10)
    assert drive.order(SetRate(0.5)) == RateChanged(10, 0.5)
    assert drive.course.rate == 0.5
    drive.on(10)
    here = drive.all
    drive.order(GoTo(9))
    assert drive.course.rate == 0.01
    drive.order(GoTo(20))
    assert drive.course.rate == 0.5, "what was done on the way is done again"
    assert same(drive.all, here)


def test_going_on_by_training_forgets_changes_ahead() -> None:
    drive, plain = Drive(), Drive()
    drive.on(10)
    drive.order(SetRate(5.0))
    drive.on(10)
    drive.order(GoTo(9))
    drive.on(11)
    plain.on(20)
    assert same(drive.all, plain.all)
    assert drive.course.changes == []
    assert drive.order(GoTo(20)) == Rewound(20, 20)


def test_nothing_lies_ahead_of_a_step_that_was_trained_in_the_past() -> None:
    """Curves begin anew there, too: a leap over steps that nobody tells of would leave a gap in them."""
    drive = Drive()
    drive.on(20)
    assert drive.order(GoTo(9)) == Rewound(9, 20)
    drive.on(1)
    assert drive.course.reach == 10
    assert drive.order(GoTo(20)) == Rewound(10, 10)


def test_a_weight_is_set_and_seen() -> None:
    drive = Drive()
    drive.on(6)
    was = float(drive.course.module.state_dict()["0.weight"][3, 1])
    assert drive.order(SetWeight("0.weight", (3, 1), 2.5)) == WeightChanged(6, "0.weight", (3, 1), 2.5, was)
    assert drive.module.state_dict()["0.weight"][3, 1] == 2.5
    drive.on(6)
    here = drive.all
    drive.order(GoTo(2))
    drive.order(GoTo(12))
    assert same(drive.all, here)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (SetWeight("nobody", (0,), 1.0), "The network has no weights nobody."),
        (SetWeight("0.weight", (3, 2), 1.0), r"0.weight has no place (3, 2): its shape is (16, 2)."),
        (SetWeight("0.weight", (3,), 1.0), r"0.weight has no place (3,): its shape is (16, 2)."),
    ],
)
def test_a_weight_that_is_not_there_is_refused(order: SetWeight, message: str) -> None:
    drive = Drive()
    drive.on(2)
    before = drive.all
    assert drive.order(order) == OrderRefused(message)
    assert same(drive.all, before)


@pytest.mark.parametrize("order", [GoTo(-1), SetRate(math.nan), SetRate(-1.0), SetWeight("0.weight", (0, 0), math.inf)])
def test_nonsense_is_refused_at_once(order: Order) -> None:
    with pytest.raises(ValueError, match=r"must be|has no step"):
        Control().give(order)


def test_reset_is_the_same_start() -> None:
    drive = Drive()
    drive.until(lambda _: True)
    start = drive.all
    drive.order(SetRate(0.7))
    drive.on(9)
    assert drive.order(Reset()) == Rewound(0, 0)
    assert same(drive.all, start)
    drive.on(30)
    here = drive.all
    plain = Drive()
    plain.on(30)
    assert same(here, plain.all)


def test_only_the_newest_step_to_go_to_counts() -> None:
    drive = Drive()
    drive.on(20)
    for step in (3, 5, 7):
        drive.control.give(GoTo(step))
    assert drive.order(GoTo(11)) == Rewound(11, 20)
    assert drive.control.take() is None


def test_what_was_asked_for_after_a_step_is_done_at_that_step() -> None:
    drive = Drive()
    drive.on(20)
    drive.control.give(GoTo(7))
    drive.control.give(SetRate(0.5))
    assert drive.until(lambda event: isinstance(event, RateChanged))[-1] == RateChanged(7, 0.5)


def test_stop_ends_a_replay_within_a_batch() -> None:
    past = Past(budget=0)
    drive = Drive(past=past)
    drive.on(40)
    past.drop_after(0)  # however slow the machine, the way is long
    batches: list[int] = []
    step = drive.course._learner.step

    def counted(inputs: Tensor, targets: Tensor) -> object:
        batches.append(1)
        if len(batches) == 3:
            drive.control.stop()
        return step(inputs, targets)

    drive.course._learner.step = counted  # type: ignore[method-assign, assignment]
    drive.control.give(GoTo(39))
    ended = drive.until(lambda _: False)[-1]
    assert isinstance(ended, RunEnded)
    assert ended.steps == drive.course.step < 39
    assert len(batches) == 3


def test_blowing_up_keeps_the_last_whole_epoch_whatever_was_done() -> None:
    drive = Drive()
    drive.on(13)
    plain = Drive()
    plain.until(lambda event: isinstance(event, EpochDone) and event.epoch == 3)
    drive.order(SetRate(1e38))
    failed = drive.until(lambda _: False)[-1]
    assert isinstance(failed, RunFailed)
    assert "The weights are again those of the last whole epoch." in failed.message
    assert failed.node is not None
    assert same(drive.all, plain.all)
    drive.events = drive.course.run(drive.control)
    drive.order(SetRate(0.001))
    assert isinstance(drive.until(lambda _: False)[-1], RunEnded)


def test_moments_are_not_kept_without_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.training.past.MOST", 30)
    past = Past()
    drive = Drive(past=past)
    for _ in range(100):
        drive.on(1)
        drive.course._keep()
    assert len(past.steps) <= 30
    assert past.steps[-8:] == tuple(range(93, 101))
    assert max(b - a for a, b in itertools.pairwise(past.steps)) <= 16


def test_moments_lie_evenly_and_stay_where_they_are_needed() -> None:
    past = Past(budget=0)
    drive = Drive(past=past)
    size = drive.course.state().num_bytes
    past = Past(budget=40 * size)
    state = drive.course.state()
    for step in range(2000):
        moment = replace(state, step=step)
        past.keep(moment, pinned=step == 77)
        assert past.num_bytes == sum(size for _ in past.steps) <= 40 * size
    assert past.steps[0] == 0
    assert 77 in past.steps
    assert len(past.steps) == 40
    gaps = [b - a for a, b in itertools.pairwise(past.steps[:-8]) if 77 not in (a, b)]
    assert max(gaps) <= 2 * min(gaps)


def test_copies_are_alike_and_of_their_own() -> None:
    table = {
        "weight": torch.arange(6.0).reshape(2, 3).t(),
        "half": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
        "step": torch.tensor(3),
        "mask": torch.tensor([True, False, True]),
        "none": torch.empty(0, 4),
    }
    made = Copies(table)
    assert list(made) == list(table)
    for name, value in table.items():
        assert made[name].dtype == value.dtype
        assert made[name].shape == value.shape
        assert torch.equal(made[name], value)
    table["weight"].zero_()
    assert made["weight"].sum() == 15.0
    made["half"].zero_()
    assert made["step"] == 3
    assert torch.equal(made["mask"], table["mask"])
    kept = made["weight"]
    del made
    assert kept.sum() == 15.0
    assert Copies({}) == {}


def test_moments_keep_to_their_budget() -> None:
    first = Drive()
    first.on(1)
    size = first.course.state().num_bytes
    past = Past(budget=20 * size)
    drive = Drive(past=past)
    for _ in range(100):
        drive.on(1)
        drive.course._keep()
    assert past.num_bytes <= 20 * size
    steps = past.steps
    assert steps[0] == 0
    assert steps[-8:] == tuple(range(93, 101))
    gaps = [b - a for a, b in itertools.pairwise(steps[:-8])]
    assert max(gaps) <= 16
    for step in (1, 50, 99):
        drive.order(GoTo(step))
        assert drive.course.step == step
