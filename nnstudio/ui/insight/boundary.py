"""The plane of 2-D data in the colours of the answers, with the data's points; beside it the same for every unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from nnstudio.core.words import figure, tr
from nnstudio.training.studies.boundary import Boundary, Plane
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.insight.answers import answer_image, answer_lines
from nnstudio.ui.insight.axes import FOOT, SIDE, paint_across, paint_up
from nnstudio.ui.insight.classes import sample_colour
from nnstudio.ui.insight.contour import contour
from nnstudio.ui.insight.dots import paint_dot
from nnstudio.ui.insight.layout import beside, lay_out
from nnstudio.ui.insight.points import PointPicture
from nnstudio.ui.insight.signed import signed_image
from nnstudio.ui.insight.unit_planes import UnitPlanes
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.data.dataset import Dataset
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_DOTS: Final = (1.6, 3.4)
"""Smallest and largest radius of a point."""
_MOST_POINTS: Final = 1500
_EDGE: Final = 6.0
"""Pixels above and to the right of the plane, for the halves of numbers that stand there."""


class BoundaryView(StudyView):
    """Large: the answer. Small: every unit; the one that is pointed at is shown large instead."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.caption = ElidedLabel("", "small", mute=True)
        self.picture = PlanePicture(session)
        self.units = UnitPlanes()
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.viewport().setAutoFillBackground(False)
        self.units.setAutoFillBackground(False)
        scroll.setWidget(self.units)
        self._scroll = scroll
        lay_out(self, [self.caption], beside((self.picture, 9), (scroll, 8)))
        self.units.pointed.connect(self._on_pointed)

    def study(self) -> Study | None:
        """Ask for the plane."""
        return Boundary()

    def show_value(self, value: object) -> None:
        """Show another plane."""
        assert value is None or isinstance(value, Plane)
        for part in (self.caption, self.picture, self._scroll):
            part.setVisible(value is not None)
        if value is not None:
            self.units.show_plane(value)
            self.picture.show_plane(value)
            self._tell()

    def _on_pointed(self) -> None:
        self.picture.show_unit(self.units.unit)
        self._tell()

    def _tell(self) -> None:
        unit = self.units.unit
        if unit is None:
            text = tr("Points are for training, rings for validation.")
        else:
            text = tr("{layer}, unit {number}: the line is where it gives 0", layer=unit[0], number=unit[1] + 1)
        self.caption.setText(text)


class PlanePicture(PointPicture):
    """A square of the plane with the data's points."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.setObjectName("plane_picture")
        self.setAccessibleName(tr("Decision boundary"))
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(100, 100)
        self.plane: Plane | None = None
        self.image: QImage | None = None
        """What is painted, a pixel for each cell of the grid."""
        self.lines: npt.NDArray[Any] | None = None
        self._unit: tuple[str, int] | None = None
        self._points: QPixmap | None = None

    def show_plane(self, plane: Plane) -> None:
        """Show other answers."""
        import numpy as np

        known, dataset = self.plane, self.session.bridge.dataset
        if known is None or (known.left, known.bottom, known.side) != (plane.left, plane.bottom, plane.side):
            self._points = None
        self.plane = plane
        if dataset is not None and dataset.shape == (2,):
            self.rows = np.concatenate((dataset.training[:_MOST_POINTS], dataset.validation[:_MOST_POINTS]))
        if self.pointed_at is not None and (self.rows is None or self.pointed_at >= len(self.rows)):
            self.point_at(None)
        self._draw()

    def show_unit(self, unit: tuple[str, int] | None) -> None:
        """Show one unit of a layer in place of the answers; None shows the answers."""
        self._unit = unit
        self._draw()

    def sizeHint(self) -> QSize:
        """A square beside its numbers."""
        return QSize(260 + int(SIDE + _EDGE), 260 + int(FOOT + _EDGE))

    def resizeEvent(self, _event: object) -> None:
        """Leave what is beside a square to the units."""
        self._points = None
        self.setMaximumWidth(max(100, self.height() + int(SIDE - FOOT)))

    def square(self) -> QRectF:
        """Return where the plane is painted."""
        edge = max(20.0, min(self.width() - SIDE - _EDGE, self.height() - FOOT - _EDGE))
        return QRectF(SIDE, _EDGE, edge, edge)

    def pixels(self) -> npt.NDArray[Any]:
        """Return where the points are painted ``(n, 2)``."""
        import numpy as np

        dataset, room = self.session.bridge.dataset, self.square()
        assert self.plane is not None
        assert dataset is not None
        assert self.rows is not None
        scale = room.width() / self.plane.side
        away = (dataset.inputs[self.rows] - (self.plane.left, self.plane.bottom)) * (scale, -scale)
        found: npt.NDArray[Any] = away + np.array([room.left(), room.bottom()])
        return found

    def place(self, x: float, y: float) -> QPointF:
        """Return where a point of the plane is painted."""
        assert self.plane is not None
        room = self.square()
        scale = room.width() / self.plane.side
        return QPointF(room.left() + (x - self.plane.left) * scale, room.bottom() - (y - self.plane.bottom) * scale)

    def tell(self, number: int) -> str:
        """Say where a point is, what is answered there, and which sample it is."""
        return f"{self._answer(QPointF(*self.pixels()[number]))}\n{super().tell(number)}"

    def describe(self, place: QPointF) -> str:
        """Say where a place is, and what is answered there; empty outside."""
        if self.plane is None or not self.square().contains(place):
            return ""
        nearest = self.nearest(place)
        return self._answer(place) if nearest is None else self.tell(nearest)

    def _answer(self, place: QPointF) -> str:
        """Say what is answered in the cell that a place is in."""
        assert self.plane is not None
        grid, room = self._grid(), self.square()
        size = grid.shape[-1]
        column = max(0, min(size - 1, int((place.x() - room.left()) / room.width() * size)))
        row = max(0, min(size - 1, int((room.bottom() - place.y()) / room.height() * size)))
        x = self.plane.left + (column + 0.5) * self.plane.side / size
        y = self.plane.bottom + (row + 0.5) * self.plane.side / size
        values = ", ".join(figure(value, ".3g") for value in grid[:, row, column])
        return f"({figure(x, '.3g')}, {figure(y, '.3g')}): {values}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the plane, the line of the unit, the points, and numbers at the sides."""
        if self.image is None or self.plane is None:
            return
        painter, room, plane = QPainter(self), self.square(), self.plane
        paint_up(painter, room, plane.bottom, plane.bottom + plane.side)
        paint_across(painter, room, plane.left, plane.left + plane.side)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(room, self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_points(painter)
        if self.lines is not None:
            self._paint_lines(painter, room)
        self.paint_rings(painter, 2.6 * self._dot())

    def _grid(self) -> npt.NDArray[Any]:
        assert self.plane is not None
        if self._unit is not None:
            for units in self.plane.units:
                if units.layer == self._unit[0] and self._unit[1] < len(units.values):
                    one: npt.NDArray[Any] = units.values[self._unit[1]][None]
                    return one
        return self.plane.answers

    def _draw(self) -> None:
        if self.plane is None:
            return
        dataset, grid = self.session.bridge.dataset, self._grid()
        self.lines = None
        if grid is not self.plane.answers:
            import numpy as np

            self.image = signed_image(grid[0][::-1], float(np.abs(np.nan_to_num(grid)).max()))
            self.lines = contour(grid[0], 0.0)
        elif dataset is not None:
            self.image = answer_image(grid, dataset)
            self.lines = answer_lines(grid, dataset)
        self.update()

    def _paint_lines(self, painter: QPainter, room: QRectF) -> None:
        assert self.lines is not None
        size = self._grid().shape[-1]
        cell = room.width() / size
        lines = [
            QLineF(
                room.left() + (a[0] + 0.5) * cell,
                room.bottom() - (a[1] + 0.5) * cell,
                room.left() + (b[0] + 0.5) * cell,
                room.bottom() - (b[1] + 0.5) * cell,
            )
            for a, b in self.lines
        ]
        # A pale edge keeps the line in sight among the points.
        for colour, width in ((theme.current().panel, 4.0), (theme.current().text, 1.6)):
            painter.setPen(QPen(colour, width))
            painter.drawLines(lines)

    def _dot(self) -> float:
        return min(_DOTS[1], max(_DOTS[0], self.square().width() / 110.0))

    def _paint_points(self, painter: QPainter) -> None:
        dataset = self.session.bridge.dataset
        if dataset is None or self.rows is None:
            return
        if self._points is None:
            self._points = self._draw_points(dataset, self._dot())
        painter.drawPixmap(0, 0, self._points)

    def _draw_points(self, dataset: Dataset, dot: float) -> QPixmap:
        colours, ratio = theme.current(), self.devicePixelRatioF()
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        edge = theme.blend(colours.text, colours.panel, 0.1)
        for rows, filled in ((dataset.training, True), (dataset.validation, False)):
            for row in rows[:_MOST_POINTS].tolist():
                x, y = dataset.inputs[row].tolist()
                colour = sample_colour(dataset, row)
                if filled:
                    paint_dot(painter, self.place(x, y), dot, colour, edge, 0.5)
                else:
                    paint_dot(painter, self.place(x, y), dot, colours.panel, colour, 0.5 * dot)
        painter.end()
        return picture
