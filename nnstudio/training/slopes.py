"""Slopes: whether gradients come back from the Outputs of a drawing to a weight, known without torch."""

from __future__ import annotations

from typing import Final

from nnstudio.compiler.facts import Analysis, Facts
from nnstudio.core.graph import Node

_FLAT: Final = frozenset({"Step"})
"""Layers that are flat wherever they have a slope at all."""


def flat_before_weights(analysis: Analysis) -> Node | None:
    """Return a flat layer that keeps the gradients from all weights; None where they reach one, or nothing is flat."""
    flat: list[Node] = []
    has_weights, _ = _go_back(analysis, flat)
    return None if has_weights or not flat else flat[0]


def _go_back(analysis: Analysis, flat: list[Node]) -> tuple[bool, bool]:
    """Go back from the Outputs; note where there is no way on.

    Returns:
        Whether a weight was found that may change, and whether an Input was.
    """
    has_weights = has_input = False
    pending = [node for node in analysis.graph.nodes if node.kind == "Output"]
    seen = {node.id for node in pending}
    while pending:
        node = pending.pop()
        known = analysis.facts[node.id]
        has_input = has_input or node.kind == "Input"
        if not node.bypassed:
            within = [_go_back(inner, []) for inner in known.inside]
            has_weights = has_weights or any(found for found, _ in within) or _may_change(node, known)
            if node.kind in _FLAT or not all(comes_through for _, comes_through in within):
                flat.append(node)
                continue
        for edge in analysis.feeds[node.id].values():
            if edge.source not in seen:
                seen.add(edge.source)
                pending.append(analysis.graph.by_id[edge.source])
    return has_weights, has_input


def _may_change(node: Node, known: Facts) -> bool:
    """Say whether a layer that is no block has weights that are not frozen, its own or another's."""
    has_some = known.cost.parameters > 0 or node.shares is not None
    return has_some and not known.inside and not getattr(known.settings, "frozen", False)
