"""Going back, forward and on is bit for bit the same with every setting that remembers something."""

from __future__ import annotations

import pytest

from nnstudio.core.graph import Value
from nnstudio.training.control import GoTo, SetRate
from nnstudio.training.events import RunEnded, StepDone
from nnstudio.training.past import Past
from tests.training.test_course import Drive, same

RECIPES: list[dict[str, Value]] = [
    {"optimizer": "lbfgs", "lbfgs_iterations": 3, "lbfgs_history": 4, "learning_rate": 0.5},
    {"optimizer": "rmsprop", "schedule": "one_cycle", "l1": 0.001, "clipping": "norm"},
    {"optimizer": "adagrad", "schedule": "cosine", "warmup_steps": 9},
    {"optimizer": "adadelta", "learning_rate": 1.0, "precision": "bf16"},
    {"optimizer": "sgd", "nesterov": True, "schedule": "plateau", "plateau_patience": 0, "plateau_factor": 0.5},
    {"optimizer": "adam", "early_stopping": True, "patience": 9, "learning_rate": 0.1, "schedule": "step"},
]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: str(recipe["optimizer"]))
def test_back_and_forward_again(recipe: dict[str, Value]) -> None:
    drive = Drive(None, **recipe)
    drive.on(14)
    there, rate = drive.all, drive.course.rate
    drive.on(26)
    here = drive.all
    drive.order(GoTo(14))
    assert same(drive.all, there)
    assert drive.course.rate == rate
    drive.on(26)
    assert same(drive.all, here)


@pytest.mark.parametrize("recipe", RECIPES[1:], ids=lambda recipe: str(recipe["optimizer"]))
def test_a_rewound_run_ends_as_one_that_was_not(recipe: dict[str, Value]) -> None:
    drive, plain = Drive(None, epochs=12, **recipe), Drive(Past(budget=0), epochs=12, **recipe)
    drive.on(20)
    for step in (3, 19, 0, 8, 20):
        drive.order(GoTo(step))
        drive.on(2)
    (end,) = [event for event in drive.until(lambda event: isinstance(event, RunEnded)) if isinstance(event, RunEnded)]
    (other,) = [
        event for event in plain.until(lambda event: isinstance(event, RunEnded)) if isinstance(event, RunEnded)
    ]
    assert (end.steps, end.epochs, end.note) == (other.steps, other.epochs, other.note)
    assert same(drive.all, plain.all)


def test_a_schedule_goes_on_from_the_rate_that_was_set() -> None:
    plain = Drive(epochs=10, schedule="cosine")
    plain.on(25)  # before the other: both draw from torch's one chance
    drive = Drive(epochs=10, schedule="cosine")
    drive.on(10)
    before = drive.course.rate
    drive.order(SetRate(2 * before))
    assert drive.course.rate == pytest.approx(2 * before)
    rates = [event.rate for event in drive.on(15) if isinstance(event, StepDone)]
    assert rates[-1] == pytest.approx(2 * plain.course.rate)
    assert rates == sorted(rates, reverse=True)
    here = drive.all
    drive.order(GoTo(5))
    drive.order(GoTo(25))
    assert same(drive.all, here)
