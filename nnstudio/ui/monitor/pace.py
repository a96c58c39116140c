"""How fast a run is and how long it will take, from what it has done so far. No Qt, no clock of its own."""

from __future__ import annotations

import math

_MEMORY = 1.5
"""Seconds after which an old measurement counts for a third."""


class Pace:
    """Smoothed samples per second, and seconds left from the steps done. Time spent paused does not count."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._seconds = 0.0
        self._step = 0
        self._samples = 0.0
        self._at: float | None = None
        self._rate = 0.0
        self._weight = 0.0

    def update(self, now: float, step: int, samples: float) -> None:
        """Take in how far the run is.

        Args:
            now: seconds, on any clock that never goes back.
            step: training steps done.
            samples: training samples seen.
        """
        if step < self._step:  # the run has gone back
            self._begin()
        if self._at is not None and now > self._at:
            seconds = now - self._at
            # An average with a memory in seconds, so that it does not depend on how often it is asked.
            keep = math.exp(-seconds / _MEMORY)
            self._rate = keep * self._rate + (1.0 - keep) * (samples - self._samples) / seconds
            self._weight = keep * self._weight + (1.0 - keep)
            self._seconds += seconds
        self._at, self._step, self._samples = now, step, samples

    def rest(self) -> None:
        """Stop the clock until the next `update`, as for a pause."""
        self._at = None

    @property
    def samples_per_second(self) -> float | None:
        """Training samples per second lately; None before two updates."""
        return self._rate / self._weight if self._weight > 0.0 else None

    @property
    def steps_per_second(self) -> float:
        """Training steps per second lately; 0 before it is known."""
        return self._rate / self._weight * self._step / self._samples if self._weight > 0.0 and self._samples else 0.0

    def seconds_left(self, num_steps: int) -> float | None:
        """Return the seconds until ``num_steps`` steps are done at the pace so far; None before the first step."""
        if self._step <= 0 or self._seconds <= 0.0:
            return None
        return max(0, num_steps - self._step) * self._seconds / self._step
