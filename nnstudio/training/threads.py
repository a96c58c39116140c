"""How the worker thread shares the computer with the window; docs/decisions/0002-worker-thread.md has the figures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

SWITCH_INTERVAL = 0.001
"""Seconds after which a thread that waits for the interpreter gets its turn; Python's own default is 0.005."""


@contextmanager
def worker_pace() -> Iterator[None]:
    """Leave one core to the window and let it have the interpreter quickly, as long as a run works.

    To be entered in the thread that computes: torch keeps the number of threads for each of them.
    """
    import torch

    interval, num_threads = sys.getswitchinterval(), torch.get_num_threads()
    sys.setswitchinterval(min(interval, SWITCH_INTERVAL))
    torch.set_num_threads(max(1, num_threads - 1))
    try:
        yield
    finally:
        torch.set_num_threads(num_threads)
        sys.setswitchinterval(interval)
