"""Every learner and task can be stepped back and taken up again: what comes out is the same, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.core.graph import Value
from nnstudio.data.catalog import load
from nnstudio.project.examples import ALL
from nnstudio.runs.checkpoints import Keeper, read
from nnstudio.training.control import Control, GoTo
from nnstudio.training.course import Course
from nnstudio.training.events import Event, Rewound, RunEnded, StepDone
from nnstudio.training.past import Past
from nnstudio.training.recipe import recipe_of

CASES: dict[str, tuple[str, dict[str, Value]]] = {
    "moons": ("moons", {}),
    "perceptron": ("perceptron-xor", {}),
    "hopfield": ("hopfield-digits", {}),
    "boltzmann": ("boltzmann-bars", {}),
    "pretraining": ("pretrained-digits", {"epochs": 8, "pretraining_epochs": 1, "batch_size": 512}),
    "schedule": ("moons", {"schedule": "one_cycle", "warmup_steps": 3}),
    "plateau": ("moons", {"schedule": "plateau", "plateau_patience": 1, "early_stopping": True, "learning_rate": 0.3}),
    "clipped": ("moons", {"clipping": "norm", "l1": 0.001, "optimizer": "rmsprop", "momentum": 0.5}),
    "recurrent": ("lstm-memory", {"batch_size": 256}),
    "vae": ("vae", {"batch_size": 512}),
    "lbfgs": ("moons", {"optimizer": "lbfgs", "learning_rate": 0.1, "epochs": 2}),
}

MOST = 40
"""Steps of a run that is not over before."""


def make(name: str, past: Past | None = None) -> Course:
    example, settings = CASES[name]
    project = ALL[example]()
    recipe = recipe_of({**project.recipe, "epochs": 6, "pretraining_epochs": 2, **settings})
    module = link(make_plan(project.graph, project.blocks_by_name), seed=0)
    return Course(module, load(project.data), recipe, past=past)


def everything(course: Course) -> dict[str, Tensor]:
    moment = course.state()
    tables = {"weights": moment.weights, "learner": moment.learner, "chance": moment.chance}
    return {f"{name}.{key}": value.clone() for name, table in tables.items() for key, value in table.items()}


def differing(one: dict[str, Tensor], other: dict[str, Tensor]) -> list[str]:
    if one.keys() != other.keys():
        return sorted(one.keys() ^ other.keys())
    return [key for key in one if not torch.equal(one[key], other[key])]


@pytest.mark.parametrize("name", CASES)
def test_back_forth_and_taken_up(name: str, tmp_path: Path) -> None:
    course, control = make(name, Past()), Control()
    losses: list[float] = []
    at: dict[int, dict[str, Tensor]] = {}
    for event in course.run(control):
        if isinstance(event, StepDone):
            losses.append(event.loss)
            at[event.step] = everything(course)
            if event.step >= MOST:
                control.stop()
    end = len(losses)
    whole = everything(course)
    wanted = sorted({1, end // 3, end // 2, end - 1} - {0, end})

    control = Control()
    events = course.run(control)
    for step in wanted:
        control.give(GoTo(step))
        for event in events:
            if isinstance(event, Rewound):
                break
        assert course.step == step
        weights = {key: value for key, value in everything(course).items() if key.startswith("weights")}
        assert differing(weights, {key: value for key, value in at[step].items() if key.startswith("weights")}) == []
    again = go_on(events, control)
    assert again == losses[wanted[-1] :]
    assert differing(everything(course), whole) == []

    first, control = make(name), Control()
    half = max(1, end // 2)
    go_on(Keeper(tmp_path, ALL[CASES[name][0]](), "k" * 64).follow(first, control, first.run(control)), control, half)
    saved = read(tmp_path, "k" * 64)
    assert saved is not None
    second, control = make(name), Control()
    second.go_on_from(saved.moment, saved.head.changes)
    assert go_on(second.run(control), control) == losses[saved.head.step :]
    assert differing(everything(second), whole) == []


def go_on(events: Iterator[Event], control: Control, end: int = MOST) -> list[float]:
    """Go on to the end of the run or to a step, and stop there; return the losses."""
    losses: list[float] = []
    for event in events:
        if isinstance(event, StepDone):
            losses.append(event.loss)
            if event.step >= end:
                control.stop()
        elif isinstance(event, RunEnded):
            break
    return losses
