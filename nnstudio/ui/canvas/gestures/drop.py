"""Drop: a layer comes from the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPointF, QRectF

from nnstudio.layers.blocks import LIBRARY
from nnstudio.layers.catalog import catalog
from nnstudio.ui.canvas import placing
from nnstudio.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH
from nnstudio.ui.canvas.gestures.base import Gesture, Pointer
from nnstudio.ui.canvas.overlay import Ghost
from nnstudio.ui.palette.model import BLOCK_PREFIX

if TYPE_CHECKING:
    from nnstudio.ui.canvas.items import WireItem
    from nnstudio.ui.canvas.view import Canvas
    from nnstudio.ui.session import Session

MIME = "application/x-nnstudio-kind"


def dragged_key(mime: QMimeData, session: Session) -> str | None:
    """Return what is being dragged: a kind, or ``Block:`` and a name; None where it is nothing of ours."""
    if not mime.hasFormat(MIME):
        return None
    key = mime.data(MIME).toStdString()
    return key if placing.is_known(key, {*session.blocks, *session.kept.blocks}) else None


class DropLayer(Gesture):
    """A layer held over the canvas: a ghost shows where it would stand, a lit wire that it would go in there."""

    def __init__(self, canvas: Canvas, key: str) -> None:
        super().__init__(canvas)
        self._key = key

    def begin(self, at: Pointer) -> None:
        """Show the ghost."""
        super().begin(at)
        from nnstudio.ui.canvas.guides import Snapping  # no start of the program needs it

        theme = self.canvas.board.style_.theme
        self._wire: WireItem | None = None
        self._ghost = Ghost(theme.family(_family(self._key)))
        card = QRectF(0.0, 0.0, CARD_WIDTH, CARD_HEIGHT)
        self._snapping = Snapping(self.canvas, card, QPointF(), frozenset(), ())
        self.canvas.board.overlay(self._ghost)
        self.move(at)

    def move(self, at: Pointer) -> None:
        """Bring the ghost along."""
        corner = self._corner(at)
        self._ghost.setPos(corner)
        middle = corner + QPointF(CARD_WIDTH, CARD_HEIGHT) / 2
        through = not at.alt and placing.goes_through(self._key)
        self._light(self.canvas.board.wire_under_card(middle) if through else None)
        if at.shift or self._wire is not None:
            self._snapping.clear()
        else:
            self._snapping.show(corner)

    def commit(self, at: Pointer) -> None:
        """Place the layer."""
        corner, wire = self._corner(at), self._wire
        self._clear()
        self.canvas.commands.add(self._key, (corner.x(), corner.y()), wire.edge if wire is not None else None)

    def cancel(self) -> None:
        """Take the ghost away."""
        self._clear()

    def _corner(self, at: Pointer) -> QPointF:
        corner = at.scene - QPointF(CARD_WIDTH, CARD_HEIGHT) / 2
        return corner if at.shift else self._snapping.place(corner)

    def _light(self, wire: WireItem | None) -> None:
        if wire is not self._wire:
            if self._wire is not None:
                self._wire.show_lit(False)
            if wire is not None:
                wire.show_lit(True)
            self._wire = wire

    def _clear(self) -> None:
        self._light(None)
        self._snapping.clear()
        self.canvas.board.remove_overlay(self._ghost)


def _family(key: str) -> str:
    if key.startswith(BLOCK_PREFIX):
        known = LIBRARY.get(key.removeprefix(BLOCK_PREFIX))
        return known.family if known is not None else "merge"
    return catalog()[key].family
