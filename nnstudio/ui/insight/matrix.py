"""A matrix as a picture that tells its numbers under the pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.insight.signed import signed_image

if TYPE_CHECKING:
    import numpy.typing as npt

_LARGEST: Final = 26.0
"""Side of a cell at most, in pixels."""
FLAT: Final = 4.0
"""Cells may be so many times as wide as high, or the other way round, where the room asks for it."""


class MatrixPicture(Described):
    """Cells from orange (below zero) to blue (above). Rows are read from the top, columns from the left."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 40)
        self._values: npt.NDArray[Any] | None = None
        self._image: QImage | None = None
        self._describe: Callable[[int, int], str] = lambda row, column: ""
        self._cell: tuple[int, int] | None = None
        self.flatness = FLAT
        """How many times as wide as high a cell may be, or the other way round."""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_matrix(
        self, values: npt.NDArray[Any] | None, reach: float, describe: Callable[[int, int], str] | None = None
    ) -> None:
        """Show other numbers.

        Args:
            values: (rows, columns); None shows nothing.
            reach: absolute value of the full colours.
            describe: says of a row and a column what stands there.
        """
        self._values = values
        self._image = None if values is None or not values.size else signed_image(values, reach)
        self._describe = describe or (lambda row, column: "")
        if self._cell is not None and self._image is not None:
            inside = self._cell[0] < self._image.height() and self._cell[1] < self._image.width()
            self._cell = self._cell if inside else None
        self.update()

    @property
    def image(self) -> QImage | None:
        """The picture, one pixel per number."""
        return self._image

    def sizeHint(self) -> QSize:
        """Room for a small matrix."""
        return QSize(320, 180)

    def place(self) -> QRectF:
        """Return where the matrix is painted."""
        if self._image is None:
            return QRectF()
        rows, columns = self._image.height(), self._image.width()
        cell_x, cell_y = (
            min(_LARGEST, (self.width() - 2) / columns),
            min(_LARGEST, (self.height() - 2) / rows),
        )
        cell_x, cell_y = min(cell_x, cell_y * self.flatness), min(cell_y, cell_x * self.flatness)
        return QRectF(1.0, 1.0, cell_x * columns, cell_y * rows)

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """Return row and column of the number at a place."""
        rect = self.place()
        if self._image is None or not rect.contains(place):
            return None
        column = int((place.x() - rect.left()) / rect.width() * self._image.width())
        row = int((place.y() - rect.top()) / rect.height() * self._image.height())
        return min(row, self._image.height() - 1), min(column, self._image.width() - 1)

    @property
    def cell(self) -> tuple[int, int] | None:
        """Row and column that keys have gone to."""
        return self._cell

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go from number to number, and tell each."""
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or self._image is None:
            super().keyPressEvent(event)
            return
        row, column = self._cell or (0, 0)
        if self._cell is not None:
            row = max(0, min(self._image.height() - 1, row + step[0]))
            column = max(0, min(self._image.width() - 1, column + step[1]))
        self._cell = row, column
        text = self._describe(row, column)
        self.setAccessibleDescription(text)
        QToolTip.showText(self.mapToGlobal(self._rect_of(row, column).bottomRight().toPoint()), text, self)
        self.update()

    def _rect_of(self, row: int, column: int) -> QRectF:
        assert self._image is not None
        rect = self.place()
        wide, high = rect.width() / self._image.width(), rect.height() / self._image.height()
        return QRectF(rect.left() + column * wide, rect.top() + row * high, wide, high)

    def describe(self, place: QPointF) -> str:
        """Say which number is at a place."""
        cell = self.cell_at(place)
        return self._describe(*cell) if cell is not None else ""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cells, hard-edged, in a hairline."""
        if self._image is None:
            return
        painter = QPainter(self)
        rect = self.place()
        shrinks = rect.width() < self._image.width() or rect.height() < self._image.height()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
        painter.drawImage(rect, self._image)
        painter.setPen(QPen(theme.current().accent if self.hasFocus() else theme.current().line, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)
        if self.hasFocus() and self._cell is not None:
            painter.setPen(QPen(theme.current().text, 2.0))
            painter.drawRect(self._rect_of(*self._cell))
