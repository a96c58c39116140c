"""Sizes and places on the canvas, in scene units: 1 unit is 1 pixel at 100 % zoom."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath

CARD_WIDTH: Final = 168.0
CARD_HEIGHT: Final = 112.0
GRID: Final = 8.0
GAP: Final = 48.0
"""Free space between two cards that follow each other."""

MARGIN: Final = 12.0
"""How far a card's outline, ports and the sheets of a stacked block reach beyond its edges."""

PORT_RADIUS: Final = 5.0
PORT_TOP: Final = 32.0
PORT_STEP: Final = 20.0

ARCH_CLEARANCE: Final = 36.0
ARCH_REACH: Final = 220.0
_NARROW: Final = 80.0
BEND: Final = 18.0
RUNGS: Final = 16
"""Rungs of the zoom ladder per octave. Zoom stands on a rung but during a pinch: cards are then as sharp as made."""
NOTCH: Final = 4
"""Rungs that one notch of the wheel goes: a quarter of an octave."""

MIN_ZOOM: Final = 0.05
MAX_ZOOM: Final = 4.0
GLANCE_ZOOM: Final = 0.54
"""Below this, cards say less in larger letters."""
OVERVIEW_ZOOM: Final = 0.25
"""Below this, cards are plain rectangles."""


def card_height(num_inputs: int, num_outputs: int) -> float:
    """Return how high a card is; only one with more than four ports on a side grows."""
    return max(CARD_HEIGHT, PORT_TOP + PORT_STEP * (max(num_inputs, num_outputs, 1) - 1) + 20.0)


def port_place(index: int, *, output: bool) -> QPointF:
    """Return where port number ``index`` of a side is, from the card's upper left corner."""
    return QPointF(CARD_WIDTH if output else 0.0, PORT_TOP + PORT_STEP * index)


def snap(place: QPointF) -> QPointF:
    """Return the nearest point of the grid."""
    return QPointF(round(place.x() / GRID) * GRID, round(place.y() / GRID) * GRID)


def zoom_step(zoom: float) -> float:
    """Return the smallest rung of the zoom ladder that is not below ``zoom``."""
    return math.pow(2.0, math.ceil(math.log2(zoom) * RUNGS - 1e-6) / RUNGS)


def step_zoom(zoom: float, rungs: int) -> float:
    """Go so many rungs up or down the zoom ladder from ``zoom``, within its ends."""
    rung = round(math.log2(zoom) * RUNGS) + rungs
    return min(MAX_ZOOM, max(MIN_ZOOM, math.pow(2.0, rung / RUNGS)))


def wire_path(start: QPointF, end: QPointF) -> QPainterPath:
    """Return the direct way of a wire: it leaves to the right and arrives from the left.

    One that has to go back runs level in between: through the room between the two cards' rows, or below both.
    """
    ahead = end.x() - start.x()
    if ahead < BEND:
        return rounded_path(back_corners(start, end), BEND)
    reach = min(150.0, max(24.0, ahead * 0.5))
    path = QPainterPath(start)
    path.cubicTo(start.x() + reach, start.y(), end.x() - reach, end.y(), end.x(), end.y())
    return path


def back_corners(start: QPointF, end: QPointF) -> list[QPointF]:
    """Return the corners of the way of a wire that has to go back, with both ends."""
    under = CARD_HEIGHT - PORT_TOP
    if end.y() - start.y() > CARD_HEIGHT + BEND:
        level = (start.y() + under + end.y() - PORT_TOP) / 2
    elif start.y() - end.y() > CARD_HEIGHT + BEND:
        level = (start.y() - PORT_TOP + end.y() + under) / 2
    else:
        level = max(start.y(), end.y()) + under + BEND
    right, left = start.x() + BEND, end.x() - BEND
    return [
        start,
        QPointF(right, start.y()),
        QPointF(right, level),
        QPointF(left, level),
        QPointF(left, end.y()),
        end,
    ]


def rounded_path(corners: list[QPointF], radius: float) -> QPainterPath:
    """Return straight lines through these points with round corners."""
    path = QPainterPath(corners[0])
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        entry, leave = before - corner, after - corner
        into, out = math.hypot(entry.x(), entry.y()), math.hypot(leave.x(), leave.y())
        turn = min(radius, into / 2 if before is not corners[0] else into, out / 2 if after is not corners[-1] else out)
        if turn > 0:
            path.lineTo(corner + entry * (turn / into))
            path.quadTo(corner, corner + leave * (turn / out))
    path.lineTo(corners[-1])
    return path


def arch_path(start: QPointF, end: QPointF, level: float, rise: float, fall: float) -> QPainterPath:
    """Return the way of a wire that runs level past what lies between its ends.

    Args:
        start: the output port.
        end: the input port, to the right of it.
        level: the y of its level stretch.
        rise: how far from the start the level is reached: in a wide arch, or steeply where that is short.
        fall: how far before the end it is left.
    """
    path = QPainterPath(start)
    _turn(path, start, QPointF(start.x() + rise, level), swing=1.0)
    path.lineTo(end.x() - fall, level)
    _turn(path, QPointF(end.x() - fall, level), end, swing=-1.0)
    return path


def _turn(path: QPainterPath, first: QPointF, second: QPointF, *, swing: float) -> None:
    """Change from one level to another: from a port in a swing, into a port likewise, or where it is narrow in an S."""
    across, along = second.x() - first.x(), second.y() - first.y()
    if across < _NARROW:
        path.cubicTo(first.x() + across * 0.6, first.y(), second.x() - across * 0.6, second.y(), second.x(), second.y())
    elif swing > 0:
        path.cubicTo(
            first.x() + across * 0.28, first.y() + along * 0.78, first.x() + across * 0.58, second.y(),
            second.x(), second.y(),
        )  # fmt: skip
    else:
        path.cubicTo(
            second.x() - across * 0.58, first.y(), second.x() - across * 0.28, second.y() - along * 0.78,
            second.x(), second.y(),
        )  # fmt: skip


def distance_to(path: QPainterPath, place: QPointF) -> tuple[float, QPointF]:
    """Return how far ``place`` is from a path, and the path's nearest point."""
    best, nearest = math.inf, path.pointAtPercent(0.0)
    for polygon in path.toSubpathPolygons():
        for number in range(polygon.count() - 1):
            first, second = polygon.at(number), polygon.at(number + 1)
            along = second - first
            length = QPointF.dotProduct(along, along)
            share = QPointF.dotProduct(place - first, along) / length if length else 0.0
            foot = first + along * min(1.0, max(0.0, share))
            gap = math.hypot(place.x() - foot.x(), place.y() - foot.y())
            if gap < best:
                best, nearest = gap, foot
    return best, nearest


def crosses(path: QPainterPath, line: QLineF) -> bool:
    """Whether a straight line crosses a path."""
    start, along = line.p1(), line.p2() - line.p1()
    for polygon in path.toSubpathPolygons():
        places = [polygon.at(number) for number in range(polygon.count())]
        sides = [along.x() * (place.y() - start.y()) - along.y() * (place.x() - start.x()) for place in places]
        for one, other, before, after in zip(places, places[1:], sides, sides[1:], strict=False):
            # Its ends lie on both sides of the line, and where it meets that is between the line's ends.
            if before * after <= 0 and before != after:
                meeting = one + (other - one) * (before / (before - after)) - start
                if 0 <= QPointF.dotProduct(meeting, along) <= QPointF.dotProduct(along, along):
                    return True
    return False


def card_rect(xy: tuple[float, float], height: float = CARD_HEIGHT) -> QRectF:
    """Return the rectangle of a card whose upper left corner is at ``xy``."""
    return QRectF(xy[0], xy[1], CARD_WIDTH, height)
