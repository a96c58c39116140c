"""What every study has: what it asks, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

import msgspec

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from nnstudio.data.dataset import Dataset
    from nnstudio.training.inside import Inside
    from nnstudio.training.learners.base import Learner
    from nnstudio.training.tasks.base import Objective


Kept = TypeVar("Kept")

SLICE = 0.02
"""Seconds that a study may hold the training up at a time, about."""


class Scene(Protocol):
    """A network in training between two steps, as `nnstudio.training.scene` gives it.

    Attributes:
        module: the network, on ``device``; `untouched` guards it.
        inside: gives every layer's values on the way through a forward pass.
        dataset: what it learns from.
        objective: the loss and what outputs mean.
        device: where the module is.
        step: training steps done.
        learner: what changes the weights; None outside of a run.
        desk: where a study keeps what it has worked out so far, by itself; cleared once nobody asks any more.
    """

    module: nn.Module
    inside: Inside
    dataset: Dataset
    objective: Objective
    device: torch.device
    step: int
    learner: Learner | None
    desk: dict[Study, object]

    def batch(self, rows: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        """Return inputs and targets of these rows of the data set, on the device."""
        ...

    def untouched(self, *, training: bool = False) -> AbstractContextManager[None]:
        """Put mode, chance, running means and gradients back at the end; within, the mode is eval or ``training``."""
        ...


class Study(msgspec.Struct, frozen=True):
    """A question to a network in training. Equal studies ask the same; options are fields.

    `see` works in the thread that trains, or in another once the run is over, always between two steps. What takes
    longer than `SLICE` is worked out in slices: it is kept on the scene's desk, and handed out as `Unfinished`.
    """

    def see(self, scene: Scene) -> object:
        """Return what there is to see: a frozen value of plain numbers, text and copied numpy arrays.

        `Unfinished` asks to be called again, also where no step was done in between.

        Raises:
            ValueError: the question has no answer here, in words for the person.
        """
        raise NotImplementedError


def on_desk(scene: Scene, study: Study, make: Callable[[], Kept]) -> Kept:
    """Return what a study keeps on the scene's desk, which it puts there the first time: always of one type."""
    found = scene.desk.get(study)
    if found is None:
        found = scene.desk[study] = make()
    return cast("Kept", found)


class Unfinished(msgspec.Struct, frozen=True):
    """What a study has so far; None where there is nothing to show yet."""

    value: object = None


class Seen(msgspec.Struct, frozen=True):
    """An answer.

    Attributes:
        step: training steps done when it was given.
        value: what `Study.see` returned; None where it could not.
        refusal: why not, in words for the person.
        finished: whether the study is through with this step.
    """

    step: int
    value: object = None
    refusal: str = ""
    finished: bool = True
