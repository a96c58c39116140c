"""Nodes lifted off the ground for a drag: they follow the hand, the document does not change."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.core.frames import shifted

if TYPE_CHECKING:
    from nnstudio.core.graph import Edge
    from nnstudio.ui.canvas.scene import Scene

_HIGH: Final = 10.0
"""How far above the others cards lie in the hand."""

MANY: Final = 12
"""From this many nodes on they are moved by one holder, so that each step costs one move."""
_MANY_WIRES: Final = 12
"""More wires than these to the rest go straight while they are dragged."""


class Lift:
    """Some nodes of a scene in the air, with the wires among them and the wires that hold them to the rest.

    Attributes:
        ids: the lifted nodes.
        offset: how far they are from where they stood.
    """

    def __init__(self, scene: Scene, ids: frozenset[str], frames: Collection[str] = ()) -> None:
        """Take up nodes, and frames that come along."""
        self.ids = ids
        self._frames = {id_: scene.frames.items[id_].frame for id_ in frames}
        self.offset = QPointF()
        self._scene = scene
        self._from = {id_: scene.nodes[id_].pos() for id_ in ids}
        touched = scene.wires_at(ids)
        self.inner: list[Edge] = [edge for edge in touched if edge.source in ids and edge.target in ids]
        self.outer: list[Edge] = [edge for edge in touched if not (edge.source in ids and edge.target in ids)]
        self._holder: _Holder | None = None
        if len(ids) < MANY:
            self._raise(_HIGH)
        else:
            self._holder = _Holder()
            self._holder.setZValue(_HIGH)
            scene.addItem(self._holder)
            for id_ in ids:
                scene.nodes[id_].setParentItem(self._holder)
            for edge in self.inner:
                scene.wires[edge].setParentItem(self._holder)
        scene.lifted = self

    def shift(self, offset: QPointF) -> None:
        """Hold the nodes this far from where they stood."""
        if offset == self.offset:
            return
        self.offset = offset
        if self._holder is not None:
            self._holder.setPos(offset)
            lay = self._scene.lay_straight if len(self.outer) > _MANY_WIRES else self._scene.lay
            lay(self.outer)
        else:
            for id_, place in self._from.items():
                self._scene.nodes[id_].setPos(place + offset)
            self._scene.lay(self.inner)
            self._scene.lay(self.outer)
        self._scene.ties.lay(self.ids)
        for id_, frame in self._frames.items():
            self._scene.frames.items[id_].show_frame(shifted(frame, (offset.x(), offset.y())))
        if self._frames:  # from far away their titles are larger than the scene knows
            self._scene.update()

    def places(self) -> dict[str, tuple[float, float]]:
        """Return where the nodes are now."""
        return {id_: (place.x() + self.offset.x(), place.y() + self.offset.y()) for id_, place in self._from.items()}

    def land(self) -> None:
        """Let the nodes go where they are; then the document follows them, or `put_back` was called before."""
        self._scene.lifted = None
        if self._holder is None:
            self._raise(-_HIGH)
            return
        for id_, place in self._from.items():
            item = self._scene.nodes[id_]
            _free(item)
            item.setPos(place + self.offset)
        for edge in self.inner:
            _free(self._scene.wires[edge])
        self._scene.removeItem(self._holder)
        self._holder = None

    def _raise(self, by: float) -> None:
        """Let the cards lie over all others, or as before."""
        for id_ in self.ids:
            item = self._scene.nodes[id_]
            item.setZValue(item.zValue() + by)

    def put_back(self) -> None:
        """Bring the nodes back to where they stood, and let go."""
        self.shift(QPointF())
        self.land()


def _free(item: QGraphicsItem) -> None:
    item.setParentItem(None)  # type: ignore[arg-type]  # Qt takes None here; PySide6's types forgot it


class _Holder(QGraphicsItem):
    """An item that paints nothing and carries others."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)

    def boundingRect(self) -> QRectF:
        """Return nothing: it has no paint of its own."""
        return QRectF()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint nothing."""
