"""What lies over the drawing for a moment: the wire in hand, the selection box, a card's ghost, a note."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTextOption
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsRectItem,
    QStyleOptionGraphicsItem,
    QWidget,
)

from nnstudio.ui.canvas.card import RADIUS, Style
from nnstudio.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH
from nnstudio.ui.theme import Theme

TOP = 100.0
"""How high what lies over the drawing is."""
_NOTE_WIDTH = 260.0
_PAD_X, _PAD_Y = 8.0, 5.0


class HandWire(QGraphicsPathItem):
    """The wire in hand."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setZValue(TOP)

    def hold(self, start: QPointF, end: QPointF, *, fits: bool) -> None:
        """Lie between two places; a wire that has found its port shows it."""
        pen = QPen(self._theme.accent, 2.5, Qt.PenStyle.SolidLine if fits else Qt.PenStyle.DashLine)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self.setPen(pen)
        reach = min(150.0, max(30.0, abs(end.x() - start.x()) * 0.5))
        path = QPainterPath(start)
        path.cubicTo(start.x() + reach, start.y(), end.x() - reach, end.y(), end.x(), end.y())
        self.setPath(path)


class Box(QGraphicsRectItem):
    """The box that a selection is drawn with."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        inside = QColor(theme.accent)
        inside.setAlphaF(0.10)
        pen = QPen(theme.accent, 1.0)
        pen.setCosmetic(True)
        self.setPen(pen)
        self.setBrush(inside)
        self.setZValue(TOP)


class Cut(QGraphicsItem):
    """The line that wires are cut with, and the wires that will go."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._colour = theme.err
        self._line = QLineF()
        self._wires = QPainterPath()
        self.setZValue(TOP)

    def hold(self, line: QLineF, wires: Iterable[QPainterPath]) -> None:
        """Lie between two places, across these wires."""
        self.prepareGeometryChange()
        self._line = line
        self._wires = QPainterPath()
        for wire in wires:
            self._wires.addPath(wire)

    def boundingRect(self) -> QRectF:
        """Return the line and the wires."""
        rect = QRectF(self._line.p1(), self._line.p2()).normalized().united(self._wires.controlPointRect())
        return rect.adjusted(-4.0, -4.0, 4.0, 4.0)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint the wires over what they look like now, and the line dashed."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._colour, 3.0))
        painter.drawPath(self._wires)
        pen = QPen(self._colour, 1.5, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLine(self._line)


class Ghost(QGraphicsItem):
    """Where a card would come to stand."""

    def __init__(self, colour: QColor) -> None:
        super().__init__()
        self._colour = colour
        self.setZValue(TOP)

    def boundingRect(self) -> QRectF:
        """Return the card and its outline."""
        return QRectF(-2.0, -2.0, CARD_WIDTH + 4.0, CARD_HEIGHT + 4.0)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint a dashed outline on a veil."""
        veil = QColor(self._colour)
        veil.setAlphaF(0.14)
        painter.setBrush(veil)
        painter.setPen(QPen(self._colour, 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(0.0, 0.0, CARD_WIDTH, CARD_HEIGHT), RADIUS, RADIUS)


class Note(QGraphicsItem):
    """A few words beside the pointer, of one size whatever the zoom. Hidden until it says something."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style
        self.is_refusing = False
        self._rect = QRectF()
        self.text = ""
        self.setZValue(TOP + 1.0)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.hide()

    def say(self, text: str, place: QPointF, *, refusing: bool = False, below: bool = False) -> None:
        """Show words at a place of the scene, above it or below; no words hide the note."""
        if text != self.text or refusing != self.is_refusing:
            self.prepareGeometryChange()
            self.text = text
            self.is_refusing = refusing
            self.update()
        self.setVisible(bool(text))
        if not text:
            return
        words = self._style.small_metrics.boundingRect(
            QRectF(0.0, 0.0, _NOTE_WIDTH, 1000.0), int(Qt.TextFlag.TextWordWrap), text
        )
        width, height = words.width() + 2 * _PAD_X + 1.0, words.height() + 2 * _PAD_Y
        rect = QRectF(14.0, 18.0, width, height) if below else QRectF(-width / 2, -height - 10.0, width, height)
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
        self.setPos(place)

    def boundingRect(self) -> QRectF:
        """Return the note and its outline."""
        return self._rect.adjusted(-1.0, -1.0, 1.0, 1.0)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint the words on a small sheet."""
        theme = self._style.theme
        painter.setPen(QPen(theme.err if self.is_refusing else theme.line, 1.0))
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(self._rect, 5.0, 5.0)
        painter.setFont(self._style.small)
        painter.setPen(theme.text)
        wrapping = QTextOption()
        wrapping.setWrapMode(QTextOption.WrapMode.WordWrap)
        painter.drawText(self._rect.adjusted(_PAD_X, _PAD_Y, -_PAD_X + 1.0, -_PAD_Y), self.text, wrapping)
