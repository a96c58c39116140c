"""The curve that a network has learned, over the points that it learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nnstudio.core.words import figure, tr
from nnstudio.training.studies.fit import Curve, Fit
from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.insight.axes import FOOT, SIDE, marks_up, paint_across, paint_up
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

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
        return QRectF(SIDE, 4.0, max(1.0, self.width() - SIDE - 6.0), max(1.0, self.height() - FOOT - 6.0))

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
        return f"x = {figure(self.curve.x[index], '.3g')}, y = {figure(self.curve.y[index])}"

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
        low_x, high_x, low_y, high_y = self._limits()
        painter.setPen(theme.current().grid)
        for y, _ in marks_up(room, low_y, high_y):
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        paint_up(painter, room, low_y, high_y)
        paint_across(painter, room, low_x, high_x)

    def _limits(self) -> tuple[float, float, float, float]:
        """Return the ends of the axes: x from and to, y from and to."""
        dataset = self._session.bridge.dataset
        assert self.curve is not None
        assert dataset is not None
        low, high = float(dataset.targets.min()), float(dataset.targets.max())
        far = _MARGIN * ((high - low) or 1.0)
        return float(self.curve.x[0]), float(self.curve.x[-1]), low - far, high + far
