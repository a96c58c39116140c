"""Painted cards, kept: one sprite per node and zoom step, the least used dropped when memory is short."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

BUDGET: Final = 96 * 1024 * 1024
"""Bytes of all sprites together."""


class Sprites:
    """A cache of pictures by key."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._bytes = 0
        self._kept: OrderedDict[Hashable, QPixmap] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(
        self, key: Hashable, rect: QRectF, scale: float, ratio: float, paint: Callable[[QPainter], None]
    ) -> QPixmap:
        """Return the sprite of ``key``, painted now if it is not kept.

        Args:
            key: what the picture depends on, its scale included.
            rect: the part of the item's own coordinates that it shows.
            scale: logical pixels per unit of ``rect``.
            ratio: device pixels per logical pixel.
            paint: paints in the item's own coordinates.
        """
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            return known
        made = paint_sprite(rect, scale, ratio, paint)
        self._kept[key] = made
        self._bytes += _size(made)
        while self._bytes > self._budget and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])
        return made

    def clear(self) -> None:
        """Drop everything."""
        self._kept.clear()
        self._bytes = 0


def paint_sprite(rect: QRectF, scale: float, ratio: float, paint: Callable[[QPainter], None]) -> QPixmap:
    """Paint a picture of ``rect`` on clear ground; it knows its ``ratio``."""
    factor = scale * ratio
    picture = QPixmap(max(1, round(rect.width() * factor)), max(1, round(rect.height() * factor)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(factor, factor)
    painter.translate(-rect.topLeft())
    paint(painter)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def _size(picture: QPixmap) -> int:
    return picture.width() * picture.height() * 4
