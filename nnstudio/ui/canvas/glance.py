"""What a card says from half the size down: its title and its shape as large as they are read, bars for the rest."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from nnstudio.ui.canvas.card import ICON, INDENT, Style
from nnstudio.ui.canvas.face import Face
from nnstudio.ui.canvas.geometry import CARD_WIDTH
from nnstudio.ui.icons import kind_icon
from nnstudio.ui.theme import blend

_TITLE, _SHAPE = 9.6, 8.8
"""Least height of letters on the screen, in pixels."""
_CHINESE: Final = 1.2
"""How much larger Chinese characters have to be."""
_ROOM: Final = CARD_WIDTH - INDENT - 10.0
_NARROWEST: Final = 0.82
_BAR: Final = 9.0


def write(painter: QPainter, face: Face, style: Style, zoom: float, ratio: float) -> None:
    """Write on a card that is seen at ``zoom``; ``ratio`` is device pixels per scene unit."""
    theme = style.theme
    text, bar = theme.text, blend(theme.mute, style.paper(face), 0.62)
    if face.is_quiet:
        text, bar = style.quiet, blend(bar, theme.raised, 0.3)
    high = max(14.0, _least(face.title, _TITLE) / zoom)
    base = max(23.5, 7.0 + high)
    font, metrics = fitted(style.title, high)
    beside = ICON + 5.0 if metrics.horizontalAdvance(face.title) <= _ROOM - ICON - 5.0 else 0.0
    if beside:
        colour = theme.family(face.family)
        painter.drawPixmap(
            QPointF(INDENT - 1, base - high * 0.36 - ICON / 2), kind_icon(face.kind, colour, ICON, ratio)
        )
    painter.setFont(font)
    painter.setPen(text)
    title = shorten(face.title, metrics, _ROOM - beside)
    write_narrow(painter, QPointF(INDENT + beside, base), title, metrics, _ROOM - beside)
    low = max(12.0, _least(face.shape, _SHAPE) / zoom)
    foot = face.height - 11.0
    font, metrics = fitted(style.small, low)
    wide = metrics.horizontalAdvance(face.shape)
    bars = []
    if face.shape and wide * _NARROWEST <= _ROOM:
        painter.setFont(font)
        write_narrow(painter, QPointF(INDENT, foot), face.shape, metrics, _ROOM)
        foot -= low
    elif face.shape:
        bars.append(QRectF(INDENT, foot - _BAR, _ROOM * 0.6, _BAR))
        foot -= 2 * _BAR
    said = style.small_metrics.horizontalAdvance(face.line or face.name)
    if foot - base > 2 * _BAR and said:
        middle = (base + high * 0.12 + foot) / 2
        bars.append(QRectF(INDENT, middle - _BAR / 2, min(said, _ROOM), _BAR))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(bar)
    for rect in bars:
        painter.drawRoundedRect(rect, _BAR / 2, _BAR / 2)


def write_narrow(painter: QPainter, place: QPointF, text: str, metrics: QFontMetricsF, room: float) -> None:
    """Write a text that `shorten` has brought into ``room``, a little narrower where it has to be."""
    natural = metrics.horizontalAdvance(text)
    painter.save()
    painter.translate(place)
    painter.scale(min(1.0, room / natural) if natural else 1.0, 1.0)
    painter.drawText(QPointF(0.0, 0.0), text)
    painter.restore()


def shorten(text: str, metrics: QFontMetricsF, room: float) -> str:
    """Return what of a text fits if it may be written a little narrower: words go first, then letters."""
    room /= _NARROWEST
    while " " in text and metrics.horizontalAdvance(text) > room:
        text = text[: text.rindex(" ")]
    while text and metrics.horizontalAdvance(text) > room:
        text = text[:-1]  # dots would take the room of letters
    return text


def _least(text: str, pixels: float) -> float:
    return pixels * _CHINESE if any(letter > "\u2e80" for letter in text) else pixels


def fitted(font: QFont, high: float) -> tuple[QFont, QFontMetricsF]:
    """Return a font so many pixels high, and its widths."""
    return _sized(font.toString(), tuple(font.families()), round(high))


@lru_cache(maxsize=64)
def _sized(described: str, families: tuple[str, ...], high: int) -> tuple[QFont, QFontMetricsF]:
    font = QFont()
    font.fromString(described)
    font.setFamilies(list(families))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setPixelSize(high)
    return font, QFontMetricsF(font)
