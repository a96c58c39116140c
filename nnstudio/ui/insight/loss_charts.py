"""The losses around the present weights as pictures: a curve over a line, colours and lines of equal loss over two."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip

from nnstudio.core.words import figure, tr
from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.imagery import colour_table, map_image
from nnstudio.ui.insight.contour import contour
from nnstudio.ui.monitor.curves import axis_end, mark_text, marks

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.training.studies.landscape import Landscape

_LEFT: Final = 58.0
_FOOT: Final = 22.0
_SCALE: Final = 14.0
_LEVELS: Final = 9
_FINE: Final = 48
"""About how many points a side of the plane is painted with."""


class LandscapeChart(Described):
    """What line and plane have in common."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("landscape")
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 100)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.landscape: Landscape | None = None
        self._share: tuple[float, ...] | None = None

    def show_landscape(self, landscape: Landscape) -> None:
        """Show other losses."""
        self.landscape = landscape
        self.update()

    @property
    def cell(self) -> tuple[int, ...] | None:
        """Place of the measured loss that keys have gone to, as in ``losses``; it stays there on a finer grid."""
        if self.landscape is None or self._share is None:
            return None
        return tuple(round(share * (len(self.landscape.steps) - 1)) for share in self._share)

    def spot(self, cell: tuple[int, ...]) -> QPointF:
        """Return where one measured loss is painted."""
        raise NotImplementedError

    def tell(self, cell: tuple[int, ...]) -> str:
        """Say what one measured loss is."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go from loss to loss and tell each, from the present weights on; Home goes back to these."""
        key = Qt.Key(event.key())
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        up = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}.get(key, 0)
        if self.landscape is None or not (across or key == Qt.Key.Key_Home or (up and self.landscape.losses.ndim > 1)):
            super().keyPressEvent(event)
            return
        last = len(self.landscape.steps) - 1
        known = self.cell if key != Qt.Key.Key_Home else None
        if known is None:
            self._share = (0.5,) * self.landscape.losses.ndim
        else:
            moves = (across,) if len(known) == 1 else (up, across)
            self._share = tuple(max(0, min(last, at + move)) / last for at, move in zip(known, moves, strict=True))
        cell = self.cell
        assert cell is not None
        self.setAccessibleDescription(self.tell(cell))
        QToolTip.showText(self.mapToGlobal(self.spot(cell).toPoint()), self.tell(cell), self)
        self.update()

    def paint_cell(self, painter: QPainter) -> None:
        """Paint where the keyboard is."""
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if self.cell is not None:
                for colour, width in ((theme.current().panel, 4.0), (theme.current().text, 2.0)):
                    painter.setPen(QPen(colour, width))
                    painter.drawEllipse(self.spot(self.cell), 7.0, 7.0)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(theme.current().accent, 1.0))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def sizeHint(self) -> QSize:
        """Room for axes."""
        return QSize(420, 240)

    def room(self) -> QRectF:
        """Return where the losses are painted."""
        raise NotImplementedError

    def describe(self, place: QPointF) -> str:
        """Say what the loss is at a place; empty outside."""
        raise NotImplementedError

    def paint_foot(self, painter: QPainter, room: QRectF, reach: float) -> None:
        """Paint how far the weights are moved below the room."""
        painter.setPen(theme.current().mute)
        for share, text in ((0.0, figure(-reach, "g")), (0.5, "0"), (1.0, figure(reach, "g"))):
            where = QRectF(room.left() + share * room.width() - 40.0, room.bottom() + 2.0, 80.0, _FOOT - 4.0)
            painter.drawText(where, Qt.AlignmentFlag.AlignCenter, text)


class LineChart(LandscapeChart):
    """A curve over the distance from the present weights."""

    def room(self) -> QRectF:
        """Return where the curve is painted."""
        return QRectF(_LEFT, 6.0, max(20.0, self.width() - _LEFT - 24.0), max(20.0, self.height() - _FOOT - 8.0))

    def point(self, index: int) -> QPointF:
        """Return where one measured loss is painted."""
        assert self.landscape is not None
        return self._place(float(self.landscape.steps[index]), float(self.landscape.losses[index]))

    def describe(self, place: QPointF) -> str:
        """Say what the nearest measured loss is."""
        if self.landscape is None or not self.room().contains(place):
            return ""
        index = min(range(len(self.landscape.steps)), key=lambda number: abs(self.point(number).x() - place.x()))
        return self.tell((index,))

    def tell(self, cell: tuple[int, ...]) -> str:
        """Say what one measured loss is."""
        assert self.landscape is not None
        return tr(
            "moved by {step:.3g}: loss {loss:.5g}",
            step=float(self.landscape.steps[cell]),
            loss=float(self.landscape.losses[cell]),
        )

    def spot(self, cell: tuple[int, ...]) -> QPointF:
        """Return where one measured loss is painted."""
        return self.point(cell[0])

    def _top(self) -> float:
        assert self.landscape is not None
        return axis_end(self.landscape.losses)

    def _place(self, step: float, loss: float) -> QPointF:
        assert self.landscape is not None
        room, reach = self.room(), float(self.landscape.steps[-1]) or 1.0
        return QPointF(
            room.center().x() + step / reach * room.width() / 2.0, room.bottom() - loss / self._top() * room.height()
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint axes and curve."""
        if self.landscape is None:
            return
        painter, colours, room = QPainter(self), theme.current(), self.room()
        rows = marks(self._top(), max(3, int(room.height() / 36.0)))
        for mark in rows:
            y = self._place(0.0, mark).y()
            painter.setPen(QPen(theme.blend(colours.line, colours.panel, 0.35), 1.0))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(colours.mute)
            painter.drawText(
                QRectF(0.0, y - 9.0, _LEFT - 8.0, 18.0),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                mark_text(mark, rows[1]),
            )
        self.paint_foot(painter, room, float(self.landscape.steps[-1]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.line, 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(room.center().x(), room.top()), QPointF(room.center().x(), room.bottom()))
        finite = [number for number, loss in enumerate(self.landscape.losses) if math.isfinite(loss)]
        painter.setPen(QPen(colours.accent, 2.0))
        painter.drawPolyline(QPolygonF([self.point(number) for number in finite]))
        middle = len(self.landscape.steps) // 2
        if middle in finite:
            painter.setBrush(colours.accent)
            painter.drawEllipse(self.point(middle), 4.0, 4.0)
        self.paint_cell(painter)


class PlaneChart(LandscapeChart):
    """Colours for the loss, dark is low, and lines of equal loss."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.image: QImage | None = None
        """What is painted: measured losses at the edges and in even distances, and between them what lies between."""
        self._heights_fine: npt.NDArray[Any] | None = None
        self._lines: list[list[list[float]]] = []
        self._low = self._high = 0.0

    def show_landscape(self, landscape: Landscape) -> None:
        """Show other losses; colours go by the logarithm, as a loss may rise by powers of ten."""
        import numpy as np

        known = self.landscape
        super().show_landscape(landscape)
        if known is not None and known.losses is landscape.losses:
            return
        heights = self._heights()
        known = heights[np.isfinite(heights)]
        self._low, self._high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        self._heights_fine = finer(heights)
        self.image = map_image(self._heights_fine[::-1], self._low, self._high)
        lines = [contour(self._heights_fine, math.log(level)) for level in self.levels()]
        self._lines = np.concatenate(lines).tolist()

    def room(self) -> QRectF:
        """Return where the plane is painted."""
        edge = max(20.0, min(self.height() - _FOOT - 4.0, self.width() - 2.0 * _LEFT - _SCALE))
        return QRectF(34.0, 2.0, edge, edge)

    def describe(self, place: QPointF) -> str:
        """Say what the nearest measured loss is."""
        room = self.room()
        if self.landscape is None or not room.contains(place):
            return ""
        size = len(self.landscape.steps)
        column = round((place.x() - room.left()) / room.width() * (size - 1))
        row = round((room.bottom() - place.y()) / room.height() * (size - 1))
        return self.tell((row, column))

    def tell(self, cell: tuple[int, ...]) -> str:
        """Say what one measured loss is."""
        assert self.landscape is not None
        row, column = cell
        return tr(
            "moved by {across:.3g} and {up:.3g}: loss {loss:.5g}",
            across=float(self.landscape.steps[column]),
            up=float(self.landscape.steps[row]),
            loss=float(self.landscape.losses[row, column]),
        )

    def spot(self, cell: tuple[int, ...]) -> QPointF:
        """Return where one measured loss is painted."""
        assert self.landscape is not None
        room, last = self.room(), len(self.landscape.steps) - 1
        return QPointF(
            room.left() + cell[1] / last * room.width(),
            room.bottom() - cell[0] / last * room.height(),
        )

    def levels(self) -> list[float]:
        """Return the losses of the lines, evenly spaced on the scale of colours."""
        step = (self._high - self._low) / (_LEVELS + 1)
        return [math.exp(self._low + step * number) for number in range(1, _LEVELS + 1)]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the plane, its lines, the present weights and the scale."""
        if self.landscape is None or self.image is None or self._heights_fine is None:
            return
        painter, colours, room = QPainter(self), theme.current(), self.room()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(room, self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.raised if not colours.dark else colours.text, 1.0))
        cell = room.width() / (len(self._heights_fine) - 1)
        painter.drawLines(
            [
                QLineF(
                    room.left() + a[0] * cell,
                    room.bottom() - a[1] * cell,
                    room.left() + b[0] * cell,
                    room.bottom() - b[1] * cell,
                )
                for a, b in self._lines
            ]
        )
        painter.setPen(QPen(colours.panel, 1.5))
        painter.setBrush(colours.accent)
        painter.drawEllipse(room.center(), 5.0, 5.0)
        self.paint_foot(painter, room, float(self.landscape.steps[-1]))
        self._paint_side(painter, room)
        self.paint_cell(painter)

    def _paint_side(self, painter: QPainter, room: QRectF) -> None:
        """Paint the scale of colours, and how far the weights are moved upwards."""
        import numpy as np

        assert self.landscape is not None
        colours = theme.current()
        reach = float(self.landscape.steps[-1])
        painter.setPen(colours.mute)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for share, text in ((0.0, figure(reach, "g")), (0.5, "0"), (1.0, figure(-reach, "g"))):
            y = max(9.0, min(room.bottom() - 8.0, room.top() + share * room.height()))
            painter.drawText(QRectF(0.0, y - 9.0, 28.0, 18.0), right, text)
        scale = QRectF(room.right() + 22.0, room.top(), _SCALE, room.height())
        column = np.ascontiguousarray(colour_table()[::-1].reshape(-1, 1))
        strip = QImage(column.data, 1, len(column), 4, QImage.Format.Format_RGB32).copy()
        painter.drawImage(scale, strip)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0) if scale.height() >= 90.0 else (0.0, 0.5, 1.0):
            loss = math.exp(self._high - share * (self._high - self._low))
            y = max(9.0, scale.top() + share * scale.height())
            where = QRectF(scale.right() + 6.0, y - 9.0, _LEFT, 18.0)
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, figure(loss, ".3g"))

    def _heights(self) -> npt.NDArray[Any]:
        import numpy as np

        assert self.landscape is not None
        with np.errstate(invalid="ignore"):
            found: npt.NDArray[Any] = np.log(np.maximum(self.landscape.losses, 1e-12))
        return found


def finer(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Put points between those of a square grid, in even distances and on straight lines, until there are enough.

    The given values stay where they are, at every ``(result - 1) / (given - 1)``-th place.
    """
    import numpy as np

    size = len(values)
    factor = max(1, _FINE // (size - 1))
    at = np.arange((size - 1) * factor + 1) / factor
    places = np.arange(size)
    rows = np.stack([np.interp(at, places, row) for row in values])
    found: npt.NDArray[Any] = np.stack([np.interp(at, places, column) for column in rows.T], axis=1)
    return found
