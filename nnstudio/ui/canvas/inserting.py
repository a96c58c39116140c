"""A layer is looked for that goes into a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from nnstudio.core.edits import disconnect
from nnstudio.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH, snap
from nnstudio.ui.canvas.placing import goes_through
from nnstudio.ui.canvas.wiring import Judge, Socket, place_of

if TYPE_CHECKING:
    from nnstudio.core.graph import Edge
    from nnstudio.ui.canvas.view import Canvas


def search_on_wire(canvas: Canvas, edge: Edge, place: QPointF) -> None:
    """Open the search at a place of the viewport for what fits into a wire, which is picked out meanwhile."""
    session = canvas.session
    held = Socket(edge.source, edge.source_port, True)
    judge = Judge(disconnect(session.graph, (edge,)), session.blocks, session.analysis, held, place_of(session))
    corner = snap(canvas.to_scene(place) - QPointF(CARD_WIDTH, CARD_HEIGHT) / 2)

    def insert(key: str) -> None:
        canvas.commands.add(key, (corner.x(), corner.y()), edge)

    canvas.searching.open(
        place,
        accept=insert,
        closed=lambda: canvas.pointing.pick(None),
        fits=lambda key: goes_through(key) and judge.fits(key),
    )
    canvas.pointing.pick(edge)
