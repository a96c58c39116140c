"""A table over many samples that is brought up to date in slices, the oldest part first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from nnstudio.training.studies.base import SLICE

T = TypeVar("T")


class Rolling(Generic[T]):
    """Values of parts of the samples, each of the training step at which it was made last.

    Attributes:
        parts: rows of the data set, cut into parts.
    """

    def __init__(self, rows: tuple[int, ...], size: int) -> None:
        self.parts = tuple(rows[start : start + size] for start in range(0, len(rows), size))
        self._values: list[T | None] = [None] * len(self.parts)
        self._steps = [-1] * len(self.parts)
        self._next = 0

    @property
    def values(self) -> tuple[T, ...]:
        """What has been made so far, in the order of the parts."""
        return tuple(value for value in self._values if value is not None)

    @property
    def rows(self) -> tuple[int, ...]:
        """The rows that `values` are of."""
        pairs = zip(self.parts, self._values, strict=True)
        return tuple(row for part, value in pairs if value is not None for row in part)

    @property
    def oldest(self) -> int:
        """The training step of the oldest value; -1 while one is missing."""
        return min(self._steps)

    def renew(self, step: int, make: Callable[[tuple[int, ...]], T]) -> bool:
        """Make the oldest parts anew for a slice of time, at least one; say whether all are of ``step`` now."""
        until = time.perf_counter() + SLICE
        while self.oldest != step:
            if self._steps[self._next] != step:
                self._values[self._next] = make(self.parts[self._next])
                self._steps[self._next] = step
            self._next = (self._next + 1) % len(self.parts)
            if time.perf_counter() >= until:
                break
        return self.oldest == step
