"""Networks to put studies to, and what a study must leave as it was."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

import torch
from torch import Tensor

import nnstudio
from nnstudio.core.graph import Value
from nnstudio.core.resources import resource
from nnstudio.data.catalog import load
from nnstudio.data.dataset import Dataset
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.training.recipe import recipe_of
from nnstudio.training.scene import Scene
from nnstudio.training.studies.base import Study, Unfinished
from nnstudio.training.tasks.make import make_objective

T = TypeVar("T")


def scene_of(project: Project, *, training: int = 60, validation: int = 40, seed: int = 0) -> Scene:
    """Return a network with new weights on some of its data, in the mode and with the gradients of training."""
    data = load(project.data)
    data = dataclasses.replace(
        data, training=data.training[:training].copy(), validation=data.validation[:validation].copy()
    )
    torch.manual_seed(seed)
    module = nnstudio.compile(project).module
    return scene_with(module, data, **dict(project.recipe))


def scene_with(module: torch.nn.Module, data: Dataset, **settings: Value) -> Scene:
    """Return a scene of a module; its weights have gradients, as after a step."""
    scene = Scene(module, data, make_objective(recipe_of(settings), data), torch.device("cpu"))
    for weight in module.parameters():
        weight.grad = torch.ones_like(weight)
    module.train()
    scene.step = 7
    return scene


def example(name: str) -> Project:
    """Return one of the drawings that come with the program."""
    return nnstudio.load(str(resource("examples", f"{name}.nns")))


def points() -> Project:
    """Return a network for the two moons, with everything that a careless look could disturb."""
    b = Builder("Points")
    h = b.input("point", shape=(2,))
    h = b.add("Linear", h, out_features=6, name="dense_1")
    h = b.add("BatchNorm1d", h, name="norm_1")
    h = b.add("Tanh", h, name="tanh_1")
    h = b.add("Dropout", h, name="drop_1")
    h = b.add("Linear", h, out_features=2, name="scores")
    b.output(h)
    return b.project(data={"name": "moons"})


def digits() -> Project:
    """Return a small convolutional network for the small digits."""
    b = Builder("Digits")
    h = b.input("image", shape=(1, 8, 8))
    h = b.add("Conv2d", h, out_channels=4, kernel_size=3, name="conv_1")
    h = b.add("BatchNorm2d", h, name="norm_1")
    h = b.add("ReLU", h, name="relu_1")
    h = b.add("Flatten", h, name="flat")
    h = b.add("Dropout", h, name="drop_1")
    h = b.add("Linear", h, out_features=10, name="scores")
    b.output(h)
    return b.project(data={"name": "digits8"})


def see(study: Study, scene: Scene, kind: type[T]) -> T:
    """Ask until the answer is whole."""
    value = study.see(scene)
    while isinstance(value, Unfinished):
        value = study.see(scene)
    assert isinstance(value, kind)
    return value


class Trace:
    """Everything that a run goes on from; `assert_same` holds it against what is there now."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._before = _state(scene)
        self._modes = [part.training for part in scene.module.modules()]

    def assert_same(self) -> None:
        """Fail where a bit differs."""
        now = _state(self._scene)
        assert now.keys() == self._before.keys()
        for name, value in self._before.items():
            assert torch.equal(value, now[name]), name
        assert [part.training for part in self._scene.module.modules()] == self._modes
        assert all(weight.requires_grad for weight in self._scene.module.parameters())


def _state(scene: Scene) -> dict[str, Tensor]:
    state = {name: value.clone() for name, value in scene.module.state_dict().items()}
    for name, weight in scene.module.named_parameters():
        assert weight.grad is not None, name
        state[f"{name}.grad"] = weight.grad.clone()
    state["chance"] = torch.get_rng_state()
    return state
