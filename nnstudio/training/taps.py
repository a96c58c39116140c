"""Taps: what the layers make of one sample, looked at now and then between training steps.

A look is a forward pass of its own with one sample, in eval mode and without gradients, so that neither the random
numbers nor the running means of the training are touched. Everything a look brings home is a copy.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nnstudio.data.dataset import Dataset
from nnstudio.training.inside import Inside
from nnstudio.training.losses import Objective

PERIOD = 0.1
"""Seconds from one look to the next, at least."""

SHARE = 0.03
"""Part of the time that looking may take, at most."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """What was seen in one look.

    Attributes:
        step: training steps done at that time.
        sample: row of the dataset.
        values: by layer name the value it gave, float32 without batch axis; of several outputs the first.
        output: class scores that add up to 1 with cross-entropy, else the values the network gave; ``(K,)`` float32.
        truth: the right class number, or the right values ``(K,)``.
    """

    step: int
    sample: int
    values: Mapping[str, npt.NDArray[np.float32]]
    output: npt.NDArray[np.float32]
    truth: int | npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Wish:
    names: frozenset[str] = frozenset()
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class _Subject:
    module: nn.Module
    inside: Inside
    dataset: Dataset
    objective: Objective
    device: torch.device


class Taps:
    """A slot that always holds the newest `Snapshot`; older ones that nobody took are forgotten.

    Any thread may call `watch` and `latest`; the thread that trains calls the rest.
    """

    def __init__(self, on_watch: Callable[[], None] = lambda: None) -> None:
        self._on_watch = on_watch
        self._wish = _Wish()
        self._subject: _Subject | None = None
        self._latest: Snapshot | None = None
        self._step = 0
        self._seen: tuple[_Wish, int] | None = None
        self._due = 0.0

    def watch(self, names: Iterable[str], sample: int) -> None:
        """Look at these layers with this row of the data from now on; names and rows that do not exist are ignored."""
        self._wish = _Wish(frozenset(names), sample)
        self._on_watch()

    def latest(self) -> Snapshot | None:
        """Return the newest snapshot; None before the first."""
        return self._latest

    def attach(self, module: nn.Module, dataset: Dataset, objective: Objective, device: torch.device) -> None:
        """Say what is trained, before the first step."""
        self._subject = _Subject(module, Inside(module), dataset, objective, device)

    def glance(self, step: int) -> None:
        """Look inside after ``step`` steps if the last look is long enough ago."""
        self._step = step
        if time.monotonic() >= self._due:
            self.refresh()

    def refresh(self) -> None:
        """Look inside now, unless the newest snapshot shows just this already."""
        wish, subject = self._wish, self._subject
        if subject is None or wish.sample is None or self._seen == (wish, self._step):
            return
        self._seen = (wish, self._step)
        if not 0 <= wish.sample < len(subject.dataset.inputs):
            return
        began = time.monotonic()
        self._latest = _look(subject, wish.names, wish.sample, self._step)
        now = time.monotonic()
        self._due = now + max(PERIOD, (now - began) / SHARE)


def _look(subject: _Subject, names: frozenset[str], sample: int, step: int) -> Snapshot:
    dataset = subject.dataset
    values: dict[str, npt.NDArray[np.float32]] = {}

    def visit(name: str, value: Tensor) -> None:
        # Copied at once: a layer further on may write over it.
        if name in names:
            values[name] = _copy(value)

    was_training = subject.module.training
    subject.module.eval()
    try:
        output = subject.inside.look(torch.from_numpy(dataset.inputs[[sample]]).to(subject.device), visit)
    finally:
        subject.module.train(was_training)
    target = dataset.targets[sample]
    return Snapshot(
        step=step,
        sample=sample,
        values=MappingProxyType(values),
        output=_copy(subject.objective.shown(output)),
        truth=int(target) if dataset.task == "classification" else target.copy(),
    )


def _copy(value_B: Tensor) -> npt.NDArray[np.float32]:  # noqa: N803 the suffix names the axis
    return value_B.detach()[0].to("cpu", torch.float32, copy=True).numpy()
