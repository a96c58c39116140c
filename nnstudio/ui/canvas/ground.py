"""The dotted ground of the canvas, as one textured rectangle."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap, QTransform

PERIOD: Final = 24.0
_CLOSEST: Final = 15.0
"""Dots are never closer than this on the screen; where they would be, every second one is left out."""


def paint_ground(painter: QPainter, rect: QRectF, ground: QColor, dots: QColor) -> None:
    """Fill ``rect``, in scene coordinates, with the ground's colour and a dot every few steps of the grid."""
    painter.fillRect(rect, ground)
    zoom = painter.worldTransform().m11()
    period = PERIOD
    while period * zoom < _CLOSEST:
        period *= 2.0
    ratio = painter.device().devicePixelRatio()
    pixels = max(1, round(period * zoom * ratio))
    brush = QBrush(_dot(pixels, ratio, dots.rgba()))
    share = period / pixels
    brush.setTransform(QTransform(share, 0.0, 0.0, share, -period / 2, -period / 2))
    painter.fillRect(rect, brush)


@lru_cache(maxsize=64)
def _dot(pixels: int, ratio: float, colour: int) -> QPixmap:
    """Return a clear square with one dot in the middle."""
    tile = QPixmap(pixels, pixels)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor.fromRgba(colour))
    painter.drawEllipse(QPointF(pixels / 2, pixels / 2), 1.0 * ratio, 1.0 * ratio)
    painter.end()
    return tile
