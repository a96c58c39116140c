"""How a card is painted: plain functions from a `Face` to strokes, on a sprite as well as on paper."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from nnstudio.ui import theme as themes
from nnstudio.ui.canvas.face import Dot, Face, Tone
from nnstudio.ui.canvas.geometry import CARD_WIDTH, GLANCE_ZOOM, MARGIN, PORT_RADIUS, port_place
from nnstudio.ui.icons import kind_icon, paint_kind_icon
from nnstudio.ui.theme import Theme, blend

if TYPE_CHECKING:
    from nnstudio.ui.canvas.message import Message

STRIPE = 6.0
RADIUS = 8.0
INDENT = 16.0
ICON = 16
SHEET = 4.0
"""How far each sheet of a block's stack looks out behind the one before it."""
DIMMED = 0.45
"""How much is seen of the cards that are not what is looked for."""

OPTIONAL_LESS = 1.25
"""By how much a port that may stay free is smaller."""
DIAMOND_MORE = 1.0
"""By how much further a diamond's corners reach than a circle, so that both look equally large."""

TILES = QRectF(INDENT, 53.0, CARD_WIDTH - INDENT - 12.0, 30.0)
"""Where the live tiles of a card go."""


_LEFT, _RIGHT = INDENT + ICON + 5.0, CARD_WIDTH - 12.0
"""Where the first row begins, and where all rows end."""
_BEYOND = 4.0
"""How far a long title may go beyond that."""
_APART = 8.0
_NARROWEST = 0.76
_SHORTEST, _LEAST = 46.0, 26.0
"""Room for which a name may push settings out of the row, and letters of the last setting."""
_MARKS = (" · ", ", ", "，")
"""What stands between two settings."""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What fits into the two upper rows of a card.

    Attributes:
        title, copies, name, line: as painted.
        narrowed: how wide the title's letters are painted, from 0.76 to 1.
        is_beside: whether the name stands beside the title; else behind the settings.
    """

    title: str
    narrowed: float
    copies: str
    name: str
    is_beside: bool
    line: str


class Style(msgspec.Struct, frozen=True, dict=True):
    """Colours and fonts of the canvas, taken once from the theme."""

    theme: Theme

    @cached_property
    def title(self) -> QFont:
        """Font of a card's title."""
        return _even(themes.font("strong"))

    @cached_property
    def small(self) -> QFont:
        """Font of everything else on a card."""
        return _even(themes.font("small"))

    @cached_property
    def title_metrics(self) -> QFontMetricsF:
        """Widths of the title font."""
        return QFontMetricsF(self.title)

    @cached_property
    def small_metrics(self) -> QFontMetricsF:
        """Widths of the small font."""
        return QFontMetricsF(self.small)

    @cached_property
    def dots(self) -> QColor:
        """Colour of the ground's dots: told from the ground, and quieter than any hairline."""
        return blend(self.theme.grid, self.theme.mute, 0.18)

    @cached_property
    def quiet(self) -> QColor:
        """Colour of words on a card where nothing is calculated: quieter, and still read easily."""
        return blend(self.theme.text, self.theme.raised, 0.35)

    def paper(self, face: Face) -> QColor:
        """Return the ground of a card."""
        theme = self.theme
        paper = blend(theme.block, theme.raised, 0.92) if face.is_block else theme.raised
        return blend(paper, theme.bg, 0.7) if face.is_bypassed else paper

    def dot(self, face: Face, dot: Dot) -> QColor:
        """Return the colour of a port: that of its layer's family, unless it is about positions in a table."""
        return self.theme.index if dot.carries == "index" else self.theme.family(face.family)

    def wire(self, *, index: bool) -> QColor:
        """Return the colour of a wire at rest; one that carries positions in a table has a tint."""
        theme = self.theme
        return blend(theme.index, theme.edge, 0.5) if index else theme.edge

    def tone(self, tone: Tone) -> QColor:
        """Return the colour of words about a problem: red keeps from training, amber warns, here as in every list."""
        theme = self.theme
        return {"wrong": theme.err, "doubtful": theme.warn, "open": theme.warn, "aside": theme.mute}[tone]

    def outline(self, face: Face) -> QColor:
        """Return the colour of a card's hairline."""
        theme = self.theme
        if face.is_wrong:
            return theme.err
        if face.is_doubtful:
            return theme.warn
        if face.is_bypassed:
            return blend(theme.mute, theme.line, 0.5)
        return blend(theme.block, theme.line, 0.5) if face.is_block else theme.line


def bounds(face: Face, message: Message | None) -> QRectF:
    """Return all that is painted of a node, from the card's upper left corner."""
    rect = QRectF(0.0, 0.0, CARD_WIDTH, face.height).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    return rect.united(message.rect) if message is not None else rect


def paint_card(
    painter: QPainter, face: Face, message: Message | None, style: Style, ratio: float | None, zoom: float = 1.0
) -> None:
    """Paint a node without what lies over it: selection, focus, live tiles.

    Args:
        painter: in the card's own coordinates, antialiased.
        face: what the card says.
        message: the words under it, if any.
        style: colours and fonts.
        ratio: device pixels per scene unit, for the icon; None paints the icon as strokes, for files and paper.
        zoom: logical pixels per scene unit: where these are few, only what can be read is written.
    """
    theme = style.theme
    card = QRectF(0.0, 0.0, CARD_WIDTH, face.height)
    hairline = QPen(style.outline(face), 1.0)
    if face.is_block:
        painter.setPen(hairline)
        for sheet in (2, 1):
            painter.setBrush(blend(style.paper(face), theme.bg, 0.28 * sheet))
            painter.drawRoundedRect(card.adjusted(SHEET * sheet, -SHEET * sheet, 0, 0), RADIUS, RADIUS)
    if face.is_wrong:
        halo = QColor(theme.err)
        halo.setAlphaF(0.28)
        painter.setPen(QPen(halo, 4.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(card.adjusted(-1, -1, 1, 1), RADIUS + 1, RADIUS + 1)
        hairline.setWidthF(1.5)
    if face.is_bypassed:
        hairline.setDashPattern([4.0, 3.0])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.paper(face))
    painter.drawRoundedRect(card, RADIUS, RADIUS)
    painter.setPen(hairline)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS - 0.5, RADIUS - 0.5)
    colour = theme.family(face.family)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(blend(colour, theme.raised, 0.5) if face.is_quiet else colour)
    painter.drawPath(_stripe(face.height))
    if face.is_run_through:
        painter.setPen(QPen(style.wire(index=face.carries(face.outputs[0]) == "index"), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(passing_path(face))
    if ratio is None or zoom >= GLANCE_ZOOM:
        _write(painter, face, style, ratio)
    else:
        from nnstudio.ui.canvas import glance  # of no use at 100 %

        glance.write(painter, face, style, zoom, ratio)
    _paint_ports(painter, face, style)
    if message is not None:
        message.paint(painter, theme.bg)


def passing_path(face: Face) -> QPainterPath:
    """Return the way through a skipped card, from the input that is passed on to the first output."""
    start, end = port_place(face.passing, output=False), port_place(0, output=True)
    path = QPainterPath(start)
    path.cubicTo(QPointF(CARD_WIDTH / 3, start.y()), QPointF(CARD_WIDTH * 2 / 3, end.y()), end)
    return path


def paint_dot(painter: QPainter, place: QPointF, dot: Dot, colour: QColor, ground: QColor, grown: float = 0.0) -> None:
    """Paint one port: a round dot for numbers, a diamond for positions in a table, a ring for anything.

    A port that may stay free is smaller, and open like the ring.

    Args:
        painter: in the card's own coordinates, antialiased.
        place: its middle.
        dot: what decides its shape.
        colour: of its line, and of its inside where that is filled.
        ground: of its inside where that is open.
        grown: by how much it is larger than it is at rest.
    """
    is_open = dot.carries is None or dot.optional
    radius = PORT_RADIUS - 0.5 + grown - (OPTIONAL_LESS if dot.optional else 0.0)
    rim = [] if is_open else [(QPen(ground, 1.0), 1.0)]  # tells it from the stripe, which has its colour
    for pen, more in (*rim, (QPen(colour, 1.5 if dot.optional else 2.0), 0.0)):
        painter.setPen(pen)
        painter.setBrush(ground if is_open else colour)
        if dot.carries == "index":
            painter.drawPolygon(diamond(place, radius + more + DIAMOND_MORE))
        else:
            painter.drawEllipse(place, radius + more, radius + more)


def diamond(place: QPointF, reach: float) -> QPolygonF:
    """Return a square that stands on its corner; ``reach`` is from its middle to a corner."""
    across, down = QPointF(reach, 0.0), QPointF(0.0, reach)
    return QPolygonF([place - down, place + across, place + down, place - across])


def dots(face: Face) -> Iterator[tuple[QPointF, bool, str, Dot]]:
    """Give each port of a card: where it is, whether it is an output, its name, and how it looks."""
    for output, names, looks in ((False, face.inputs, face.input_dots), (True, face.outputs, face.output_dots)):
        for index, name in enumerate(names):
            yield port_place(index, output=output), output, name, looks[index] if index < len(looks) else Dot()


def paint_outline(painter: QPainter, face: Face, style: Style, *, selected: bool, focused: bool) -> None:
    """Paint what shows that a card is selected, and that the keyboard is at it."""
    card = QRectF(0.0, 0.0, CARD_WIDTH, face.height)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if selected:
        halo = QColor(style.theme.accent)
        halo.setAlphaF(0.32)
        painter.setPen(QPen(halo, 4.0))
        painter.drawRoundedRect(card.adjusted(-2, -2, 2, 2), RADIUS + 2, RADIUS + 2)
        painter.setPen(QPen(style.theme.accent, 1.5))
        painter.drawRoundedRect(card, RADIUS, RADIUS)
        _paint_ports(painter, face, style)
    if focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(style.theme.accent, 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(card.adjusted(-6, -6, 6, 6), RADIUS + 4, RADIUS + 4)


def paint_found(painter: QPainter, face: Face, style: Style) -> None:
    """Paint what shows that a card is among those that were looked for."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(style.theme.warn, 2.0))
    painter.drawRoundedRect(QRectF(0.0, 0.0, CARD_WIDTH, face.height).adjusted(-3, -3, 3, 3), RADIUS + 3, RADIUS + 3)


def _write(painter: QPainter, face: Face, style: Style, ratio: float | None) -> None:
    theme, small = style.theme, style.small_metrics
    colour = theme.family(face.family)
    text, mute = theme.text, theme.mute
    if face.is_quiet:
        text = mute = style.quiet
    if ratio is None:
        paint_kind_icon(painter, QRectF(INDENT - 1, 11.0, ICON, ICON), face.kind, colour)
    else:
        painter.drawPixmap(QPointF(INDENT - 1, 11.0), kind_icon(face.kind, colour, ICON, ratio))
    words = arrange(face, style)
    first, second = 23.5, 47.0 if face.is_bypassed else 44.0  # the wire through a skipped card runs between
    painter.setFont(style.title)
    painter.setPen(text)
    painter.save()
    painter.translate(_LEFT, first)
    painter.scale(words.narrowed, 1.0)
    painter.drawText(QPointF(0.0, 0.0), words.title)
    painter.restore()
    painter.setFont(style.small)
    painter.setPen(mute)
    wide = style.title_metrics.horizontalAdvance(words.title) * words.narrowed
    painter.drawText(QPointF(_LEFT + wide, first), words.copies)
    start = _RIGHT - small.horizontalAdvance(words.name)
    painter.drawText(QPointF(start, first if words.is_beside else second), words.name)
    painter.drawText(QPointF(INDENT, second), words.line)
    base = face.height - 12.0
    count = small.elidedText(face.parameters, Qt.TextElideMode.ElideRight, 84.0)
    painter.drawText(QPointF(_RIGHT - small.horizontalAdvance(count), base), count)
    painter.setPen(text)
    room = _RIGHT - INDENT - small.horizontalAdvance(count) - 8.0
    painter.drawText(QPointF(INDENT, base), small.elidedText(face.shape, Qt.TextElideMode.ElideRight, room))


def arrange(face: Face, style: Style) -> Words:
    """Find room for title, name and settings of a card in its two upper rows.

    The title comes first: one that is a little too long is painted narrower. The name stands beside it, or else behind
    the settings. Where it has no room in either place, it loses letters before a setting is left out; letters in its
    middle, as names often differ in their ends.
    """
    small = style.small_metrics
    copies = f" × {face.copies}" if face.copies > 1 else ""
    after = small.horizontalAdvance(copies)
    room = _RIGHT + _BEYOND - _LEFT - after
    natural = style.title_metrics.horizontalAdvance(face.title)
    narrowed = max(_NARROWEST, min(1.0, room / natural)) if natural else 1.0
    title = style.title_metrics.elidedText(face.title, Qt.TextElideMode.ElideRight, room / narrowed + 0.5)
    beside = _RIGHT - _LEFT - style.title_metrics.horizontalAdvance(title) * narrowed - after - _APART
    row, wanted = _RIGHT - INDENT, small.horizontalAdvance(face.name)
    line = fit(face.line, small, row)
    for least in (_SHORTEST, _LEAST):
        if max(beside, row - small.horizontalAdvance(line) - _APART) < min(wanted, least):
            shorter = fit(face.line, small, row - min(wanted, least) - _APART)
            line = shorter if least == _LEAST or not shorter.endswith("…") else line
    behind = row - (small.horizontalAdvance(line) + _APART if line else 0.0)
    is_beside = beside >= wanted or (behind < wanted and beside >= behind)
    place = beside if is_beside else behind
    name = small.elidedText(face.name, Qt.TextElideMode.ElideMiddle, place)
    return Words(title=title, narrowed=narrowed, copies=copies, name=name, is_beside=is_beside, line=line)


def fit(text: str, metrics: QFontMetricsF, room: float) -> str:
    """Shorten a row of settings: whole settings go before letters do."""
    while metrics.horizontalAdvance(text) > room and (ends := [text.rfind(mark) for mark in _MARKS if mark in text]):
        text = text[: max(ends)]
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)


def _paint_ports(painter: QPainter, face: Face, style: Style) -> None:
    for place, _, _, dot in dots(face):
        paint_dot(painter, place, dot, style.dot(face, dot), style.paper(face))


def _stripe(height: float) -> QPainterPath:
    """Return the card's left edge, round at its two corners as the card is."""
    turn = math.degrees(math.acos(1.0 - STRIPE / RADIUS))
    path = QPainterPath()
    path.arcMoveTo(QRectF(0.0, 0.0, 2 * RADIUS, 2 * RADIUS), 180.0 - turn)
    path.arcTo(QRectF(0.0, 0.0, 2 * RADIUS, 2 * RADIUS), 180.0 - turn, turn)
    path.arcTo(QRectF(0.0, height - 2 * RADIUS, 2 * RADIUS, 2 * RADIUS), 180.0, turn)
    path.closeSubpath()
    return path


def _even(font: QFont) -> QFont:
    """Return the font without hinting: widths then grow evenly with the zoom."""
    even = QFont(font)
    even.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return even
