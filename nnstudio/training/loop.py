"""The training loop for whoever wants a run in one call: a generator of events that knows nothing of threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from torch import nn

from nnstudio.data.dataset import Dataset
from nnstudio.training.control import Control
from nnstudio.training.course import Course
from nnstudio.training.events import Event
from nnstudio.training.recipe import Recipe
from nnstudio.training.taps import Taps

Stop = Callable[[], bool]


def run(
    module: nn.Module, dataset: Dataset, recipe: Recipe, taps: Taps | None = None, stop: Stop = lambda: False
) -> Iterator[Event]:
    """Train ``module`` in place and yield what happens; the last event is `RunEnded` or `RunFailed`.

    The same first weights, data and recipe give the same losses bit for bit on one processor. When a loss is no
    finite number the run fails, and the module gets back the weights of the last whole epoch.

    Args:
        module: takes ``(B, *dataset.shape)`` and gives ``(B, dataset.num_outputs)``; its weights are where it starts.
        dataset: what it learns from.
        recipe: how it learns.
        taps: looks inside between the steps, without a trace in the run.
        stop: asked before each batch; when it says yes the run ends there. A `Control` can do more.

    Raises:
        ValueError: the device is missing, or module, data and recipe do not fit together.
    """
    control = stop if isinstance(stop, Control) else Control(stop)
    yield from Course(module, dataset, recipe, taps).run(control)
