"""Lint of the last layer: whether what it gives is what the loss wants."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from nnstudio.compiler.adapters import put_into
from nnstudio.core.edits import remove_and_reconnect, replace, set_node
from nnstudio.core.graph import Edge, Graph, Node, Value
from nnstudio.core.problem import Fix, Problem
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog

SHARES = frozenset({"Softmax", "LogSoftmax"})
SQUASHING = frozenset({"Sigmoid", "Tanh", "ScaledTanh"})
_SCORES = frozenset({"cross_entropy", "segmentation", "bce", "hinge"})
_LOGARITHMS = frozenset({"nll", "kl"})
_ANYTHING = frozenset({"Formula", "Block"})
"""Kinds that may work out what any loss wants."""


def check_last(wire: Edge | None, last: Node, loss: str) -> Problem | None:
    """Return what is wrong with the last layer for a loss, if anything is.

    Args:
        wire: the one into the Output.
        last: the layer before the Output.
        loss: as the recipe calls it.
    """
    if loss in _SCORES and (last.kind in SHARES or last.kind in SQUASHING):
        if loss in ("cross_entropy", "segmentation"):
            text = tr(
                "Cross-entropy wants raw scores and does the Softmax itself; behind {name} they are squeezed, and "
                "learning is slow.",
                name=last.name,
            )
        elif loss == "bce":
            text = tr(
                "Binary cross-entropy wants raw scores and does the Sigmoid itself; behind {name} they are squeezed, "
                "and learning is slow.",
                name=last.name,
            )
        else:
            text = tr(
                "The hinge loss wants raw scores that can be 1 apart; behind {name} they are squeezed together.",
                name=last.name,
            )
        removal = Fix(tr("Remove {name}", name=last.name), partial(remove_and_reconnect, ids=(last.id,)))
        return _warning("activation_before_loss", last, text, removal)
    if loss in _LOGARITHMS and last.kind not in _ANYTHING | {"LogSoftmax"}:
        text = tr(
            "This loss wants the logarithms of shares, as LogSoftmax gives them; {name} gives something else.",
            name=last.name,
        )
        if last.kind == "Softmax":
            swap = Fix(tr("Turn {name} into LogSoftmax", name=last.name), partial(_set_kind, id_=last.id))
            return _warning("no_logarithms", last, text, swap)
        return _warning("no_logarithms", last, text, *_insertion(wire, "LogSoftmax", {}))
    if loss == "rbf" and last.kind not in _ANYTHING | {"RBFOutput"}:
        text = tr(
            "LeNet-5's loss wants distances, of which the smallest wins, as RBF output gives them; {name} gives "
            "something else.",
            name=last.name,
        )
        return _warning("no_distances", last, text, *_insertion(wire, "RBFOutput", {"codes": "random"}))
    if loss in _SCORES | _LOGARITHMS and last.kind == "RBFOutput":
        text = tr(
            "{name} gives distances, of which the smallest wins, but for this loss the largest number names the class.",
            name=last.name,
        )
        return _warning("distances", last, text, *_insertion(wire, "Formula", {"formula": "-x"}))
    return None


def _set_kind(graph: Graph, id_: str) -> Graph:
    node = graph.by_id[id_]
    return set_node(graph, replace(node, kind="LogSoftmax"))


def _warning(code: str, node: Node, text: str, *fixes: Fix) -> Problem:
    return Problem(node.name, code, text, fixes, severity="warning", id=node.id)


def _insertion(wire: Edge | None, kind: str, params: Mapping[str, Value]) -> tuple[Fix, ...]:
    spec = catalog().get(kind)
    if wire is None or spec is None:
        return ()
    label = tr("Let {title} follow", title=spec.title)
    return (Fix(label, partial(put_into, edge=wire, kind=kind, params=params)),)
