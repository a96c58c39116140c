"""The loss around the present weights, along a line or over a plane in random directions."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from nnstudio.training.studies.base import SLICE, Scene, Study, Unfinished, on_desk
from nnstudio.training.studies.samples import some_rows

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor, nn


class Landscape(msgspec.Struct, frozen=True, eq=False):
    """Losses of weights ``w + a·d`` or ``w + a·d + b·e``.

    Attributes:
        steps: the ``a``, and the ``b``, ``(n,)`` from ``-reach`` to ``reach``; the middle is the present weights.
        losses: ``(n,)``, or ``(n, n)`` with a row for each b, on the same validation samples.
        num_samples: how many these are.
        center: training steps that were done at the middle.
        progress: from 0 to 1, how much of the finest grid is known; ``losses`` has the finest grid that is complete.
    """

    steps: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]
    num_samples: int
    center: int
    progress: float


class LossLine(Study, frozen=True):
    """Measures the loss along one filter-normalised random direction (Li and others 2018).

    Attributes:
        seed: of the direction.
        reach: how far it goes to both sides; 1 is as long as the weights are.
        levels: the finest line has ``2 ** levels + 1`` points.
        samples: how many validation samples at most.
    """

    seed: int = 0
    reach: float = 1.0
    levels: int = 5
    samples: int = 256

    def see(self, scene: Scene) -> object:
        """Return `Landscape`, from coarse to fine."""
        return _see(self, scene, axes=1)


class LossPlane(LossLine, frozen=True):
    """Measures the loss over the plane of two such directions."""

    levels: int = 4
    samples: int = 128

    def see(self, scene: Scene) -> object:
        """Return `Landscape`, from coarse to fine."""
        return _see(self, scene, axes=2)


def _see(study: LossLine, scene: Scene, axes: int) -> object:
    found, finished = on_desk(scene, study, lambda: _Survey(study, axes)).go_on(scene)
    return found if finished else Unfinished(found)


class _Survey:
    """One landscape after the other, each around the weights of the moment at which it was begun."""

    def __init__(self, study: LossLine, axes: int) -> None:
        self._study = study
        self._axes = axes
        self._center = -1
        self._todo: list[tuple[int, ...]] = []
        self._found: Landscape | None = None
        self._shown = 0

    def go_on(self, scene: Scene) -> tuple[Landscape | None, bool]:
        if not self._todo:
            if self._found is not None and self._center == scene.step:
                return self._found, True
            self._begin(scene)
        self._measure(scene)
        return self._found, not self._todo and self._center == scene.step

    def _begin(self, scene: Scene) -> None:
        import copy

        import numpy as np
        import torch

        size = 2**self._study.levels + 1
        # A copy of its own: adding and taking away again would not give the same weights bit for bit.
        with scene.untouched():
            self._module = copy.deepcopy(scene.module)
        self._weights = [(weight, weight.detach().clone()) for weight in self._module.parameters()]
        chance = torch.Generator().manual_seed(self._study.seed)
        self._directions = [direction(self._module, chance) for _ in range(self._axes)]
        rows = some_rows(scene.dataset, self._study.samples, training=False)
        self._batch = scene.batch(rows)
        self._center = scene.step
        self._losses = np.full((size,) * self._axes, np.nan)
        self._todo = _coarse_to_fine(self._study.levels, self._axes)
        self._count = len(self._todo)

    def _measure(self, scene: Scene) -> None:
        import torch

        reach, half = self._study.reach, 2 ** (self._study.levels - 1)
        until = time.perf_counter() + SLICE
        with scene.untouched(), torch.no_grad():
            self._module.eval()
            while self._todo:
                place = self._todo.pop()
                moves = [reach * (number - half) / half for number in place]
                for number, (weight, before) in enumerate(self._weights):
                    moved = before
                    for move, way in zip(moves, reversed(self._directions), strict=True):
                        moved = moved + move * way[number] if move else moved
                    weight.copy_(moved)
                self._losses[place] = self._loss(scene)
                if time.perf_counter() >= until:
                    break
        self._show()

    def _loss(self, scene: Scene) -> float:
        inputs, targets = self._batch
        return scene.objective.loss(self._module(inputs), targets).item()

    def _show(self) -> None:
        """Take the finest grid that is complete; an older, finer one stays until the new one is as fine."""
        import numpy as np

        levels = self._study.levels
        for level in range(levels, 0, -1):
            stride, size = 2 ** (levels - level), 2**level + 1
            part = self._losses[(slice(None, None, stride),) * self._axes]
            known = self._known(level)
            if known and (self._found is None or self._found.center == self._center or level == levels):
                progress = 1.0 - len(self._todo) / self._count
                if self._found is not None and self._found.center == self._center and len(self._found.steps) == size:
                    # The same losses stay the same array, so that nobody paints them again.
                    self._found = msgspec.structs.replace(self._found, progress=progress)
                    return
                steps = np.linspace(-self._study.reach, self._study.reach, size)
                self._found = Landscape(
                    steps=steps,
                    losses=part.copy(),
                    num_samples=len(self._batch[0]),
                    center=self._center,
                    progress=progress,
                )
                return

    def _known(self, level: int) -> bool:
        known: int = (2**level + 1) ** self._axes
        return self._count - len(self._todo) >= known


def direction(module: nn.Module, chance: Any) -> list[Tensor]:
    """Return a random direction in the space of all weights, each filter as long as the module's own.

    Biases and the weights of normalisation stay where they are: they have one axis.
    Li, Xu, Taylor, Studer and Goldstein: Visualizing the Loss Landscape of Neural Nets, 2018, section 4.
    """
    import torch

    found = []
    for weight in module.parameters():
        way = torch.randn(weight.shape, generator=chance, dtype=weight.dtype).to(weight.device)
        if weight.dim() < 2:
            found.append(torch.zeros_like(way))
            continue
        axes = tuple(range(1, weight.dim()))
        lengths = weight.detach().square().sum(axes, keepdim=True).sqrt()
        found.append(way * (lengths / way.square().sum(axes, keepdim=True).sqrt().clamp_min(1e-12)))
    return found


def _coarse_to_fine(levels: int, axes: int) -> list[tuple[int, ...]]:
    """Return the places of the grid, the last to be measured first: every coarser grid is complete before the finer."""
    import itertools

    ordered: dict[tuple[int, ...], None] = {}
    for level in range(1, levels + 1):
        numbers = range(0, 2**levels + 1, 2 ** (levels - level))
        ordered.update(dict.fromkeys(itertools.product(numbers, repeat=axes)))
    return list(ordered)[::-1]
