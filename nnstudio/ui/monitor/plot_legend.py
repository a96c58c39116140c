"""What stands beside a plot's title: which curve is which, and its value."""

from __future__ import annotations

from typing import Final

import msgspec
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.ui import theme

_CLOSE: Final = 0.85
"""How high a row is, in lines of the font, where two stand under each other: a plot has little height to give."""
_SHORTEST: Final = 4
"""Letters of a name that still tell something; with fewer, the colour says more."""


class Line(msgspec.Struct, frozen=True):
    """How one curve looks, and what it is called."""

    name: str
    colour: QColor
    dashed: bool

    @property
    def style(self) -> Qt.PenStyle:
        """How its pen is broken."""
        return Qt.PenStyle.DashLine if self.dashed else Qt.PenStyle.SolidLine


class Legend(QWidget):
    """Line samples with names and values: ``── train 0.081   ╌╌ validation 0.142``.

    Two that do not fit beside each other stand under each other; where even that is too wide, names are cut.
    """

    _SAMPLE = 16.0
    _GAP = 14.0
    _SPACE = 5.0

    def __init__(self, lines: tuple[Line, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("legend")
        self._lines = lines
        self._values = tuple("" for _ in lines)
        self._mute = theme.current().mute
        self._widest = 0
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.tell(self._values)

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands beside the line samples."""
        return tuple(f"{line.name} {value}".rstrip() for line, value in zip(self._lines, self._values, strict=True))

    @property
    def is_stacked(self) -> bool:
        """Whether two lines stand under each other, as there is no room for both in a row."""
        return len(self._lines) == 2 and max(self._needed_width(), self._widest) > self.width()

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Name other curves."""
        self._lines = lines
        self._values = tuple("" for _ in lines)
        self._widest = 0
        self.setAccessibleName(", ".join(self.texts))
        self.updateGeometry()
        self.update()

    def tell(self, values: tuple[str, ...]) -> None:
        """Show these values behind the names."""
        if values != self._values:
            self._values = values
            self.setAccessibleName(", ".join(self.texts))
            self.update()
            if self._needed_width() > self._widest:
                # Only ever wider: a new size lays out and repaints everything around.
                self._widest = self._needed_width()
                self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as the texts in a row, and at least as wide as they were; as high as they stand now."""
        row = int(QFontMetricsF(self.font()).height())
        high = round(2 * _CLOSE * row) if self.is_stacked else row
        return QSize(max(self._needed_width(), self._widest), high + 2)

    def minimumSizeHint(self) -> QSize:
        """It may be narrower than its texts: then names are cut, values never."""
        metrics = QFontMetricsF(self.font())
        values = [metrics.horizontalAdvance(value) for value in self._values]
        if len(values) == 2:
            least = self._SAMPLE + 8 + max(values)
        else:
            least = sum(values) + (self._SAMPLE + 8 + self._GAP) * len(values)
        return QSize(min(self.sizeHint().width(), int(least)), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand in one row or in two."""
        was_high = self.sizeHint().height()
        super().resizeEvent(event)
        if self.sizeHint().height() != was_high or was_high != self.height():
            self.updateGeometry()
        self.setToolTip("" if self._names() == self._full_names() else "\u200b" + "\n".join(self.texts))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the samples and texts, ending at the right edge."""
        painter = QPainter(self)
        metrics = QFontMetricsF(self.font())
        if self.is_stacked:
            self._paint_stacked(painter, metrics)
            return
        texts = tuple(f"{name} {value}".strip() for name, value in zip(self._names(), self._values, strict=True))
        x = float(self.width() - self._needed_width(texts))
        for line, text in zip(self._lines, texts, strict=True):
            self._paint_sample(painter, line, x, self.height() / 2)
            x += self._SAMPLE + self._SPACE
            painter.setPen(self._mute)
            width = metrics.horizontalAdvance(text)
            painter.drawText(QRectF(x, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
            x += width + self._GAP

    def _paint_stacked(self, painter: QPainter, metrics: QFontMetricsF) -> None:
        """Paint a row for each: samples, names from the left, values to the right."""
        names = self._names()
        wide = max(map(metrics.horizontalAdvance, names))
        values = max(map(metrics.horizontalAdvance, self._values))
        needed = self._SAMPLE + self._SPACE + wide + (self._SPACE if wide and values else 0.0) + values
        left, high = max(0.0, self.width() - 4 - needed), self.height() / len(names)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        for row, (line, name, value) in enumerate(zip(self._lines, names, self._values, strict=True)):
            self._paint_sample(painter, line, left, (row + 0.5) * high)
            painter.setPen(self._mute)
            room = QRectF(left + self._SAMPLE + self._SPACE, row * high, self.width(), high)
            painter.drawText(room, middle, name)
            room = QRectF(0.0, row * high, left + needed, high)
            painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, value)

    def _paint_sample(self, painter: QPainter, line: Line, x: float, middle: float) -> None:
        for left, length in ((0.0, 7.0), (9.0, 7.0)) if line.dashed else ((0.0, self._SAMPLE),):
            painter.fillRect(QRectF(x + left, round(middle) - 1, length, 2.0), line.colour)

    def _full_names(self) -> tuple[str, ...]:
        return tuple(line.name for line in self._lines)

    def _names(self) -> tuple[str, ...]:
        """Return the names as there is room for them."""
        if not self._lines or (self._needed_width() <= self.width() and not self.is_stacked):
            return self._full_names()
        metrics = QFontMetricsF(self.font())
        values = [metrics.horizontalAdvance(f" {value}" if value else "") for value in self._values]
        if self.is_stacked:
            room = self.width() - 4 - self._SAMPLE - 2 * self._SPACE - max(values)
            cut = [metrics.elidedText(line.name, Qt.TextElideMode.ElideMiddle, room) for line in self._lines]
            return tuple(name if len(name) >= min(_SHORTEST, len(line.name)) else ""
                         for name, line in zip(cut, self._lines, strict=True))  # fmt: skip
        room = self.width() - sum(self._SAMPLE + self._SPACE + self._GAP + value for value in values) - 4 + self._GAP
        wide = [metrics.horizontalAdvance(line.name) for line in self._lines]
        found = dict[int, str]()
        for left, index in zip(range(len(wide), 0, -1), sorted(range(len(wide)), key=wide.__getitem__), strict=True):
            share = room / left  # what short names leave is for the long ones
            name = metrics.elidedText(self._lines[index].name, Qt.TextElideMode.ElideMiddle, share)
            found[index] = name if len(name) >= min(_SHORTEST, len(self._lines[index].name)) else ""
            room -= min(share, wide[index])
        return tuple(found[index] for index in range(len(wide)))

    def _needed_width(self, texts: tuple[str, ...] | None = None) -> int:
        """Return how wide texts are in one row."""
        metrics = QFontMetricsF(self.font())
        shown = self.texts if texts is None else texts
        width = sum(self._SAMPLE + self._SPACE + metrics.horizontalAdvance(text) for text in shown)
        return int(width + self._GAP * (len(self._lines) - 1)) + 4
