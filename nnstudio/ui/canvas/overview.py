"""The drawing from far away: plain rectangles and lines, all in about a dozen strokes however many there are.

Cards are tinted by their family, the more the smaller they are; where there is room they bear their picture and title.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnstudio.ui.canvas.card import DIMMED, Style, passing_path
from nnstudio.ui.theme import blend

if TYPE_CHECKING:
    from nnstudio.core.graph import Edge
    from nnstudio.ui.canvas.face import Face
    from nnstudio.ui.canvas.scene import Scene
    from nnstudio.ui.theme import Theme

_CURVES_FROM: Final = 0.12
"""Below this zoom, wires are straight lines."""
_STRIPES_FROM: Final = 0.12
"""Below this zoom, cards have no stripe: they are all in the colour of their family by then."""
_LABELS_FROM: Final = 0.14
"""From this zoom on, cards bear their picture or title."""
STRIPE: Final = 24.0
_SHEET: Final = 2.0
"""How far each sheet of a block's stack looks out behind the one before it, in pixels."""

Look = tuple[str, bool]
"""Family of a card, and whether it is quiet."""


class Batch:
    """The cards and wires of one part of a drawing, sorted by how they are painted.

    Attributes:
        cards: rectangles by how they look; those of layers that are skipped are in `hollow`.
        faces: rectangles by what stands on them.
    """

    def __init__(self, scene: Scene, cards: Mapping[str, QRectF], edges: Iterable[Edge]) -> None:
        self.cards: dict[Look, list[QRectF]] = {}
        self.faces: dict[tuple[str, str, Look], list[QRectF]] = {}
        self.hollow: list[QRectF] = []
        self.blocks: list[QRectF] = []
        self.wrong: list[QRectF] = []
        self.doubtful: list[QRectF] = []
        self._passing: list[tuple[Face, QRectF]] = []
        self._wires = [scene.wires[edge] for edge in edges]
        nodes = scene.nodes
        for id_, card in cards.items():
            face = nodes[id_].face
            look = (face.family, face.is_quiet)
            self.faces.setdefault((face.kind, face.title, look), []).append(card)
            if face.is_bypassed:
                self.hollow.append(card)
                if face.is_run_through:
                    self._passing.append((face, card))
            else:
                self.cards.setdefault(look, []).append(card)
            if face.is_block:
                self.blocks.append(card)
            if face.is_wrong:
                self.wrong.append(card)
            elif face.is_doubtful:
                self.doubtful.append(card)

    @cached_property
    def stripes(self) -> dict[Look, list[QRectF]]:
        """The left edges of the cards, by how they look."""
        return {
            look: [QRectF(rect.left(), rect.top(), STRIPE, rect.height()) for rect in rects]
            for look, rects in self.cards.items()
        }

    @cached_property
    def curves(self) -> QPainterPath:
        """The ways of all wires."""
        curves = QPainterPath()
        for wire in self._wires:
            curves.addPath(wire.sceneTransform().map(wire.path()) if wire.parentItem() else wire.path())
        for face, card in self._passing:
            curves.addPath(passing_path(face).translated(card.topLeft()))
        return curves

    @cached_property
    def lines(self) -> list[QLineF]:
        """The wires from end to end."""
        lines = [QLineF(*wire.ends).translated(wire.scenePos()) for wire in self._wires]
        for face, card in self._passing:
            through = passing_path(face).translated(card.topLeft())
            lines.append(QLineF(through.pointAtPercent(0.0), through.currentPosition()))
        return lines

    def _paint_looks(self, painter: QPainter, theme: Theme, zoom: float) -> None:
        """Paint the wires that show something of a run over the others, one stroke per look."""
        looks: dict[tuple[int, float], list[int]] = {}
        for number, wire in enumerate(self._wires):
            if wire.look is not None:
                looks.setdefault(wire.look, []).append(number)
        for (colour, width), numbers in looks.items():
            pen = QPen(QColor.fromRgba(colour) if colour else theme.edge, max(1.5 if colour else 1.0, width * zoom))
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines([self.lines[number] for number in numbers])

    def paint(self, painter: QPainter, scene: Scene, zoom: float) -> None:
        """Paint in scene coordinates, without smooth edges."""
        style = scene.style_
        theme = style.theme
        pen = QPen(theme.edge, 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if zoom < _CURVES_FROM:
            painter.drawLines(self.lines)
        else:
            painter.drawPath(self.curves)
        self._paint_looks(painter, theme, zoom)
        pen.setColor(theme.line)
        painter.setPen(pen)
        if self.blocks:
            self._paint_sheets(painter, style, zoom)
        for look, rects in self.cards.items():
            painter.setBrush(tint(style, look, zoom))
            painter.drawRects(rects)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects(self.hollow)
        if zoom >= _STRIPES_FROM:
            painter.setPen(Qt.PenStyle.NoPen)
            for look, rects in self.stripes.items():
                painter.setBrush(_colour(style, look))
                painter.drawRects(rects)
        if zoom >= _LABELS_FROM:
            from nnstudio.ui.canvas.labels import paint_labels  # of no use at 100 %

            paint_labels(painter, scene, self.faces, zoom)
        for rects, colour in ((self.doubtful, theme.warn), (self.wrong, theme.err)):
            if rects:
                pen.setColor(colour)
                pen.setWidthF(2.0)
                painter.setPen(pen)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRects(rects)

    def _paint_sheets(self, painter: QPainter, style: Style, zoom: float) -> None:
        """Paint what looks out behind the cards of blocks."""
        painter.setBrush(blend(style.theme.block, style.theme.bg, 0.72))
        for number in (2, 1):
            step = number * _SHEET / zoom
            painter.translate(step, -step)
            painter.drawRects(self.blocks)
            painter.translate(-step, step)


def tint(style: Style, look: Look, zoom: float) -> QColor:
    """Return the ground of a card from far away: paper near 25 %, its family's colour where only that can be seen."""
    far = min(1.0, max(0.0, (0.25 - zoom) / 0.17))
    return blend(_colour(style, look), style.theme.raised, 0.88 - 0.58 * far)


def _colour(style: Style, look: Look) -> QColor:
    family, quiet = look
    colour = style.theme.family(family)
    return blend(colour, style.theme.raised, 0.5) if quiet else colour


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
        found = scene.lights.found
        painter.setOpacity(1.0 if found is None else DIMMED)
        still.paint(painter, scene, zoom)
        painter.setOpacity(1.0)
        if found:
            lit = {id_: card for id_, card in scene.cards.items() if id_ in found and id_ not in ids}
            Batch(scene, lit, ()).paint(painter, scene, zoom)
            self._mark(painter, list(lit.values()), scene.style_.theme.warn)
        if lifted is not None and moving is not None:
            Batch(scene, {}, lifted.outer).paint(painter, scene, zoom)
            shift = lifted.offset - self._base
            painter.translate(shift)
            moving.paint(painter, scene, zoom)
            self._mark(painter, self._selected(ids)[1], scene.style_.theme.accent)
            painter.translate(-shift)
        self._mark(painter, self._selected(ids)[0], scene.style_.theme.accent)
        scene.frames.paint_tabs(painter)

    def _gather(self, ids: frozenset[str]) -> None:
        scene, lifted = self._scene, self._scene.lifted
        still = {id_: card for id_, card in scene.cards.items() if id_ not in ids} if ids else scene.cards
        held = {id_: scene.nodes[id_].card for id_ in ids}
        self._still = Batch(scene, still, scene.wires.keys() - scene.wires_at(ids))
        self._moving = Batch(scene, held, lifted.inner) if lifted is not None else None
        self._base = QPointF(lifted.offset) if lifted is not None else QPointF()
        self._known = (scene.revision, ids)

    def _selected(self, lifted: frozenset[str]) -> tuple[list[QRectF], list[QRectF]]:
        """Return the selected cards that stand still, and those that are held, where they were when taken up."""
        chosen = self._scene.shown_selection
        key = (self._known, chosen)
        if self._marked[0] != key:
            cards = self._scene.cards
            held = [cards[id_].translated(self._base) for id_ in chosen & lifted]
            self._marked = (key, [cards[id_] for id_ in chosen - lifted], held)
        return self._marked[1], self._marked[2]

    def _mark(self, painter: QPainter, cards: list[QRectF], colour: QColor) -> None:
        if cards:
            pen = QPen(colour, 2.0)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRects(cards)
