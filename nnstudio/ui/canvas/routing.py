"""Which way a wire goes: straight ahead, past the cards that stand in between, or back around them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from nnstudio.ui.canvas.geometry import (
    ARCH_CLEARANCE,
    ARCH_REACH,
    BEND,
    CARD_HEIGHT,
    CARD_WIDTH,
    GAP,
    PORT_TOP,
    arch_path,
    back_corners,
    rounded_path,
    wire_path,
)

CardsIn = Callable[[QRectF], Iterable[QRectF]]
"""Gives the rectangles of the cards that touch a rectangle, without those at the ends of the wire."""

Span = tuple[float, float]

_SAMPLES: Final = 24
_MAX_RISE: Final = 560.0
_SKIRT: Final = 6.0
_PASSED: Final = 0.55
"""Which part of its way up an arch has made where the next column begins."""

_EDGE: Final = 14.0
"""What a wire keeps from cards at least."""

_NARROWEST: Final = 2 * _EDGE
"""Room between two cards that a wire still goes through."""

_CLOSE: Final = CARD_WIDTH * 0.75
_STEEP: Final = 3.0
"""A wire that goes so many times further down than ahead takes a lane between the columns."""

_TURN: Final = GAP - 4.0
"""How much room a wire needs to change its level between two columns."""

_LEDGE: Final = 28.0
"""How far from a card a wire goes that leads back around others."""


Ends = tuple[QRectF, QRectF]
"""The cards that a wire begins and ends at."""


def is_long(start: QPointF, end: QPointF) -> bool:
    """Whether a card fits between the two ends or the wire leads back, so that one may be in the way."""
    return not BEND <= end.x() - start.x() <= _CLOSE or abs(end.y() - start.y()) > _STEEP * CARD_HEIGHT


def route(start: QPointF, end: QPointF, cards_in: CardsIn, ends: Ends | None = None) -> QPainterPath:
    """Return the way from an output port to an input port.

    A wire that can go straight ahead does. Otherwise it runs level where there is room, with as little way up and down
    as can be: in its own row and a turn at one end, or above or below all that is between. One that leads back, or much
    more down than ahead, goes around what is in its way. Where that would take it too far, it goes straight, behind
    the cards.
    """
    ahead, along = end.x() - start.x(), abs(end.y() - start.y())
    if ahead < BEND:
        return _route_back(start, end, cards_in, ends)
    direct = wire_path(start, end)
    if not is_long(start, end):
        return direct
    steep = ahead > _CLOSE and along > _STEEP * ahead
    if not steep and not _blocking(direct, list(cards_in(corridor(start, end)))):
        return direct
    if steep or ahead <= _CLOSE:
        return _route_back(start, end, cards_in, ends)
    room = QRectF(start, end).normalized().adjusted(24.0, -_MAX_RISE, -24.0, _MAX_RISE)
    spans = [(card.top(), card.bottom()) for card in cards_in(room)]
    level = _free(spans, start.y(), end.y(), ARCH_CLEARANCE, _apart(ahead))
    if level is None or min(abs(level - start.y()), abs(level - end.y())) > _MAX_RISE:
        return direct
    source, target = ends or (_card(start), _card(end))
    rise, fall = _reach(start, end, level, source, cards_in), _reach(end, start, level, target, cards_in)
    way = arch_path(start, end, level, rise, fall)
    if ahead < along and _blocking(way, list(cards_in(way.controlPointRect()))):
        return _route_back(start, end, cards_in, ends)
    return way


def _apart(length: float) -> float:
    """Return how much further out a wire of some length goes, so that arches within an arch keep apart."""
    return min(120.0, 0.8 * math.sqrt(length))


def corridor(start: QPointF, end: QPointF) -> QRectF:
    """Return the rectangle that a direct wire stays in."""
    return QRectF(start, end).normalized().adjusted(4.0, -_SKIRT, -4.0, _SKIRT)


def _blocking(path: QPainterPath, cards: list[QRectF]) -> list[QRectF]:
    if not cards:
        return []
    places = [path.pointAtPercent(number / _SAMPLES) for number in range(1, _SAMPLES)]
    return [card for card in cards if any(card.contains(place) for place in places)]


def _free(
    spans: list[Span], first: float, second: float, clearance: float, further: float, edge: float = _EDGE
) -> float | None:
    """Return the place outside all spans from which it is nearest to two places together, or best one of these.

    It keeps ``clearance`` and ``further`` from the spans where there is room for that, and less between two spans that
    are close to each other.
    """
    best: float | None = None
    low = -math.inf
    for top, bottom in [*sorted(spans), (math.inf, 0.0)]:
        room = top - low
        if room >= _NARROWEST:
            margin = clearance + further if room > 4 * clearance else min(_EDGE + 0.8 * further, room * 0.7)
            for wanted in (first, second):
                place = top - margin if wanted > top - edge else low + margin if wanted < low + edge else wanted
                if best is None or _detour(place, first, second) < _detour(best, first, second) - 1.0:
                    best = place
        low = max(low, bottom)
    return best


def _detour(place: float, first: float, second: float) -> float:
    """Return how far it is to both places; to change only once counts a little less, and that late least."""
    bends = (place != first) + (place != second)
    return abs(place - first) + abs(place - second) + 4.0 * bends + 2.0 * (place == second)


def _reach(port: QPointF, other: QPointF, level: float, card: QRectF, cards_in: CardsIn) -> float:
    """Return how long a wire may take to get from a port to its level: short where cards stand in the corner."""
    reach = min(ARCH_REACH, abs(other.x() - port.x()) * 0.5)
    ahead = 1.0 if other.x() > port.x() else -1.0
    above = level < port.y()
    # A long way up or down passes the corner of what stands beside the port in its own row; a short one does not.
    near = card.top() if above else card.bottom()
    near = port.y() if abs(level - port.y()) * _PASSED < abs(near - port.y()) else near + (-_SKIRT if above else _SKIRT)
    if (near <= level) if above else (near >= level):
        return reach
    corner = QRectF(QPointF(port.x() + ahead * _TURN, near), QPointF(port.x() + ahead * reach, level)).normalized()
    return min(reach, _TURN) if any(True for _ in cards_in(corner)) else reach


def _route_back(start: QPointF, end: QPointF, cards_in: CardsIn, ends: Ends | None) -> QPainterPath:
    source, target = ends or (_card(start), _card(end))
    right, left = start.x() + BEND, end.x() - BEND
    if target.top() > source.bottom() + CARD_HEIGHT:
        way = _past_rows(start, end, source.bottom() + BEND, target.top() - BEND, cards_in)
    elif source.top() > target.bottom() + CARD_HEIGHT:
        way = _past_rows(start, end, source.top() - BEND, target.bottom() + BEND, cards_in)
    else:
        way = None
    if way is not None:
        return rounded_path(way, BEND)
    corners = back_corners(start, end)
    upper, lower = sorted((source, target), key=QRectF.top)
    level = lower.top() - BEND  # close to the lower cards, as words may stand below the upper ones
    near = [*corners[:2], QPointF(right, level), QPointF(left, level), *corners[4:]]
    if level > upper.bottom() + BEND and _is_free(near, cards_in):
        return rounded_path(near, BEND)
    if _is_free(corners, cards_in):
        return rounded_path(corners, BEND)
    # Below, not above: there the wires go that skip something ahead.
    lowest = max(source.bottom(), target.bottom())
    room = QRectF(QPointF(left, lowest), QPointF(right, lowest + _MAX_RISE)).normalized()
    spans = [(-math.inf, lowest), *((card.top(), card.bottom()) for card in cards_in(room))]
    below = _free(spans, start.y(), end.y(), _LEDGE, _apart(abs(right - left)) / 2)
    if below is not None:
        corners[2:4] = [QPointF(right, below), QPointF(left, below)]
    return rounded_path(corners, BEND)


def _past_rows(start: QPointF, end: QPointF, first: float, last: float, cards_in: CardsIn) -> list[QPointF] | None:
    """Return a way past rows of cards: out at one level, along a lane where there is room, and in at another level."""
    right, left = start.x() + BEND, end.x() - BEND
    room = QRectF(QPointF(left, first), QPointF(right, last)).normalized().adjusted(-_MAX_RISE, 0, _MAX_RISE, 0)
    spans = [(card.left(), card.right()) for card in cards_in(room)]
    lane = _free(spans, right, left, _LEDGE, _apart(abs(last - first)) / 2, edge=_LEDGE)
    if lane is None:
        return None
    out = [QPointF(right, start.y()), QPointF(right, first), QPointF(lane, first)]
    if lane >= right and _is_empty(QPointF(right, start.y()), out[-1], cards_in):
        out = [QPointF(lane, start.y())]
    into = [QPointF(lane, last), QPointF(left, last), QPointF(left, end.y())]
    if lane <= left and _is_empty(into[0], QPointF(left, end.y()), cards_in):
        into = [QPointF(lane, end.y())]
    return [start, *out, *into, end]


def _card(port: QPointF) -> QRectF:
    return QRectF(port.x(), port.y() - PORT_TOP, 0.0, CARD_HEIGHT)


def _is_free(corners: list[QPointF], cards_in: CardsIn) -> bool:
    return all(_is_empty(corners[at], corners[at + 1], cards_in) for at in range(1, len(corners) - 2))


def _is_empty(first: QPointF, second: QPointF, cards_in: CardsIn) -> bool:
    room = QRectF(first, second).normalized().adjusted(-_SKIRT, -_SKIRT, _SKIRT, _SKIRT)
    return not any(True for _ in cards_in(room))
