"""A training step of a drawn network against the same network written by hand: forward, backward, Adam."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.common import Row, at_most, median_ratio, take_turns
from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.data.catalog import load
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.optimizers import make_optimizer
from nnstudio.training.recipe import Recipe
from nnstudio.training.threads import worker_pace

MOST = 1.03
ROUNDS = 60
STEPS = 8
"""Steps in one turn."""


class LeNet5(nn.Module):
    """What `nnstudio.project.examples.lenet5` draws."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.pool = nn.MaxPool2d(2)
        self.dense1, self.dense2, self.logits = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 1, 32, 32) -> (B, 10)."""
        x = self.pool(torch.tanh(self.conv1(x)))
        x = self.pool(torch.tanh(self.conv2(x)))
        x = torch.tanh(self.dense2(torch.tanh(self.dense1(x.flatten(1)))))
        scores: Tensor = self.logits(x)
        return scores


class Residual(nn.Module):
    """Two convolutions and a way around them."""

    def __init__(self, before: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, channels, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or before != channels:
            self.shortcut = nn.Sequential(nn.Conv2d(before, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(B, before, H, W) -> (B, channels, H / stride, W / stride)."""
        y = self.norm2(self.conv2(functional.relu(self.norm1(self.conv1(x)))))
        return functional.relu(y + self.shortcut(x))


class ResNet(nn.Module):
    """What `nnstudio.project.examples.residual` draws."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.norm = nn.Conv2d(1, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        self.stages = nn.Sequential(Residual(16, 16, 1), Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 32, 1))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.logits = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 1, 8, 8) -> (B, 10)."""
        x = self.stages(functional.relu(self.norm(self.stem(x))))
        scores: Tensor = self.logits(self.pool(x).flatten(1))
        return scores


class Reader(nn.Module):
    """What `nnstudio.project.examples.lstm` draws."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.memory, self.logits = nn.Embedding(8, 16), nn.LSTM(16, 32, batch_first=True), nn.Linear(32, 4)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T) -> (B, 4)."""
        steps, _ = self.memory(self.table(x))
        scores: Tensor = self.logits(steps[:, -1])
        return scores


TWINS: tuple[tuple[str, str, Callable[[], nn.Module]], ...] = (
    ("LeNet-5", "lenet5-digits", LeNet5),
    ("residual network", "residual-digits", ResNet),
    ("LSTM", "lstm-memory", Reader),
)


def rows() -> Iterator[Row]:
    """Yield one ratio per network, on one core less than there are, as in a run."""
    with worker_pace():
        for title, example, make_twin in TWINS:
            project = EXAMPLES[example]()
            drawn: nn.Module = link(make_plan(project.graph, project.blocks_by_name), seed=0)
            twin = make_twin()
            _give_weights(drawn, twin)
            data = load(project.data)
            batch = data.training[:64]
            x, y = torch.from_numpy(data.inputs[batch]), torch.from_numpy(data.targets[batch])
            if not torch.equal(drawn(x), twin(x)):
                raise RuntimeError(f"{title}: the drawn network and its twin do not compute the same")
            seconds = take_turns({"drawn": _steps(drawn, x, y), "by hand": _steps(twin, x, y)}, ROUNDS)
            ratio = median_ratio(seconds["drawn"], seconds["by hand"])
            yield at_most("training_step", f"{title}: step drawn / by hand", ratio, MOST)


def _give_weights(drawn: nn.Module, twin: nn.Module) -> None:
    """Copy weights in the order of their layers, which is the same in both."""
    pairs = zip(drawn.parameters(), twin.parameters(), strict=True)
    with torch.no_grad():
        for source, target in pairs:
            target.copy_(source)


def _steps(module: nn.Module, x: Tensor, y: Tensor) -> Callable[[], None]:
    optimizer = make_optimizer(module, Recipe())

    def take() -> None:
        for _ in range(STEPS):
            optimizer.zero_grad()
            torch.autograd.backward(functional.cross_entropy(module(x), y))
            optimizer.step()

    return take
