"""The numbers of a layer as cells, of which one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent

from nnstudio.core.words import figure
from nnstudio.ui import theme
from nnstudio.ui.insight.matrix import FLAT, MatrixPicture

if TYPE_CHECKING:
    from nnstudio.training.studies.arithmetic import ArithmeticSeen


class UnitPicture(MatrixPicture):
    """The numbers of a layer; a click chooses one."""

    chosen = Signal(object)
    """An index (a tuple) of the layer's numbers."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setMinimumSize(90, 70)
        self._shape: tuple[int, ...] = ()
        self._at: tuple[int, ...] = ()
        self._columns = 1

    def show_numbers(self, value: ArithmeticSeen) -> None:
        """Show the numbers around the chosen one: of pictures the one that it is in, of a row all, folded."""
        import numpy as np

        self._shape, self._at = value.shape, value.index
        numbers = value.values
        self.flatness = 1.0 if numbers.ndim > 2 else FLAT  # pictures keep their shape
        if numbers.ndim > 1:
            matrix = numbers[value.index[:-2]]
        else:
            flat = numbers.reshape(-1)
            self._columns = max(1, min(flat.size, 10 if flat.size <= 100 else 16))
            rows = -(-flat.size // self._columns)
            matrix = np.full(rows * self._columns, np.nan)
            matrix[: flat.size] = flat
            matrix = np.nan_to_num(matrix).reshape(rows, self._columns)
        reach = float(np.abs(matrix).max(initial=0.0))
        self.show_matrix(matrix, reach, self._describe_number)

    def number_at(self, row: int, column: int) -> tuple[int, ...] | None:
        """Return which number of the layer a cell is; None for a filler."""
        if len(self._shape) > 1:
            return (*self._at[:-2], row, column)
        place = row * self._columns + column
        return (place,) if self._shape and place < self._shape[0] else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the number under the pointer."""
        cell = self.cell_at(event.position())
        index = self.number_at(*cell) if cell is not None else None
        if index is not None:
            self.chosen.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go from number to number, as in every matrix; Enter or Space chooses the one they have reached."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.cell is not None:
            index = self.number_at(*self.cell)
            if index is not None:
                self.chosen.emit(index)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the numbers, and a frame around the chosen one."""
        super().paintEvent(event)
        image, rect = self.image, self.place()
        if image is None or not self._at:
            return
        row, column = self._at[-2:] if len(self._shape) > 1 else divmod(self._at[0], self._columns)
        wide, high = rect.width() / image.width(), rect.height() / image.height()
        painter = QPainter(self)
        painter.setPen(theme.current().text)
        painter.drawRect(QRectF(rect.left() + column * wide, rect.top() + row * high, wide, high))

    def _describe_number(self, row: int, column: int) -> str:
        index = self.number_at(row, column)
        if index is None or self._values is None:
            return ""
        return f"[{', '.join(map(str, index))}] = {figure(self._values[row, column], '.6g')}"
