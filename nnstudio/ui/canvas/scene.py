"""The scene obeys: after every step it changes exactly what `diff` says, and what is newly known of the nodes."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from nnstudio.compiler.analysis import Analysis, Facts
from nnstudio.core.diff import Change, diff, is_only_moved
from nnstudio.core.graph import Block, Edge, Graph
from nnstudio.ui.canvas.card import Style
from nnstudio.ui.canvas.cells import Cells
from nnstudio.ui.canvas.face import BLOCK, make_face
from nnstudio.ui.canvas.frames import Frames
from nnstudio.ui.canvas.geometry import CARD_HEIGHT, card_rect, crosses, distance_to, port_place, wire_path
from nnstudio.ui.canvas.ground import paint_ground
from nnstudio.ui.canvas.items import Lights, NodeItem, WireItem
from nnstudio.ui.canvas.lift import Lift
from nnstudio.ui.canvas.routing import is_long, route
from nnstudio.ui.canvas.sprites import Sprites
from nnstudio.ui.canvas.ties import Ties
from nnstudio.ui.canvas.wiring import Socket

_MANY = 50
"""From here on, looking at each change by itself costs more than looking at everything."""


class Scene(QGraphicsScene):
    """Items of one drawing: `nodes` by id, `wires` by edge, `ties` and `frames`. Nothing here changes the document."""

    rearranged = Signal()
    """Cards or wires are elsewhere than before."""

    def __init__(self, style: Style, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.style_ = style
        self.sprites = Sprites()
        self.lights = Lights()
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[Edge, WireItem] = {}
        self.ties = Ties(self)
        self.frames = Frames(self)
        self.revision = 0
        """Grows whenever something is elsewhere than before."""
        self.lifted: Lift | None = None
        """What is being dragged now."""
        self._overlays: list[QGraphicsItem] = []
        self._cells = Cells()
        self._wires_at: dict[str, set[Edge]] = {}
        self._facts: Mapping[str, Facts] = {}
        self._troubled: frozenset[str] = frozenset()
        self._blocks: Mapping[str, Block] = {}
        self._selected: frozenset[str] = frozenset()
        self._wrong: frozenset[Edge] = frozenset()
        self._focused: str | None = None

    # Obeying

    def obey(self, old: Graph, new: Graph, blocks: Mapping[str, Block], analysis: Analysis) -> None:
        """Go from one drawing to another."""
        change = diff(old, new)
        # Where they stood: by the old drawing, as a hand may have moved the cards already.
        left = change.removed | change.changed
        disturbed = [card_rect(old.by_id[id_].xy, self.nodes[id_].height) for id_ in left]
        for edge in change.unwired:
            self._remove_wire(edge)
        for id_ in change.removed:
            self._remove_node(id_)
        for node in new.nodes:
            if node.id in change.added and node.id not in self.nodes:
                item = NodeItem(node.id, make_face(new, node, blocks, analysis), self.style_, self.sprites, self.lights)
                item.setPos(*node.xy)
                self.nodes[node.id] = item
                self.addItem(item)
                self._cells.put(node.id, item.card)
                disturbed.append(item.card)
        stale, shifted = self._refresh(change, old, new, blocks, analysis)
        disturbed += [self._cells.rects[id_] for id_ in shifted]
        for edge in change.wired:
            self._add_wire(edge)
        offset = _common_offset(old, new, change, shifted)
        if offset is None or not self._shift_wires(offset):
            loose = {edge for id_ in shifted for edge in self._wires_at.get(id_, ())} | change.wired
            self.lay({edge for edge in loose if edge in self.wires} | self._disturbed(disturbed))
        self.ties.obey(change, new, analysis, shifted)
        self.frames.obey(change, new)
        self._show_wrong(new, analysis)
        self._show_index(stale)
        if disturbed or change.wired or change.unwired or change.framed:
            self.touch()

    def touch(self) -> None:
        """Note that something is elsewhere than before."""
        self.revision += 1
        self.rearranged.emit()

    def lay(self, edges: Iterable[Edge]) -> None:
        """Lay wires anew between their ports."""
        cards = self._cells.rects
        for edge in edges:
            wire = self.wires[edge]
            start, end = wire.ends = self.wire_ends(edge)
            wire.is_long = is_long(start, end)
            source, target = cards.get(edge.source), cards.get(edge.target)
            ends = (source, target) if source is not None and target is not None else None
            wire.setPath(route(start, end, partial(self._cards_in, edge), ends))

    def lay_straight(self, edges: Iterable[Edge]) -> None:
        """Lay wires without looking what is in their way, as while much is being dragged."""
        for edge in edges:
            wire = self.wires[edge]
            wire.ends = self.wire_ends(edge)
            wire.setPath(wire_path(*wire.ends))

    # Looking

    @property
    def cards(self) -> Mapping[str, QRectF]:
        """The rectangles of all cards by id, as the document has them: not where a hand holds them."""
        return self._cells.rects

    def wires_at(self, ids: Collection[str]) -> set[Edge]:
        """Return the wires that begin or end at any of these nodes."""
        return {edge for id_ in ids for edge in self._wires_at.get(id_, ())}

    def wire_ends(self, edge: Edge) -> tuple[QPointF, QPointF]:
        """Return where a wire begins and ends; one that names a port that is not there ends below the others."""
        source, target = self.nodes.get(edge.source), self.nodes.get(edge.target)
        start = source.socket_place(Socket(edge.source, edge.source_port, True)) if source else None
        end = target.socket_place(Socket(edge.target, edge.target_port, False)) if target else None
        if start is None and source is not None:
            start = source.scenePos() + port_place(len(source.face.outputs), output=True)
        if end is None and target is not None:
            end = target.scenePos() + port_place(len(target.face.inputs), output=False)
        # Not by `or`: a point at the origin counts as nothing there.
        start = end if start is None else start
        end = start if end is None else end
        return (QPointF(), QPointF()) if start is None or end is None else (start, end)

    def node_at(self, place: QPointF) -> NodeItem | None:
        """Return the uppermost card at a place."""
        return next((item for item in self.items(place) if isinstance(item, NodeItem)), None)

    def near(self, place: QPointF, reach: float) -> list[NodeItem]:
        """Return the nodes whose paint comes within ``reach`` of a place, uppermost first."""
        rect = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
        return self.nodes_in(rect)

    def nodes_in(self, rect: QRectF) -> list[NodeItem]:
        """Return the nodes that are painted within a rectangle, uppermost first."""
        found = self.items(rect, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        return [item for item in found if isinstance(item, NodeItem)]

    def sockets_near(self, place: QPointF, reach: float) -> list[Socket]:
        """Return the ports within ``reach`` of a place, the nearest first."""
        found: list[tuple[float, Socket]] = []
        for item in self.near(place, reach):
            for socket in item.sockets():
                there = item.socket_place(socket)
                if there is not None:
                    gap = math.hypot(there.x() - place.x(), there.y() - place.y())
                    if gap <= reach:
                        found.append((gap, socket))
        return [socket for _, socket in sorted(found, key=lambda hit: hit[0])]

    def link_at(self, place: QPointF) -> tuple[NodeItem, int] | None:
        """Return the mend whose words are at a place: its node, and its number there."""
        for item in self.near(place, 1.0):
            link = item.link_at(place)
            if link is not None:
                return item, link
        return None

    def wire_at(self, place: QPointF, reach: float) -> tuple[WireItem, QPointF] | None:
        """Return the nearest wire within ``reach`` of a place, and its nearest point."""
        rect = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
        best: tuple[float, WireItem, QPointF] | None = None
        for item in self.items(rect, Qt.ItemSelectionMode.IntersectsItemBoundingRect):
            if isinstance(item, WireItem):
                gap, point = distance_to(item.path(), place)
                if gap <= reach and (best is None or gap < best[0]):
                    best = (gap, item, point)
        return (best[1], best[2]) if best is not None else None

    def wires_across(self, line: QLineF) -> list[WireItem]:
        """Return the wires that a straight line crosses."""
        if line.isNull():
            return []
        aside = line.normalVector()
        aside.setLength(0.5)  # Qt finds nothing in what has no width
        by = aside.p2() - aside.p1()
        band = QPolygonF([line.p1() + by, line.p2() + by, line.p2() - by, line.p1() - by])
        near = self.items(band, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        return [item for item in near if isinstance(item, WireItem) and crosses(item.path(), line)]

    def wire_under_card(self, middle: QPointF) -> WireItem | None:
        """Return the wire that a card with this middle would stand on."""
        hit = self.wire_at(middle, CARD_HEIGHT / 4)
        return hit[0] if hit is not None else None

    def cards_rect(self, ids: Iterable[str] | None = None) -> QRectF:
        """Return the rectangle around these cards, or around all and the frames; empty where there are none."""
        rect = self.frames.rect() if ids is None else QRectF()
        for card in self._cells.rects.values() if ids is None else [self.nodes[id_].card for id_ in ids]:
            rect = rect.united(card)
        return rect

    def painted_rect(self, ids: Iterable[str] | None = None) -> QRectF:
        """Return the rectangle around these nodes, or around all and the frames, with what is written under cards."""
        rect = self.frames.rect() if ids is None else QRectF()
        for id_ in self.nodes if ids is None else ids:
            rect = rect.united(self.nodes[id_].sceneBoundingRect())
        return rect

    def cards_near(self, rect: QRectF) -> dict[str, QRectF]:
        """Return the cards that a rectangle touches, by id; those in the hand where they were taken up."""
        return self._cells.near(rect)

    # Showing

    def overlay(self, item: QGraphicsItem) -> None:
        """Lay something over the drawing for a while."""
        self._overlays.append(item)
        self.addItem(item)

    def remove_overlay(self, item: QGraphicsItem) -> None:
        """Take it away again."""
        self._overlays.remove(item)
        self.removeItem(item)

    def overlays(self) -> list[QGraphicsItem]:
        """Return what lies over the drawing now."""
        return [item for item in self._overlays if item.isVisible()]

    def show_selection(self, ids: frozenset[str]) -> None:
        """Show these nodes as selected, and no others."""
        for id_ in ids ^ self._selected:
            if id_ in self.nodes:
                self.nodes[id_].show_selected(id_ in ids)
        self._selected = ids

    def show_focus(self, id_: str | None) -> None:
        """Show that the keyboard is at this node, or at none."""
        for key in (self._focused, id_):
            if key is not None and key in self.nodes:
                self.nodes[key].show_focused(key == id_)
        self._focused = id_

    def show_ports(self, takes: Callable[[Socket], bool] | None) -> None:
        """While a wire is in hand: light the ports that take it, dim the others. None shows them as they are."""
        self.lights.takes = takes
        self.update()

    def show_found(self, ids: frozenset[str] | None) -> None:
        """While something is looked for: light these nodes, dim the others. None shows them as they are."""
        if ids != self.lights.found:
            self.lights.found = ids
            self.update()

    @property
    def shown_selection(self) -> frozenset[str]:
        """The nodes that are shown as selected."""
        return self._selected & self.nodes.keys()

    def drawBackground(self, painter: QPainter, rect: QRectF | object, /) -> None:
        """Paint the dotted ground."""
        assert isinstance(rect, QRectF)
        paint_ground(painter, rect, self.style_.theme.bg, self.style_.dots)

    # Inside

    def _refresh(
        self, change: Change, old: Graph, new: Graph, blocks: Mapping[str, Block], analysis: Analysis
    ) -> tuple[set[str], set[str]]:
        """Bring faces and places up to date; return the nodes looked at, and those with ports elsewhere than before."""
        troubled = frozenset(analysis.by_node)
        stale = {id_ for id_ in change.changed if not is_only_moved(old.by_id[id_], new.by_id[id_])}
        stale |= self._troubled | troubled
        for edge in change.wired | change.unwired:
            stale |= {edge.source, edge.target}
        if analysis.facts is not self._facts:
            stale |= {id_ for id_, facts in analysis.facts.items() if self._facts.get(id_) is not facts}
        if blocks is not self._blocks:
            stale |= {node.id for node in new.nodes if node.kind == BLOCK}
        self._facts, self._troubled, self._blocks = analysis.facts, troubled, blocks
        shifted: set[str] = set()
        for id_ in stale - change.added:
            item, node = self.nodes.get(id_), new.by_id.get(id_)
            if item is None or node is None:
                continue
            ports = (item.face.inputs, item.face.outputs)
            item.show_face(make_face(new, node, blocks, analysis))
            if ports != (item.face.inputs, item.face.outputs) or item.pos() != QPointF(*node.xy):
                shifted.add(id_)
        shifted |= change.changed
        for id_ in shifted:
            item, xy = self.nodes[id_], new.by_id[id_].xy
            item.setPos(*xy)
            self._cells.put(id_, card_rect(xy, item.height))
        return stale, shifted

    def _add_wire(self, edge: Edge) -> None:
        wire = WireItem(edge, self.style_)
        self.wires[edge] = wire
        self._wires_at.setdefault(edge.source, set()).add(edge)
        self._wires_at.setdefault(edge.target, set()).add(edge)
        self.addItem(wire)

    def _remove_wire(self, edge: Edge) -> None:
        self.removeItem(self.wires.pop(edge))
        for id_ in (edge.source, edge.target):
            there = self._wires_at.get(id_)
            if there is not None:
                there.discard(edge)
                if not there:
                    del self._wires_at[id_]

    def _remove_node(self, id_: str) -> None:
        self.removeItem(self.nodes.pop(id_))
        self._cells.remove(id_)

    def _cards_in(self, edge: Edge, rect: QRectF) -> list[QRectF]:
        """Return the cards that touch a rectangle, without those that a wire begins and ends at."""
        return [card for id_, card in self._cells.near(rect).items() if id_ not in (edge.source, edge.target)]

    def _shift_wires(self, offset: QPointF) -> bool:
        """Take all wires along with all cards; says whether that was all there was to do."""
        one = next(iter(self.wires), None)
        if one is None or self.wire_ends(one)[0] != self.wires[one].ends[0] + offset:
            return False  # a hand has brought them already
        for edge, wire in self.wires.items():
            if edge.source not in self.nodes and edge.target not in self.nodes:
                continue
            start, end = wire.ends
            wire.ends = (start + offset, end + offset)
            wire.setPath(wire.path().translated(offset))
        return True

    def _disturbed(self, rects: list[QRectF]) -> set[Edge]:
        """Return the long wires that may want another way, as cards near them came or went."""
        long = {edge: wire for edge, wire in self.wires.items() if wire.is_long}
        if len(rects) > _MANY:
            return set(long)
        found = set()
        for edge, wire in long.items():
            start, end = wire.ends
            room = wire.path().controlPointRect().united(QRectF(start, end).normalized()).adjusted(-8, -8, 8, 8)
            if any(room.intersects(rect) for rect in rects):
                found.add(edge)
        return found

    def _show_index(self, ids: set[str]) -> None:
        """Tint the wires from these nodes that carry positions in a table."""
        for id_ in ids & self.nodes.keys():
            for edge in self._wires_at.get(id_, ()):
                if edge.source == id_:
                    self.wires[edge].show_index(self.nodes[id_].face.carries(edge.source_port) == "index")

    def _show_wrong(self, graph: Graph, analysis: Analysis) -> None:
        """Show the wires red that carry what their layer cannot take."""
        wrong = frozenset(
            edge
            for id_, problems in analysis.by_node.items()
            if any(problem.code == "shape" for problem in problems)
            for edge in graph.into.get(id_, ())
        )
        for edge in wrong ^ self._wrong:
            if edge in self.wires:
                self.wires[edge].show_wrong(edge in wrong)
        self._wrong = wrong


def _common_offset(old: Graph, new: Graph, change: Change, shifted: Collection[str]) -> QPointF | None:
    """Return how far everything was moved at once; None where anything stays or anything else was done."""
    if change.added or change.removed or change.wired or change.unwired or not len(shifted) == len(new.nodes) > 0:
        return None
    places = [(old.by_id[node.id].xy, node.xy) for node in new.nodes]
    offsets = {(round(after[0] - before[0], 6), round(after[1] - before[1], 6)) for before, after in places}
    return QPointF(*offsets.pop()) if len(offsets) == 1 else None
