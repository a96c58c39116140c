"""What differs between two drawings; a view applies exactly this."""

from __future__ import annotations

import msgspec

from nnstudio.core.graph import Edge, Graph, Node

_NONE: frozenset[Edge] = frozenset()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The difference between an old and a new drawing, by ids. ``changed`` nodes exist in both."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    wired: frozenset[Edge] = frozenset()
    unwired: frozenset[Edge] = frozenset()
    framed: frozenset[str] = frozenset()
    """Frames that came, went or changed."""


def diff(old: Graph, new: Graph) -> Change:
    """Compare two drawings; a node that was not touched costs one identity check."""
    before, after = old.by_id, new.by_id
    rewired = old.edges is not new.edges
    edges_before, edges_after = (frozenset(old.edges), frozenset(new.edges)) if rewired else (_NONE, _NONE)
    return Change(
        added=frozenset(after.keys() - before.keys()),
        removed=frozenset(before.keys() - after.keys()),
        changed=frozenset(
            key
            for key, node in after.items()
            if (known := before.get(key)) is not None and known is not node and known != node
        ),
        wired=edges_after - edges_before,
        unwired=edges_before - edges_after,
        framed=_framed(old, new),
    )


def is_only_moved(old: Node, new: Node) -> bool:
    """Say whether two values of one node differ in nothing but where it is."""
    return (
        old.kind == new.kind
        and old.name == new.name
        and (old.params is new.params or old.params == new.params)
        and old.shares == new.shares
        and old.bypassed == new.bypassed
    )


def _framed(old: Graph, new: Graph) -> frozenset[str]:
    if old.frames is new.frames:
        return frozenset()
    return frozenset(frame.id for frame in set(old.frames) ^ set(new.frames))
