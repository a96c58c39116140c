"""A matrix as a picture that tells its numbers under the pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnstudio.ui import theme
from nnstudio.ui.insight.signed import signed_image

if TYPE_CHECKING:
    import numpy.typing as npt

_LARGEST: Final = 26.0
"""Side of a cell at most, in pixels."""
_FLAT: Final = 4.0
"""Cells may be so many times as wide as high, or the other way round, where the room asks for it."""


class MatrixPicture(QWidget):
    """Cells from orange (below zero) to blue (above). Rows are read from the top, columns from the left."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 40)
        self._values: npt.NDArray[Any] | None = None
        self._image: QImage | None = None
        self._describe: Callable[[int, int], str] = lambda row, column: ""

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
        cell_x, cell_y = min(cell_x, cell_y * _FLAT), min(cell_y, cell_x * _FLAT)
        return QRectF(1.0, 1.0, cell_x * columns, cell_y * rows)

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """Return row and column of the number at a place."""
        rect = self.place()
        if self._image is None or not rect.contains(place):
            return None
        column = int((place.x() - rect.left()) / rect.width() * self._image.width())
        row = int((place.y() - rect.top()) / rect.height() * self._image.height())
        return min(row, self._image.height() - 1), min(column, self._image.width() - 1)

    def event(self, event: QEvent) -> bool:
        """Tell the number under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))
            text = self._describe(*cell) if cell is not None else ""
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cells, hard-edged, in a hairline."""
        if self._image is None:
            return
        painter = QPainter(self)
        rect = self.place()
        shrinks = rect.width() < self._image.width() or rect.height() < self._image.height()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
        painter.drawImage(rect, self._image)
        painter.setPen(QPen(theme.current().line, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)
