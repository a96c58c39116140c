"""Named numbers as bars on a logarithmic axis."""

from __future__ import annotations

import math
from typing import Final

import msgspec
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.core.words import figure
from nnstudio.ui import theme

_ROW: Final = 22.0
_LABEL: Final = 130.0
_VALUE: Final = 74.0
_FOOT: Final = 20.0
_DECADES: Final = 3
"""The axis spans at least so many powers of ten."""


class LogBar(msgspec.Struct, frozen=True):
    """One bar: its name, its number (above 0, or 0, or not finite), its colour."""

    name: str
    value: float
    colour: QColor


class LogBars(QWidget):
    """Bars from the left, one below the other; a bar's end stands at its number."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self._bars: tuple[LogBar, ...] = ()

    @property
    def bars(self) -> tuple[LogBar, ...]:
        """What it shows, from top to bottom."""
        return self._bars

    def show_bars(self, bars: tuple[LogBar, ...]) -> None:
        """Show other numbers."""
        if len(bars) != len(self._bars):
            self.setMinimumHeight(round(len(bars) * _ROW + _FOOT))
        self._bars = bars
        self.setAccessibleDescription(", ".join(f"{bar.name} {figure(bar.value, '.3g')}" for bar in bars))
        self.update()

    def sizeHint(self) -> QSize:
        """Every bar in a row of its own."""
        return QSize(420, round(len(self._bars) * _ROW + _FOOT))

    def axis(self) -> tuple[int, int]:
        """Return the powers of ten at both ends."""
        known = [bar.value for bar in self._bars if bar.value > 0.0 and math.isfinite(bar.value)]
        if not known:
            return -_DECADES, 0
        low, high = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
        return min(low - (10.0**low == min(known)), high - _DECADES), high

    def rect_of(self, index: int) -> QRectF:
        """Return where a bar is painted; of no width for 0, across the whole axis where a number is not finite."""
        low, high = self.axis()
        value, room = self._bars[index].value, max(10.0, self.width() - _LABEL - _VALUE)
        share = 1.0 if not math.isfinite(value) else 0.0
        if value > 0.0 and math.isfinite(value):
            share = (math.log10(value) - low) / (high - low)
        return QRectF(_LABEL, index * _ROW + 4.0, room * share, _ROW - 8.0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint names, bars, numbers and the axis."""
        if not self._bars:
            return
        painter, colours, metrics = QPainter(self), theme.current(), QFontMetricsF(self.font())
        low, high = self.axis()
        room = max(10.0, self.width() - _LABEL - _VALUE)
        bottom = len(self._bars) * _ROW
        every = max(1, math.ceil((high - low) / max(1.0, room / 46.0)))
        for power in range(low, high + 1, every):
            x = _LABEL + room * (power - low) / (high - low)
            painter.setPen(QPen(colours.line, 1.0))
            painter.drawLine(round(x), 0, round(x), round(bottom))
            painter.setPen(colours.mute)
            painter.drawText(
                QRectF(x - 30.0, bottom + 2.0, 60.0, _FOOT - 2.0),
                Qt.AlignmentFlag.AlignHCenter,
                figure(10.0**power, ".0e"),
            )
        for index, bar in enumerate(self._bars):
            rect, top = self.rect_of(index), index * _ROW
            painter.fillRect(rect, bar.colour)
            painter.setPen(colours.mute)
            name = metrics.elidedText(bar.name, Qt.TextElideMode.ElideMiddle, _LABEL - 10.0)
            painter.drawText(QRectF(0.0, top, _LABEL - 10.0, _ROW), Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(colours.text)
            painter.drawText(
                QRectF(rect.right() + 6.0, top, _VALUE, _ROW), Qt.AlignmentFlag.AlignVCenter, figure(bar.value, ".2e")
            )
