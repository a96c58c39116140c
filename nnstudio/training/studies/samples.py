"""Which samples a study looks at, and what is known of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.words import tr

if TYPE_CHECKING:
    from nnstudio.data.dataset import Dataset


def evenly(rows: list[int], most: int) -> list[int]:
    """Return at most so many of some rows, the same ones each time: spread evenly, beginning with the first."""
    return rows if len(rows) <= most else [rows[number * len(rows) // most] for number in range(most)]


def probe_rows(dataset: Dataset, most: int) -> tuple[int, ...]:
    """Return the rows of at most so many training samples, taken evenly."""
    return tuple(evenly(dataset.training.tolist(), most))


def some_rows(dataset: Dataset, most: int, *, training: bool = True) -> tuple[int, ...]:
    """Return rows of the data set, evenly taken: those for validation, then, if asked for, those for training."""
    rows = dataset.validation.tolist()
    if training and len(rows) < most:
        rest = dataset.training.tolist()
        rows = rows + evenly(rest, most - len(rows))
    return tuple(evenly(rows, most))


def check_sample(dataset: Dataset, row: int) -> None:
    """Say that there is no such sample, as when other data have come in the meantime.

    Raises:
        ValueError: the data set has no such row.
    """
    if not 0 <= row < len(dataset.inputs):
        raise ValueError(tr("{data} has no sample {row}.", data=dataset.title, row=row))


def tokens_of(dataset: Dataset, row: int) -> tuple[int, ...]:
    """Return the signs of a sample where it is a row of signs; else nothing."""
    inputs = dataset.inputs
    return () if inputs.dtype.kind == "f" else tuple(inputs[row].reshape(-1).tolist())
