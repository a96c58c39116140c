"""What a data set says before a network has seen it: scale, classes, doubles, and whether neighbours agree."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import msgspec
import numpy as np
import numpy.typing as npt

from nnstudio.data.arrays import Array, Indices
from nnstudio.data.dataset import Dataset

NUM_ROWS = 2_000
"""Samples that scale and doubles are measured on, at most."""
NUM_NEIGHBOURS = 300
NUM_COLUMNS = 2_048
DISCRETE_ROOM = 0.05
TRACE = 1e-4
"""A difference that is smaller, measured by the largest input, is none."""
FEW = 64
"""Samples of a truth table or of a handful of patterns: there are no others to validate with."""


class DataSigns(msgspec.Struct, frozen=True, kw_only=True):
    """A data set in a few numbers.

    Attributes:
        scale: root of the mean square of the inputs; 0 where inputs are table positions.
        spread: largest standard deviation of an input column by the smallest that is not 0; 1 for pictures.
        non_finite: share of the training samples that hold NaN or an infinity, in what is given or what is to be
            answered.
        non_finite_held: the same of the validation samples.
        constant: whether all samples are the same, next to their size; no network can tell them apart.
        shares: share of each class among the training samples; empty without classes.
        doubles: share of the validation samples that are in training, too, with the same target.
        neighbours: share of samples whose nearest neighbour has their class; None without classes, and for signs,
            which can be near each other in other ways than place by place.
        across: share of validation samples whose nearest neighbour in training has their class; None as above.
        order: how much more than by chance training samples that follow each other have one target; 0 for none.
        targets: mean, standard deviation, and the values that one target of a hundred lies below and above, of all
            numbers of a regression; None elsewhere.
        guess: loss of the best answer that is the same for every sample, for cross-entropy and squared error.
    """

    scale: float = 0.0
    spread: float = 1.0
    non_finite: float = 0.0
    non_finite_held: float = 0.0
    constant: bool = False
    shares: tuple[float, ...] = ()
    doubles: float = 0.0
    neighbours: float | None = None
    across: float | None = None
    order: float = 0.0
    targets: tuple[float, float, float, float] | None = None
    guess: Mapping[str, float] = msgspec.field(default_factory=dict)

    @property
    def largest(self) -> float:
        """Share of the most frequent class."""
        return max(self.shares, default=0.0)

    @property
    def agreement(self) -> float:
        """Share of neighbours that would be of one class by chance alone."""
        return sum(share * share for share in self.shares)


def measure(dataset: Dataset) -> DataSigns:
    """Look a data set over: all of it for numbers that are missing, for the rest at most `NUM_ROWS` samples."""
    rows = _some(dataset.training, NUM_ROWS)
    scale, spread = _sizes(dataset, rows)
    broken = _is_broken(dataset.inputs) | _is_broken(dataset.targets)
    classes = dataset.task == "classification"
    shares = _shares(dataset.targets[dataset.training], len(dataset.classes)) if classes else ()
    guess: dict[str, float] = {}
    if classes:
        guess["cross_entropy"] = -sum(share * math.log(share) for share in shares if share > 0)
        guess["mse"] = sum(share * (1 - share) for share in shares) / max(1, len(shares))
    elif dataset.task == "regression":
        guess["mse"] = float(_known(dataset.targets[rows]).var(axis=0).mean())
    neighbours, across = _agreements(dataset) if classes and dataset.element == "real" else (None, None)
    return DataSigns(
        scale=scale,
        spread=spread,
        non_finite=float(broken[dataset.training].mean()),
        non_finite_held=float(broken[dataset.validation].mean()),
        constant=_is_constant(dataset, rows),
        shares=shares,
        doubles=_doubles(dataset),
        neighbours=neighbours,
        across=across,
        order=_order(dataset),
        targets=_spread_of_targets(dataset, rows) if dataset.task == "regression" else None,
        guess=guess,
    )


def _some(rows: Indices, most: int) -> Indices:
    """Return at most so many rows, spread evenly."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]


def _shares(labels: Array, count: int) -> tuple[float, ...]:
    counts = np.bincount(labels.reshape(-1), minlength=count)
    return tuple(float(share) for share in counts / counts.sum())


def _order(dataset: Dataset) -> float:
    """Compare each training sample with the one before: 0 for an order drawn by chance, 1 for one sorted by target."""
    targets = dataset.targets[dataset.training]
    if dataset.task == "classification" and len(targets) > 1:
        known = np.bincount(targets) / len(targets)
        chance, same = float(np.square(known).sum()), float((targets[1:] == targets[:-1]).mean())
        return (same - chance) / (1 - chance) if chance < 1 else 0.0
    if dataset.task == "regression" and len(targets) > 1:
        values = _known(targets)
        spread = float(values.var(axis=0).mean())
        return 1 - float(np.square(np.diff(values, axis=0)).mean()) / (2 * spread) if spread > 0 else 0.0
    return 0.0


def _spread_of_targets(dataset: Dataset, rows: Indices) -> tuple[float, float, float, float]:
    values = _known(dataset.targets[rows])
    low, high = np.quantile(values, (0.01, 0.99))
    return float(values.mean()), float(values.std()), float(low), float(high)


def _is_broken(values: Array) -> npt.NDArray[np.bool_]:
    """Return which samples, ``(N,)``, hold a NaN or an infinity; a part of the samples at a time."""
    found = np.zeros(len(values), np.bool_)
    if values.dtype.kind == "f":
        for begin in range(0, len(values), NUM_ROWS):
            part = values[begin : begin + NUM_ROWS]
            found[begin : begin + NUM_ROWS] = ~np.isfinite(part.reshape(len(part), -1)).all(axis=1)
    return found


def _known(values: Array) -> npt.NDArray[np.float64]:
    """Return values with 0 in the place of those that are missing."""
    return np.where(np.isfinite(values), values, 0.0).astype(np.float64)


def _sizes(dataset: Dataset, rows: Indices) -> tuple[float, float]:
    if dataset.element != "real":
        return 0.0, 1.0
    known = _known(dataset.inputs[rows])
    scale = math.sqrt(float(np.square(known).mean()))
    spread = 1.0
    if len(dataset.shape) == 1 and dataset.shape[0] > 1:
        wide = known.std(axis=0)
        wide = wide[wide > 0]
        spread = float(wide.max() / wide.min()) if len(wide) > 1 else 1.0
    return scale, spread


def _is_constant(dataset: Dataset, rows: Indices) -> bool:
    """Whether no number of a sample differs from sample to sample by more than a trace of the largest."""
    inputs = _known(dataset.inputs[rows].reshape(len(rows), -1))
    most = float(np.abs(inputs).max(initial=0.0))
    return len(rows) > 1 and float(np.ptp(inputs, axis=0).max(initial=0.0)) <= TRACE * most


def _doubles(dataset: Dataset) -> float:
    """Compare samples byte by byte: as a share of the validation samples looked at."""
    looked_at = _some(dataset.training, 10 * NUM_ROWS)
    training = Counter(_bytes(dataset, row) for row in looked_at)
    if len(training) <= FEW:
        return 0.0
    if dataset.num_shared:
        return dataset.num_shared / len(dataset.validation)
    rows = _some(dataset.validation, NUM_ROWS)
    share = sum(_bytes(dataset, row) in training for row in rows) / len(rows)
    if _is_discrete(dataset, looked_at):
        by_itself = sum(count for count in training.values() if count > 1) / len(looked_at)
        return share if share > 1.5 * by_itself + DISCRETE_ROOM else 0.0
    return share


def _is_discrete(dataset: Dataset, rows: Indices) -> bool:
    """Whether inputs are made of a few signs, so that the same one comes up again and again by itself."""
    return dataset.element == "index" or len(np.unique(dataset.inputs[rows[:FEW]])) <= 4


def _bytes(dataset: Dataset, row: int) -> bytes:
    return bytes(dataset.inputs[row].tobytes() + dataset.targets[row].tobytes())


def _agreements(dataset: Dataset) -> tuple[float, float]:
    """Return how often the nearest of some training samples has the same class: for these, and for validation."""
    rows, held = _some(dataset.training, NUM_NEIGHBOURS), _some(dataset.validation, NUM_NEIGHBOURS)
    values = _spread_out(dataset, np.concatenate((rows, held)))
    known = values[: len(rows)]
    squares = np.square(values).sum(axis=1)
    distance = squares[:, None] + squares[None, : len(rows)] - 2.0 * (values @ known.T)
    np.fill_diagonal(distance, np.inf)
    labels = dataset.targets[rows]
    same = labels[distance.argmin(axis=1)] == dataset.targets[np.concatenate((rows, held))]
    return float(same[: len(rows)].mean()), float(same[len(rows) :].mean())


def _spread_out(dataset: Dataset, rows: Indices) -> npt.NDArray[np.float64]:
    """Return samples as ``(n, columns)``; the columns of a table vary alike."""
    inputs = dataset.inputs[rows].reshape(len(rows), -1)
    inputs = inputs[:, :: max(1, inputs.shape[1] // NUM_COLUMNS)]
    values = _known(inputs)
    spread = values.std(axis=0) if len(dataset.shape) == 1 else np.ones(values.shape[1])
    return values / np.where(spread > 0, spread, 1.0)
