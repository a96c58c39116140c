"""The items on the scene: one per node, painted by hand, and one per wire."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.core.graph import Edge
from nnstudio.ui.canvas.card import (
    DIMMED,
    STRIPE,
    TILES,
    Style,
    bounds,
    dots,
    paint_card,
    paint_dot,
    paint_found,
    paint_outline,
)
from nnstudio.ui.canvas.face import Dot, Face, Trouble
from nnstudio.ui.canvas.geometry import CARD_WIDTH, port_place, zoom_step
from nnstudio.ui.canvas.sprites import Sprites
from nnstudio.ui.canvas.wiring import Socket
from nnstudio.ui.theme import blend

if TYPE_CHECKING:
    from nnstudio.ui.canvas.message import Message
    from nnstudio.ui.canvas.tiles import Picture

_serials = count()
_EXACT = 1e-3


class Lights:
    """Shared by all cards of a scene: which ports take the wire in hand, and which cards were found.

    Attributes:
        takes: says so of a port; None while there is no wire in hand. Only ports in view are ever asked for.
        found: the nodes that a search found; None while there is no search.
    """

    def __init__(self) -> None:
        self.takes: Callable[[Socket], bool] | None = None
        self.found: frozenset[str] | None = None


class NodeItem(QGraphicsItem):
    """The card of one node. It shows a `Face` and what the canvas says of it; it knows no document.

    Selection and focus are painted over the sprite, so that they cost no new one.
    """

    def __init__(self, id_: str, face: Face, style: Style, sprites: Sprites, lights: Lights) -> None:
        super().__init__()
        self.id = id_
        self.face = face
        self._style = style
        self._sprites = sprites
        self._lights = lights
        self._key = next(_serials)
        self._selected = False
        self._focused = False
        self._picture: Picture | None = None
        self._message: Message | None = None
        self._bounds = QRectF()
        self._arrange()

    # What it shows

    def show_face(self, face: Face) -> None:
        """Show other words; the sprite is painted anew when it is next seen."""
        if face == self.face:
            return
        if face.shape != self.face.shape or face.is_bypassed:
            self._picture = None
        self.face = face
        self._key = next(_serials)
        self.prepareGeometryChange()
        self._arrange()
        self.update()

    def show_selected(self, selected: bool) -> None:
        """Show whether it is selected."""
        if selected != self._selected:
            self._selected = selected
            self.update()

    def show_focused(self, focused: bool) -> None:
        """Show whether the keyboard is at it."""
        if focused != self._focused:
            self._focused = focused
            self.update()

    def show_picture(self, picture: Picture | None) -> None:
        """Show live tiles; only their part of the card is painted again."""
        if picture is not self._picture:
            self._picture = picture
            self.update(TILES)

    @property
    def picture(self) -> Picture | None:
        """The live tiles it shows."""
        return self._picture

    @property
    def is_selected(self) -> bool:
        """Whether it shows itself as selected."""
        return self._selected

    @property
    def is_focused(self) -> bool:
        """Whether it shows that the keyboard is at it."""
        return self._focused

    # Where things are

    @property
    def card(self) -> QRectF:
        """The card itself, in scene units."""
        return QRectF(self.scenePos(), self._size)

    @property
    def height(self) -> float:
        """How high the card is, in scene units."""
        return self._size.height()

    def socket_place(self, socket: Socket) -> QPointF | None:
        """Return where a port is in the scene; None where the node has no such port."""
        names = self.face.outputs if socket.output else self.face.inputs
        if socket.port not in names:
            return None
        return self.scenePos() + port_place(names.index(socket.port), output=socket.output)

    def sockets(self) -> list[Socket]:
        """Return all ports, inputs first."""
        return [Socket(self.id, name, False) for name in self.face.inputs] + [
            Socket(self.id, name, True) for name in self.face.outputs
        ]

    def link_at(self, scene_place: QPointF) -> int | None:
        """Return the number of the mend whose words are at a place of the scene."""
        return self._message.link_at(scene_place - self.scenePos()) if self._message is not None else None

    def link_place(self, index: int) -> QPointF | None:
        """Return a place of the scene where the words of mend number ``index`` are."""
        links = self._message.links if self._message is not None else ()
        return links[index].rects[0].center() + self.scenePos() if index < len(links) else None

    # Qt

    def boundingRect(self) -> QRectF:
        """Return all that is ever painted."""
        return self._bounds

    def shape(self) -> QPainterPath:
        """Return the card, for hits."""
        path = QPainterPath()
        path.addRect(QRectF(0.0, 0.0, CARD_WIDTH, self.face.height))
        return path

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Lay the sprite down on whole pixels, then what changes often."""
        transform = painter.worldTransform()
        zoom = transform.m11()
        if widget is None:  # exported, or printed: strokes, no sprites
            paint_card(painter, self.face, self._message, self._style, None)
            if self._picture is not None:
                self._picture.paint(painter, self._style.paper(self.face), None, zoom, 1.0)
            return
        ratio = painter.device().devicePixelRatio()
        scale = zoom_step(zoom)
        sprite, is_right = self._sprites.get_soon(
            self._key, self._bounds, scale, ratio, lambda brush: self._paint_card(brush, scale, ratio)
        )
        found = self._lights.found
        if found is not None and self.id not in found:
            painter.setOpacity(DIMMED)
        corner = transform.map(self._bounds.topLeft())
        whole = QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio)
        is_exact = abs(scale - zoom) < _EXACT * zoom
        if sprite is None:
            self._paint_blank(painter)
        elif is_right and is_exact:
            painter.setWorldTransform(QTransform.fromTranslate(whole.x(), whole.y()))
            painter.drawPixmap(QPointF(0.0, 0.0), sprite)
        else:
            painter.drawPixmap(self._bounds, sprite, QRectF(sprite.rect()))
        painter.setOpacity(1.0)
        shift = whole - corner
        painter.setWorldTransform(transform * QTransform.fromTranslate(shift.x(), shift.y()))
        if self._selected or self._focused:
            self._lay_outline(painter, scale, ratio, whole if is_exact else None)
        if found is not None and self.id in found:
            paint_found(painter, self.face, self._style)
        if self._lights.takes is not None:
            self._paint_ports(painter, self._lights.takes)
        self._paint_picture(painter, ratio, zoom)
        painter.setWorldTransform(transform)

    def _lay_outline(self, painter: QPainter, scale: float, ratio: float, whole: QPointF | None) -> None:
        """Show that it is selected or focused, by a sprite that all cards of its form have in common.

        ``whole`` is where its bounds begin in the view; None at a zoom between two steps.
        """
        face, selected, focused = self.face, self._selected, self._focused
        rect = bounds(face, None)
        if whole is None or rect.topLeft() != self._bounds.topLeft():
            paint_outline(painter, face, self._style, selected=selected, focused=focused)
            return
        form = (face.family, face.is_bypassed, face.is_block, face.height, len(face.inputs), len(face.outputs))
        looks = (face.input_dots, face.output_dots)
        outline = self._sprites.get(
            ("outline", form, looks, selected, focused, scale, ratio),
            rect,
            scale,
            ratio,
            lambda brush: paint_outline(brush, face, self._style, selected=selected, focused=focused),
        )
        transform = painter.worldTransform()
        painter.setWorldTransform(QTransform.fromTranslate(whole.x(), whole.y()))
        painter.drawPixmap(QPointF(0.0, 0.0), outline)
        painter.setWorldTransform(transform)

    def _arrange(self) -> None:
        self._message = _write_message(self.face.trouble, self._style, self.face.height)
        self._bounds = bounds(self.face, self._message)
        self._size = QSizeF(CARD_WIDTH, self.face.height)
        # What a wrong card says lies over its neighbours.
        self.setZValue(1.0 if self._message is not None else 0.0)

    def _paint_card(self, painter: QPainter, zoom: float, ratio: float) -> None:
        paint_card(painter, self.face, self._message, self._style, zoom * ratio, zoom)

    def _paint_blank(self, painter: QPainter) -> None:
        """Paint the card as it is for the blink of an eye before its sprite is there."""
        card = QRectF(0.0, 0.0, CARD_WIDTH, self.face.height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._style.paper(self.face))
        painter.drawRect(card)
        card.setWidth(STRIPE)
        painter.setBrush(self._style.theme.family(self.face.family))
        painter.drawRect(card)

    def _paint_picture(self, painter: QPainter, ratio: float, zoom: float) -> None:
        if self._picture is not None:
            self._picture.paint(painter, self._style.paper(self.face), self._sprites, zoom, ratio)

    def _paint_ports(self, painter: QPainter, takes: Callable[[Socket], bool]) -> None:
        theme = self._style.theme
        for place, output, name, dot in dots(self.face):
            full = Dot(dot.carries)  # at its full size, so that nothing of the one at rest looks out
            if takes(Socket(self.id, name, output)):
                paint_dot(painter, place, full, theme.accent, theme.raised, 1.0)
            else:
                quiet = blend(theme.line, theme.bg, 0.2)
                paint_dot(painter, place, full, quiet, theme.bg, 0.25)


class WireItem(QGraphicsPathItem):
    """One wire; Qt paints it without asking Python."""

    def __init__(self, edge: Edge, style: Style) -> None:
        super().__init__()
        self.edge = edge
        self.is_long = False
        """Whether a card could lie between its ends."""
        self.ends = (QPointF(), QPointF())
        """Where it was laid, from and to."""
        self._style = style
        self._wrong = False
        self._lit = False
        self._index = False
        self.look: tuple[int, float] | None = None
        self.setZValue(-1.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._dress()

    @property
    def is_wrong(self) -> bool:
        """Whether it shows that what it carries does not fit."""
        return self._wrong

    @property
    def is_lit(self) -> bool:
        """Whether it is picked out."""
        return self._lit

    def show_wrong(self, wrong: bool) -> None:
        """Show that what it carries does not fit."""
        if wrong != self._wrong:
            self._wrong = wrong
            self._dress()

    @property
    def carries_index(self) -> bool:
        """Whether it shows that it carries positions in a table."""
        return self._index

    def show_index(self, index: bool) -> None:
        """Show whether it carries positions in a table."""
        if index != self._index:
            self._index = index
            self._dress()

    def show_look(self, look: tuple[int, float] | None) -> None:
        """Show something of a run: colour as 0xAARRGGBB, 0 for its own, and width. None is a wire at rest."""
        if look != self.look:
            self.look = look
            self._dress()

    def show_lit(self, lit: bool) -> None:
        """Pick it out: it is pointed at, selected, or something can be dropped on it."""
        if lit != self._lit:
            self._lit = lit
            self._dress()

    def _dress(self) -> None:
        theme = self._style.theme
        pen = QPen(theme.err if self._wrong else self._style.wire(index=self._index), 2.0)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self.look is not None:
            pen.setWidthF(self.look[1])
            if self.look[0] and not self._wrong:
                pen.setColor(QColor.fromRgba(self.look[0]))
        if self._wrong:
            pen.setDashPattern([3.0, 2.0])
        if self._lit:
            pen.setColor(theme.accent)
            pen.setWidthF(max(3.0, pen.widthF()))
        self.setPen(pen)


def _write_message(trouble: Trouble | None, style: Style, top: float) -> Message | None:
    if trouble is None:
        return None
    from nnstudio.ui.canvas.message import Message  # its text classes are of no use to a drawing without problems

    return Message(trouble, style, top)
