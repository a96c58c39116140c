"""Round numbers beside a picture whose sides are axes."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from nnstudio.core.words import figure
from nnstudio.ui import theme

SIDE: Final = 40.0
"""Pixels that the numbers at the left side take."""
FOOT: Final = 20.0
"""Pixels that the numbers below take."""
_TICK: Final = 3.0
_ACROSS: Final = 46.0
_UP: Final = 36.0
"""Pixels between numbers, at least."""


def round_marks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Return at most ``most`` + 1 round numbers between two, with how they are written."""
    power = 10.0 ** floor(log10((high - low) / most))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power * most >= high - low)
    places = max(0, -floor(log10(step)))
    values = [number * step for number in range(ceil(low / step), floor(high / step) + 1)]
    return [(value, figure(value, f".{places}f")) for value in values]


def marks_across(room: QRectF, low: float, high: float) -> list[tuple[float, str]]:
    """Return the numbers below a room whose sides are ``low`` and ``high``: each with its x in pixels."""
    share = room.width() / (high - low)
    found = round_marks(low, high, max(2, int(room.width() / _ACROSS)))
    return [(room.left() + (value - low) * share, text) for value, text in found]


def marks_up(room: QRectF, low: float, high: float) -> list[tuple[float, str]]:
    """Return the numbers left of a room whose bottom and top are ``low`` and ``high``: each with its y in pixels."""
    share = room.height() / (high - low)
    found = round_marks(low, high, max(2, int(room.height() / _UP)))
    return [(room.bottom() - (value - low) * share, text) for value, text in found]


def paint_across(painter: QPainter, room: QRectF, low: float, high: float) -> None:
    """Write the numbers below a room; none leaves the picture."""
    painter.setPen(theme.current().mute)
    for x, text in marks_across(room, low, high):
        painter.drawLine(QPointF(x, room.bottom()), QPointF(x, room.bottom() + _TICK))
        half = painter.fontMetrics().horizontalAdvance(text) / 2.0 + 1.0
        middle = min(max(x, half), painter.window().width() - half)
        where = QRectF(middle - half, room.bottom() + _TICK, 2.0 * half, FOOT - _TICK)
        painter.drawText(where, Qt.AlignmentFlag.AlignCenter, text)


def paint_up(painter: QPainter, room: QRectF, low: float, high: float) -> None:
    """Write the numbers left of a room; none leaves the picture."""
    painter.setPen(theme.current().mute)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for y, text in marks_up(room, low, high):
        painter.drawLine(QPointF(room.left() - _TICK, y), QPointF(room.left(), y))
        painter.drawText(QRectF(0.0, max(0.0, y - 9.0), room.left() - 2.0 * _TICK, 18.0), right, text)
