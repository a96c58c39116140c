"""Which way a wire goes: straight ahead, or in an arch over the cards that stand in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from nnstudio.ui.canvas.geometry import ARCH_CLEARANCE, CARD_WIDTH, arch_path, wire_path

CardsIn = Callable[[QRectF], Iterable[QRectF]]
"""Gives the rectangles of the cards that touch a rectangle, without those at the ends of the wire."""

_SAMPLES: Final = 24
_MAX_RISE: Final = 560.0
_SKIRT: Final = 6.0


def is_long(start: QPointF, end: QPointF) -> bool:
    """Whether a card fits between the two ends, so that one may be in the way."""
    return end.x() - start.x() > CARD_WIDTH * 0.75


def route(start: QPointF, end: QPointF, cards_in: CardsIn) -> QPainterPath:
    """Return the way from an output port to an input port.

    A wire that can go straight ahead does. Otherwise it rises over what is in the way, and over what it meets up
    there. Where that would take it too far, it goes straight, behind the cards.
    """
    direct = wire_path(start, end)
    if not is_long(start, end):
        return direct
    blocking = _blocking(direct, list(cards_in(corridor(start, end))))
    if not blocking:
        return direct
    highest = min(start.y(), end.y())
    level = min(highest, *(rect.top() for rect in blocking)) - ARCH_CLEARANCE
    for _attempt in range(8):
        strip = QRectF(start.x() + 24.0, level - _SKIRT, end.x() - start.x() - 48.0, 2 * _SKIRT)
        met = [rect.top() for rect in cards_in(strip)]
        if not met:
            break
        level = min(met) - ARCH_CLEARANCE
    if highest - level > _MAX_RISE:
        return direct
    # Arches within an arch keep apart.
    return arch_path(start, end, level - min(48.0, (end.x() - start.x()) * 0.02))


def corridor(start: QPointF, end: QPointF) -> QRectF:
    """Return the rectangle that a direct wire stays in."""
    return QRectF(start, end).normalized().adjusted(4.0, -_SKIRT, -4.0, _SKIRT)


def _blocking(path: QPainterPath, cards: list[QRectF]) -> list[QRectF]:
    if not cards:
        return []
    places = [path.pointAtPercent(number / _SAMPLES) for number in range(1, _SAMPLES)]
    return [card for card in cards if any(card.contains(place) for place in places)]
