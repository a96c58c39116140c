"""One set of weights for several layers, and a set for each again: what menus, inspector and canvas offer."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from nnstudio.core import edits
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.ui.actions import Actions

if TYPE_CHECKING:
    from nnstudio.core.graph import Node
    from nnstudio.ui.session import Session


def may_share(session: Session) -> bool:
    """Whether the selected layers can be given one set of weights, which they do not have yet."""
    chosen = _in_order(session)
    if len(chosen) < 2 or len({node.kind for node in chosen}) > 1:
        return False
    spec, facts = catalog().get(chosen[0].kind), session.analysis.facts
    if spec is None or spec.module is None:
        return False
    if not spec.weights and not any(facts[node.id].cost.parameters for node in chosen):
        return False
    first, *later = (node.id for node in chosen)
    return edits.share_weights(session.graph, first, later) != session.graph


def share(session: Session) -> None:
    """Let the selected layers use the weights of the first of them, as the signal meets them."""
    if may_share(session):
        first, *later = _in_order(session)
        graph = edits.share_weights(session.graph, first.id, [node.id for node in later])
        owner = graph.by_id[graph.by_id[later[0].id].shares or first.id]
        session.commit(tr("Share the weights of {name}", name=owner.name), graph)


def may_own(session: Session) -> bool:
    """Whether any selected layer uses the weights of another."""
    return any(session.graph.by_id[id_].shares is not None for id_ in session.selection)


def give_own(session: Session, ids: Collection[str] | None = None) -> None:
    """Give layers that use the weights of others weights of their own: the selected ones, or ``ids``."""
    wanted = session.selection if ids is None else ids
    nodes = [node for node in session.graph.nodes if node.id in wanted and node.shares is not None]
    if nodes:
        label = tr("Give {count} layers weights of their own", count=len(nodes))
        if len(nodes) == 1:
            label = tr("Give {name} weights of its own", name=nodes[0].name)
        session.commit(label, edits.own_weights(session.graph, [node.id for node in nodes]))


def add_sharing_actions(actions: Actions, session: Session) -> None:
    """Share weights, and give own ones."""
    group = tr("Edit")
    actions.add("share_weights", tr("Share weights"), lambda: share(session), group=group)
    actions.add("own_weights", tr("Give own weights"), lambda: give_own(session), group=group)


def refresh_sharing_actions(actions: Actions, session: Session) -> None:
    """Let the actions be at hand where they mean something."""
    actions["share_weights"].setEnabled(may_share(session))
    actions["own_weights"].setEnabled(may_own(session))


def _in_order(session: Session) -> list[Node]:
    place = {id_: number for number, id_ in enumerate(session.analysis.order)}
    chosen = [session.graph.by_id[id_] for id_ in session.selection]
    return sorted(chosen, key=lambda node: (place.get(node.id, len(place)), node.id))
