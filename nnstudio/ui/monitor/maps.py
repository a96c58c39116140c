"""Feature maps painted: every layer in a row of its own, or one layer large with all its channels.

Own painting, no plot items: a row is one picture, made anew only when its numbers or its size have changed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollArea, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.monitor.bars import bar_width, bars_image, unit_at
from nnstudio.ui.monitor.empty import EmptyNote
from nnstudio.ui.monitor.layers import LayerValue, layer_values
from nnstudio.ui.monitor.seen import FollowsWhileSeen

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_SMALLEST: Final = 18
_GOOD: Final = 28
_LARGEST: Final = 48
_VECTOR_LOW: Final = 18
_VECTOR_HIGH: Final = 44
_ROW_GAP: Final = 5
_TILE_GAP: Final = 4
_LABEL_GAP: Final = 10
_MORE_ROOM: Final = 40
_WIDEST_LABEL: Final = 96
_ROWS_A_TURN: Final = 7
"""How many rows are drawn before somebody else has a turn."""
_LONGEST: Final = 12
"""A map is shown at most so many times as wide as high; text-like sequences are wider than that."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Where one layer is painted."""

    layer: LayerValue
    rect: QRect
    tile: QSize
    shown: int

    def index_at(self, place: QPoint) -> int | None:
        """Return which map or unit lies at a place, counted from 0."""
        if not self.rect.contains(place):
            return None
        x = place.x() - self.rect.left()
        if self.layer.is_vector:
            return unit_at(x, self.layer.count, self.rect.width())
        number, within = divmod(x, self.tile.width() + _TILE_GAP)
        return number if number < self.shown and within < self.tile.width() else None


class MapList(QScrollArea):
    """Feature maps of all layers of the drawing on the chosen sample; a click selects the layer."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map_list")
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.rows = MapRows(session, self)
        self.rows.setAutoFillBackground(False)
        self.setWidget(self.rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the rows the height there is."""
        super().resizeEvent(event)
        self.rows.fit(self.viewport().height())


class MapRows(FollowsWhileSeen, Described):
    """What `MapList` scrolls: a label and a row of tiles per layer."""

    def __init__(self, session: Session, area: QScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self.setObjectName("map_rows")
        self.setAccessibleName(tr("Feature maps"))
        self.setFont(theme.font("small"))
        self._session = session
        self._theme = theme.current()
        self._height = 0
        self._layers: list[LayerValue] = []
        self._rows: list[_Row] = []
        self._pictures: dict[str, QImage] = {}
        self._next: dict[str, QImage] | None = None
        """Pictures of the newest values, as far as they are drawn; None while all are shown."""
        self._is_behind = False
        self._empty = EmptyNote(tr("Press Train to see what the layers make of a sample."), self)
        session.bridge.mapped.connect(self._on_mapped)
        session.bridge.state_changed.connect(self.refresh)
        session.changed.connect(self.refresh)
        session.selection_changed.connect(self.update)
        self.refresh()

    @property
    def layers(self) -> tuple[LayerValue, ...]:
        """The layers shown, from top to bottom."""
        return tuple(self._layers)

    def refresh(self) -> None:
        """Show what is known now."""
        known, self._layers = self._layers, layer_values(self._session)
        if self._layers and [_outline(layer) for layer in known] == [_outline(layer) for layer in self._layers]:
            # The usual case: only the numbers are new, so rows and names stay where they are.
            pairs = zip(self._rows, self._layers, strict=True)
            self._rows = [replace(row, layer=layer) for row, layer in pairs]
            self._next = {}
            self._draw_some()
            return
        self._empty.setVisible(not self._layers)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if self._layers else Qt.FocusPolicy.NoFocus)
        self._arrange()

    def fit(self, height: int) -> None:
        """Arrange the rows so that they fill ``height`` pixels, if they can."""
        self._height = height
        self._arrange()

    def row_rect(self, id_: str) -> QRect | None:
        """Return where a layer's tiles are painted."""
        return next((row.rect for row in self._rows if row.layer.id == id_), None)

    def _on_mapped(self) -> None:
        # What is half drawn is shown first: values may come faster than pictures are drawn.
        self._is_behind = self._next is not None
        if self.isVisible() and not self._layers:
            self.refresh()  # who sees nothing yet should not wait
        elif self.isVisible() and not self._is_behind:
            self._session.bridge.in_turn(self.refresh)

    def _draw_some(self) -> None:
        """Draw a few of the next pictures, in one turn after the other; all are shown together."""
        if self._next is None:
            return
        left = [row for row in self._rows if row.layer.id not in self._next]
        for row in left[:_ROWS_A_TURN]:
            self._next[row.layer.id] = self._draw(row)
        if len(left) > _ROWS_A_TURN:
            self._session.bridge.in_turn(self._draw_some)
            return
        self._pictures, self._next = self._next, None
        self.update(self.rect().adjusted(self._rows[0].rect.left(), 0, 0, 0))
        if self._is_behind:
            self._on_mapped()

    def _arrange(self) -> None:
        self._pictures, self._next = {}, None
        label = self._label_width()
        left, room = label + _LABEL_GAP, max(40, self.width() - label - _LABEL_GAP)
        heights = self._heights()
        rows, top = [], 0
        for layer in self._layers:
            row = _row(layer, left, top, room, heights)
            rows.append(row)
            top += row.rect.height() + _ROW_GAP
        self._rows = rows
        self.setMinimumHeight(max(0, top - _ROW_GAP))
        self.update()

    def _heights(self) -> tuple[int, int]:
        """Return the heights of a map and of a vector: all rows fit if they can be of a good size, else the maps do."""
        maps = sum(not layer.is_vector for layer in self._layers)
        vectors = len(self._layers) - maps
        if not maps:
            return _SMALLEST, _each(self._height, vectors, _VECTOR_LOW, _VECTOR_HIGH)
        edge = _each(self._height - vectors * (_VECTOR_LOW + _ROW_GAP), maps, _SMALLEST, _LARGEST)
        if edge < _GOOD:
            return min(_GOOD, _each(self._height, maps, _SMALLEST, _LARGEST)), _VECTOR_LOW
        rest = self._height - maps * (edge + _ROW_GAP)
        return edge, _each(rest, vectors, _VECTOR_LOW, _VECTOR_HIGH)

    def _label_width(self) -> int:
        metrics = QFontMetrics(self.font())
        return min(_WIDEST_LABEL, max((metrics.horizontalAdvance(layer.name) + 2 for layer in self._layers), default=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the rows out for the new width."""
        super().resizeEvent(event)
        self._empty.setGeometry(self.rect())
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that are in view."""
        painter = QPainter(self)
        painter.setFont(self.font())
        for row in self._rows:
            if row.rect.bottom() < event.rect().top() or row.rect.top() > event.rect().bottom():
                continue
            if event.rect().left() < row.rect.left() - _LABEL_GAP:
                self._paint_name(painter, row)
            painter.drawImage(row.rect.topLeft(), self._picture(row))
            hidden = row.layer.count - row.shown
            if hidden > 0:
                painter.setPen(self._theme.mute)
                rest = row.rect.adjusted(row.shown * (row.tile.width() + _TILE_GAP) + 2, 0, _MORE_ROOM, 0)
                painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, f"+{hidden}")
        if self.hasFocus():
            painter.setPen(self._theme.accent)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_name(self, painter: QPainter, row: _Row) -> None:
        selected = row.layer.id in self._session.model_selection
        painter.setPen(self._theme.accent if selected else self._theme.mute)
        place = QRect(0, row.rect.top(), row.rect.left() - _LABEL_GAP, row.rect.height())
        name = QFontMetrics(self.font()).elidedText(row.layer.name, Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)

    def _picture(self, row: _Row) -> QImage:
        picture = self._pictures.get(row.layer.id)
        if picture is None:
            picture = self._pictures[row.layer.id] = self._draw(row)
        return picture

    def _draw(self, row: _Row) -> QImage:
        from nnstudio.ui.imagery import strip_image

        layer, ratio = row.layer, self.devicePixelRatioF()
        if layer.is_vector:
            colours = (self._theme.family(layer.family), self._theme.line)
            return bars_image(layer.values, (row.rect.width(), row.rect.height()), colours, ratio)
        tile = (round(row.tile.width() * ratio), round(row.tile.height() * ratio))
        picture = strip_image(layer.values[: row.shown], tile, round(_TILE_GAP * ratio), layer.low, layer.high)
        picture.setDevicePixelRatio(ratio)
        return picture

    def describe(self, place: QPointF) -> str:
        """Say which layer and channel lie at a place, and what they hold; empty where nothing lies."""
        at = place.toPoint()
        for row in self._rows:
            if row.rect.top() <= at.y() <= row.rect.bottom():
                index = row.index_at(at)
                return f"{row.layer.name}: {row.layer.caption}" if index is None else row.layer.describe(index)
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the layer that was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            y = round(event.position().y())
            hit = [row.layer.id for row in self._rows if row.rect.top() <= y <= row.rect.bottom()]
            self._session.select_in_model(hit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down select the layer before and after."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._rows:
            super().keyPressEvent(event)
            return
        ids = [row.layer.id for row in self._rows]
        now = next((number for number, id_ in enumerate(ids) if id_ in self._session.model_selection), None)
        wanted = (0 if step > 0 else len(ids) - 1) if now is None else max(0, min(len(ids) - 1, now + step))
        self._session.select_in_model([ids[wanted]])
        rect = self._rows[wanted].rect
        self._area.ensureVisible(0, rect.center().y(), 0, rect.height())


def _outline(layer: LayerValue) -> tuple[object, ...]:
    """Return what decides where a layer is painted."""
    return layer.id, layer.name, layer.is_sequence, layer.values.shape


def _each(height: int, count: int, low: int, high: int) -> int:
    """Return how high each of ``count`` rows can be, from ``low`` to ``high``."""
    return max(low, min(high, (height + _ROW_GAP) // max(1, count) - _ROW_GAP))


def _row(layer: LayerValue, left: int, top: int, room: int, heights: tuple[int, int]) -> _Row:
    edge, vector = heights
    if layer.is_vector:
        width = min(room, math.ceil(bar_width(layer.count, room) * layer.count))
        return _Row(layer, QRect(left, top, width, vector), QSize(), layer.count)
    height, width = layer.values.shape[1:]
    wide = edge * min(_LONGEST, width / height)
    if layer.is_sequence:
        # A step is as wide as a bar, so that sequences stand in time under each other.
        wide = bar_width(width, room) * width
    tile = QSize(max(4, min(room, round(wide))), edge)
    step = tile.width() + _TILE_GAP
    fitting = max(1, (room + _TILE_GAP) // step)
    if fitting < layer.count:
        fitting = max(1, (room - _MORE_ROOM + _TILE_GAP) // step)
    shown = min(layer.count, fitting)
    return _Row(layer, QRect(left, top, shown * step - _TILE_GAP, edge), tile, shown)
