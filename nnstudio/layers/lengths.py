"""Arithmetic on the lengths of axes, some of which are free.

A free length is a name such as ``"H"``. What layers make of it is written out, so that equal strings mean
equal lengths: a window that slides over ⌊(H + a) / b⌋ gives another length of that form, however many follow
each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import prod

from nnstudio.layers.spec import Dim

_FLOOR = re.compile(r"⌊(?:\((.+)([+-]\d+)\)|(.+))/(\d+)⌋\Z")
_OFFSET = re.compile(r"(.+)([+-]\d+)\Z")


def slide(length: Dim, window: int, stride: int = 1, padding: int = 0) -> Dim:
    """Return at how many places a window fits: ⌊(length + padding - window) / stride⌋ + 1.

    ``padding`` counts both ends together.
    """
    more = padding - window + stride
    if isinstance(length, int):
        return (length + more) // stride
    name, offset, divisor = _parts(length)
    offset += divisor * more
    divisor *= stride
    if divisor == 1:
        return f"{name}{offset:+}" if offset else name
    return f"⌊({name}{offset:+})/{divisor}⌋" if offset else f"⌊{name}/{divisor}⌋"


def add(lengths: Iterable[Dim]) -> Dim:
    """Return the sum."""
    known = list(lengths)
    fixed = sum(length for length in known if isinstance(length, int))
    free = sorted(length for length in known if isinstance(length, str))
    if not free:
        return fixed
    return slide(free[0] if len(free) == 1 else f"({'+'.join(free)})", 1, padding=fixed)


def multiply(lengths: Iterable[Dim]) -> Dim:
    """Return the product."""
    known = list(lengths)
    fixed = prod(length for length in known if isinstance(length, int))
    free = sorted(length for length in known if isinstance(length, str))
    if not free:
        return fixed
    if fixed == 1 and len(free) == 1:
        return free[0]
    factors = [length if length.isidentifier() else f"({length})" for length in free]
    return "·".join(([str(fixed)] if fixed != 1 else []) + factors)


def _parts(length: str) -> tuple[str, int, int]:
    """Take ⌊(name + offset) / divisor⌋ apart."""
    floor = _FLOOR.match(length)
    if floor:
        return floor[1] or floor[3], int(floor[2] or 0), int(floor[4])
    offset = _OFFSET.match(length)
    return (offset[1], int(offset[2]), 1) if offset else (length, 0, 1)
