"""The items of a frame: a tinted sheet behind cards and wires, and a tab above it that bears the title.

They are two, as the sheet lies below all cards and the tab above them: from far away a title keeps its size on the
screen, and has to be read where it lies over a card.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QTextOption, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.core.graph import Frame
from nnstudio.core.words import tr
from nnstudio.ui.canvas.geometry import OVERVIEW_ZOOM
from nnstudio.ui.theme import blend

if TYPE_CHECKING:
    from nnstudio.ui.canvas.card import Style

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
_NOTE_PAD: Final = 12.0
_NOTE_TOP: Final = 9.0


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
        return self.rect.adjusted(_NOTE_PAD, _NOTE_TOP, -_NOTE_PAD, -_NOTE_TOP)

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
