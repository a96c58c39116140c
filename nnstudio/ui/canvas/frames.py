"""The frames of a scene: they follow the document, and know what of them is under the pointer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import msgspec
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

if TYPE_CHECKING:
    from nnstudio.core.diff import Change
    from nnstudio.core.graph import Frame, Graph
    from nnstudio.ui.canvas.frame_items import FrameItem
    from nnstudio.ui.canvas.scene import Scene

_REACH: Final = 5.0
"""How near the pointer must be to an edge to hold it, in pixels."""
_CORNER: Final = 12.0
_LEGIBLE: Final = 0.5
"""From this zoom on, the words under a wrong card can be read."""
_NEAR: Final = 0.5
_FAR: Final = 2.0
"""How high tabs lie: over all cards, and under or over the words of wrong ones."""


class Grip(msgspec.Struct, frozen=True):
    """What of a frame is under the pointer.

    Attributes:
        id: the frame's.
        across: -1 at the left edge, 1 at the right one, else 0.
        down: -1 at the upper edge, 1 at the lower one, else 0. At the title both are 0.
    """

    id: str
    across: int = 0
    down: int = 0


class Frames:
    """The frames of a scene."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.items: dict[str, FrameItem] = {}
        self._picked: str | None = None
        self._above = _NEAR

    def obey(self, change: Change, new: Graph) -> None:
        """Go from one drawing to another."""
        if not change.framed:
            return
        frames = {frame.id: frame for frame in new.frames}
        for id_ in change.framed:
            item, frame = self.items.get(id_), frames.get(id_)
            if item is not None and frame is None:
                self._scene.removeItem(item.tab)
                self._scene.removeItem(item)
                del self.items[id_]
            elif item is not None and frame is not None:
                item.show_frame(frame)
        for frame in new.frames:
            if frame.id not in self.items:
                self._add(frame)
        if self._picked in self.items:
            self.items[self._picked].show_picked(True)

    def _add(self, frame: Frame) -> None:
        from nnstudio.ui.canvas.frame_items import FrameItem  # many drawings have no frame

        made = FrameItem(frame, self._scene.style_)
        made.tab.setZValue(self._above)
        self.items[frame.id] = made
        self._scene.addItem(made)
        self._scene.addItem(made.tab)

    def show_picked(self, id_: str | None) -> None:
        """Show a frame as picked out, or none."""
        for key in (self._picked, id_):
            if key is not None and key in self.items:
                self.items[key].show_picked(key == id_)
        self._picked = id_

    def show_from(self, zoom: float) -> None:
        """Lay titles over what wrong cards say where that is too small to be read, and under it from near by."""
        above = _FAR if zoom < _LEGIBLE else _NEAR
        if above != self._above:
            self._above = above
            for item in self.items.values():
                item.tab.setZValue(above)

    def title_at(self, place: QPointF, zoom: float) -> Grip | None:
        """Return the frame whose tab is at a place, the smallest of several; the sheet's edge is no part of it."""
        edge = _REACH / zoom
        hits = (item for item in self.items.values() if item.tab.rect(zoom).adjusted(0, 0, 0, -edge).contains(place))
        return next((Grip(item.frame.id) for item in _smallest_first(hits)), None)

    def edge_at(self, place: QPointF, zoom: float) -> Grip | None:
        """Return the edge or corner that is at a place, of the smallest frame of several."""
        reach, corner = _REACH / zoom, _CORNER / zoom
        hits = (
            item
            for item in self.items.values()
            if item.rect.adjusted(-reach, -reach, reach, reach).contains(place)
            and not item.rect.adjusted(reach, reach, -reach, -reach).contains(place)
        )
        for item in _smallest_first(hits):
            rect = item.rect
            across = _end(place.x(), rect.left(), rect.right(), reach)
            down = _end(place.y(), rect.top(), rect.bottom(), reach)
            # Near a corner both edges are meant.
            if down:
                across = across or _end(place.x(), rect.left(), rect.right(), corner)
            elif across:
                down = _end(place.y(), rect.top(), rect.bottom(), corner)
            return Grip(item.frame.id, across, down)
        return None

    def rect(self) -> QRectF:
        """Return the rectangle around all frames and their tabs; empty where there are none."""
        rect = QRectF()
        for item in self.items.values():
            rect = rect.united(item.outer)
        return rect

    def paint_sheets(self, painter: QPainter) -> None:
        """Paint all sheets on the screen, as from far away."""
        for item in self.items.values():
            item.draw(painter, on_screen=True)

    def paint_tabs(self, painter: QPainter) -> None:
        """Paint all tabs on the screen, as from far away."""
        for item in self.items.values():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            item.tab.draw(painter, on_screen=True)


def _smallest_first(items: Iterable[FrameItem]) -> list[FrameItem]:
    return sorted(items, key=lambda item: item.frame.rect[2] * item.frame.rect[3])


def _end(place: float, first: float, last: float, reach: float) -> int:
    if abs(place - first) <= reach:
        return -1
    return 1 if abs(place - last) <= reach else 0
