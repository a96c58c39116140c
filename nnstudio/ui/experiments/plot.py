"""A plot of named lines with bands, with a legend above; the horizontal axis may be logarithmic or a row of words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.core.words import figure
from nnstudio.ui import lazy, theme
from nnstudio.ui.monitor.empty import EmptyNote

_WIDTH: Final = 1.8
_FOOT: Final = 42
_FAMILIES: Final = ("conv", "norm", "attn", "rec", "pool", "merge")


class Line(msgspec.Struct, frozen=True):
    """One line: points, and the band around them where there is one.

    Attributes:
        name: what the legend says; empty for none.
        x, y: as many of each; x ascends.
        low, high: ends of the band at each x; empty for none.
        dashed: whether it is a second line of the one before, in its colour.
        colour: as ``#rrggbb``; empty for the next one that can be told apart.
    """

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    dashed: bool = False
    colour: str = ""


def colours(count: int) -> list[QColor]:
    """Return colours that can be told apart, the theme's accent first."""
    now = theme.current()
    known = [now.accent, *map(now.family, _FAMILIES)]
    return [known[number % len(known)] for number in range(count)]


class LinePlot(QWidget):
    """Lines over one axis.

    Attributes:
        lines: what is shown.
    """

    def __init__(self, name: str, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.lines: tuple[Line, ...] = ()
        self._mark: float | None = None
        self._legend = _Legend(self)
        self._ground = QWidget(self)
        inner = QVBoxLayout(self._ground)
        inner.setContentsMargins(0, 0, 0, 0)
        self._empty = EmptyNote(empty, self._ground)
        inner.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._legend)
        column.addWidget(self._ground, 1)
        self._plot: Any = None
        self._legend.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def plot(self) -> Any:
        """The pyqtgraph plot; None before the first line."""
        return self._plot

    def sizeHint(self) -> QSize:
        """Enough to read."""
        return QSize(560, 340)

    def show_empty(self, text: str) -> None:
        """Say this where there is no line."""
        self._empty.setText(text)

    def show_lines(
        self,
        lines: Sequence[Line],
        *,
        across: str,
        up: str,
        words: Sequence[str] = (),
        log: bool = False,
        log_up: bool = False,
        mark: float | None = None,
    ) -> None:
        """Show these lines and no others.

        Args:
            lines: what to show; none shows the empty note.
            across: what the horizontal axis is.
            up: what the vertical axis is.
            words: marks of the horizontal axis at 0, 1, 2 …; empty for numbers.
            log: whether ``x`` are positive numbers to be shown by their logarithms.
            log_up: the same for ``y``.
            mark: an x to be marked by an upright line.
        """
        self.lines = tuple(line for line in lines if line.x)
        self._empty.setVisible(not self.lines)
        if not self.lines:
            self._legend.hide()
            if self._plot is not None:
                self._plot.hide()
            return
        if self._plot is None:
            self._build()
        self._plot.show()
        self._plot.clear()
        self._draw(log=log, log_up=log_up, mark=mark)
        named = [line for line in self.lines if line.name and not line.dashed]
        self._legend.tell([(line.name, colour) for line, colour in zip(self.lines, self._colours(), strict=True)
                           if line in named])  # fmt: skip
        self._legend.setVisible(len(named) > 1)
        small = theme.font("small")
        for side, text in (("bottom", across), ("left", up)):
            self._plot.setLabel(side, text, color=theme.current().mute.name())
            self._plot.getAxis(side).label.setFont(small)
        self._mark_axes(words, log=log, log_up=log_up)

    def _colours(self) -> list[QColor]:
        own = iter(colours(len(self.lines)))
        found: list[QColor] = []
        for line in self.lines:
            found.append(found[-1] if line.dashed and found else QColor(line.colour) if line.colour else next(own))
        return found

    def _build(self) -> None:
        pg, now = lazy.pyqtgraph(), theme.current()
        plot = pg.PlotWidget(self._ground, background=None)
        plot.setObjectName(f"{self.objectName()}_plot")
        plot.setFrameShape(QFrame.Shape.NoFrame)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.getPlotItem().layout.setContentsMargins(0, 4, 14, 0)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickFont=theme.font("small"), tickLength=0, tickTextOffset=6, hideOverlappingLabels=False)
            axis.setPen(pg.mkPen(now.line))
            axis.setTextPen(now.mute)
        plot.getAxis("bottom").setHeight(_FOOT)
        plot.showGrid(x=False, y=True, alpha=0.12)
        layout = self._ground.layout()
        assert layout is not None
        layout.addWidget(plot)
        self._plot = plot

    def _draw(self, *, log: bool, log_up: bool, mark: float | None) -> None:
        pg = lazy.pyqtgraph()

        def across(values: tuple[float, ...]) -> list[float]:
            return [math.log10(value) for value in values] if log else list(values)

        def upward(values: tuple[float, ...]) -> list[float]:
            return [math.log10(max(value, 1e-12)) for value in values] if log_up else list(values)

        for line, colour in zip(self.lines, self._colours(), strict=True):
            x = across(line.x)
            if line.low:
                pale = QColor(colour)
                pale.setAlphaF(0.18)
                ends = [pg.PlotCurveItem(x, upward(end), pen=None) for end in (line.low, line.high)]
                self._plot.addItem(pg.FillBetweenItem(*ends, brush=pg.mkBrush(pale)))
            style = Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine
            pen = pg.mkPen(colour, width=_WIDTH * self.devicePixelRatioF(), style=style)
            self._plot.addItem(pg.PlotCurveItem(x, upward(line.y), pen=pen))
            if len(x) < 20:
                self._plot.addItem(pg.ScatterPlotItem(x, upward(line.y), size=7, brush=pg.mkBrush(colour), pen=None))
        if mark is not None:
            place = math.log10(mark) if log else mark
            pen = pg.mkPen(theme.current().ok, width=_WIDTH, style=Qt.PenStyle.DashLine)
            self._plot.addItem(pg.InfiniteLine(place, pen=pen))

    def _mark_axes(self, words: Sequence[str], *, log: bool, log_up: bool) -> None:
        bottom, left = self._plot.getAxis("bottom"), self._plot.getAxis("left")
        if words:
            bottom.setTicks([[(float(number), word) for number, word in enumerate(words)]])
            self._plot.setXRange(-0.25, len(words) - 0.75, padding=0.02)
        else:
            known = [value for line in self.lines for value in line.x]
            bottom.setTicks(_decades(known) if log else None)
            self._plot.enableAutoRange(axis="x")
        left.setTicks(_decades([value for line in self.lines for value in line.y]) if log_up else None)
        ends = [value for line in self.lines for value in (*line.y, *line.low, *line.high)]
        if not log_up and min(ends) >= 0.0 and max(ends) <= 1.0 and max(ends) > 0.5:
            self._plot.setYRange(0.0, 1.0, padding=0.04)  # a share
        else:
            self._plot.enableAutoRange(axis="y")


def _decades(values: Sequence[float]) -> list[list[tuple[float, str]]]:
    known = [math.log10(value) for value in values if value > 0]
    if not known:
        return [[]]
    low, high = math.floor(min(known)), math.ceil(max(known))
    step = max(1, (high - low) // 8)
    return [[(float(power), figure(10.0**power, "g")) for power in range(low, high + 1, step)]]


class _Legend(QWidget):
    """Names behind samples of their colours, in as many rows as they need."""

    _SAMPLE, _GAP = 14.0, 16.0

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: list[tuple[str, QColor]] = []
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def tell(self, entries: list[tuple[str, QColor]]) -> None:
        """Show these names."""
        self._entries = entries
        self.setAccessibleName(", ".join(name for name, _ in entries))
        self.updateGeometry()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take as many rows as this width asks for."""
        super().resizeEvent(event)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As high as the rows need."""
        return QSize(
            200, int(QFontMetricsF(self.font()).height() + 4) * (self._places()[-1][1] + 1 if self._entries else 0)
        )

    def _places(self) -> list[tuple[float, int]]:
        metrics, x, row, found = QFontMetricsF(self.font()), 0.0, 0, []
        for name, _ in self._entries:
            width = self._SAMPLE + 6 + metrics.horizontalAdvance(name)
            if x > 0 and x + width > max(200, self.width()):
                x, row = 0.0, row + 1
            found.append((x, row))
            x += width + self._GAP
        return found

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint samples and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = QFontMetricsF(self.font()).height() + 4
        for (name, colour), (x, row) in zip(self._entries, self._places(), strict=True):
            middle = row * height + height / 2
            painter.setPen(QPen(colour, 2.4))
            painter.drawLine(
                QRectF(x, middle, self._SAMPLE, 0).topLeft(), QRectF(x, middle, self._SAMPLE, 0).topRight()
            )
            painter.setPen(theme.current().text)
            room = QRectF(x + self._SAMPLE + 6, row * height, 2000, height)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
