"""The heap: giving back to the system what the C library keeps of memory that nobody needs any more.

What comes and goes in many sizes leaves gaps between what stays, and the C library keeps them, however large they are.
They grow for hours while a network trains and is looked at: a window that has been open for a day would hold far more
than it uses.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from functools import cache

_EVERY = 10.0
"""Seconds from one tidying to the next. One takes 1 to 10 ms for 400 MB, and what fills the gaps anew about as long."""


class Heap:
    """Gives the pages in the gaps of this process's heap back, six times a minute at most."""

    def __init__(self) -> None:
        self._due = time.monotonic() + _EVERY

    def tidy(self) -> None:
        """Give them back if it is time. Other threads work on meanwhile."""
        if time.monotonic() >= self._due:
            give_back()
            self._due = time.monotonic() + _EVERY


def give_back() -> None:
    """Give all pages that lie in gaps of the heap back; nothing where the C library has no word for it (not glibc)."""
    if trim := _find_trim():
        trim(0)


@cache
def _find_trim() -> Callable[[int], int] | None:
    """``malloc_trim(3)`` of the GNU C library."""
    if sys.platform != "linux":
        return None
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim.argtypes, trim.restype = [ctypes.c_size_t], ctypes.c_int
    return trim
