"""Rows of numbers as small square pictures with words below, all in one scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import msgspec
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.ui import theme
from nnstudio.ui.insight.signed import signed_image

if TYPE_CHECKING:
    import numpy.typing as npt

_GAP: Final = 10.0
_LARGEST: Final = 132.0
_SMALLEST: Final = 18.0


class Tile(msgspec.Struct, frozen=True, eq=False):
    """One picture.

    Attributes:
        values: numbers in a row, or ``(height, width)``.
        words: what stands below; empty for nothing.
        reach: absolute value of the full colours; 0 for that of all pictures.
    """

    values: npt.NDArray[Any]
    words: str = ""
    reach: float = 0.0


class Tiles(QWidget):
    """Pictures from left to right, in rows; orange is below zero, blue above."""

    pressed = Signal(int, int, int)
    """This picture was clicked, at this row and column."""

    def __init__(self, name: str, parent: QWidget | None = None, *, largest: float = _LARGEST) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 60)
        self._largest = largest
        self._words: tuple[str, ...] = ()
        self.images: tuple[QImage, ...] = ()

    def show_tiles(self, tiles: tuple[Tile, ...], reach: float = 0.0) -> None:
        """Show other pictures.

        Args:
            tiles: the numbers and words.
            reach: absolute value of the full colours; 0 for the largest of all numbers.
        """
        import numpy as np

        if reach <= 0.0:
            reach = max((float(np.nan_to_num(np.abs(tile.values)).max(initial=0.0)) for tile in tiles), default=0.0)
        self.images = tuple(signed_image(squared(tile.values), tile.reach or reach) for tile in tiles)
        self._words = tuple(tile.words for tile in tiles)
        self.setAccessibleDescription(", ".join(word for word in self._words if word))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a row."""
        return QSize(420, 150)

    def places(self) -> list[QRectF]:
        """Return where the pictures are painted, all in view if they can be."""
        if not self.images:
            return []
        shape = self.images[0].width() / self.images[0].height()
        foot = self._foot()
        edge = self._largest
        while edge > _SMALLEST and self._rows(edge * shape) * (edge + foot + _GAP) - _GAP > self.height() - 2.0:
            edge -= 1.0
        wide, across = edge * shape, self._across(edge * shape)
        return [
            QRectF(1.0 + number % across * (wide + _GAP), 1.0 + number // across * (edge + foot + _GAP), wide, edge)
            for number in range(len(self.images))
        ]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which picture was clicked, and where."""
        place = QPointF(event.position())
        for number, rect in enumerate(self.places()):
            if rect.contains(place):
                image, at = self.images[number], place - rect.topLeft()
                row = min(image.height() - 1, int(at.y() / rect.height() * image.height()))
                column = min(image.width() - 1, int(at.x() / rect.width() * image.width()))
                self.pressed.emit(number, row, column)
                return
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint pictures, hard-edged, and words."""
        painter, colours, metrics = QPainter(self), theme.current(), QFontMetricsF(self.font())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for image, words, rect in zip(self.images, self._words, self.places(), strict=True):
            painter.drawImage(rect, image)
            painter.setPen(QPen(colours.line, 1.0))
            painter.drawRect(rect)
            if words:
                painter.setPen(colours.mute)
                room = QRectF(rect.left(), rect.bottom() + 2.0, rect.width() + _GAP - 2.0, self._foot())
                painter.drawText(room, metrics.elidedText(words, Qt.TextElideMode.ElideRight, room.width()))

    def _foot(self) -> float:
        return QFontMetricsF(self.font()).height() + 2.0 if any(self._words) else 0.0

    def _across(self, wide: float) -> int:
        return max(1, int((self.width() + _GAP - 2.0) / (wide + _GAP)))

    def _rows(self, wide: float) -> int:
        return -(-len(self.images) // self._across(wide))


def squared(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Fold a row of numbers into rows of a square where it fills one; else it stays one row."""
    if values.ndim > 1:
        return values
    side = math.isqrt(values.size)
    return values.reshape(side, side) if side * side == values.size else values.reshape(1, -1)
