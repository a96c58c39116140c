"""Runs on a graphics card: the same start and nearly the same numbers as on the processor."""

from __future__ import annotations

import pytest
import torch

from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.core.graph import Value
from nnstudio.data.catalog import load
from nnstudio.project.examples import ALL
from nnstudio.training.control import Control
from nnstudio.training.course import Course
from nnstudio.training.events import StepDone
from nnstudio.training.learners.quick import Quick
from nnstudio.training.past import Past
from nnstudio.training.recipe import recipe_of

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA graphics card can be used here")

EXAMPLES = ("xor", "moons", "iris", "lenet5-digits", "residual-digits", "lstm-memory", "transformer-memory")


TASKS = ("parity", "poet", "character-gpt", "autoencoder", "unet", "shape-detector", "sine")


def course(name: str, device: str, **settings: Value) -> Course:
    project = ALL[name]()
    recipe = recipe_of({**project.recipe, "epochs": 2, "device": device, **settings})
    module = link(make_plan(project.graph, project.blocks_by_name), seed=recipe.seed)
    return Course(module, load(project.data or {"name": "digits8"}), recipe, past=Past())


def losses(run: Course, steps: int) -> list[float]:
    found: list[float] = []
    for event in run.run(Control(lambda: len(found) >= steps)):
        if isinstance(event, StepDone):
            found.append(event.loss)
    return found


@pytest.mark.parametrize("name", [*EXAMPLES, *TASKS])
def test_the_first_loss_is_that_of_the_processor(name: str) -> None:
    (far,), (near,) = (losses(course(name, device), 1) for device in ("cuda", "cpu"))
    assert far == pytest.approx(near, abs=1e-4)


@pytest.mark.parametrize("name", EXAMPLES)
def test_everything_is_on_the_card(name: str) -> None:
    run = course(name, "cuda")
    losses(run, 3)
    tensors = (*run.module.parameters(), *run.module.buffers(), run._training.inputs, run._training.targets)
    assert {tensor.device.type for tensor in tensors} == {"cuda"}
    inputs, targets = run._batches[0]
    assert inputs.device.type == targets.device.type == "cuda"
    assert isinstance(run._learner, Quick)
    assert run._learner._agrees


def test_a_moment_is_kept_on_the_processor_and_leads_on() -> None:
    run = course("moons", "cuda")
    losses(run, 5)
    moment = run.state()
    assert {value.device.type for value in (*moment.weights.values(), *moment.chance.values())} == {"cpu"}
    expected = losses(run, 5)
    again = course("moons", "cuda")
    again.restore(moment)
    assert losses(again, 5) == expected
