"""The epochs of a run, remembered within bounds however many there are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, overload

from nnstudio.training.bounds import MOST_EPOCHS

if TYPE_CHECKING:
    from nnstudio.training.events import EpochDone


class Epochs:
    """What each epoch came to, oldest first.

    Beyond ``most`` every second one goes, and later ones are kept at the same distance. The first always stays, and
    so does the newest. Whoever wants to know how many epochs are done asks the newest for its number.

    Args:
        known: epochs that are done.
        most: how many are remembered, at least 2.
    """

    def __init__(self, known: Iterable[EpochDone] = (), most: int = MOST_EPOCHS) -> None:
        self._most = most
        self._every = 1
        self._kept: list[EpochDone] = []
        self.extend(known)

    @overload
    def __getitem__(self, index: int) -> EpochDone: ...
    @overload
    def __getitem__(self, index: slice) -> list[EpochDone]: ...
    def __getitem__(self, index: int | slice) -> EpochDone | list[EpochDone]:
        return self._kept[index]

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[EpochDone]:
        return iter(self._kept)

    def append(self, epoch: EpochDone) -> None:
        """Take one more; of a run that has gone back it takes the place of what was done before."""
        if self._kept and self._kept[-1].epoch >= epoch.epoch:
            self.cut(epoch.epoch - 1)
        if self._kept and not self._stays(self._kept[-1]):
            self._kept.pop()
        self._kept.append(epoch)
        while len(self._kept) > self._most:
            self._every *= 2
            self._kept = [*filter(self._stays, self._kept[:-1]), epoch]

    def extend(self, epochs: Iterable[EpochDone]) -> None:
        """Take more, oldest first."""
        for epoch in epochs:
            self.append(epoch)

    def cut(self, last: float) -> None:
        """Forget what was done after epoch number ``last``."""
        del self._kept[self._num_until(last) :]

    def until(self, last: float) -> list[EpochDone]:
        """Return the epochs up to number ``last``."""
        return self._kept[: self._num_until(last)]

    def _stays(self, epoch: EpochDone) -> bool:
        return (epoch.epoch - 1) % self._every == 0

    def _num_until(self, last: float) -> int:
        if not self._kept or self._kept[-1].epoch <= last:
            return len(self._kept)
        return bisect_right(self._kept, last, key=lambda epoch: epoch.epoch)
