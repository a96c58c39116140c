"""bfloat16 and channels last: used on every task when they are chosen, and never otherwise."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from nnstudio.core.graph import Value
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.learners.make import make_learner
from nnstudio.training.recipe import recipe_of
from nnstudio.training.tasks.make import make_objective
from tests.training.studies.scenes import scene_of

TASKS = {
    "classification": "lenet5-digits",
    "regression": "sine",
    "sequence": "parity",
    "next_token": "character-gpt",
    "reconstruction": "vae",
    "segmentation": "unet",
    "detection": "shape-detector",
}


def step(name: str, **choice: Value) -> tuple[nn.Module, set[torch.dtype], float]:
    """Do one step; return the network, the types of what its layers gave, and the loss."""
    project = EXAMPLES[name]()
    scene = scene_of(project)
    recipe = recipe_of({**project.recipe, **choice})
    seen: set[torch.dtype] = set()

    def note(_layer: nn.Module, _inputs: object, output: object) -> None:
        if isinstance(output, Tensor):
            seen.add(output.dtype)

    for part in scene.module.modules():
        part.register_forward_hook(note)
    learner = make_learner(scene.module, make_objective(recipe, scene.dataset), recipe, 1)
    inputs, targets = scene.batch(tuple(scene.dataset.training[:4].tolist()))
    scene.module.train()
    torch.manual_seed(0)  # a code is drawn by chance
    learner.begin_epoch(1)
    return scene.module, seen, learner.step(inputs, targets).loss


def kernels(module: nn.Module) -> list[Tensor]:
    return [weight for weight in module.parameters() if weight.ndim == 4 and weight.shape[1] > 1]


@pytest.mark.parametrize("task", TASKS)
def test_bfloat16_is_used_where_it_is_chosen(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, seen, loss = step(TASKS[task], precision="bf16")
    assert torch.bfloat16 in seen
    assert math.isfinite(loss)
    assert all(weight.dtype == torch.float32 for weight in module.parameters())

    def refuse(*_arguments: object, **_options: object) -> object:
        raise AssertionError("nobody asked for it")

    monkeypatch.setattr(torch, "autocast", refuse)
    _, seen, exact = step(TASKS[task])
    assert torch.bfloat16 not in seen
    assert loss == pytest.approx(exact, rel=0.05)


@pytest.mark.parametrize("task", TASKS)
def test_channels_are_last_where_it_is_chosen(task: str) -> None:
    module, _, loss = step(TASKS[task], channels_last=True)
    plain, _, exact = step(TASKS[task])
    assert all(weight.is_contiguous(memory_format=torch.channels_last) for weight in kernels(module))
    assert all(weight.is_contiguous() for weight in plain.parameters())
    assert loss == pytest.approx(exact, rel=1e-4)
