"""Samples on their device, cut into batches, and the sums over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from nnstudio.data.arrays import Indices
from nnstudio.data.dataset import Dataset
from nnstudio.training.tasks.base import Meter, Objective

LAID_OUT_AT_MOST = 32 * 2**20
"""Bytes of training samples that are copied in the order of an epoch; of more, each batch is picked when it comes."""


@dataclass(frozen=True, slots=True)
class Part:
    """Training or validation samples on their device: inputs ``(n, …)`` and what they should become."""

    inputs: Tensor
    targets: Tensor

    @property
    def size(self) -> int:
        """How many samples."""
        return len(self.inputs)

    @property
    def num_bytes(self) -> int:
        """Memory of inputs and targets."""
        return self.inputs.nbytes + self.targets.nbytes

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return the samples of these rows."""
        rows = rows.to(self.inputs.device)
        return self.inputs.index_select(0, rows), self.targets.index_select(0, rows)


class Deal:
    """The batches of an epoch: of few samples all are laid out at once, as picking them takes longer than copying.

    The next epoch's are laid over them. Room taken and given back twice a second would tear the heap to pieces.

    Args:
        part: what is dealt.
        size: samples in a batch.
    """

    def __init__(self, part: Part, size: int) -> None:
        self._part = part
        self._size = size
        self._rows: tuple[Tensor, ...] = ()
        self._table: tuple[Tensor, Tensor] | None = None
        self._laid_out: list[tuple[Tensor, Tensor]] = []

    def lay_out(self, order: Tensor) -> None:
        """Begin an epoch with all samples in this order, ``(n,)``; the batches of the last one are no more."""
        if self._part.num_bytes > LAID_OUT_AT_MOST:
            self._rows = cut(order, self._size)
        elif self._table is None:
            inputs, targets = self._table = self._part.batch(order)
            self._laid_out = list(zip(cut(inputs, self._size), cut(targets, self._size), strict=True))
        else:
            rows = order.to(self._part.inputs.device)
            torch.index_select(self._part.inputs, 0, rows, out=self._table[0])
            torch.index_select(self._part.targets, 0, rows, out=self._table[1])

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor]:
        """Return inputs and targets of a batch; the first is 0."""
        return self._laid_out[number] if self._laid_out else self._part.batch(self._rows[number])


def make_part(dataset: Dataset, objective: Objective, rows: Indices, device: torch.device) -> Part:
    """Bring the samples of these rows, with their targets, to a device."""
    return Part(torch.from_numpy(dataset.inputs[rows]).to(device), objective.targets(rows).to(device))


@dataclass(slots=True)
class Tally:
    """Sums over batches, for the mean loss per sample and the share that was right (None without classes)."""

    total: float = 0.0
    right: float | None = None
    count: int = 0

    def add(self, loss: float, right: float | None, count: int) -> None:
        """Add a batch with its mean loss."""
        self.total += loss * count
        self.count += count
        if right is not None:
            self.right = (self.right or 0) + right

    @property
    def loss(self) -> float:
        """Mean over all samples."""
        return self.total / self.count

    @property
    def accuracy(self) -> float | None:
        """Share that was right, from 0 to 1."""
        return None if self.right is None else self.right / self.count


def cut(rows: Tensor, size: int) -> tuple[Tensor, ...]:
    """Cut rows into batches of ``size``, each a view of them; the last one holds what is left.

    A single row that would be left joins the batch before it: BatchNorm cannot work on one value.
    """
    whole, left = divmod(len(rows), size)
    sizes = [size] * whole + [left] * bool(left)
    if size > 1 and whole and left == 1:
        sizes[-2:] = [size + 1]
    return torch.split(rows, sizes) if sizes else (rows,)


@torch.no_grad()
def validate(
    module: nn.Module,
    part: Part,
    objective: Objective,
    size: int,
    stop: Callable[[], bool],
    answer: Callable[[Tensor], Any] | None = None,
) -> tuple[float, Meter] | None:
    """Try ``module`` in eval mode on all samples of ``part``: mean loss and what was measured; None when stopped.

    Args:
        module: is left in eval mode.
        part: the samples.
        objective: gives the loss.
        size: how many of them at a time.
        stop: asked before each batch.
        answer: gives what the module does, by a shorter way; the module itself where None.
    """
    module.eval()
    tally, meter = Tally(), objective.meter()
    for x, y in zip(torch.split(part.inputs, size), torch.split(part.targets, size), strict=True):
        if stop():
            return None
        output = (answer or module)(x)
        tally.add(objective.loss(output, y).item(), None, len(x))
        meter.add(output, y)
    return tally.loss, meter
