"""The curve that a network has learned, over the points that it learns from."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.fit import Curve, Fit
from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_LEFT: Final = 46.0
_FOOT: Final = 20.0
_DOT: Final = 3.0
_MARGIN: Final = 0.12
"""Room above and below the points, as a share of their height."""


class FitView(StudyView):
    """Filled points train, open ones validate."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.chart = FitChart(session)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.chart, 1)

    def study(self) -> Study | None:
        """Ask for the curve."""
        return Fit()

    def show_value(self, value: object) -> None:
        """Show another curve."""
        assert value is None or isinstance(value, Curve)
        self.chart.setVisible(value is not None)
        if value is not None:
            self.chart.show_curve(value)


class FitChart(Described):
    """Points, and a curve through them."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("fit_chart")
        self.setAccessibleName(tr("Curve over points"))
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 100)
        self.curve: Curve | None = None
        self._session = session

    def show_curve(self, curve: Curve) -> None:
        """Show another curve."""
        self.curve = curve
        self.update()

    def sizeHint(self) -> QSize:
        """Room for axes."""
        return QSize(480, 240)

    def room(self) -> QRectF:
        """Return where points are painted."""
        return QRectF(_LEFT, 4.0, max(1.0, self.width() - _LEFT - 6.0), max(1.0, self.height() - _FOOT - 6.0))

    def place(self, x: float, y: float) -> QPointF:
        """Return where a point is painted; y may lie outside."""
        low_x, high_x, low_y, high_y = self._limits()
        room = self.room()
        return QPointF(
            room.left() + (x - low_x) / (high_x - low_x) * room.width(),
            room.bottom() - (y - low_y) / (high_y - low_y) * room.height(),
        )

    def describe(self, place: QPointF) -> str:
        """Say what the network gives at a place."""
        if self.curve is None or not self.room().contains(place):
            return ""
        low, high, _, _ = self._limits()
        x = low + (place.x() - self.room().left()) / self.room().width() * (high - low)
        index = int(abs(self.curve.x - x).argmin())
        return f"x = {float(self.curve.x[index]):.3g}, y = {float(self.curve.y[index]):.4g}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint axes, points and curve."""
        dataset = self._session.bridge.dataset
        if self.curve is None or dataset is None:
            return
        painter, colours, room = QPainter(self), theme.current(), self.room()
        self._paint_axes(painter, room)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(room)
        for rows, filled in ((dataset.training, True), (dataset.validation, False)):
            painter.setPen(Qt.PenStyle.NoPen if filled else QPen(colours.family("conv"), 1.2))
            painter.setBrush(theme.blend(colours.mute, colours.panel, 0.4) if filled else Qt.BrushStyle.NoBrush)
            for x, y in zip(dataset.inputs[rows, 0].tolist(), dataset.targets[rows, 0].tolist(), strict=True):
                painter.drawEllipse(self.place(x, y), _DOT, _DOT)
        painter.setPen(QPen(colours.accent, 2.2))
        points = zip(self.curve.x.tolist(), self.curve.y.tolist(), strict=True)
        painter.drawPolyline(QPolygonF([self.place(x, y) for x, y in points if y == y and abs(y) < 1e6]))

    def _paint_axes(self, painter: QPainter, room: QRectF) -> None:
        colours = theme.current()
        low_x, high_x, low_y, high_y = self._limits()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, text in round_marks(low_y, high_y, max(2, int(room.height() / 40))):
            y = self.place(low_x, value).y()
            painter.setPen(colours.grid)
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(colours.mute)
            painter.drawText(QRectF(0.0, y - 9.0, _LEFT - 8.0, 18.0), right, text)
        for value, text in round_marks(low_x, high_x, max(2, int(room.width() / 90))):
            x = self.place(value, low_y).x()
            painter.drawText(QRectF(x - 30.0, room.bottom() + 2.0, 60.0, _FOOT - 2.0), _CENTRE, text)

    def _limits(self) -> tuple[float, float, float, float]:
        """Return the ends of the axes: x from and to, y from and to."""
        dataset = self._session.bridge.dataset
        assert self.curve is not None
        assert dataset is not None
        low, high = float(dataset.targets.min()), float(dataset.targets.max())
        far = _MARGIN * ((high - low) or 1.0)
        return float(self.curve.x[0]), float(self.curve.x[-1]), low - far, high + far


_CENTRE: Final = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop


def round_marks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Return at most ``most`` + 1 round numbers between two, with how they are written."""
    power = 10.0 ** floor(log10((high - low) / most))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power * most >= high - low)
    places = max(0, -floor(log10(step)))
    values = [number * step for number in range(ceil(low / step), floor(high / step) + 1)]
    return [(value, f"{value:.{places}f}".replace("-", "−")) for value in values]
