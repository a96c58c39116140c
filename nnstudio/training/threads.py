"""How the worker thread shares the computer with the window; docs/decisions/0002-worker-thread.md has the figures."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SWITCH_INTERVAL = 0.0003
"""Seconds after which a thread that waits for the interpreter gets its turn; Python's own default is 0.005."""


class _QuickTurns:
    """The switch interval is one for the whole process: the first who needs it short sets it, the last restores it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._before = 0.0

    def hold(self) -> None:
        with self._lock:
            if self._holders == 0:
                self._before = sys.getswitchinterval()
                sys.setswitchinterval(min(self._before, SWITCH_INTERVAL))
            self._holders += 1

    def release(self) -> None:
        with self._lock:
            self._holders -= 1
            if self._holders == 0:
                sys.setswitchinterval(self._before)


_TURNS = _QuickTurns()


@contextmanager
def quick_turns() -> Iterator[None]:
    """Let the window have the interpreter quickly while another thread works; may be entered by several at a time."""
    _TURNS.hold()
    try:
        yield
    finally:
        _TURNS.release()


@contextmanager
def worker_pace() -> Iterator[None]:
    """Leave one core and quick turns to the window, as long as a run works.

    To be entered in the thread that computes: torch keeps the number of threads for each of them.
    """
    import torch

    num_threads = torch.get_num_threads()
    torch.set_num_threads(max(1, num_threads - 1))
    try:
        with quick_turns():
            yield
    finally:
        torch.set_num_threads(num_threads)
