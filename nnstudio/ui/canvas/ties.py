"""Ties: dashed curves between cards that have one set of weights. They lie below the wires, and no hand meets them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.compiler.analysis import Analysis
from nnstudio.core.diff import Change
from nnstudio.core.graph import Graph
from nnstudio.ui.canvas.card import Style
from nnstudio.ui.canvas.geometry import CARD_HEIGHT

if TYPE_CHECKING:
    from nnstudio.ui.canvas.scene import Scene

_KNOT: Final = 3.0
"""Radius of the dot at each end."""
_APART: Final = 24.0
"""From this gap on, one card is below the other, not beside it."""
_SAG: Final = 30.0
_MOST_SAG: Final = 84.0


class TieItem(QGraphicsPathItem):
    """The tie between a card and the one whose weights it uses.

    Attributes:
        owner: id of the node whose weights are used.
    """

    def __init__(self, owner: str) -> None:
        super().__init__()
        self.owner = owner
        self._look = ("", False)
        self.setZValue(-2.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    @property
    def is_wrong(self) -> bool:
        """Whether it shows that the two layers can have no weights in common."""
        return self._look[1]

    def show_look(self, style: Style, family: str, *, wrong: bool) -> None:
        """Show it in the colour of a family, or that the two layers can have no weights in common."""
        if (family, wrong) == self._look:
            return
        self._look = (family, wrong)
        pen = QPen(style.theme.err if wrong else style.theme.family(family), 1.5)
        pen.setDashPattern([4.0, 3.0])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.setPen(pen)

    def boundingRect(self) -> QRectF:
        """Return all that is painted, with the dots."""
        return super().boundingRect().adjusted(-_KNOT, -_KNOT, _KNOT, _KNOT)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the curve and its two ends."""
        super().paint(painter, option, widget)
        path = self.path()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.pen().color())
        for place in (QPointF(path.elementAt(0).x, path.elementAt(0).y), path.currentPosition()):
            painter.drawEllipse(place, _KNOT, _KNOT)


class Ties:
    """The ties of one scene, by the id of the node that uses the weights of another."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._owners: dict[str, str] = {}
        self._items: dict[str, TieItem] = {}

    @property
    def items(self) -> Mapping[str, TieItem]:
        """What is shown."""
        return MappingProxyType(self._items)

    def obey(self, change: Change, graph: Graph, analysis: Analysis, moved: Collection[str]) -> None:
        """Follow the drawing; ``moved`` are the nodes that are elsewhere or of another size than before."""
        for id_ in change.removed:
            self._owners.pop(id_, None)
        for id_ in change.added | change.changed:
            owner = graph.by_id[id_].shares
            if owner is None:
                self._owners.pop(id_, None)
            else:
                self._owners[id_] = owner
        nodes = self._scene.nodes
        wanted = {id_: owner for id_, owner in self._owners.items() if owner in nodes and owner != id_}
        for id_ in self._items.keys() - wanted.keys():
            self._scene.removeItem(self._items.pop(id_))
        fresh: set[str] = set()
        for id_, owner in wanted.items():
            tie = self._items.get(id_)
            if tie is None:
                tie = self._items[id_] = TieItem(owner)
                self._scene.addItem(tie)
                fresh.add(id_)
            elif tie.owner != owner:
                tie.owner = owner
                fresh.add(id_)
            wrong = any(problem.code == "shares" for problem in analysis.by_node.get(id_, ()))
            tie.show_look(self._scene.style_, nodes[id_].face.family, wrong=wrong)
        self.lay(fresh.union(moved))

    def lay(self, ids: Collection[str]) -> None:
        """Lay the ties anew that begin or end at any of these cards."""
        nodes = self._scene.nodes
        for id_, tie in self._items.items():
            if id_ in ids or tie.owner in ids:
                tie.setPath(tie_path(nodes[tie.owner].card, nodes[id_].card))


def tie_path(one: QRectF, other: QRectF) -> QPainterPath:
    """Return the way between two cards: from foot to head of one below the other, else hanging from foot to foot."""
    upper, lower = (one, other) if one.top() <= other.top() else (other, one)
    start = QPointF(upper.center().x(), upper.bottom())
    path = QPainterPath(start)
    gap = lower.top() - upper.bottom()
    if gap >= _APART:
        end = QPointF(lower.center().x(), lower.top())
        bend = min(gap, CARD_HEIGHT) * 0.6
        path.cubicTo(start + QPointF(0.0, bend), end - QPointF(0.0, bend), end)
        return path
    end = QPointF(lower.center().x(), lower.bottom())
    sag = min(_MOST_SAG, _SAG + abs(end.x() - start.x()) * 0.04)
    level = max(start.y(), end.y()) + sag / 0.75  # a curve goes three quarters of the way to its control points
    path.cubicTo(QPointF(start.x(), level), QPointF(end.x(), level), end)
    return path
