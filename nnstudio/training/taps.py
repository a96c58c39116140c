"""Taps: what the layers make of one sample, looked at now and then between training steps.

This is the place where the thread that trains and those who watch meet; it knows no torch, so that it can be made
before torch is loaded. How a look is taken stands in `nnstudio.training.probe`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PERIOD = 0.1
"""Seconds from one look to the next, at least."""

SHARE = 0.03
"""Part of the time that looking may take, at most."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """What was seen in one look; every array is a copy.

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


Look = Callable[[frozenset[str], int, int], "Snapshot | None"]
"""``(names, sample, step)`` -> what was seen; None where the data have no such sample."""


@dataclass(frozen=True, slots=True)
class _Wish:
    names: frozenset[str]
    sample: int


class Taps:
    """A slot that always holds the newest `Snapshot`; older ones that nobody took are forgotten.

    Any thread may call `watch` and `latest`; the thread that trains calls the rest.

    Args:
        on_watch: called after each `watch`, in the thread that called it.
    """

    def __init__(self, on_watch: Callable[[], None] = lambda: None) -> None:
        self._on_watch = on_watch
        self._wish: _Wish | None = None
        self._look: Look | None = None
        self._latest: Snapshot | None = None
        self._step = 0
        self._seen: tuple[_Wish, int] | None = None
        self._due = 0.0

    def watch(self, names: Iterable[str], sample: int) -> None:
        """Look at these layers with this row of the data from now on; names that do not exist are ignored."""
        self._wish = _Wish(frozenset(names), sample)
        self._on_watch()

    def latest(self) -> Snapshot | None:
        """Return the newest snapshot; None before the first."""
        return self._latest

    def attach(self, look: Look) -> None:
        """Say how a look is taken, before the first step."""
        self._look = look

    def glance(self, step: int) -> None:
        """Look inside after ``step`` steps if the last look is long enough ago."""
        self._step = step
        if time.monotonic() >= self._due:
            self.refresh()

    @property
    def is_stale(self) -> bool:
        """Whether `refresh` has anything new to look at."""
        wish = self._wish
        return self._look is not None and wish is not None and self._seen != (wish, self._step)

    def refresh(self) -> None:
        """Look inside now, unless the newest snapshot shows just this already."""
        wish, look = self._wish, self._look
        if wish is None or look is None or self._seen == (wish, self._step):
            return
        self._seen = (wish, self._step)
        began = time.monotonic()
        self._latest = look(wish.names, wish.sample, self._step) or self._latest
        now = time.monotonic()
        self._due = now + max(PERIOD, (now - began) / SHARE)
