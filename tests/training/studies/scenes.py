"""Small scenes for studies."""

from __future__ import annotations

import msgspec
import torch
from torch import Tensor, nn

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.core.edits import set_node
from nnstudio.data.catalog import load
from nnstudio.data.dataset import Dataset
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.training.recipe import recipe_of
from nnstudio.training.scene import Scene
from nnstudio.training.studies.moments import Moment, MomentStudy
from nnstudio.training.tasks.base import Objective
from nnstudio.training.tasks.make import make_objective


class DoubleScene(Scene):
    """A scene in float64."""

    def __init__(self, module: nn.Module, dataset: Dataset, objective: Objective, device: torch.device) -> None:
        super().__init__(module.double(), dataset, objective, device)

    def batch(self, rows: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        inputs, targets = super().batch(rows)
        return inputs.double(), targets


def scene_of(project: Project, seed: int = 0, kind: type[Scene] = Scene) -> Scene:
    """Link a drawing, and put it before its data."""
    plan = make_plan(project.graph, project.blocks_by_name, analyse(project.graph, project.blocks_by_name))
    dataset = load(project.data)
    module = link(plan, seed=seed)
    objective = make_objective(recipe_of(project.recipe), dataset)
    return kind(module, dataset, objective, torch.device("cpu"))


def convolution() -> Project:
    """Return image (1, 8, 8) -> conv (4) -> norm -> act -> drop -> flat -> scores (10)."""
    b = Builder("Small")
    h = b.input("image", shape=(1, 8, 8))
    h = b.add("Conv2d", h, out_channels=4, kernel_size=3, name="conv")
    h = b.add("BatchNorm2d", h, name="norm")
    h = b.add("ReLU", h, name="act")
    h = b.add("Dropout", h, name="drop")
    h = b.add("Flatten", h, name="flat")
    h = b.add("Linear", h, out_features=10, name="scores")
    b.output(h, name="digit")
    return b.project(data={"name": "digits8"}, recipe={"epochs": 1})


def deep(depth: int, act: str, width: int = 32) -> Project:
    """Return a chain of ``depth`` Dense layers on digits, with an activation function between them."""
    b = Builder("Deep")
    h = b.add("Flatten", b.input("image", shape=(1, 8, 8)))
    for number in range(depth - 1):
        h = b.add("Linear", h, out_features=width, name=f"dense_{number + 1}")
        h = b.add(act, h, name=f"act_{number + 1}")
    b.output(b.add("Linear", h, out_features=10, name=f"dense_{depth}"), name="digit")
    return b.project(data={"name": "digits8"}, recipe={"epochs": 1})


def moment_of(seed: int) -> Moment:
    """Return what a fresh network with the layers conv, act and scores looks like."""
    b = Builder("Small")
    h = b.input("image", shape=(1, 8, 8))
    h = b.add("ReLU", b.add("Conv2d", h, out_channels=4, kernel_size=3, name="conv"), name="act")
    b.output(b.add("Linear", b.add("Flatten", h, name="flat"), out_features=10, name="scores"), name="digit")
    return MomentStudy().see(scene_of(b.project(data={"name": "digits8"}, recipe={"epochs": 1}), seed=seed))


def nested() -> Project:
    """Return image -> flat -> stem -> chain (2 copies of inner, act) -> tied (the weights of stem) -> head."""
    b = Builder("Nested")
    block = b.block("Part", width=16)
    h = block.add("Linear", block.input("x"), out_features="=width", name="inner")
    block.output(block.add("Tanh", h, name="act"), name="y")
    h = b.add("Flatten", b.input("image", shape=(1, 8, 8)), name="flat")
    h = b.add("Linear", h, out_features=64, name="stem")
    h = b.add("Linear", h, out_features=64, name="tied")
    h = b.add("Part", h, name="chain", repeat=2, width=16)
    b.output(b.add("Linear", h, out_features=10, name="head"), name="digit")
    project = b.project(data={"name": "digits8"}, recipe={"epochs": 1})
    tied = msgspec.structs.replace(project.graph.by_name["tied"], shares=project.graph.by_name["stem"].id)
    return msgspec.structs.replace(project, graph=set_node(project.graph, tied))
