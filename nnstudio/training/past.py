"""Past: moments of a run, kept within a memory budget, from which every step so far can be reached again."""

from __future__ import annotations

import bisect
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstudio.training.tables import Copies

PERIOD = 0.1
"""Seconds of training from one moment kept to the next: about as long as going back takes."""

SHARE = 0.01
"""Part of the time that keeping moments may take, at most."""

BUDGET = 256 * 2**20
"""Bytes for the moments of a run that is watched."""

MOST = 1000
"""Moments that are kept at most: of tiny networks more would fill the budget for an hour, and nobody needs them."""

OVERHEAD = 2_000
"""Bytes that a moment takes beside its tensors."""

DENSE = 8
"""How many of the newest moments are never thinned out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moment:
    """Everything that decides how a run goes on, between two batches. Tensors are copies on the processor.

    Attributes:
        step: batches done since the start.
        epoch: the one being worked at; the first is 1.
        batch: batches done of that epoch.
        samples: training samples seen since the start.
        seconds: time spent since the start.
        spent: time spent on the epoch so far.
        total, right, count: sums over the epoch's batches, see `nnstudio.training.batches.Tally`.
        note: why the learner has ended the run; empty while it has not.
        weights: the module's ``state_dict``.
        learner: what `Learner.state` gave.
        chance: states of the random generators; ``shuffler`` as it was before the epoch's order was drawn.
    """

    step: int
    epoch: int
    batch: int
    samples: int
    seconds: float
    spent: float
    total: float
    right: float | None
    count: int
    note: str
    weights: Copies
    learner: Copies
    chance: Copies

    @property
    def num_bytes(self) -> int:
        """Memory that it takes."""
        return self.weights.num_bytes + self.learner.num_bytes + self.chance.num_bytes + OVERHEAD


class Past:
    """Moments by step. The first stays, the newest are dense, and the rest are thinned out when memory is full.

    When the budget is used up, or there are `MOST`, the old moment is given up that leaves the shortest gap: what is
    kept fills the budget and lies evenly over the run. The first moment, the last end of an epoch and the newest
    moment stay however large they are: a run that blows up goes back there.

    Args:
        budget: bytes; with 0 only those that stay are kept.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._moments: list[Moment] = []
        self._num_bytes = 0
        self._pinned: Moment | None = None
        self._due = 0.0
        self._affordable = 0.0

    @property
    def num_bytes(self) -> int:
        """Memory in use."""
        return self._num_bytes

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps whose moments are kept, in order."""
        return tuple(moment.step for moment in self._moments)

    def is_due(self) -> bool:
        """Whether the last moment is long enough ago for the next one."""
        return self._budget > 0 and time.perf_counter() >= self._due

    def is_affordable(self) -> bool:
        """Whether a moment now would keep to `SHARE`, as is asked at the end of an epoch."""
        return time.perf_counter() >= self._affordable

    def keep(self, moment: Moment, seconds: float = 0.0, *, pinned: bool = False) -> None:
        """Take in a moment, in place of one of the same step.

        Args:
            moment: between any others.
            seconds: how long it took to make it.
            pinned: it stays until the next one that is pinned.
        """
        place = bisect.bisect_left(self._moments, moment.step, key=lambda kept: kept.step)
        if place < len(self._moments) and self._moments[place].step == moment.step:
            self._remove(place)
        self._moments.insert(place, moment)
        self._num_bytes += moment.num_bytes
        if pinned:
            self._pinned = moment
        self._thin()
        now = time.perf_counter()
        self._affordable = now + seconds / SHARE
        self._due = max(now + PERIOD, self._affordable)

    def before(self, step: int) -> Moment:
        """Return the newest moment that is not after ``step``."""
        return next(moment for moment in reversed(self._moments) if moment.step <= step)

    def drop_after(self, step: int) -> None:
        """Forget all moments after ``step``."""
        while self._moments[-1].step > step:
            self._remove(len(self._moments) - 1)

    def clear(self) -> None:
        """Forget everything."""
        self._moments, self._num_bytes, self._pinned = [], 0, None

    def _remove(self, place: int) -> None:
        moment = self._moments.pop(place)
        self._num_bytes -= moment.num_bytes

    def _thin(self) -> None:
        while (self._num_bytes > self._budget or len(self._moments) > MOST) and len(self._moments) > 2:
            place = self._least_missed(DENSE) or self._least_missed(1)
            if place is None:
                return
            self._remove(place)

    def _least_missed(self, newest: int) -> int | None:
        """Return the oldest of those whose loss leaves the shortest gap; not the first, the newest, the pinned one."""
        steps = [moment.step for moment in self._moments]
        gaps = [after - before for before, after in zip(steps, steps[2 : len(steps) + 1 - newest], strict=False)]
        if self._pinned is not None and self._pinned in self._moments[1 : len(gaps) + 1]:
            gaps[self._moments.index(self._pinned) - 1] = steps[-1] + 1
        shortest = min(gaps, default=None)
        return None if shortest is None or shortest > steps[-1] else gaps.index(shortest) + 1
