"""Arithmetic on the lengths of axes, some of which are free.

A free length is a name such as ``"H"``. What layers make of it is written out, so that equal strings mean
equal lengths: a window that slides over ⌊(H + a) / b⌋ gives another length of that form, however many follow
each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

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


def stretch(length: Dim, factor: int, more: int = 0) -> Dim:
    """Return factor · length + more."""
    if isinstance(length, int):
        return factor * length + more
    name, offset, divisor = _parts(length)
    if factor == 1 or divisor > 1:
        return slide(multiply([factor, length]), 1, padding=more)
    return slide(multiply([factor, name]), 1, padding=factor * offset + more)


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
    return _product(*factors(lengths))


def divide(lengths: Iterable[Dim], by: Iterable[Dim]) -> Dim | None:
    """Return the product of some lengths divided by that of others; None where it does not come out even.

    What is free divides only what bears the same name.
    """
    fixed, free = factors(lengths)
    divisor, names = factors(by)
    rest = list(free)
    for name in names:
        if name not in rest:
            return None
        rest.remove(name)
    return _product(fixed // divisor, tuple(rest)) if fixed % divisor == 0 else None


def factors(lengths: Iterable[Dim]) -> tuple[int, tuple[str, ...]]:
    """Take the product of some lengths apart, into one number and what is free: ``12·T`` and ``H`` are 12, H, T."""
    fixed, free = 1, []
    for length in lengths:
        for part in _split(length) if isinstance(length, str) else (length,):
            if isinstance(part, int):
                fixed *= part
            else:
                free.append(part)
    return fixed, tuple(sorted(free))


def _product(fixed: int, free: tuple[str, ...]) -> Dim:
    if not free:
        return fixed
    if fixed == 1 and len(free) == 1:
        return free[0]
    return "·".join(
        [
            *([str(fixed)] if fixed != 1 else []),
            *(length if length.isidentifier() else f"({length})" for length in free),
        ]
    )


def _split(length: str) -> list[Dim]:
    """Split a product at its dots; a sum, or what stands in brackets, is one factor."""
    parts, depth = [""], 0
    for sign in length:
        depth += (sign in "(⌊") - (sign in ")⌋")
        if depth == 0 and sign in "+-/":
            return [length]
        if depth == 0 and sign == "·":
            parts.append("")
        else:
            parts[-1] += sign
    return [int(part) if part.isdigit() else _bare(part) for part in parts]


def _bare(part: str) -> str:
    """Take away brackets around the whole."""
    inner = part[1:-1]
    depth = 0
    for sign in inner:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return part
    return inner if part[:1] == "(" and part[-1:] == ")" else part


def _parts(length: str) -> tuple[str, int, int]:
    """Take ⌊(name + offset) / divisor⌋ apart."""
    floor = _FLOOR.match(length)
    if floor:
        return floor[1] or floor[3], int(floor[2] or 0), int(floor[4])
    offset = _OFFSET.match(length)
    return (offset[1], int(offset[2]), 1) if offset else (length, 0, 1)
