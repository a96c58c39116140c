"""Samples side by side, each with some pictures below each other: the sample, what is true, what the network says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from nnstudio.ui import theme
from nnstudio.ui.described import Described

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

MOST: Final = 12
"""Samples at a time."""

_GAP: Final = 10.0
_LINE: Final = 18.0
_SMALLEST: Final = 24.0
_LARGEST: Final = 224.0
_CAPTION: Final = 96.0
"""A line below a picture takes so much width at most, where the picture is narrower."""
_WORDS_FROM: Final = 130.0
"""In smaller pictures words would hide what is seen; the tooltip has them."""


class Frame(msgspec.Struct, frozen=True):
    """A box on a picture, as shares of it: left, top, width, height; and what is written at it."""

    place: tuple[float, float, float, float]
    colour: QColor
    text: str = ""
    dashed: bool = False


class Tile(msgspec.Struct, frozen=True):
    """A picture with boxes on it."""

    image: QImage
    frames: tuple[Frame, ...] = ()


class Column(msgspec.Struct, frozen=True):
    """One sample: its pictures from top to bottom, a line below, and what a tooltip says."""

    tiles: tuple[Tile, ...]
    caption: str
    words: str = ""


class TileRows(Described):
    """Columns as large as there is room; further ones that do not fit are left out."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("tile_rows")
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)
        self.headings: tuple[str, ...] = ()
        self.columns: tuple[Column, ...] = ()

    def show_columns(self, headings: tuple[str, ...], columns: Sequence[Column]) -> None:
        """Show other samples; a heading stands before each row of pictures."""
        self.headings = headings
        self.columns = tuple(columns)
        rows = max(1, len(headings))
        self.setMinimumHeight(math.ceil(max(90.0, rows * _SMALLEST + (rows - 1) * _GAP + _LINE)))
        self.setAccessibleDescription("; ".join(column.words or column.caption for column in columns))
        self.update()

    def sizeHint(self) -> QSize:
        """Two rows of six."""
        return QSize(640, 240)

    @property
    def side(self) -> float:
        """How long the side of a picture is."""
        rows = max(1, len(self.headings))
        tall = (self.height() - _LINE - (rows - 1) * _GAP) / rows
        wide = (self.width() - self._margin) / max(1, min(3, len(self.columns))) - _GAP
        return max(_SMALLEST, min(_LARGEST, tall, wide))

    def place(self, column: int, row: int) -> QRectF:
        """Return where a picture is painted."""
        side, pitch = self.side, self._pitch
        left = self._margin + column * pitch + (pitch - _GAP - side) / 2.0
        return QRectF(left, row * (side + _GAP), side, side)

    @property
    def num_shown(self) -> int:
        """How many samples there is room for."""
        across = int((self.width() - self._margin + _GAP) / self._pitch)
        return max(1, min(len(self.columns), across))

    @property
    def _pitch(self) -> float:
        """How far one column is from the next: what stands below a small picture is seen whole."""
        metrics = QFontMetricsF(self.font())
        words = max((metrics.horizontalAdvance(column.caption) for column in self.columns), default=0.0)
        return max(self.side, min(_CAPTION, words + 1.0)) + _GAP

    @property
    def _margin(self) -> float:
        metrics = QFontMetricsF(self.font())
        return max((metrics.horizontalAdvance(text) for text in self.headings), default=0.0) + 14.0

    def describe(self, place: QPointF) -> str:
        """Say what is known of the sample at a place."""
        over = (
            column.words or column.caption
            for number, column in enumerate(self.columns[: self.num_shown])
            if any(self.place(number, row).contains(place) for row in range(len(column.tiles)))
        )
        return next(over, "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what fits."""
        painter, colours = QPainter(self), theme.current()
        metrics = QFontMetricsF(self.font())
        for row, heading in enumerate(self.headings):
            room = self.place(0, row)
            painter.setPen(colours.mute)
            painter.drawText(QRectF(0.0, room.top(), self._margin - 10.0, room.height()), _MIDDLE, heading)
        for number, column in enumerate(self.columns[: self.num_shown]):
            for row, tile in enumerate(column.tiles):
                self._paint_tile(painter, self.place(number, row), tile)
            foot = self.place(number, len(column.tiles) - 1)
            room = QRectF(0.0, foot.bottom(), self._pitch - _GAP, _LINE)
            room.moveLeft(foot.center().x() - room.width() / 2.0)
            caption = metrics.elidedText(column.caption, Qt.TextElideMode.ElideRight, room.width())
            painter.setPen(colours.text if number == 0 else colours.mute)
            painter.drawText(room, _CENTRE, caption)

    def _paint_tile(self, painter: QPainter, room: QRectF, tile: Tile) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        painter.drawImage(room, tile.image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        metrics = QFontMetricsF(self.font())
        for frame in tile.frames:
            left, top, width, height = frame.place
            box = QRectF(
                room.left() + left * room.width(),
                room.top() + top * room.height(),
                width * room.width(),
                height * room.height(),
            ).intersected(room)
            style = Qt.PenStyle.DashLine if frame.dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(frame.colour, 2.0, style))
            painter.drawRect(box)
            if frame.text and room.width() >= _WORDS_FROM:
                self._paint_words(painter, metrics, room, box, frame)

    def _paint_words(self, painter: QPainter, metrics: QFontMetricsF, room: QRectF, box: QRectF, frame: Frame) -> None:
        width, height = metrics.horizontalAdvance(frame.text) + 6.0, metrics.height()
        left = min(box.left() - 1.0, room.right() - width)
        top = box.top() - height if box.top() - height >= room.top() else min(box.bottom(), room.bottom() - height)
        sign = QRectF(left, top, width, height)
        painter.fillRect(sign, frame.colour)
        painter.setPen(theme.ink_on(frame.colour))
        painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, frame.text)


_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_CENTRE: Final = Qt.AlignmentFlag.AlignCenter


def shown_rows(session: Session) -> tuple[int, ...] | None:
    """Return the chosen sample and those that follow it, of its part of the data; None before the data are there."""
    dataset, sample = session.bridge.dataset, session.bridge.sample
    if dataset is None or sample is None:
        return None
    part = dataset.validation if sample in dataset.validation else dataset.training
    at = int(part.searchsorted(sample))
    return tuple(int(part[(at + step) % len(part)]) for step in range(min(MOST, len(part))))
