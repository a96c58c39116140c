"""Ring: the newest numbers of a run in a table of fixed size, written by the worker and read by anyone."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

COLUMNS = ("step", "epoch", "loss", "accuracy", "rate")
"""What a row holds; ``epoch`` counts finished epochs with their fraction, a missing accuracy or rate is NaN."""


class Ring:
    """A table ``(capacity, 5)`` float64 in which each new row takes the place of the oldest.

    One thread appends. Others read without a lock: what may have been overwritten while it was copied is left out.
    """

    def __init__(self, capacity: int = 65_536) -> None:
        # The row being written belongs to nobody, so one more is kept than a reader can get.
        self._rows = np.zeros((capacity + 1, len(COLUMNS)))
        self._count = 0

    @property
    def count(self) -> int:
        """How many rows were ever appended."""
        return self._count

    def append(self, row: Iterable[float]) -> None:
        """Add one row of `COLUMNS`."""
        self._rows[self._count % len(self._rows)] = tuple(row)
        # Only now may a reader look at it.
        self._count += 1

    def since(self, number: int) -> npt.NDArray[np.float64]:
        """Return a copy of all rows after the first ``number`` ones that are still there, oldest first, ``(n, 5)``."""
        return self.take(number)[0]

    def take(self, number: int) -> tuple[npt.NDArray[np.float64], int]:
        """Return what `since` does, and the number to ask with the next time."""
        start, end = max(number, self._first), self._count
        copy = self._rows[np.arange(start, end) % len(self._rows)]
        # The writer may have gone on while the rows were copied.
        return copy[max(self._first - start, 0) :], end

    @property
    def _first(self) -> int:
        """Number of the oldest row that the writer cannot be touching."""
        return max(self._count + 1 - len(self._rows), 0)
