"""Histograms side by side in time: columns of a heat map, or ridges one before the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from nnstudio.core.words import figure, tr
from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.figures import grouped, percent
from nnstudio.ui.imagery import map_image
from nnstudio.ui.insight.signed import negative, positive
from nnstudio.ui.monitor.curves import axis_end

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.training.studies.moments import Bars

_LEFT: Final = 54.0
_FOOT: Final = 18.0
_SIDE: Final = 150.0
_RIDGES: Final = 28
"""Ridges at most; of more moments, some taken evenly."""


_WIDE: Final = 4.0
"""The axis reaches at most so many times as far as the median moment."""
_RIDGE: Final = 0.34
"""Part of the height that the highest ridge takes."""


class HeatMap(Described):
    """Values run upwards, time to the right; bright is frequent. On the right stands the histogram of one moment."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 80)
        self.steps: list[int] = []
        self.columns: npt.NDArray[Any] | None = None
        self.reach = 0.0
        self.index = 0
        self._ridges = False
        self._image: QImage | None = None
        self._known: dict[int, tuple[Bars, npt.NDArray[Any]]] = {}

    def show_rows(self, steps: list[int], bars: list[Bars], *, ridges: bool) -> None:
        """Show other histograms.

        Args:
            steps: ascending.
            bars: one for each.
            ridges: whether to draw outlines one before the other in place of a heat map.
        """
        import numpy as np

        finite = [found.reach for found in bars if np.isfinite(found.reach)]
        self.steps, self._ridges = steps, ridges
        # The end of the axis is of few digits, so that it moves seldom.
        # A few wide moments, as at the start, must not flatten all others.
        reach = axis_end(np.array([min(max(finite), _WIDE * float(np.median(finite)))])) if finite else 1.0
        # Most histograms are those of the last time; the table of old columns keeps them alive, so ids are unique.
        known = self._known if reach == self.reach else {}
        self._known = {id(found): known.get(id(found)) or (found, spread_over(found, reach)) for found in bars}
        self.reach = reach
        self.columns = np.stack([self._known[id(found)][1] for found in bars])
        self._image = None
        self.update()

    def mark(self, index: int) -> None:
        """Show one moment's histogram beside all of them."""
        self.index = index
        self.update()

    def describe(self, place: QPointF) -> str:
        """Say how many of the values lay at a place of the map, or of the histogram beside it."""
        room = self._room()
        if self.columns is None or not room.top() <= place.y() <= room.bottom():
            return ""
        index = int((place.x() - room.left()) / room.width() * len(self.steps))
        if place.x() > room.right():
            index = self.index
        elif self._ridges or not 0 <= index < len(self.steps):
            return ""
        shares = self.columns[min(index, len(self.columns) - 1)]
        wide = 2.0 * self.reach / len(shares)
        bar = min(len(shares) - 1, int((room.bottom() - place.y()) / room.height() * len(shares)))
        return tr(
            "step {step}, {low:.3g} to {high:.3g}: {share} of the values",
            step=grouped(self.steps[min(index, len(self.steps) - 1)]),
            low=-self.reach + bar * wide,
            high=-self.reach + (bar + 1) * wide,
            share=percent(float(shares[bar])),
        )

    def sizeHint(self) -> QSize:
        """Room for the axis and a histogram beside it."""
        return QSize(520, 180)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the map or the ridges, the mark, the axes and the chosen histogram."""
        if self.columns is None:
            return
        painter, colours, room = QPainter(self), theme.current(), self._room()
        if self._ridges:
            self._paint_ridges(painter, room)
        else:
            self._paint_map(painter, room)
        painter.setPen(colours.mute)
        values = (figure(-self.reach, ".3g"), "0", figure(self.reach, ".3g"))
        steps = (grouped(self.steps[0]), "" if self._ridges else tr("training steps"), grouped(self.steps[-1]))
        upward, across = (steps[::-1], values) if self._ridges else (values, steps)
        top = room.top() + (room.height() * _RIDGE if self._ridges else 0.0)
        for y, text in zip((room.bottom() - 6, room.center().y(), top + 6), upward, strict=True):
            painter.drawText(
                QRectF(0, y - 9, _LEFT - 6, 18), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text
            )
        foot = QRectF(room.left(), room.bottom() + 2, room.width(), _FOOT)
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        for side, text in zip(sides, across, strict=True):
            painter.drawText(foot, side, text)
        self._paint_side(painter, room)

    def _room(self) -> QRectF:
        return QRectF(
            _LEFT, 2.0, max(20.0, self.width() - _LEFT - _SIDE - 18.0), max(20.0, self.height() - _FOOT - 4.0)
        )

    def _paint_map(self, painter: QPainter, room: QRectF) -> None:
        import numpy as np

        assert self.columns is not None
        if self._image is None:
            shares = np.sqrt(self.columns / np.maximum(1e-12, self.columns.max(axis=1, keepdims=True)))
            self._image = map_image(np.ascontiguousarray(shares.T[::-1]), 0.0, 1.0)
        painter.drawImage(room, self._image)
        x = room.left() + room.width() * (self.index + 0.5) / len(self.steps)
        painter.setPen(QPen(theme.current().raised if not theme.current().dark else theme.current().text, 1.5))
        painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))

    def _paint_ridges(self, painter: QPainter, room: QRectF) -> None:
        assert self.columns is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        count = len(self.columns)
        shown = sorted({number * (count - 1) // max(1, _RIDGES - 1) for number in range(_RIDGES)} | {self.index})
        shown = [number for number in shown if number < count]
        colours = theme.current()
        most = float(self.columns.max()) or 1.0
        high = room.height() * _RIDGE
        for place, number in enumerate(shown):
            base = room.top() + high + (room.height() - high) * (place + 1) / len(shown)
            self._paint_ridge(painter, room, number, base, high / most)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(colours.line, 1.0))

    def _paint_ridge(self, painter: QPainter, room: QRectF, number: int, base: float, scale: float) -> None:
        assert self.columns is not None
        values = self.columns[number]
        wide = room.width() / (len(values) - 1)
        outline = [QPointF(room.left() + wide * i, base - float(value) * scale) for i, value in enumerate(values)]
        colours = theme.current()
        fill = QColor(colours.panel)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF([QPointF(room.left(), base), *outline, QPointF(room.right(), base)]))
        lit = number == self.index
        share = number / max(1, len(self.columns) - 1)
        painter.setPen(
            QPen(colours.accent if lit else theme.blend(colours.mute, colours.line, 1 - share), 2 if lit else 1)
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(outline))

    def _paint_side(self, painter: QPainter, room: QRectF) -> None:
        assert self.columns is not None
        values = self.columns[min(self.index, len(self.columns) - 1)]
        most = float(values.max()) or 1.0
        side = QRectF(room.right() + 18.0, room.top(), _SIDE - 2.0, room.height())
        high = side.height() / len(values)
        for number, value in enumerate(values):
            colour = negative() if number < len(values) // 2 else positive()
            y = side.bottom() - (number + 1) * high
            rect = QRectF(side.left(), y, side.width() * float(value) / most, max(1.0, high - 0.5))
            painter.fillRect(rect, colour if number != len(values) // 2 else theme.current().mute)


def spread_over(bars: Bars, reach: float) -> npt.NDArray[Any]:
    """Return the shares of a histogram over an axis that reaches as far as is said, ``(BARS,)``.

    What lies in one bar counts as evenly spread in it, what lies beyond the axis as in the outermost bars. The shares
    add up to 1.
    """
    import numpy as np

    counts = bars.counts.astype(np.float64)
    total = counts.sum()
    if not total:
        return counts
    edges = np.linspace(-1.0, 1.0, len(counts) + 1)
    below = np.concatenate(([0.0], np.cumsum(counts))) / total
    reached = np.interp(edges * reach, edges * bars.reach, below)
    reached[0], reached[-1] = 0.0, 1.0
    spread: npt.NDArray[Any] = np.diff(reached)
    return spread
