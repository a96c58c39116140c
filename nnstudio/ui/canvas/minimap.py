"""The whole drawing, small, in a corner of the canvas; a press there goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr

if TYPE_CHECKING:
    from nnstudio.ui.canvas.scene import Scene
    from nnstudio.ui.canvas.viewport import Viewport

SIZE = QSize(152, 88)
_INSET = 9.0
_SMALLEST = QRectF(0.0, 0.0, 900.0, 500.0)
"""A drawing smaller than this is not enlarged to fill the map."""


class Minimap(QWidget):
    """Cards as coloured rectangles, and a frame around what is seen. The cards are painted once per change."""

    def __init__(self, board: Scene, view: Viewport) -> None:
        super().__init__(view)
        self.setObjectName("canvas_minimap")
        self.setAccessibleName(tr("Overview of the drawing"))
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._board = board
        self._view = view
        self._known: tuple[int, float] | None = None
        self._rect = QRectF()
        self._cards = QPixmap()
        board.rearranged.connect(self.update)
        view.looked.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cards and the frame."""
        theme = self._board.style_.theme
        self._look()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._cards)
        scale, shift = self._fit()
        seen = self._view.seen
        if not seen.contains(self._rect):
            frame = QRectF(seen.topLeft() * scale + shift, seen.size() * scale)
            painter.setPen(QPen(theme.accent, 1.0))
            painter.drawRect(frame.intersected(QRectF(self.rect()).adjusted(2, 2, -3, -3)))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along with the hand."""
        self._go(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep the release from the canvas below."""
        event.accept()

    def _go(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look()
            scale, shift = self._fit()
            self._view.centerOn((event.position() - shift) / scale)

    def _fit(self) -> tuple[float, QPointF]:
        """Return how a point of the scene comes onto the map: times a scale, plus a shift."""
        wanted = self._rect.united(_SMALLEST.translated(self._rect.center() - _SMALLEST.center()))
        room = QRectF(self.rect()).adjusted(_INSET, _INSET, -_INSET, -_INSET)
        scale = min(room.width() / wanted.width(), room.height() / wanted.height())
        return scale, room.center() - wanted.center() * scale

    def _look(self) -> None:
        """Paint the cards anew if any is elsewhere than before."""
        now = (self._board.revision, self.devicePixelRatioF())
        if now != self._known:
            self._known = now
            self._rect = self._board.cards_rect()
            self._cards = self._paint_cards(self.devicePixelRatioF())

    def _paint_cards(self, ratio: float) -> QPixmap:
        theme = self._board.style_.theme
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sheet = QColor(theme.panel)
        sheet.setAlphaF(0.92)
        painter.setPen(QPen(theme.line, 1.0))
        painter.setBrush(sheet)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6.0, 6.0)
        scale, shift = self._fit()
        painter.setPen(Qt.PenStyle.NoPen)
        tint = QColor(theme.mute)
        tint.setAlphaF(0.22)
        painter.setBrush(tint)
        for frame in self._board.frames.items.values():
            painter.drawRect(QRectF(frame.rect.topLeft() * scale + shift, frame.rect.size() * scale))
        painter.translate(shift)
        painter.scale(scale, scale)
        by_colour: dict[str, list[QRectF]] = {}
        for id_, card in self._board.cards.items():
            face = self._board.nodes[id_].face
            by_colour.setdefault("" if face.is_wrong else face.family, []).append(card)
        for family, rects in by_colour.items():
            painter.setBrush(theme.family(family) if family else theme.err)
            painter.drawRects(rects)
        painter.end()
        return picture
