"""Smart guides: what is in the hand falls in with the cards around it, and lines show with which.

The cards in view are sorted once, when something is taken up or the view moves on; after that a step of the hand looks
at the few that are within reach.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.ui.canvas.geometry import CARD_WIDTH, snap
from nnstudio.ui.canvas.overlay import TOP
from nnstudio.ui.theme import Theme

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas

REACH: Final = 6.0
"""How near, in pixels, something must be to fall in with another."""
_SAME: Final = 1e-3
_MOST_GAP: Final = 2 * CARD_WIDTH
"""Gaps wider than this are no pattern."""
_BEYOND: Final = 8.0
"""How far a line reaches beyond the cards that it joins."""
_TICK: Final = 4.0

_Rect = tuple[float, float, float, float]
"""Left, top, right and bottom."""
_Wire = tuple[QPointF, QPointF]
"""A port of what is in the hand, where it was taken up, and the port at the other end."""


class Guides:
    """What something in the hand can fall in with; ``offset`` is always how far it is from where it was taken up."""

    def __init__(self, moved: QRectF, wires: Iterable[_Wire] = ()) -> None:
        """Begin without any cards around.

        Args:
            moved: what is in the hand, where it was taken up.
            wires: those that hold it to the rest; they are straight where both ports are level.
        """
        self._moved = _sides(moved)
        self._wires = sorted(wires, key=lambda wire: wire[1].y() - wire[0].y())
        self._levels = [other.y() - own.y() for own, other in self._wires]
        self.look(())

    def look(self, cards: Iterable[QRectF]) -> None:
        """Fall in with these cards from now on."""
        self._cards = [_sides(card) for card in cards]
        self._sides = tuple(_Sides(self._moved, self._cards, axis) for axis in (0, 1))

    def pull(self, offset: QPointF, reach: float) -> tuple[float | None, float | None]:
        """Return the offset across and down that something within reach asks for; None where nothing does."""
        here = (offset.x(), offset.y())
        levels: tuple[list[float], list[float]] = ([], self._levels)
        found: list[float | None] = []
        for axis in (0, 1):
            wanted = [*self._sides[axis].near(here[axis], reach), *_within(levels[axis], here[axis], reach)]
            wanted += [gap for gap, _ in self._gaps(axis, here, reach) if abs(gap - here[axis]) <= reach]
            found.append(min(wanted, key=lambda value: abs(value - here[axis]), default=None))
        return found[0], found[1]

    def lines(self, offset: QPointF) -> list[QLineF]:
        """Return lines along which it is in line with others now: at most one for each axis, straight wires first."""
        here = (offset.x(), offset.y())
        first, last = bisect_left(self._levels, here[1] - _SAME), bisect_right(self._levels, here[1] + _SAME)
        found = [QLineF(own + offset, other) for own, other in self._wires[first:last]]
        for axis in (0,) if found else (0, 1):
            line = self._sides[axis].line(here)
            if line is not None:
                found.append(line)
        return found

    def gaps(self, offset: QPointF) -> list[QLineF]:
        """Return lines across the gaps that are equal now."""
        here = (offset.x(), offset.y())
        return [
            line
            for axis in (0, 1)
            for wanted, lines in self._gaps(axis, here, 0.0)
            if abs(wanted - here[axis]) <= _SAME
            for line in lines
        ]

    def _gaps(self, axis: int, here: tuple[float, float], reach: float) -> list[tuple[float, list[QLineF]]]:
        """Return the offsets that make gaps equal in the row or column it is in now, with lines across those gaps."""
        start = self._moved[axis]
        moved = _shifted(self._moved, here)
        mates = self._sides[1 - axis].beside(moved)
        slack = reach + _SAME
        before = sorted((mate for mate in mates if mate[axis + 2] <= moved[axis] + slack), key=lambda m: -m[axis + 2])
        after = sorted((mate for mate in mates if mate[axis] >= moved[axis + 2] - slack), key=lambda m: m[axis])
        size = moved[axis + 2] - moved[axis]
        found: list[tuple[float, list[QLineF]]] = []

        def offer(place: float, *pairs: tuple[_Rect | None, _Rect | None]) -> None:
            there = list(moved)
            there[axis], there[axis + 2] = place, place + size
            now = (there[0], there[1], there[2], there[3])
            lines = [_across(one or now, other or now, axis) for one, other in pairs]
            if all(0 < line.length() <= _MOST_GAP for line in lines):
                found.append((place - start, lines))

        if before and after:
            offer((before[0][axis + 2] + after[0][axis] - size) / 2, (before[0], None), (None, after[0]))
        if before:
            beyond = next((mate for mate in before[1:] if mate[axis + 2] < before[0][axis]), None)
            if beyond is not None:
                gap = before[0][axis] - beyond[axis + 2]
                offer(before[0][axis + 2] + gap, (beyond, before[0]), (before[0], None))
        if after:
            beyond = next((mate for mate in after[1:] if mate[axis] > after[0][axis + 2]), None)
            if beyond is not None:
                gap = beyond[axis] - after[0][axis + 2]
                offer(after[0][axis] - gap - size, (None, after[0]), (after[0], beyond))
        return found


class _Sides:
    """Along one axis: the offsets at which a side or the middle of what is moved is in line with that of a card."""

    def __init__(self, moved: _Rect, cards: list[_Rect], axis: int) -> None:
        self._moved = moved
        self._axis = axis
        found: list[tuple[float, int, _Rect]] = []
        for card in cards:
            low, high = card[axis] - moved[axis], card[axis + 2] - moved[axis + 2]
            found += [(low, 0, card), ((low + high) / 2, 1, card), (high, 2, card)]
        found.sort()
        self._found = found
        self._offsets = [offset for offset, _, _ in found]
        self._by_low = sorted(cards, key=lambda card: card[axis])
        self._lows = [card[axis] for card in self._by_low]
        self._longest = max((card[axis + 2] - card[axis] for card in cards), default=0.0)

    def near(self, here: float, reach: float) -> list[float]:
        """Return the offsets within reach."""
        return _within(self._offsets, here, reach)

    def line(self, here: tuple[float, float]) -> QLineF | None:
        """Return the line to the nearest card that it is in line with now."""
        axis, cross = self._axis, 1 - self._axis
        first = bisect_left(self._offsets, here[axis] - _SAME)
        last = bisect_right(self._offsets, here[axis] + _SAME)
        if first == last:
            return None
        moved = _shifted(self._moved, here)

        def distance(one: tuple[float, int, _Rect]) -> tuple[int, float]:
            card = one[2]
            return one[1], max(card[cross] - moved[cross + 2], moved[cross] - card[cross + 2])

        _, side, card = min(self._found[first:last], key=distance)
        place = (card[axis], (card[axis] + card[axis + 2]) / 2, card[axis + 2])[side]
        low = min(card[cross], moved[cross]) - _BEYOND
        high = max(card[cross + 2], moved[cross + 2]) + _BEYOND
        return QLineF(place, low, place, high) if axis == 0 else QLineF(low, place, high, place)

    def beside(self, moved: _Rect) -> list[_Rect]:
        """Return the cards that lie beside it along this axis: they share half of the smaller one's length."""
        low, high = moved[self._axis], moved[self._axis + 2]
        first = bisect_left(self._lows, low - self._longest)
        last = bisect_right(self._lows, high)
        found = []
        for card in self._by_low[first:last]:
            shared = min(high, card[self._axis + 2]) - max(low, card[self._axis])
            if 2 * shared >= min(high - low, card[self._axis + 2] - card[self._axis]):
                found.append(card)
        return found


def _within(offsets: list[float], here: float, reach: float) -> list[float]:
    return offsets[bisect_left(offsets, here - reach) : bisect_right(offsets, here + reach)]


def _sides(rect: QRectF) -> _Rect:
    return rect.left(), rect.top(), rect.right(), rect.bottom()


def _shifted(rect: _Rect, by: tuple[float, float]) -> _Rect:
    return rect[0] + by[0], rect[1] + by[1], rect[2] + by[0], rect[3] + by[1]


def _across(one: _Rect, other: _Rect, axis: int) -> QLineF:
    """Return the line across the gap between two rectangles, in the middle of what they share."""
    cross = 1 - axis
    level = (max(one[cross], other[cross]) + min(one[cross + 2], other[cross + 2])) / 2
    low, high = one[axis + 2], other[axis]
    return QLineF(low, level, high, level) if axis == 0 else QLineF(level, low, level, high)


class GuideLines(QGraphicsItem):
    """The lines that show with what something in the hand falls in, thin whatever the zoom."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._colour = theme.accent
        self.lines: list[QLineF] = []
        self.gaps: list[QLineF] = []
        self.setZValue(TOP)

    def hold(self, lines: list[QLineF], gaps: list[QLineF]) -> None:
        """Show these lines, and these across gaps, which have ends."""
        if (lines, gaps) != (self.lines, self.gaps):
            self.prepareGeometryChange()
            self.lines, self.gaps = lines, gaps

    def boundingRect(self) -> QRectF:
        """Return all lines, with their ends from far away."""
        rect = QRectF()
        for line in (*self.lines, *self.gaps):
            # Some lines have no width, and would not be united.
            rect = rect.united(QRectF(line.p1(), line.p2()).normalized().adjusted(-1.0, -1.0, 1.0, 1.0))
        return rect.adjusted(-4 * _TICK, -4 * _TICK, 4 * _TICK, 4 * _TICK)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint lines one pixel wide."""
        pen = QPen(self._colour, 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        tick = _TICK / painter.worldTransform().m11()
        ends = []
        for line in self.gaps:
            by = QPointF(0.0, tick) if line.dy() == 0 else QPointF(tick, 0.0)
            ends += [QLineF(place - by, place + by) for place in (line.p1(), line.p2())]
        painter.drawLines([*self.lines, *self.gaps, *ends])


class Snapping:
    """Where something in the hand goes: with the cards in view where it is near enough, else onto the grid."""

    def __init__(
        self, canvas: Canvas, moved: QRectF, anchor: QPointF, ids: frozenset[str], wires: Iterable[_Wire]
    ) -> None:
        """Take it up.

        Args:
            canvas: where.
            moved: what is in the hand, as it is taken up.
            anchor: the point that goes onto the grid.
            ids: the nodes that are in the hand.
            wires: those that hold it to the rest, by its own port and the other.
        """
        self._canvas = canvas
        self._anchor = anchor
        self._ids = ids
        self._guides = Guides(moved, wires)
        self._seen = QRectF()
        self._shown: GuideLines | None = None

    def place(self, offset: QPointF) -> QPointF:
        """Return how far to move something that the hand moved by ``offset``."""
        on_grid = snap(self._anchor + offset) - self._anchor
        if self._canvas.is_overview:  # a pixel is further there than all that could be meant
            return on_grid
        self._look()
        across, down = self._guides.pull(offset, REACH / self._canvas.zoom)
        return QPointF(on_grid.x() if across is None else across, on_grid.y() if down is None else down)

    def show(self, offset: QPointF) -> None:
        """Show with what it is in line."""
        if self._canvas.is_overview:
            self.clear()
            return
        if self._shown is None:
            self._shown = GuideLines(self._canvas.board.style_.theme)
            self._canvas.board.overlay(self._shown)
        self._shown.hold(self._guides.lines(offset), self._guides.gaps(offset))

    def clear(self) -> None:
        """Show nothing."""
        if self._shown is not None:
            self._canvas.board.remove_overlay(self._shown)
            self._shown = None

    def _look(self) -> None:
        seen = self._canvas.seen
        if seen != self._seen:
            self._seen = seen
            near = self._canvas.board.cards_near(seen)
            self._guides.look(card for id_, card in near.items() if id_ not in self._ids)


def snapping_of_cards(canvas: Canvas, ids: frozenset[str], anchor: QPointF) -> Snapping:
    """Return the snapping of cards that have just been taken up; hidden wires count for nothing."""
    board = canvas.board
    wires: list[_Wire] = []
    for edge in board.wires_at(ids):
        if (edge.source in ids) != (edge.target in ids) and board.wires[edge].isVisible():
            start, end = board.wire_ends(edge)
            wires.append((start, end) if edge.source in ids else (end, start))
    return Snapping(canvas, board.cards_rect(ids), anchor, ids, wires)
