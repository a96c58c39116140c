"""Going over the drawing by keys: from node to node, along a node's wires, and which place is nearest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPointF

from nnstudio.ui.canvas.wiring import Socket

if TYPE_CHECKING:
    from nnstudio.core.graph import Edge
    from nnstudio.ui.canvas.view import Canvas

T = TypeVar("T")

_SIDEWAYS = 2.0
"""How much dearer a step aside is than a step in the arrow's direction."""


def nearest(places: Iterable[tuple[T, QPointF]], here: QPointF, direction: QPointF) -> T | None:
    """Return what is nearest to ``here`` in a direction; None where nothing lies there.

    Args:
        places: what there is, and where it is.
        here: where one stands.
        direction: a vector of length 1 along one axis.
    """
    best: tuple[float, T] | None = None
    for thing, place in places:
        way = place - here
        ahead = QPointF.dotProduct(way, direction)
        aside = abs(way.x() * direction.y() - way.y() * direction.x())
        if ahead > 1.0 and aside <= ahead * _SIDEWAYS:
            cost = ahead + _SIDEWAYS * aside
            if best is None or cost < best[0]:
                best = (cost, thing)
    return best[1] if best is not None else None


def order(canvas: Canvas) -> tuple[str, ...]:
    """Return the ids of all nodes in the order in which signals flow."""
    return tuple(dict.fromkeys((*canvas.session.analysis.order, *canvas.board.nodes)))


def step(canvas: Canvas, ahead: int) -> str | None:
    """Return the node after the one the keyboard is at, or before it; None past the end. At first, where to begin."""
    ids = order(canvas)
    if canvas.caret.current not in ids:
        return canvas.caret.first() if ahead > 0 else next(reversed(ids), None)
    place = ids.index(canvas.caret.current) + ahead
    return ids[place] if 0 <= place < len(ids) else None


def wires_of(canvas: Canvas, id_: str) -> list[Edge]:
    """Return the wires of a node: those into it by its ports from top to bottom, then those out of it."""
    graph, face = canvas.session.graph, canvas.board.nodes[id_].face
    into = sorted(graph.into.get(id_, ()), key=lambda edge: _place(face.inputs, edge.target_port))
    out = sorted(graph.out_of.get(id_, ()), key=lambda edge: _place(face.outputs, edge.source_port))
    return [*into, *out]


def pick_next_wire(canvas: Canvas) -> None:
    """Pick out the next wire of the node the keyboard is at and say what it carries; after the last one, none."""
    if canvas.caret.current not in canvas.board.nodes:
        return
    wires = wires_of(canvas, canvas.caret.current)
    picked = canvas.pointing.picked
    number = wires.index(picked) + 1 if picked in wires else 0
    edge = wires[number] if number < len(wires) else None
    canvas.pointing.pick(edge)
    if edge is None:
        canvas.pointing.note.say("", QPointF())
        return
    names = canvas.session.graph.by_id
    carried = canvas.pointing.describe(Socket(edge.source, edge.source_port, True))
    text = f"{names[edge.source].name} → {names[edge.target].name}"
    text = f"{text}: {carried}" if carried else text
    canvas.pointing.note.say(text, canvas.board.wires[edge].path().pointAtPercent(0.5))
    canvas.setAccessibleDescription(text)


def _place(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else len(names)
