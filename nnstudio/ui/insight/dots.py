"""Points of many samples, painted from a few stamps: hundreds of round outlines would hold the window up."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap


def paint_dot(painter: QPainter, place: QPointF, radius: float, fill: QColor, edge: QColor, width: float) -> None:
    """Paint a point with an edge, to the nearest pixel."""
    ratio = painter.device().devicePixelRatio()
    stamp = _stamp(radius, fill.rgba(), edge.rgba(), width, ratio)
    half = stamp.width() / ratio / 2.0
    x, y = round((place.x() - half) * ratio) / ratio, round((place.y() - half) * ratio) / ratio
    painter.drawPixmap(QPointF(x, y), stamp)


@lru_cache(maxsize=256)
def _stamp(radius: float, fill: int, edge: int, width: float, ratio: float) -> QPixmap:
    side = 2 * math.ceil((radius + width) * ratio) + 1
    stamp = QPixmap(side, side)
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor.fromRgba(edge), width))
    painter.setBrush(QColor.fromRgba(fill))
    middle = side / ratio / 2.0
    painter.drawEllipse(QPointF(middle, middle), radius, radius)
    painter.end()
    return stamp
