"""The line that a perceptron draws, and its mistakes beside the bound that they never pass."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QSpinBox, QWidget

from nnstudio.core.words import figure, tr
from nnstudio.training.studies.perceptron import PerceptronSeen, PerceptronStudy
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.insight.axes import FOOT, SIDE, paint_across, paint_up
from nnstudio.ui.insight.curve import Curve
from nnstudio.ui.insight.layout import beside, lay_out, titled
from nnstudio.ui.insight.points import PointPicture
from nnstudio.ui.insight.signed import negative, positive
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_MARGIN: Final = 0.45
"""Room around the points, as a share of their span."""
_MOST: Final = 500
"""So many totals are painted at most: those of a hundred thousand epochs no line could tell apart."""
_TOLD: Final = 8
"""Numbers of a point or of the weights that are told at most."""


class PerceptronView(StudyView):
    """Points and line on the left; mistakes so far on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.value: PerceptronSeen | None = None
        self.caption = ElidedLabel("", "small", mute=True)
        self.plane = LinePicture(session)
        self.curve = Curve(tr("Mistakes so far"), tr("epochs"))
        self.unit = QSpinBox()
        self.unit.setObjectName("perceptron_unit")
        self.unit.setAccessibleName(tr("Unit"))
        self.unit.setPrefix(tr("unit") + " ")
        self.unit.setRange(1, 1)
        left, right = titled((tr("Line"), self.plane)), titled((tr("Mistakes so far"), self.curve))
        lay_out(self, [self.unit, self.caption], beside((left, 1), (right, 1)))
        others = (self._note, self.unit)
        self._parts = [part for part in self.findChildren(QWidget) if part.parent() is self and part not in others]
        self.unit.valueChanged.connect(lambda _number: self.ask())

    def study(self) -> Study | None:
        """Ask for the chosen unit, at first the first."""
        return PerceptronStudy(self.unit.value() - 1)

    def show_value(self, value: object) -> None:
        """Show the line and the counts, or nothing."""
        import numpy as np

        assert value is None or isinstance(value, PerceptronSeen)
        self.value = value
        for part in self._parts:
            part.setVisible(value is not None)
        self.unit.setVisible(value is not None and value.units > 1)
        if value is None:
            return
        with QSignalBlocker(self.unit):
            self.unit.setMaximum(value.units)
        self.plane.show_unit(value)
        totals = np.concatenate(([0], np.cumsum(value.mistakes, dtype=np.int64)))
        total, every = int(totals[-1]), -(-len(totals) // _MOST)
        # The bound is of one unit, the mistakes are of all.
        bound = value.bound if value.units == 1 else None
        levels = ((bound, tr("never more than {bound:.0f}", bound=bound)),) if bound else ()
        self.curve.show_values(totals[::every].astype(float).tolist(), levels, stride=float(every))
        weights = ", ".join(figure(weight) for weight in value.weight[:_TOLD])
        if len(value.weight) > _TOLD:
            weights += ", …"
        text = tr("w = ({weights}), b = {bias:.4g}", weights=weights, bias=value.bias)
        if value.mistakes:
            text += "; " + tr("{count} mistakes so far, {last} in this epoch", count=total, last=value.mistakes[-1])
        if bound is not None:
            text += "; " + tr("from zero never more than (R/γ)² = {bound:.1f}", bound=bound)
        elif value.parted is False:
            text += "; " + tr("no line parts the answers, so the mistakes never end")
        self.caption.setText(text)


class LinePicture(PointPicture):
    """Points in the plane, blue for yes and orange for no, and on which side of the line each ground lies."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.setAccessibleName(tr("Line"))
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(140, 90)
        self._value: PerceptronSeen | None = None

    def show_unit(self, value: PerceptronSeen) -> None:
        """Show another unit; of more than two inputs the first two, with the others at zero."""
        self._value, self.rows = value, value.rows
        if self.pointed_at is not None and self.pointed_at >= len(value.rows):
            self.point_at(None)
        wrong = int((value.signs * value.sums <= 0).sum())
        told = tr("{wrong} of {count} on the wrong side", wrong=wrong, count=len(value.signs))
        self.setAccessibleName(f"{tr('Line')}: {told}")
        self.update()

    def room(self) -> QRectF:
        """Return where the plane is painted."""
        return QRectF(SIDE, 4.0, max(20.0, self.width() - SIDE - 8.0), max(20.0, self.height() - FOOT - 4.0))

    def pixels(self) -> npt.NDArray[Any]:
        """Return where the points are painted ``(n, 2)``."""
        import numpy as np

        assert self._value is not None
        places = [self.to_screen(x, y) for x, y in self._places()]
        return np.array([(place.x(), place.y()) for place in places])

    def tell(self, number: int) -> str:
        """Say where a point is, what the unit makes of it, and which sample it is."""
        value = self._value
        assert value is not None
        place = ", ".join(figure(x, ".3g") for x in value.points[number][:_TOLD])
        total = float(value.sums[number])
        side = "" if total * float(value.signs[number]) > 0 else "; " + tr("on the wrong side")
        return f"({place}): w·x + b = {figure(total)}{side}\n{super().tell(number)}"

    def describe(self, place: QPointF) -> str:
        """Say what the unit makes of a place, or of the point that is there; empty outside."""
        if self._value is None or not self.room().contains(place):
            return ""
        nearest = self.nearest(place)
        if nearest is not None:
            return self.tell(nearest)
        frame, room, (a, b, c) = self.frame(), self.room(), self._plane()
        x = frame.left() + (place.x() - room.left()) / room.width() * frame.width()
        y = frame.top() + (room.bottom() - place.y()) / room.height() * frame.height()
        return f"({figure(x, '.3g')}, {figure(y, '.3g')}): w·x + b = {figure(a * x + b * y + c)}"

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(240, 240)

    def frame(self) -> QRectF:
        """Return the part of the plane that is in view, y upwards."""
        assert self._value is not None
        points = self._value.points
        x, y = points[:, 0], points[:, min(1, points.shape[1] - 1)]
        low_x, high_x, low_y, high_y = float(x.min()), float(x.max()), float(y.min()), float(y.max())
        room = _MARGIN * max(high_x - low_x, high_y - low_y, 1e-6)
        wide, high = high_x - low_x + 2 * room, high_y - low_y + 2 * room
        shape = self.room().width() / self.room().height()
        middle = QPointF((low_x + high_x) / 2, (low_y + high_y) / 2)
        wide, high = max(wide, high * shape), max(high, wide / shape)
        return QRectF(middle.x() - wide / 2, middle.y() - high / 2, wide, high)

    def to_screen(self, x: float, y: float) -> QPointF:
        """Return where a point of the plane is painted."""
        frame, room = self.frame(), self.room()
        return QPointF(
            room.left() + (x - frame.left()) / frame.width() * room.width(),
            room.bottom() - (y - frame.top()) / frame.height() * room.height(),
        )

    def line(self) -> tuple[QPointF, QPointF] | None:
        """Return two points far out on w·x + b = 0, on the screen; None where the weights are zero."""
        assert self._value is not None
        a, b, c = self._plane()
        size = math.hypot(a, b)
        if size == 0.0:
            return None
        frame = self.frame()
        far = 4 * (frame.width() + frame.height() + abs(frame.center().x()) + abs(frame.center().y()))
        near_x, near_y = -a * c / size**2, -b * c / size**2
        along_x, along_y = -b / size * far, a / size * far
        return self.to_screen(near_x + along_x, near_y + along_y), self.to_screen(near_x - along_x, near_y - along_y)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the two sides, the line and the points."""
        if self._value is None:
            return
        painter, colours = QPainter(self), theme.current()
        value, room, frame = self._value, self.room(), self.frame()
        paint_across(painter, room, frame.left(), frame.right())
        if value.points.shape[1] > 1:
            paint_up(painter, room, frame.top(), frame.bottom())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(room)
        self._paint_sides(painter)
        painter.setPen(QPen(colours.line, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))
        radius = 7.0 if len(value.points) <= 40 else 3.0
        for (x, y), sign, total in zip(self._places(), value.signs, value.sums, strict=True):
            place = self.to_screen(x, y)
            painter.setPen(QPen(colours.panel, 1.5))
            painter.setBrush(positive() if sign > 0 else negative())
            painter.drawEllipse(place, radius, radius)
            if sign * total <= 0:
                painter.setPen(QPen(colours.err, 2.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(place, radius + 4, radius + 4)
        painter.setClipping(False)
        self.paint_rings(painter, radius + 7)

    def _paint_sides(self, painter: QPainter) -> None:
        colours, ends = theme.current(), self.line()
        a, b, c = self._plane()
        if ends is None:
            side = positive() if c > 0 else negative() if c < 0 else colours.panel
            painter.fillRect(self.room(), theme.blend(side, colours.panel, 0.86))
            return
        painter.fillRect(self.room(), theme.blend(negative(), colours.panel, 0.86))
        size = math.hypot(a, b)
        frame = self.frame()
        far = 8 * (frame.width() + frame.height() + abs(frame.center().x()) + abs(frame.center().y()))
        near_x, near_y = -a * c / size**2, -b * c / size**2
        corners = [(-b, a, 0.0), (b, -a, 0.0), (b, -a, 1.0), (-b, a, 1.0)]
        half = [
            self.to_screen(near_x + (p / size + a / size * out) * far, near_y + (q / size + b / size * out) * far)
            for p, q, out in corners
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.blend(positive(), colours.panel, 0.86))
        painter.drawPolygon(QPolygonF(half))
        painter.setPen(QPen(colours.text, 2.0))
        painter.drawLine(*ends)

    def _plane(self) -> tuple[float, float, float]:
        assert self._value is not None
        weight = self._value.weight
        return float(weight[0]), float(weight[1]) if len(weight) > 1 else 0.0, self._value.bias

    def _places(self) -> list[tuple[float, float]]:
        """Return each point's first two inputs; 0 in place of a second that there is not."""
        assert self._value is not None
        points = self._value.points
        across = points[:, 0].tolist()
        return list(zip(across, points[:, 1].tolist() if points.shape[1] > 1 else [0.0] * len(across), strict=True))
