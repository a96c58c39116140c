"""Which layer a view looks into: the selected one, or the first that has what the view shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstudio.core.graph import Graph, Node
    from nnstudio.ui.session import Session


def chosen_layer(session: Session, fits: Callable[[Session, str], bool] | None = None) -> str | None:
    """Return the path of the selected layer as a network in training calls it, such as ``stage1.conv_1``.

    While not just one layer is selected it is the first of the document's own drawing that ``fits``.

    Args:
        session: what is drawn and selected.
        fits: says of the id of a node of that drawing whether the view has anything to show of it.

    Returns:
        None where there is no such layer.
    """
    if len(session.selection) == 1:
        node = session.graph.by_id[next(iter(session.selection))]
        return path_to(session, node)
    if fits is None:
        return None
    found = next((id_ for id_ in session.model.order if fits(session, id_)), None)
    return None if found is None else session.project.graph.by_id[found].name


def has_weights(session: Session, id_: str) -> bool:
    """Whether a layer learns."""
    facts = session.model.facts[id_]
    return facts.live and facts.cost.parameters > 0


def path_to(session: Session, node: Node) -> str | None:
    """Return what a network in training calls a node of the drawing on the canvas; None where that is unknown."""
    parts: list[str] = []
    graph: Graph = session.project.graph
    for level in session.trail:
        instance = graph.by_id.get(level.node or "")
        if instance is None:
            return None
        parts.append(instance.name)
        if instance.params.get("repeat", 1) != 1:
            parts.append("0")  # the drawing on the canvas is the first copy's
        graph = session.blocks[level.block].graph
    return ".".join((*parts, node.name))
