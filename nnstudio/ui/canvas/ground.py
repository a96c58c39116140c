"""The dotted ground of the canvas, in two strokes: one for the ground, one for all the dots."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

PERIOD: Final = 24.0
_CLOSEST: Final = 15.0
"""Dots are never closer than this on the screen; where they would be, every second one is left out."""
_DOT: Final = 2.0
"""Size of a dot in pixels, whatever the zoom."""
_STEP: Final = 8
"""Fields of dots come in sizes that differ by this, so that few are ever made."""


def paint_ground(painter: QPainter, rect: QRectF, ground: QColor, dots: QColor) -> None:
    """Fill ``rect``, in scene coordinates, with the ground's colour and a dot every few steps of the grid."""
    # fillRect would do; but asked for a colour it first brings forth all of Qt's gradients.
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRect(rect)
    zoom = painter.worldTransform().m11()
    period = PERIOD
    while period * zoom < _CLOSEST:
        period *= 2.0
    left, top = math.floor(rect.left() / period), math.floor(rect.top() / period)
    columns = math.ceil(rect.right() / period) - left + 1
    rows = math.ceil(rect.bottom() / period) - top + 1
    pen = QPen(dots, _DOT)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    corner = QPointF(left * period, top * period)
    painter.translate(corner)
    painter.drawPoints(_field(-(-columns // _STEP) * _STEP, -(-rows // _STEP) * _STEP, period))
    painter.translate(-corner)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


@lru_cache(maxsize=64)
def _field(columns: int, rows: int, period: float) -> QPolygonF:
    """Return the places of so many dots."""
    return QPolygonF([QPointF(column * period, row * period) for row in range(rows) for column in range(columns)])
