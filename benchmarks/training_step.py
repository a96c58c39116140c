"""A training step of drawn networks against the same networks written by hand: forward, backward, Adam."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from benchmarks.common import Row, at_most, median_ratio, take_turns
from benchmarks.twins import TWINS, hand_over
from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.data.catalog import load
from nnstudio.project.examples import ALL
from nnstudio.training.optimizers import make_optimizer
from nnstudio.training.recipe import Recipe
from nnstudio.training.threads import worker_pace

MOST = 1.03
"""Of each network whose steps are work."""
TINY = ("two moons", "autoencoder")
"""Here a step is mostly the calling of layers, and nothing is promised of one alone."""
MOST_MEDIAN = 1.02
ROUNDS = 60
STEPS = 8
"""Steps in one turn."""


def rows() -> Iterator[Row]:
    """Yield one ratio per network, on one core less than there are, as in a run; last the median of all."""
    ratios: list[float] = []
    with worker_pace():
        for title, example, make_twin in TWINS:
            project = ALL[example]()
            drawn: nn.Module = link(make_plan(project.graph, project.blocks_by_name), seed=0)
            twin = make_twin()
            hand_over(drawn, twin)
            data = load(project.data or {"name": "digits8"})
            x = torch.from_numpy(data.inputs[data.training[:64]])
            if not torch.allclose(drawn(x), twin(x), rtol=1e-5, atol=1e-6):
                raise RuntimeError(f"{title}: the drawn network and its twin do not compute the same")
            seconds = take_turns({"drawn": _steps(drawn, x), "by hand": _steps(twin, x)}, ROUNDS)
            ratios.append(median_ratio(seconds["drawn"], seconds["by hand"]))
            figure = f"{title}: step drawn / by hand"
            if title in TINY:
                yield Row("training_step", figure, ratios[-1])
            else:
                yield at_most("training_step", figure, ratios[-1], MOST)
    median = statistics.median(ratios)
    yield at_most("training_step", f"median of {len(ratios)} networks: step drawn / by hand", median, MOST_MEDIAN)


def _steps(module: nn.Module, x: Tensor) -> Callable[[], None]:
    optimizer = make_optimizer(module, Recipe())

    def take() -> None:
        for _ in range(STEPS):
            optimizer.zero_grad()
            torch.autograd.backward(module(x).square().mean())
            optimizer.step()

    return take
