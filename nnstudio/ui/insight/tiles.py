"""Rows of numbers as small square pictures with words below, all in one scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import msgspec
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.insight.signed import signed_image

if TYPE_CHECKING:
    import numpy.typing as npt

_GAP: Final = 10.0
_LARGEST: Final = 132.0
_SMALLEST: Final = 18.0
_LEGIBLE: Final = 22.0
"""Height of a picture for which room is asked."""
_LOWEST: Final = 60


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


class Tiles(Described):
    """Pictures from left to right, in rows; orange is below zero, blue above."""

    pressed = Signal(int, int, int)
    """This picture was clicked, at this row and column."""

    def __init__(self, name: str, parent: QWidget | None = None, *, largest: float = _LARGEST) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, _LOWEST)
        self._largest = largest
        self._legible = min(_LEGIBLE, largest)
        self._words: tuple[str, ...] = ()
        self._values: tuple[npt.NDArray[Any], ...] = ()
        self.hint = ""
        """What a click does, said with every number."""
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
        self._values = tuple(squared(tile.values) for tile in tiles)
        pairs = zip(tiles, self._values, strict=True)
        self.images = tuple(signed_image(values, tile.reach or reach) for tile, values in pairs)
        self._words = tuple(tile.words for tile in tiles)
        self.setAccessibleDescription(", ".join(word for word in self._words if word))
        self._keep_in_view()
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other widths take other numbers of rows."""
        super().resizeEvent(event)
        self._keep_in_view()

    def cell_at(self, place: QPointF) -> tuple[int, int, int] | None:
        """Return which picture is at a place, and which of its rows and columns; None beside them."""
        for number, rect in enumerate(self.places()):
            if rect.contains(place):
                image, at = self.images[number], place - rect.topLeft()
                row = min(image.height() - 1, int(at.y() / rect.height() * image.height()))
                column = min(image.width() - 1, int(at.x() / rect.width() * image.width()))
                return number, row, column
        return None

    def describe(self, place: QPointF) -> str:
        """Say what number stands at a place."""
        cell = self.cell_at(place)
        if cell is None:
            return ""
        number, row, column = cell
        value = self._values[number][row, column]
        told = tr("row {row}, column {column}: {value:.4g}", row=row + 1, column=column + 1, value=value)
        return "\n".join(filter(None, (self._words[number], told, self.hint)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which picture was clicked, and where."""
        cell = self.cell_at(QPointF(event.position()))
        if cell is not None:
            self.pressed.emit(*cell)
        else:
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

    def _keep_in_view(self) -> None:
        """Ask for the height at which all pictures are in view, in a size that can still be read."""
        if self.images:
            wide = self._legible * self.images[0].width() / self.images[0].height()
            high = self._rows(wide) * (self._legible + self._foot() + _GAP) - _GAP + 2.0
            self.setMinimumHeight(max(_LOWEST, math.ceil(high)))

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
