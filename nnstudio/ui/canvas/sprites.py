"""Painted cards, kept: one sprite per node and zoom step, the least used dropped when memory is short.

A frame paints only so many new ones. For the rest it lays down the last sprite of another zoom step, stretched; the
frames after it paint what is still missing, so that no frame is slow and the picture is sharp soon.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

BUDGET: Final = 96 * 1024 * 1024
"""Bytes of all sprites together."""
FRESH: Final = 72
"""How many cards one frame paints: more than there are in view at 100 %."""

Paint = Callable[[QPainter], None]


class Sprites:
    """A cache of pictures by key.

    Attributes:
        is_behind: whether the frame painted last had to make do with old pictures.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self.is_behind = False
        self._budget = budget
        self._bytes = 0
        self._kept: OrderedDict[Hashable, QPixmap] = OrderedDict()
        self._last: dict[int, Hashable] = {}
        self._left: int | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable, rect: QRectF, scale: float, ratio: float, paint: Paint) -> QPixmap:
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

    def get_soon(
        self, owner: int, rect: QRectF, scale: float, ratio: float, paint: Paint
    ) -> tuple[QPixmap | None, bool]:
        """Return the sprite of a card, or an older one while the frame has painted enough; and whether it is right.

        ``owner`` is the number of the card with all it says; everything else is as for `get`. There is no sprite of a
        card that was never painted before.
        """
        key = (owner, scale, ratio)
        if self._left is not None and key not in self._kept:
            if self._left == 0:
                self.is_behind = True
                return self._kept.get(self._last.get(owner)), False
            self._left -= 1
        self._last[owner] = key
        return self.get(key, rect, scale, ratio, paint), True

    @contextmanager
    def frame(self) -> Iterator[None]:
        """Within this, only so many cards are painted."""
        self._left, self.is_behind = FRESH, False
        try:
            yield
        finally:
            self._left = None

    def clear(self) -> None:
        """Drop everything."""
        self._kept.clear()
        self._last.clear()
        self._bytes = 0


def paint_sprite(rect: QRectF, scale: float, ratio: float, paint: Paint) -> QPixmap:
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
