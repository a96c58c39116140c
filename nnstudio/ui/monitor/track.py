"""Where a run is, and what it has told of its steps and epochs: the tables behind its curves. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nnstudio.training.bounds import MOST_ROWS
from nnstudio.training.epochs import Epochs

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.runs.checkpoints import Saved
    from nnstudio.training.events import EpochDone, RateChanged
    from nnstudio.training.ring import Ring

COLUMNS: Final = 5
"""What a row of a run holds: step, epoch, loss, accuracy, learning rate."""


class Rows:
    """A growing table of (step, epoch, loss, accuracy, learning rate); numpy comes with the first rows.

    A very long run would fill the memory with points that no screen can show: whenever ``most`` rows are reached,
    each two neighbours become their mean, under the step of the second. The first row stays: where a run began is
    looked at.
    """

    def __init__(self, most: int = MOST_ROWS) -> None:
        self.count = 0
        self.last_step = 0
        self._most = most
        self._table: npt.NDArray[np.float64] | None = None

    @property
    def filled(self) -> npt.NDArray[np.float64]:
        """The rows so far, ``(count, 5)``, oldest first."""
        import numpy as np

        return np.empty((0, COLUMNS)) if self._table is None else self._table[: self.count]

    @property
    def last_epoch(self) -> float:
        """How far the last step is, in epochs."""
        return float(self._table[self.count - 1, 1]) if self._table is not None and self.count else 0.0

    def upto(self, step: float) -> npt.NDArray[np.float64]:
        """Return the rows up to a step, or to what else stands in the first column."""
        filled = self.filled
        return filled if step >= self.last_step else filled[: filled[:, 0].searchsorted(step, side="right")]

    def cut(self, step: float) -> None:
        """Forget all rows after a step."""
        if step < self.last_step:
            self.count = len(self.upto(step))
            self.last_step = int(self.filled[-1, 0]) if self.count else 0

    def extend(self, rows: npt.NDArray[np.float64]) -> None:
        """Take in rows, at least one; those of a run that has gone back take the place of what it did before."""
        import numpy as np

        for part in np.split(rows, np.flatnonzero(np.diff(rows[:, 0]) <= 0) + 1):
            self.cut(part[0, 0] - 1)
            self._append(part)

    def _append(self, rows: npt.NDArray[np.float64]) -> None:
        import numpy as np

        while self.count + len(rows) > self._most and self.count > 2:
            self._halve()
        needed = self.count + len(rows)
        if self._table is None or needed > len(self._table):
            grown = np.empty((max(needed, min(self._most, 1024 + 2 * needed)), COLUMNS))
            grown[: self.count] = self.filled
            self._table = grown
        self._table[self.count : needed] = rows
        self.count = needed
        self.last_step = int(rows[-1, 0])

    def _halve(self) -> None:
        assert self._table is not None
        half, odd = divmod(self.count - 1, 2)
        pairs = self._table[1 : 1 + 2 * half].reshape(half, 2, COLUMNS)
        means = pairs.mean(axis=1)
        means[:, 0] = pairs[:, 1, 0]
        last = self._table[self.count - 1].copy()
        self._table[1 : 1 + half] = means
        if odd:
            self._table[1 + half] = last
        self.count = 1 + half + odd


class Track:
    """What a run has told of its steps. What lies ahead of `place` stays until other steps take its place.

    Attributes:
        place: training steps done.
        epochs: the epochs that were done by then; of very long runs some, with the first and the newest.
    """

    def __init__(self) -> None:
        self.place = 0
        self.epochs: list[EpochDone] = []
        self._all_epochs = Epochs()
        self._steps = Rows()
        self._validation = Rows()
        self._rates: list[RateChanged] = []
        self._taken = 0

    @property
    def rates(self) -> tuple[tuple[float, float], ...]:
        """Where the person set the learning rate, in epochs, and what to, up to `place`."""
        filled = self._steps.filled
        steps = [change.step for change in self._rates if change.step <= self.place]
        found = filled[:, 0].searchsorted(steps, side="right") if steps else ()
        places = [float(filled[number - 1, 1]) if number else 0.0 for number in found]
        return tuple(zip(places, (change.rate for change in self._rates), strict=False))

    @property
    def curve(self) -> npt.NDArray[np.float64]:
        """Rows (step, epoch, loss, accuracy, learning rate) up to `place`."""
        return self._steps.upto(self.place)

    @property
    def validation_curve(self) -> npt.NDArray[np.float64]:
        """Rows (epoch, epoch, loss, accuracy, NaN) of `epochs`."""
        return self._validation.upto(self.epochs[-1].epoch if self.epochs else 0)

    @property
    def last_step(self) -> int:
        """The step of the newest row."""
        return self._steps.last_step

    @property
    def last_epoch(self) -> float:
        """How far the newest row is, in epochs."""
        return self._steps.last_epoch

    def begin_ring(self) -> None:
        """Expect the rows of another ring from now on."""
        self._taken = 0

    def take(self, ring: Ring) -> bool:
        """Take in what is new in a ring; return whether there was anything."""
        rows, self._taken = ring.take(self._taken)
        if len(rows):
            if self._rates and rows[:, 0].min() <= self._rates[-1].step:
                self._rates = [change for change in self._rates if change.step < rows[:, 0].min()]
            self._steps.extend(rows)
        return bool(len(rows))

    def take_epochs(self, epochs: Sequence[EpochDone]) -> None:
        """Take in epochs that were done, at least one."""
        import numpy as np

        self._all_epochs.extend(epochs)
        self.epochs = list(self._all_epochs)
        self._validation.extend(np.array([_row(event) for event in epochs]))

    def take_rate(self, change: RateChanged) -> None:
        """Take in that the person has set the learning rate; changes that lay ahead are forgotten."""
        self._rates = [*(known for known in self._rates if known.step < change.step), change]

    def forget_rates(self) -> None:
        """Know no learning rate that was set, as a run that begins anew from its start."""
        self._rates = []

    def take_saved(self, saved: Saved) -> None:
        """Take in what a run had done before it was taken up from disk, perhaps after its first new steps."""
        newer, self._steps = self._steps.filled, Rows()
        for rows in (saved.rows, newer):
            if len(rows):
                self._steps.extend(rows)
        if saved.head.epochs:
            self.take_epochs(saved.head.epochs)
        from nnstudio.training.control import SetRate
        from nnstudio.training.events import RateChanged

        for change in saved.head.changes:
            if isinstance(change.order, SetRate):
                self.take_rate(RateChanged(change.step, change.order.rate))

    def move(self, place: int, steps_per_epoch: int) -> bool:
        """Be at this step; return whether that is another one."""
        if place == self.place:
            return False
        self.place = place
        self.epochs = self._all_epochs.until(place // max(1, steps_per_epoch))
        return True


def _row(event: EpochDone) -> tuple[float, ...]:
    nan = float("nan")
    accuracy = nan if event.validation_accuracy is None else event.validation_accuracy
    return event.epoch, event.epoch, event.validation_loss, accuracy, nan
