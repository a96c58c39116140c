"""A matrix with signs at its edges, and small ones to choose from: for attention and for gates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.imagery import map_image

if TYPE_CHECKING:
    import numpy.typing as npt

_EDGE: Final = 30.0
_GAP: Final = 8.0
_NAME: Final = 18.0
_TILE: Final = 86.0
_SMALLEST: Final = 44.0


class AttentionChart(Described):
    """The weights of one head: a row for each step that asks, a column for each step that is looked at."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("attention_chart")
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 100)
        self.weights: npt.NDArray[Any] | None = None
        self.image: QImage | None = None
        self._rows: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()

    def show_weights(self, weights: npt.NDArray[Any], rows: tuple[str, ...], columns: tuple[str, ...]) -> None:
        """Show weights ``(L, S)`` from 0 to 1, with a text for each row and column."""
        self.weights, self._rows, self._columns = weights, rows, columns
        self.image = map_image(weights, 0.0, max(1e-12, float(weights.max())))
        self.resizeEvent(None)
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(280, 280)

    def resizeEvent(self, _event: object) -> None:
        """Leave what is beside the matrix to the other heads."""
        rows, columns = self.weights.shape if self.weights is not None else (1, 1)
        self.setMaximumWidth(max(120, int((self.height() - _EDGE) * columns / rows + _EDGE + 4.0)))

    def room(self) -> QRectF:
        """Return where the matrix is painted."""
        if self.weights is None:
            return QRectF()
        rows, columns = self.weights.shape
        cell = min((self.width() - _EDGE - 2.0) / columns, (self.height() - _EDGE - 2.0) / rows)
        return QRectF(_EDGE, _EDGE, cell * columns, cell * rows)

    def describe(self, place: QPointF) -> str:
        """Say how much one step takes from another; empty outside."""
        room = self.room()
        if self.weights is None or not room.contains(place):
            return ""
        rows, columns = self.weights.shape
        row = min(rows - 1, int((place.y() - room.top()) / room.height() * rows))
        column = min(columns - 1, int((place.x() - room.left()) / room.width() * columns))
        return tr(
            "step {row} ({asking}) takes {weight:.4f} from step {column} ({seen})",
            row=row + 1,
            asking=self._rows[row],
            column=column + 1,
            seen=self._columns[column],
            weight=float(self.weights[row, column]),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the matrix and the signs."""
        if self.image is None or self.weights is None:
            return
        painter, colours, room = QPainter(self), theme.current(), self.room()
        painter.drawImage(room, self.image)
        painter.setPen(colours.mute)
        cell = room.height() / len(self._rows)
        skip = max(1, round(14.0 / cell + 0.49))
        for number, text in enumerate(self._rows):
            where = QRectF(0.0, room.top() + (number + 0.5) * cell - 8.0, _EDGE - 5.0, 16.0)
            if number % skip == 0 and where.bottom() <= self.height() + 3.0:
                painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        for number, text in enumerate(self._columns):
            if number % skip == 0:
                where = QRectF(room.left() + (number + 0.5) * cell - 14.0, 0.0, 28.0, _EDGE - 4.0)
                painter.drawText(where, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, text)


class HeadTiles(QWidget):
    """Every head small; a click, or the keys, show one large."""

    chosen = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("head_tiles")
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(int(_TILE))
        self.number = 0
        """The head that is shown large."""
        self._images: tuple[QImage, ...] = ()

    def show_heads(self, weights: npt.NDArray[Any]) -> None:
        """Show weights ``(heads, L, S)``."""
        self._images = tuple(map_image(head, 0.0, max(1e-12, float(head.max()))) for head in weights)
        self.number = min(self.number, len(self._images) - 1)
        self.update()

    def place(self, number: int) -> QRectF:
        """Return where a head is painted."""
        tile = max(_SMALLEST, min(_TILE, self.height() - _NAME - 2.0))  # in a low place the first row is seen whole
        across = max(1, int((self.width() + _GAP) / (tile + _GAP)))
        row, column = divmod(number, across)
        return QRectF(column * (tile + _GAP), row * (tile + _NAME + _GAP) + _NAME, tile, tile)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show a head large."""
        for number in range(len(self._images)):
            if self.place(number).contains(event.position()):
                self._choose(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go to the next head."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._images:
            super().keyPressEvent(event)
        else:
            self._choose(max(0, min(len(self._images) - 1, self.number + step)))

    def _choose(self, number: int) -> None:
        if number != self.number:
            self.number = number
            self.update()
            self.chosen.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the heads."""
        painter, colours = QPainter(self), theme.current()
        for number, image in enumerate(self._images):
            place = self.place(number)
            painter.setPen(colours.accent if number == self.number else colours.mute)
            name = QRectF(place.left(), place.top() - _NAME, place.width(), _NAME)
            painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, tr("head {number}", number=number + 1))
            painter.drawImage(place, image)
            if number == self.number:
                painter.setPen(QPen(colours.accent, 2.0))
                painter.drawRect(place)
