"""What benchmarks share: rows, and ratios that survive a busy computer.

A benchmark is a module of this package with a function ``rows()`` that yields `Row` values. Seconds mean little on a
computer that does other things as well, so a promise is a ratio of two things that took turns in one run.
"""

from __future__ import annotations

import os
import statistics
import threading
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BEAT_MS = 16
"""From one heartbeat to the next."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        benchmark: name of the module it comes from.
        figure: what was measured, with its unit if it has one.
        value: what came out.
        goal: what was promised, such as ``<= 1.03``; empty where nothing was.
        holds: whether it does.
    """

    benchmark: str
    figure: str
    value: float
    goal: str = ""
    holds: bool = True


def at_most(benchmark: str, figure: str, value: float, most: float) -> Row:
    """Return a row that holds up to ``most``."""
    return Row(benchmark, figure, value, f"<= {most:g}", value <= most)


def at_least(benchmark: str, figure: str, value: float, least: float) -> Row:
    """Return a row that holds from ``least`` on."""
    return Row(benchmark, figure, value, f">= {least:g}", value >= least)


def take_turns(candidates: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each candidate in each round.

    Every candidate runs once unmeasured first. Who begins changes from round to round, so that nobody is always the
    one to find the caches cold.
    """
    for candidate in candidates.values():
        candidate()
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    names = list(candidates)
    for number in range(rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            began = time.perf_counter()
            candidates[name]()
            seconds[name].append(time.perf_counter() - began)
    return seconds


def median_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Return the median over rounds of what one took against the other in the same round."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` of all values do not exceed, such as 0.99 of them."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Waiting:
    """Tells for how long a thread was ready but the system ran something else.

    Args:
        thread: its native id.
        process: the one it belongs to, by its number.
    """

    def __init__(self, thread: int, process: str = "self") -> None:
        file = Path(f"/proc/{process}/task/{thread}/schedstat")
        # Kept open: a heart that opened it at each beat would take one per cent of a processor.
        self._file = file.open("rb", buffering=0) if file.exists() else None

    @property
    def seconds(self) -> float:
        """Since the thread began; 0 where nobody says."""
        return int(os.pread(self._file.fileno(), 100, 0).split()[1]) / 1e9 if self._file else 0.0


def waited(thread: int, process: str = "self") -> float:
    """Return the seconds that `Waiting` tells, asked once."""
    return Waiting(thread, process).seconds


class Beats:
    """How late a timer of 16 ms comes, in milliseconds."""

    def __init__(self) -> None:
        # Tables of numbers: a list of objects would grow by 14 MB an hour, and be measured with what it measures.
        self.late = array("d")
        self.awake = array("d")
        self._waiting = Waiting(threading.get_native_id())
        self.begin()

    def begin(self) -> None:
        """Count from now on."""
        self._last = self._now()

    def beat(self) -> None:
        """Note one beat."""
        now = self._now()
        late = 1000.0 * (now[0] - self._last[0]) - BEAT_MS
        self.late.append(max(0.0, late))
        self.awake.append(max(0.0, late - 1000.0 * (now[1] - self._last[1])))
        self._last = now

    def _now(self) -> tuple[float, float]:
        return time.perf_counter(), self._waiting.seconds
