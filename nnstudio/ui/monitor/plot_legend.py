"""The line beside a plot's title: which curve is which, and its value."""

from __future__ import annotations

from typing import Final

import msgspec
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.ui import theme

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
    """Line samples with names and values: ``── train 0.081   ╌╌ validation 0.142``."""

    _SAMPLE = 16.0
    _GAP = 14.0

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
            if self._needed_width() > self.width():
                # Only ever wider: a new size lays out and repaints everything around.
                self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as the texts, and at least as wide as now."""
        return QSize(max(self._needed_width(), self._widest), int(QFontMetricsF(self.font()).height()) + 2)

    def minimumSizeHint(self) -> QSize:
        """It may be narrower than its texts: then names are cut, values never."""
        values = sum(QFontMetricsF(self.font()).horizontalAdvance(value) for value in self._values)
        samples = (self._SAMPLE + 8 + self._GAP) * len(self._lines)
        return QSize(min(self.sizeHint().width(), int(values + samples)), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the width that was needed once."""
        super().resizeEvent(event)
        if event.size().width() >= self._needed_width():
            self._widest = max(self._widest, event.size().width())
        self.setToolTip("" if self._fitting() == self.texts else "\u200b" + "\n".join(self.texts))

    def _fitting(self) -> tuple[str, ...]:
        """Return the texts as there is room for them."""
        if self._needed_width() <= self.width() or not self._lines:
            return self.texts
        metrics = QFontMetricsF(self.font())
        values = [f" {value}" if value else "" for value in self._values]
        taken = sum(self._SAMPLE + 5 + self._GAP + metrics.horizontalAdvance(value) for value in values) + 4
        room = self.width() - taken + self._GAP
        wide = [metrics.horizontalAdvance(line.name) for line in self._lines]
        cut = dict[int, str]()
        for left, index in zip(range(len(wide), 0, -1), sorted(range(len(wide)), key=wide.__getitem__), strict=True):
            share = room / left  # what short names leave is for the long ones
            name = metrics.elidedText(self._lines[index].name, Qt.TextElideMode.ElideMiddle, share)
            cut[index] = name if len(name) >= _SHORTEST else ""
            room -= min(share, wide[index])
        return tuple(f"{cut[index]}{value}".strip() for index, value in enumerate(values))

    def _needed_width(self, texts: tuple[str, ...] | None = None) -> int:
        metrics = QFontMetricsF(self.font())
        shown = self.texts if texts is None else texts
        width = sum(self._SAMPLE + 5 + metrics.horizontalAdvance(text) for text in shown)
        return int(width + self._GAP * (len(self._lines) - 1)) + 4

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the samples and texts, ending at the right edge."""
        painter = QPainter(self)
        metrics = QFontMetricsF(self.font())
        texts = self._fitting()
        x, middle = float(self.width() - self._needed_width(texts)), self.height() // 2
        for line, text in zip(self._lines, texts, strict=True):
            for left, length in ((0.0, 7.0), (9.0, 7.0)) if line.dashed else ((0.0, self._SAMPLE),):
                painter.fillRect(QRectF(x + left, middle - 1, length, 2.0), line.colour)
            x += self._SAMPLE + 5
            painter.setPen(self._mute)
            width = metrics.horizontalAdvance(text)
            painter.drawText(QRectF(x, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
            x += width + self._GAP
