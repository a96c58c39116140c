"""The drawing from far away: plain rectangles and lines, all in about a dozen strokes however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from nnstudio.ui.canvas.card import Style, passing_path

if TYPE_CHECKING:
    from nnstudio.core.graph import Edge
    from nnstudio.ui.canvas.scene import Scene

_CURVES_FROM: Final = 0.12
"""Below this zoom, wires are straight lines."""
_STRIPE: Final = 28.0


class Batch:
    """The cards and wires of one part of a drawing, sorted by how they are painted."""

    def __init__(self, scene: Scene, ids: Iterable[str], edges: Iterable[Edge]) -> None:
        self.cards: list[QRectF] = []
        self.hollow: list[QRectF] = []
        """Those of layers that are skipped: wires run through them."""
        self.stripes: dict[str, list[QRectF]] = {}
        self.wrong: list[QRectF] = []
        self.curves = QPainterPath()
        self.lines: list[QLineF] = []
        for id_ in ids:
            item = scene.nodes[id_]
            card = item.card
            if item.face.is_bypassed:
                self.hollow.append(card)
            else:
                self.cards.append(card)
            if item.face.is_run_through:
                through = passing_path(item.face).translated(card.topLeft())
                self.curves.addPath(through)
                self.lines.append(QLineF(through.pointAtPercent(0.0), through.currentPosition()))
            stripe = QRectF(card.left(), card.top(), _STRIPE, card.height())
            self.stripes.setdefault(item.face.family, []).append(stripe)
            if item.face.is_wrong:
                self.wrong.append(card)
        for edge in edges:
            wire = scene.wires[edge]
            self.curves.addPath(wire.sceneTransform().map(wire.path()) if wire.parentItem() else wire.path())
            self.lines.append(QLineF(*scene.wire_ends(edge)))

    def paint(self, painter: QPainter, style: Style, zoom: float) -> None:
        """Paint in scene coordinates, without smooth edges."""
        theme = style.theme
        pen = QPen(theme.edge, 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if zoom < _CURVES_FROM:
            painter.drawLines(self.lines)
        else:
            painter.drawPath(self.curves)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.raised)
        painter.drawRects(self.cards)
        for family, rects in self.stripes.items():
            painter.setBrush(theme.family(family))
            painter.drawRects(rects)
        pen.setColor(theme.line)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects(self.cards)
        painter.drawRects(self.hollow)
        if self.wrong:
            pen.setColor(theme.err)
            pen.setWidthF(2.0)
            painter.setPen(pen)
            painter.drawRects(self.wrong)


class Overview:
    """Paints a scene from far away; what stands still is kept from frame to frame."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._known: tuple[int, frozenset[str]] | None = None
        self._still: Batch | None = None
        self._moving: Batch | None = None
        self._base = QPointF()
        self._marked: tuple[object, list[QRectF], list[QRectF]] = (None, [], [])

    def paint(self, painter: QPainter, zoom: float) -> None:
        """Paint all cards, wires and frames in scene coordinates."""
        scene, lifted = self._scene, self._scene.lifted
        ids = lifted.ids if lifted is not None else frozenset[str]()
        if self._known != (scene.revision, ids):
            self._gather(ids)
        still, moving = self._still, self._moving
        assert still is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        scene.frames.paint_sheets(painter)
        still.paint(painter, scene.style_, zoom)
        if lifted is not None and moving is not None:
            outer = Batch(scene, (), lifted.outer)
            outer.paint(painter, scene.style_, zoom)
            shift = lifted.offset - self._base
            painter.translate(shift)
            moving.paint(painter, scene.style_, zoom)
            self._mark(painter, self._selected(ids)[1])
            painter.translate(-shift)
        self._mark(painter, self._selected(ids)[0])
        scene.frames.paint_tabs(painter)

    def _gather(self, ids: frozenset[str]) -> None:
        scene, lifted = self._scene, self._scene.lifted
        apart = scene.wires_at(ids)
        self._still = Batch(scene, scene.nodes.keys() - ids, scene.wires.keys() - apart)
        self._moving = Batch(scene, ids, lifted.inner) if lifted is not None else None
        self._base = QPointF(lifted.offset) if lifted is not None else QPointF()
        self._known = (scene.revision, ids)

    def _selected(self, lifted: frozenset[str]) -> tuple[list[QRectF], list[QRectF]]:
        """Return the selected cards that stand still, and those that are held, where they were when taken up."""
        chosen = self._scene.shown_selection
        key = (self._known, chosen)
        if self._marked[0] != key:
            nodes = self._scene.nodes
            still = [nodes[id_].card for id_ in chosen - lifted]
            self._marked = (key, still, [nodes[id_].card for id_ in chosen & lifted])
        return self._marked[1], self._marked[2]

    def _mark(self, painter: QPainter, cards: list[QRectF]) -> None:
        if cards:
            pen = QPen(self._scene.style_.theme.accent, 2.0)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRects(cards)
