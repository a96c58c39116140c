"""What the canvas is measured by: the same cards on a plain QGraphicsScene, as one would write them at first.

Every node is one item that paints itself and every wire a path item. Everything else is as Qt has it; only edges are
smooth, as in the canvas. This file stays as it is: whoever makes it quicker or slower changes every figure.
"""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsView,
    QStyle,
    QStyleOptionGraphicsItem,
    QWidget,
)

from benchmarks.stage import HEIGHT, WIDTH, Subject, middle

_WIDTH, _HEIGHT = 168.0, 112.0


class Card(msgspec.Struct, frozen=True):
    """What one node says.

    Attributes:
        title, lines, shape: its texts, three lines among them.
        colour: of its family.
        inputs, outputs: how many ports it has.
        xy: where it is.
    """

    title: str
    lines: tuple[str, str, str]
    shape: str
    colour: str
    inputs: int
    outputs: int
    xy: tuple[float, float]


Wire = tuple[int, int, int, int]
"""Number of a card and of its output, number of a card and of its input."""


class NodeItem(QGraphicsItem):
    """One node."""

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card
        self.wires: list[WireItem] = []
        flags = QGraphicsItem.GraphicsItemFlag
        self.setFlags(flags.ItemIsMovable | flags.ItemIsSelectable | flags.ItemSendsGeometryChanges)
        self.setPos(*card.xy)

    def port(self, number: int, *, output: bool) -> QPointF:
        """Return where a port is in the scene."""
        return self.pos() + QPointF(_WIDTH if output else 0.0, 32.0 + 20.0 * number)

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: Any) -> Any:
        """Bring the wires along."""
        if change == QGraphicsItem.GraphicsItemChange.ItemPositionHasChanged:
            for wire in self.wires:
                wire.lay()
        return super().itemChange(change, value)

    def boundingRect(self) -> QRectF:
        """Return all that is painted."""
        return QRectF(-6.0, -2.0, _WIDTH + 12.0, _HEIGHT + 4.0)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint title, lines, shape and ports."""
        card = self.card
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(QPen(QColor("#3b66d4" if chosen else "#c4c8d0"), 2.0 if chosen else 1.0))
        painter.setBrush(QColor("white"))
        painter.drawRoundedRect(QRectF(0.0, 0.0, _WIDTH, _HEIGHT), 8.0, 8.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(card.colour))
        painter.drawRect(QRectF(0.0, 8.0, 6.0, _HEIGHT - 16.0))
        font = QFont()
        font.setPixelSize(14)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor("#20242c"))
        painter.drawText(QPointF(16.0, 22.0), card.title)
        font = QFont()
        font.setPixelSize(12)
        painter.setFont(font)
        for number, line in enumerate((*card.lines, card.shape)):
            painter.drawText(QPointF(16.0, 42.0 + 19.0 * number), line)
        painter.setPen(QPen(QColor(card.colour), 2.0))
        painter.setBrush(QColor("white"))
        for output, count in ((False, card.inputs), (True, card.outputs)):
            for number in range(count):
                painter.drawEllipse(QPointF(_WIDTH if output else 0.0, 32.0 + 20.0 * number), 4.5, 4.5)


class WireItem(QGraphicsPathItem):
    """One wire."""

    def __init__(self, source: NodeItem, output: int, target: NodeItem, port: int) -> None:
        super().__init__()
        self._ends = (source, output, target, port)
        for item in (source, target):
            item.wires.append(self)
        self.setPen(QPen(QColor("#8a93a3"), 2.0))
        self.setZValue(-1.0)
        self.lay()

    def lay(self) -> None:
        """Go from port to port."""
        source, output, target, port = self._ends
        start, end = source.port(output, output=True), target.port(port, output=False)
        path = QPainterPath(start)
        reach = max(40.0, abs(end.x() - start.x()) / 2)
        path.cubicTo(start + QPointF(reach, 0.0), end - QPointF(reach, 0.0), end)
        self.setPath(path)


class Bare(Subject):
    """The plain scene in a plain view; opening it is building it, without a file and without painting."""

    is_painted = False

    def __init__(self, cards: list[Card], wires: list[Wire]) -> None:
        self._cards, self._wires = cards, wires
        self._items: list[NodeItem] = []
        self._before: list[QPointF] = []
        self.view = QGraphicsView()
        self.view.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.view.resize(WIDTH, HEIGHT)

    def open(self) -> None:
        """Build the scene."""
        scene = QGraphicsScene(self.view)
        self._items = [NodeItem(card) for card in self._cards]
        for item in self._items:
            scene.addItem(item)
        for source, output, target, port in self._wires:
            scene.addItem(WireItem(self._items[source], output, self._items[target], port))
        before = self.view.scene()
        self.view.setScene(scene)
        if before is not None:
            before.deleteLater()
        self.view.show()
        self.fit()
        self._note()

    def fit(self) -> None:
        """Show everything."""
        self.view.fitInView(self.view.scene().itemsBoundingRect(), Qt.AspectRatioMode.KeepAspectRatio)

    def show_middle(self) -> None:
        """Go to the card in the middle."""
        self.view.resetTransform()
        self.view.centerOn(self._middle)

    def zoom(self, factor: float) -> None:
        """Scale the view."""
        self.view.scale(factor, factor)

    def pan(self, across: int, down: int) -> None:
        """Scroll."""
        for bar, by in ((self.view.horizontalScrollBar(), across), (self.view.verticalScrollBar(), down)):
            bar.setValue(bar.value() + by)

    def grip(self) -> QPoint:
        """Return a place on the card."""
        return self.view.mapFromScene(self._middle.mapToScene(QPointF(84.0, 56.0)))

    def place(self) -> tuple[float, float]:
        """Return where the card is."""
        return (self._middle.pos().x(), self._middle.pos().y())

    def select(self, *, everything: bool) -> None:
        """Select all, or none."""
        self._note()
        for item in self._items:
            item.setSelected(everything)

    def undo(self) -> None:
        """Put every card back to where it was when the selection changed last."""
        for item, place in zip(self._items, self._before, strict=True):
            item.setPos(place)

    @property
    def _middle(self) -> NodeItem:
        return self._items[middle(len(self._items))]

    def _note(self) -> None:
        self._before = [item.pos() for item in self._items]
