"""A progress bar with the time left, for a terminal; a plain line now and then where there is none."""

from __future__ import annotations

import shutil
import time
import unicodedata
from collections.abc import Callable
from typing import TextIO

from nnstudio.core.words import tr

WIDTH = 28
_REFRESH = 0.1
"""Seconds between two paintings; a terminal is slow."""


class ProgressBar:
    """One line that is painted over and over.

    Args:
        stream: where to write; anything but a terminal gets only the lines of `note`.
        clock: gives seconds, as `time.monotonic` does.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._clock = clock
        self._start = clock()
        self._painted = float("-inf")
        self._columns = 0

    def update(self, share: float, text: str = "") -> None:
        """Show that ``share`` (0 to 1) is done; ``text`` stands behind the bar."""
        now = self._clock()
        if not self._live or (now - self._painted < _REFRESH and share < 1):
            return
        self._painted = now
        filled = int(WIDTH * min(max(share, 0.0), 1.0))
        bar = "█" * filled + "·" * (WIDTH - filled)
        line = "  ".join(filter(None, (f"{bar} {100 * share:3.0f} %", self._left(share, now), text)))
        line = _cut(line, shutil.get_terminal_size().columns - 1)
        columns = _columns(line)
        self._stream.write("\r" + line + " " * (self._columns - columns))
        self._columns = columns
        self._stream.flush()

    def note(self, text: str) -> None:
        """Write a line that stays, above the bar."""
        self.clear()
        self._stream.write(text + "\n")
        self._stream.flush()
        self._painted = float("-inf")

    def clear(self) -> None:
        """Take the bar away."""
        if self._columns:
            self._stream.write("\r" + " " * self._columns + "\r")
            self._stream.flush()
            self._columns = 0

    def _left(self, share: float, now: float) -> str:
        passed = now - self._start
        if share <= 0 or passed < 1:
            return ""
        return tr("{time} left", time=clock_text(passed * (1 - share) / share))


def clock_text(seconds: float) -> str:
    """Write a span of time as clocks do: ``0:07``, ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _cut(text: str, columns: int) -> str:
    while _columns(text) > columns and text:
        text = text[:-1]
    return text
