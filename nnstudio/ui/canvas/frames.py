"""Frames on the scene: a tinted sheet behind cards and wires, with its title on a tab above it.

The sheet and the tab are two items, as the one lies below all cards and the other above them: from far away a title
keeps its size on the screen, and has to be read where it lies over a card.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QTextOption, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.core.graph import Frame
from nnstudio.core.words import tr
from nnstudio.ui.canvas.geometry import OVERVIEW_ZOOM
from nnstudio.ui.theme import blend

if TYPE_CHECKING:
    from nnstudio.core.diff import Change
    from nnstudio.core.graph import Graph
    from nnstudio.ui.canvas.card import Style
    from nnstudio.ui.canvas.scene import Scene

TAB: Final = 26.0
"""Height of a tab at 100 %."""
LETTERS: Final = 15
"""Height of a title's letters at 100 %, in pixels."""
_READABLE: Final = 0.8
"""Below this zoom the tab stays as large on the screen as it is at it."""
_NARROWEST: Final = 128.0
"""Room that a title has on the screen even where the frame is narrower."""
_PAD: Final = 10.0
TITLE_PLACE: Final = QPointF(_PAD, -8.0)
"""Where the title begins, from the sheet's upper left corner at 100 %."""
_TURN: Final = 6.0
NOTE_PAD: Final = 12.0
_NOTE_TOP: Final = 9.0
_REACH: Final = 5.0
"""How near the pointer must be to an edge to hold it, in pixels."""
_CORNER: Final = 12.0
_LEGIBLE: Final = 0.5
"""From this zoom on, the words under a wrong card can be read."""
_NEAR: Final = 0.5
_FAR: Final = 2.0
"""How high tabs lie: over all cards, and under or over the words of wrong ones."""


class Grip(msgspec.Struct, frozen=True):
    """What of a frame is under the pointer.

    Attributes:
        id: the frame's.
        across: -1 at the left edge, 1 at the right one, else 0.
        down: -1 at the upper edge, 1 at the lower one, else 0. At the title both are 0.
    """

    id: str
    across: int = 0
    down: int = 0


class FrameItem(QGraphicsItem):
    """The sheet of a frame and the note on it; `tab` bears the title. Its place is the scene's own, so pos() is 0.

    Attributes:
        frame: what it shows.
    """

    def __init__(self, frame: Frame, style: Style) -> None:
        super().__init__()
        self.frame = frame
        self.is_picked = False
        self._style = style
        self.tab = TabItem(self, style)
        self.setZValue(-10.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    @property
    def rect(self) -> QRectF:
        """The sheet, in scene units."""
        return QRectF(*self.frame.rect)

    @property
    def outer(self) -> QRectF:
        """The sheet and the tab as they are at 100 %."""
        return self.rect.united(self.tab.rect(1.0))

    def show_frame(self, frame: Frame) -> None:
        """Show another title, note or place."""
        if frame != self.frame:
            self.prepareGeometryChange()
            self.tab.prepareGeometryChange()
            self.frame = frame
            self.tab.arrange()
            self.update()
            self.tab.update()

    def show_picked(self, picked: bool) -> None:
        """Show whether it is picked out."""
        if picked != self.is_picked:
            self.is_picked = picked
            self.update()
            self.tab.update()

    def line(self) -> QColor:
        """Return the colour of the outline."""
        theme = self._style.theme
        return theme.accent if self.is_picked else blend(theme.mute, theme.bg, 0.45)

    def ground(self) -> QColor:
        """Return the tint of the sheet: clear enough that the ground's dots are seen."""
        tint = QColor(self._style.theme.mute)
        tint.setAlphaF(0.10)
        return tint

    def note_rect(self) -> QRectF:
        """Return where the note is, in scene units."""
        return self.rect.adjusted(NOTE_PAD, _NOTE_TOP, -NOTE_PAD, -_NOTE_TOP)

    def note_height(self, note: str) -> float:
        """Return how far below the upper edge a note would reach, with some room after it."""
        room = QRectF(0.0, 0.0, self.note_rect().width(), 1e5)
        wrapping = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
        return self._style.small_metrics.boundingRect(room, int(wrapping), note).height() + 2 * _NOTE_TOP

    def boundingRect(self) -> QRectF:
        """Return the sheet; from far away its outline is wider than a unit."""
        return self.rect.adjusted(-4.0, -4.0, 4.0, 4.0)

    def shape(self) -> QPainterPath:
        """Return nothing: hands go through the sheet, and `Frames.grip_at` knows tab and edges."""
        return QPainterPath()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint sheet, outline and note."""
        self.draw(painter, on_screen=widget is not None)

    def draw(self, painter: QPainter, *, on_screen: bool) -> None:
        """Paint for the screen, or for a file or paper."""
        transform = painter.worldTransform()
        zoom = transform.m11()
        rect, wide = self.rect, 2.0 if self.is_picked else 1.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.ground())
        if on_screen:  # on whole pixels, so that the hairline is one at every zoom
            rect = transform.mapRect(rect).toRect().toRectF()
            wide *= max(1.0, zoom)
            painter.setWorldTransform(QTransform())
        painter.drawRect(rect)
        pen = QPen(self.line(), wide)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(wide / 2, wide / 2, -wide / 2, -wide / 2))
        painter.setWorldTransform(transform)
        if self.frame.note and zoom >= OVERVIEW_ZOOM - 1e-6:
            self._write(painter)

    def _write(self, painter: QPainter) -> None:
        room = self.note_rect()
        painter.setFont(self._style.small)
        painter.setPen(self._style.theme.mute)
        wrapping = QTextOption()
        wrapping.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        painter.drawText(room, self.frame.note, wrapping)


class TabItem(QGraphicsItem):
    """The tab of a frame, with its title; above the cards."""

    def __init__(self, sheet: FrameItem, style: Style) -> None:
        super().__init__()
        self._sheet = sheet
        self._style = style
        self._natural = 0.0
        self.setZValue(_NEAR)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.arrange()

    @property
    def sheet(self) -> FrameItem:
        """The sheet it belongs to."""
        return self._sheet

    def arrange(self) -> None:
        """Find room for another title."""
        self._natural = QFontMetricsF(title_font(self._style)).horizontalAdvance(self._words())

    def rect(self, zoom: float) -> QRectF:
        """Return where the tab is at a zoom, in scene units."""
        scale = max(1.0, _READABLE / zoom)
        corner = self._sheet.rect.topLeft()
        return QRectF(corner.x(), corner.y() - TAB * scale, self._width(scale) * scale, TAB * scale)

    def boundingRect(self) -> QRectF:
        """Return the tab as large as it may be while scenes are painted item by item."""
        return self.rect(1.0).united(self.rect(OVERVIEW_ZOOM)).adjusted(-4.0, -4.0, 4.0, 4.0)

    def shape(self) -> QPainterPath:
        """Return nothing; see `FrameItem.shape`."""
        return QPainterPath()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the tab and the title."""
        self.draw(painter, on_screen=widget is not None)

    def draw(self, painter: QPainter, *, on_screen: bool) -> None:
        """Paint for the screen, where it is never too small to be read, or for a file or paper."""
        transform = painter.worldTransform()
        scale = max(1.0, _READABLE / transform.m11()) if on_screen else 1.0
        corner = self._sheet.rect.topLeft()
        if on_screen:
            place = transform.map(corner)
            whole = QPointF(round(place.x()), round(place.y()))
            factor = scale * transform.m11()
            painter.setWorldTransform(QTransform(factor, 0.0, 0.0, factor, whole.x(), whole.y()))
        else:
            painter.translate(corner)
        theme, sheet = self._style.theme, self._sheet
        painter.setPen(QPen(sheet.line(), 2.0 if sheet.is_picked else 1.0))
        painter.setBrush(self.ground())
        painter.drawPath(self.path(scale))
        painter.setFont(title_font(self._style))
        painter.setPen(theme.text if sheet.frame.title.strip() else theme.mute)
        painter.drawText(TITLE_PLACE, self.words(scale))
        painter.setWorldTransform(transform)

    def ground(self) -> QColor:
        """Return the colour of the tab."""
        theme = self._style.theme
        return blend(theme.accent if self._sheet.is_picked else theme.mute, theme.bg, 0.80)

    def path(self, scale: float) -> QPainterPath:
        """Return the outline, from the sheet's upper left corner, in units that are ``scale`` of the scene's large."""
        return _tab(self._width(scale))

    def words(self, scale: float) -> str:
        """Return what of the title has room."""
        room = self._width(scale) - 2 * _PAD + 0.5
        return QFontMetricsF(title_font(self._style)).elidedText(self._words(), Qt.TextElideMode.ElideRight, room)

    def _width(self, scale: float) -> float:
        """Return how wide the tab is, in letters' units: as the title asks for, and no wider than the frame."""
        return min(self._natural + 2 * _PAD, max(self._sheet.rect.width() / scale, _NARROWEST))

    def _words(self) -> str:
        return " ".join(self._sheet.frame.title.split()) or tr("Frame")


class Frames:
    """The frames of a scene."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.items: dict[str, FrameItem] = {}
        self._picked: str | None = None
        self._above = _NEAR

    def obey(self, change: Change, new: Graph) -> None:
        """Go from one drawing to another."""
        if not change.framed:
            return
        frames = {frame.id: frame for frame in new.frames}
        for id_ in change.framed:
            item, frame = self.items.get(id_), frames.get(id_)
            if item is not None and frame is None:
                self._scene.removeItem(item.tab)
                self._scene.removeItem(item)
                del self.items[id_]
            elif item is not None and frame is not None:
                item.show_frame(frame)
        for frame in new.frames:
            if frame.id not in self.items:
                made = FrameItem(frame, self._scene.style_)
                self.items[frame.id] = made
                made.tab.setZValue(self._above)
                self._scene.addItem(made)
                self._scene.addItem(made.tab)
        if self._picked in self.items:
            self.items[self._picked].show_picked(True)

    def show_picked(self, id_: str | None) -> None:
        """Show a frame as picked out, or none."""
        for key in (self._picked, id_):
            if key is not None and key in self.items:
                self.items[key].show_picked(key == id_)
        self._picked = id_

    def show_from(self, zoom: float) -> None:
        """Lay titles over what wrong cards say where that is too small to be read, and under it from near by."""
        above = _FAR if zoom < _LEGIBLE else _NEAR
        if above != self._above:
            self._above = above
            for item in self.items.values():
                item.tab.setZValue(above)

    def title_at(self, place: QPointF, zoom: float) -> Grip | None:
        """Return the frame whose tab is at a place, the smallest of several; the sheet's edge is no part of it."""
        edge = _REACH / zoom
        hits = (item for item in self.items.values() if item.tab.rect(zoom).adjusted(0, 0, 0, -edge).contains(place))
        return next((Grip(item.frame.id) for item in _smallest_first(hits)), None)

    def edge_at(self, place: QPointF, zoom: float) -> Grip | None:
        """Return the edge or corner that is at a place, of the smallest frame of several."""
        reach, corner = _REACH / zoom, _CORNER / zoom
        hits = (
            item
            for item in self.items.values()
            if item.rect.adjusted(-reach, -reach, reach, reach).contains(place)
            and not item.rect.adjusted(reach, reach, -reach, -reach).contains(place)
        )
        for item in _smallest_first(hits):
            rect = item.rect
            across = _end(place.x(), rect.left(), rect.right(), reach)
            down = _end(place.y(), rect.top(), rect.bottom(), reach)
            # Near a corner both edges are meant.
            if down:
                across = across or _end(place.x(), rect.left(), rect.right(), corner)
            elif across:
                down = _end(place.y(), rect.top(), rect.bottom(), corner)
            return Grip(item.frame.id, across, down)
        return None

    def rect(self) -> QRectF:
        """Return the rectangle around all frames and their tabs; empty where there are none."""
        rect = QRectF()
        for item in self.items.values():
            rect = rect.united(item.outer)
        return rect

    def paint_sheets(self, painter: QPainter) -> None:
        """Paint all sheets on the screen, as from far away."""
        for item in self.items.values():
            item.draw(painter, on_screen=True)

    def paint_tabs(self, painter: QPainter) -> None:
        """Paint all tabs on the screen, as from far away."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item in self.items.values():
            item.tab.draw(painter, on_screen=True)


def title_font(style: Style) -> QFont:
    """Return the font of titles."""
    font = QFont(style.title)
    font.setPixelSize(LETTERS)
    return font


def _tab(wide: float) -> QPainterPath:
    """Return a tab that stands on its lower left corner, round at the top."""
    left, right, top, bottom = 0.5, wide - 0.5, 0.5 - TAB, 0.5
    path = QPainterPath(QPointF(left, bottom))
    path.lineTo(left, top + _TURN)
    path.quadTo(left, top, left + _TURN, top)
    path.lineTo(right - _TURN, top)
    path.quadTo(right, top, right, top + _TURN)
    path.lineTo(right, bottom)
    path.closeSubpath()
    return path


def _smallest_first(items: Iterable[FrameItem]) -> list[FrameItem]:
    return sorted(items, key=lambda item: item.frame.rect[2] * item.frame.rect[3])


def _end(place: float, first: float, last: float, reach: float) -> int:
    if abs(place - first) <= reach:
        return -1
    return 1 if abs(place - last) <= reach else 0
