"""Numbers of a vector as upright bars from a common zero line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

WIDEST: Final = 20.0
"""How wide a bar is at most, with the gap after it."""
_THINNEST: Final = 2.0


def paint_bars(
    painter: QPainter,
    values: npt.NDArray[np.float32],
    rect: QRect,
    colour: QColor,
    line: QColor,
    widest: float = WIDEST,
) -> None:
    """Paint a vector into ``rect``, from the left.

    Args:
        painter: where to.
        values: (units,); where there are more than fit, a bar stands for the one furthest from 0 of several.
        rect: the room.
        colour: of the bars.
        line: of the line at 0.
        widest: how wide a bar may be, with the gap after it.
    """
    import numpy as np

    numbers = _thinned(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), rect.width())
    low, high = min(0.0, float(numbers.min())), max(0.0, float(numbers.max()))
    scale = rect.height() / (high - low) if high > low else 0.0
    zero = rect.top() + high * scale if scale else rect.bottom() + 1.0
    width = bar_width(len(numbers), rect.width(), widest)
    inner = max(1.0, width - (1.0 if width < 8.0 else 2.0))
    painter.fillRect(QRectF(rect.left(), zero - 0.5, width * len(numbers), 1.0), line)
    for place, number in enumerate(numbers.tolist()):
        height = abs(number) * scale
        top = zero - height if number > 0.0 else zero
        painter.fillRect(QRectF(rect.left() + place * width, top, inner, height), colour)


def bar_width(count: int, room: int, widest: float = WIDEST) -> float:
    """Return how wide one of ``count`` bars is, with the gap after it."""
    return max(_THINNEST, min(widest, room / max(1, count)))


def unit_at(x: float, count: int, room: int, widest: float = WIDEST) -> int | None:
    """Return which of ``count`` units is shown ``x`` pixels from the left, counted from 0."""
    shown = min(count, _most(room))
    bar = int(x / bar_width(shown, room, widest))
    return bar * count // shown if 0 <= bar < shown else None


def _most(room: int) -> int:
    return max(1, int(room / _THINNEST))


def _thinned(numbers: npt.NDArray[np.float32], room: int) -> npt.NDArray[np.float32]:
    """Keep the number furthest from 0 of each group of neighbours, so that no peak is lost."""
    import numpy as np

    most = _most(room)
    if len(numbers) <= most:
        return numbers
    starts = np.arange(most) * len(numbers) // most
    highest, lowest = np.maximum.reduceat(numbers, starts), np.minimum.reduceat(numbers, starts)
    return np.where(highest >= -lowest, highest, lowest)
