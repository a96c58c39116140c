"""A run with any learner can be kept in its midst, put back and gone on with: the same bits at the end."""

from __future__ import annotations

import msgspec
import pytest
import torch

from nnstudio.project.examples import ALL
from nnstudio.training.control import Control
from nnstudio.training.course import Course
from nnstudio.training.events import RunEnded, StepDone
from nnstudio.training.past import Moment
from nnstudio.training.recipe import recipe_of
from tests.training.studies.scenes import scene_of

EPOCHS = {"perceptron-and": 9, "hopfield-digits": 1, "boltzmann-bars": 30, "pretrained-digits": 8}
SETTINGS = {"pretrained-digits": {"pretraining_epochs": 1}}


def course_of(name: str) -> Course:
    project = ALL[name]()
    settings = {**project.recipe, "epochs": EPOCHS[name], **SETTINGS.get(name, {})}
    before = scene_of(msgspec.structs.replace(project, recipe=settings))
    return Course(before.module, before.dataset, recipe_of(settings))


def go(course: Course, steps: int | None = None) -> None:
    control = Control()
    for event in course.run(control):
        if isinstance(event, StepDone) and event.step == steps:
            control.stop()
        if isinstance(event, RunEnded) and steps is None:
            assert event.reason == "finished"


def same(first: Moment, second: Moment) -> bool:
    pairs = ((first.weights, second.weights), (first.learner, second.learner))
    return all(a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a) for a, b in pairs)


@pytest.mark.parametrize(("name", "steps"), [(name, steps) for name in EPOCHS for steps in (1, 2)]
                         + [("perceptron-and", 14), ("boltzmann-bars", 17), ("pretrained-digits", 60),
                            ("pretrained-digits", 150)])  # fmt: skip
def test_kept_and_put_back_into_a_new_run(name: str, steps: int) -> None:
    whole = course_of(name)
    go(whole)
    first = course_of(name)
    go(first, steps)
    kept = first.state()
    assert kept.step == steps
    second = course_of(name)
    second.restore(kept)
    go(second)
    assert second.step == whole.step
    assert same(second.state(), whole.state())
