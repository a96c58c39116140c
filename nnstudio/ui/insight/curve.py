"""A small curve: numbers in their order, with a level that may be marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.core.words import figure
from nnstudio.ui import theme
from nnstudio.ui.described import Described

_LEFT: Final = 52.0
_FOOT: Final = 20.0
_TOP: Final = 18.0
_DOTS: Final = 40
"""So few numbers get a dot each."""


class Curve(Described):
    """One line from left to right."""

    def __init__(self, name: str, across: str, parent: QWidget | None = None) -> None:
        """``across`` says what is counted from left to right."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(140, 90)
        self._across = across
        self._first = 0.0
        self._stride = 1.0
        self.values: tuple[float, ...] = ()
        self.levels: tuple[tuple[float, str], ...] = ()

    def show_values(
        self,
        values: Sequence[float],
        levels: tuple[tuple[float, str], ...] = (),
        *,
        first: float = 0.0,
        stride: float = 1.0,
    ) -> None:
        """Show other numbers.

        Args:
            values: heights, from left to right, all finite.
            levels: heights that are marked by a dashed line, and what they are called.
            first: what the first one stands at.
            stride: how far one number is from the next.
        """
        self.values, self.levels = tuple(values), levels
        self._first, self._stride = first, stride
        ends = f"{figure(self.values[0])} – {figure(self.values[-1])}" if self.values else ""
        self.setAccessibleDescription(ends)
        self.update()

    def sizeHint(self) -> QSize:
        """A little wider than high."""
        return QSize(300, 170)

    def span(self) -> tuple[float, float]:
        """Return the heights at the bottom and at the top."""
        known = [*self.values, *(level for level, _ in self.levels)]
        low, high = min(known), max(known)
        room = (high - low) * 0.06 or max(1.0, abs(high)) * 0.5
        return low - room, high + room

    def points(self) -> list[QPointF]:
        """Return where the numbers are painted."""
        if not self.values:
            return []
        plot, (low, high) = self._plot(), self.span()
        step = plot.width() / max(1, len(self.values) - 1)
        return [
            QPointF(plot.left() + number * step, plot.bottom() - (value - low) / (high - low) * plot.height())
            for number, value in enumerate(self.values)
        ]

    def describe(self, place: QPointF) -> str:
        """Say what the nearest number is."""
        if not self.values or not self._plot().contains(place):
            return ""
        share = (place.x() - self._plot().left()) / self._plot().width()
        number = round(share * (len(self.values) - 1))
        return f"{self._across} {figure(self._first + self._stride * number, 'g')}: {figure(self.values[number])}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint axes, levels and the line."""
        if not self.values:
            return
        painter, colours, metrics = QPainter(self), theme.current(), QFontMetricsF(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot, (low, high) = self._plot(), self.span()
        painter.setPen(QPen(colours.line, 1.0))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.drawLine(plot.bottomLeft(), plot.topLeft())
        painter.setPen(colours.mute)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in (min(self.values), max(self.values)):
            y = plot.bottom() - (value - low) / (high - low) * plot.height()
            painter.drawText(QRectF(0.0, y - 8.0, _LEFT - 8.0, 16.0), right, figure(value))
        foot = QRectF(plot.left(), plot.bottom() + 3.0, plot.width(), _FOOT - 3.0)
        first, last = (figure(end, "g") for end in self._ends())
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, first)
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, last)
        taken = 2.0 * max(metrics.horizontalAdvance(first), metrics.horizontalAdvance(last)) + 8.0
        across = metrics.elidedText(self._across, Qt.TextElideMode.ElideRight, foot.width() - taken)
        painter.drawText(foot, Qt.AlignmentFlag.AlignHCenter, across)
        for level, words in self.levels:
            y = plot.bottom() - (level - low) / (high - low) * plot.height()
            painter.setPen(QPen(colours.warn, 1.2, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(colours.text)
            text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, plot.width())
            painter.drawText(QRectF(plot.left() + 4.0, y - 17.0, plot.width(), 16.0), text)
        painter.setPen(QPen(colours.accent, 1.8))
        points = self.points()
        painter.drawPolyline(QPolygonF(points))
        if len(points) <= _DOTS:
            painter.setBrush(colours.accent)
            for point in points:
                painter.drawEllipse(point, 2.6, 2.6)

    def _ends(self) -> tuple[float, float]:
        """Return what the first and the last number stand at."""
        return self._first, self._first + self._stride * (len(self.values) - 1)

    def _plot(self) -> QRectF:
        return QRectF(_LEFT, _TOP, max(20.0, self.width() - _LEFT - 10.0), max(20.0, self.height() - _TOP - _FOOT))
