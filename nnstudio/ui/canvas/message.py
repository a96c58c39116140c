"""The words under a wrong card, with mends that can be pressed."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QTextCharFormat, QTextLayout, QTextOption

from nnstudio.ui.canvas.card import Style
from nnstudio.ui.canvas.face import Trouble
from nnstudio.ui.canvas.geometry import BEND, CARD_WIDTH
from nnstudio.ui.controls import unbroken

_GAP = 8.0
_PAD = 5.0
MESSAGE_WIDTH = CARD_WIDTH + BEND - 2.0 - _PAD
"""Words and their veil end before a wire that leads back."""
_LINE = "\u2028"


class Link(msgspec.Struct, frozen=True):
    """One mend among the words under a card: which of the problem's fixes, and where its words are."""

    index: int
    rects: tuple[QRectF, ...]


class Message:
    """The words under a wrong card, broken into lines. Places are from the card's upper left corner."""

    def __init__(self, trouble: Trouble, style: Style, top: float) -> None:
        self._colour = style.tone(trouble.tone)
        below: set[int] = set()
        spans, height = self._lay_out(trouble, style, below)
        while torn := {index for index, span in enumerate(spans) if self._is_torn(*span)} - below:
            below.add(min(torn))  # what follows it moves up or down with that
            spans, height = self._lay_out(trouble, style, below)
        self.rect = QRectF(-_PAD, top + _GAP - _PAD, MESSAGE_WIDTH + 2 * _PAD, height + 2 * _PAD)
        self._at = QPointF(0.0, top + _GAP)
        self.links = tuple(
            Link(index, tuple(self._rects(start, length))) for index, (start, length) in enumerate(spans)
        )

    def link_at(self, place: QPointF) -> int | None:
        """Return which fix's words are at ``place``."""
        return next((link.index for link in self.links if any(rect.contains(place) for rect in link.rects)), None)

    def paint(self, painter: QPainter, ground: QColor) -> None:
        """Write the words on a veil that keeps wires and dots from running through them."""
        veil = QColor(ground)
        veil.setAlphaF(0.86)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(veil)
        painter.drawRoundedRect(self.rect, 4.0, 4.0)
        painter.setPen(self._colour)
        self._layout.draw(painter, self._at)

    def _lay_out(self, trouble: Trouble, style: Style, below: set[int]) -> tuple[list[tuple[int, int]], float]:
        """Break the words into lines, those of some mends on lines of their own; return where mends are, and height."""
        text, spans = unbroken(trouble.message), list[tuple[int, int]]()
        for index, fix in enumerate(trouble.fixes):
            text += _LINE if index in below else "  " if not spans else "  ·  "
            spans.append((_units(text), _units(fix)))
            text += unbroken(fix)
        self._layout = QTextLayout(text, style.small)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        self._layout.setFormats([_underlined(start, length) for start, length in spans])
        return spans, self._break_lines()

    def _is_torn(self, start: int, length: int) -> bool:
        first, last = (self._layout.lineForTextPosition(place) for place in (start, start + length - 1))
        return first.lineNumber() != last.lineNumber()

    def _break_lines(self) -> float:
        height = 0.0
        self._layout.beginLayout()
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(MESSAGE_WIDTH)
            line.setPosition(QPointF(0.0, height))
            height += line.height()
        self._layout.endLayout()
        return height

    def _rects(self, start: int, length: int) -> list[QRectF]:
        found: list[QRectF] = []
        for number in range(self._layout.lineCount()):
            line = self._layout.lineAt(number)
            first, last = max(start, line.textStart()), min(start + length, line.textStart() + line.textLength())
            if first < last:
                left, right = _x_of(line.cursorToX(first)), _x_of(line.cursorToX(last))
                found.append(
                    QRectF(left, line.y(), right - left, line.height()).translated(self._at).adjusted(-1, -1, 1, 1)
                )
        return found


def _underlined(start: int, length: int) -> QTextLayout.FormatRange:
    span = QTextLayout.FormatRange()
    span.start, span.length = start, length
    look = QTextCharFormat()
    look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
    span.format = look
    return span


def _units(text: str) -> int:
    """Return how long Qt thinks a text is: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _x_of(answer: object) -> float:
    """Unpack cursorToX, which gives the place and the cursor's number."""
    place = answer[0] if isinstance(answer, tuple) else answer
    assert isinstance(place, float)
    return place
