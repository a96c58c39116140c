"""One layer large: all its maps in a grid, or a vector's numbers as bars, with the range of values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.core.words import figure
from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.monitor.bars import bars_image, unit_at
from nnstudio.ui.monitor.empty import EmptyNote

if TYPE_CHECKING:
    from nnstudio.ui.monitor.layers import LayerValue

_GAP: Final = 5
_SMALLEST: Final = 14
_LARGEST: Final = 160
_MOST_BARS_HEIGHT: Final = 120
_WIDEST_BAR: Final = 48.0
_SEQUENCE_ROW: Final = 14


class MapGrid(Described):
    """Tiles as large as the room allows; what does not fit is counted in the last line of the caption."""

    def __init__(self, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map_grid")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 60)
        self._theme = theme.current()
        self._layer: LayerValue | None = None
        self._tile = QSize()
        self._columns = 1
        self._shown = 0
        self._rows: list[QImage] = []
        self._empty = EmptyNote(empty_text, self)

    @property
    def layer(self) -> LayerValue | None:
        """The layer shown."""
        return self._layer

    @property
    def num_hidden(self) -> int:
        """How many maps there is no room for."""
        return self._layer.count - self._shown if self._layer and not self._layer.is_vector else 0

    def show_layer(self, layer: LayerValue | None) -> None:
        """Show another layer, or the same with new numbers; None shows the sentence for an empty view."""
        self._layer = layer
        self._empty.setVisible(layer is None)
        self.setAccessibleName(f"{layer.name}: {layer.caption}" if layer else self._empty.text())
        self._arrange()

    def tile_rect(self, index: int) -> QRect:
        """Return where map number ``index`` is painted, counted from 0."""
        row, column = divmod(index, self._columns)
        return QRect(QPoint(column * (self._tile.width() + _GAP), row * (self._tile.height() + _GAP)), self._tile)

    def describe(self, place: QPointF) -> str:
        """Say which map or unit lies at a place, and what it holds; empty where nothing lies."""
        layer, at = self._layer, place.toPoint()
        if layer is None:
            return ""
        if layer.is_vector:
            unit = unit_at(at.x(), layer.count, self.width(), _WIDEST_BAR) if self._bars_rect().contains(at) else None
            return "" if unit is None else layer.describe(unit)
        hit = next((index for index in range(self._shown) if self.tile_rect(index).contains(at)), None)
        return "" if hit is None else layer.describe(hit)

    def _arrange(self) -> None:
        self._rows = []
        layer = self._layer
        if layer is not None and not layer.is_vector:
            rows, columns = layer.values.shape[1:]
            if layer.is_sequence:
                self._tile = QSize(max(1, self.width()), max(1, min(self.height(), rows * _SEQUENCE_ROW)))
                self._columns = self._shown = 1
                self.update()
                return
            shape = max(0.25, min(12.0, columns / rows))
            self._tile, self._columns = _best_tile(layer.count, self.width(), self.height(), shape)
            fitting = max(1, (self.height() + _GAP) // (self._tile.height() + _GAP))
            self._shown = min(layer.count, fitting * self._columns)
        self.update()

    def _bars_rect(self) -> QRect:
        return QRect(0, 0, self.width(), min(_MOST_BARS_HEIGHT, self.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the tiles out anew."""
        super().resizeEvent(event)
        self._empty.setGeometry(self.rect())
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the tiles row by row, or the bars."""
        layer = self._layer
        if layer is None:
            return
        painter = QPainter(self)
        if layer.is_vector:
            room = self._bars_rect()
            colours = (self._theme.family(layer.family), self._theme.line)
            ratio = self.devicePixelRatioF()
            painter.drawImage(
                QPoint(), bars_image(layer.values, (room.width(), room.height()), colours, ratio, _WIDEST_BAR)
            )
            return
        if not self._rows:
            self._rows = self._pictures(layer)
        for number, picture in enumerate(self._rows):
            painter.drawImage(QPoint(0, number * (self._tile.height() + _GAP)), picture)

    def _pictures(self, layer: LayerValue) -> list[QImage]:
        from nnstudio.ui.imagery import strip_image

        ratio = self.devicePixelRatioF()
        tile = (round(self._tile.width() * ratio), round(self._tile.height() * ratio))
        made = []
        for start in range(0, self._shown, self._columns):
            maps = layer.values[start : min(start + self._columns, self._shown)]
            picture = strip_image(maps, tile, round(_GAP * ratio), layer.low, layer.high)
            picture.setDevicePixelRatio(ratio)
            made.append(picture)
        return made


class Scale(QWidget):
    """The colour table as a bar with the values of its two ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("colour_scale")
        self.setFont(theme.font("small"))
        self._mute = theme.current().mute
        self._ends: tuple[float, float] | None = None
        self._picture: QImage | None = None
        self.setFixedHeight(16)
        self.setMinimumWidth(150)

    def show_range(self, low: float, high: float) -> None:
        """Write the values of the darkest and the brightest colour."""
        self._ends = (low, high)
        self.setAccessibleName(f"{figure(low, '.3g')} – {figure(high, '.3g')}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint low, the colours, high."""
        if self._ends is None:
            return
        if self._picture is None:
            self._picture = _scale_picture()
        painter = QPainter(self)
        painter.setPen(self._mute)
        low, high = (figure(end, ".3g") for end in self._ends)
        metrics = painter.fontMetrics()
        bar = QRectF(metrics.horizontalAdvance(low) + 8, 4, 0, self.height() - 8)
        bar.setWidth(max(20.0, self.width() - bar.left() - metrics.horizontalAdvance(high) - 8))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, low)
        painter.drawImage(bar, self._picture)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, high)


def _scale_picture() -> QImage:
    import numpy as np

    from nnstudio.ui.imagery import NUM_COLOURS, map_image

    return map_image(np.arange(NUM_COLOURS, dtype=np.float32)[np.newaxis])


def _best_tile(count: int, width: int, height: int, shape: float) -> tuple[QSize, int]:
    """Return the largest tile with which ``count`` of them fit, and how many stand in a row.

    Args:
        count: how many tiles.
        width: of the room.
        height: of the room.
        shape: width of a tile by its height.
    """
    best, columns = 0.0, 1
    for across in range(1, count + 1):
        down = -(-count // across)
        edge = min((width - (across - 1) * _GAP) / across / shape, (height - (down - 1) * _GAP) / down)
        if edge > best:
            best, columns = edge, across
        if (width - (across - 1) * _GAP) / across / shape < _SMALLEST:
            break
    edge = max(float(_SMALLEST), min(float(_LARGEST), best))
    tile = QSize(max(4, int(edge * shape)), int(edge))
    return tile, max(1, min(columns if best >= _SMALLEST else count, (width + _GAP) // (tile.width() + _GAP)))
