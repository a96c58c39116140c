"""Numbers of a vector as upright bars from a common zero line, made as one picture: many small strokes are slow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QColor, QImage

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

WIDEST: Final = 20.0
"""How wide a bar is at most, with the gap after it."""
_THINNEST: Final = 2.0
_BROAD: Final = 8.0
"""Bars from this width on have a gap of two pixels after them, others of one."""


def bars_image(
    values: npt.NDArray[np.float32],
    size: tuple[int, int],
    colours: tuple[QColor, QColor],
    ratio: float = 1.0,
    widest: float = WIDEST,
) -> QImage:
    """Paint a vector, bars from the left.

    Args:
        values: (units,), not empty; where there are more than fit, a bar stands for the one furthest from 0 of several.
        size: width and height of the room in logical pixels.
        colours: of the bars, and of the line at 0.
        ratio: pixels of the device per logical pixel.
        widest: how wide a bar may be, with the gap after it.
    """
    import numpy as np

    width, height = max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))
    numbers = _thinned(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), size[0])
    low, high = min(0.0, float(numbers.min())), max(0.0, float(numbers.max()))
    scale = height / (high - low) if high > low else 0.0
    zero = high * scale if scale else float(height)
    pitch = bar_width(len(numbers), size[0], widest) * ratio
    gap = ratio * (1.0 if pitch < _BROAD * ratio else 2.0)
    x, y = np.arange(width), np.arange(height)
    bar = (x / pitch).astype(np.intp)
    inside = (bar < len(numbers)) & (x - bar * pitch < max(ratio, pitch - gap))
    ends = zero - numbers[np.minimum(bar, len(numbers) - 1)] * scale
    top, bottom = np.minimum(ends, zero), np.maximum(ends, zero)
    middle = y[:, None] + 0.5
    pixels = np.zeros((height, width), dtype=np.uint32)
    line = min(height - 1, int(zero))
    pixels[line : line + max(1, round(ratio)), : round(pitch * len(numbers))] = colours[1].rgba()
    pixels[inside & (middle >= top) & (middle <= bottom)] = colours[0].rgba()
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()
    image.setDevicePixelRatio(ratio)
    return image


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
