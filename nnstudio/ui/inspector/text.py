"""Sizes and shapes as a person types them, to values and back."""

from __future__ import annotations

import re

from nnstudio.core.graph import Value

_BETWEEN = re.compile(r"\s*[×,;*]\s*|\s+[xX]\s+|(?<=\d)[xX](?=\d)|\s+")


def parse_lengths(text: str) -> tuple[int | str, ...]:
    """Split ``3 × 224 × 224``, ``3, 224, 224`` or ``T x 128`` into whole numbers and names.

    What is no whole number stays text, so that the parameter's check can say what was expected.
    """
    bare = text.strip().strip("()[]").strip(" ,;")
    parts = [part for part in _BETWEEN.split(bare) if part]
    return tuple(int(part) if part.isascii() and part.lstrip("-").isdigit() else part for part in parts)


def parse_size(text: str, axes: int = 2) -> Value:
    """Read ``3``, ``3 × 5`` or a word; nothing at all is None. Equal numbers for all axes come out as one."""
    lengths = parse_lengths(text)
    if not lengths:
        return None
    if len(set(lengths)) == 1 and len(lengths) in (1, axes):
        return lengths[0]
    return lengths


def write_size(value: Value, axes: int = 2) -> str:
    """Write a size as the form shows it: ``3 × 3`` for 3 on two axes, a word as it is, None as nothing."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return write_lengths((value,) * axes)
    return write_lengths(value)


def write_lengths(value: Value) -> str:
    """Write a shape as the form shows it: ``1 × 32 × 32``."""
    return " × ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
