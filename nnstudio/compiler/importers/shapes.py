"""Shapes as people type them."""

from __future__ import annotations

from nnstudio.core.words import tr

MOST = 10**6


def read_shape(text: str) -> tuple[int | str, ...]:
    """Read ``3,224,224`` or ``T,64``; a letter stands for a length that may vary.

    Raises:
        ValueError: it is no shape.
    """
    parts = [part.strip() for part in text.replace("×", ",").replace("，", ",").split(",")]
    if not all(part.isidentifier() or (part.isascii() and part.isdigit() and 0 < int(part) <= MOST) for part in parts):
        raise ValueError(tr("expected lengths such as 3,224,224, got {text}", text=repr(text)))
    return tuple(int(part) if part.isdigit() else "T" for part in parts)


def read_shapes(text: str) -> tuple[tuple[int | str, ...], ...]:
    """Read the shapes of several inputs, with semicolons between them; nothing gives none.

    Raises:
        ValueError: one is no shape.
    """
    return tuple(read_shape(part) for part in text.replace("；", ";").split(";")) if text.strip() else ()
