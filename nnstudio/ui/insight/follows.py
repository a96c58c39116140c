"""What a weight that was written over has changed."""

from __future__ import annotations

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.arithmetic import ArithmeticSeen


class Edit(msgspec.Struct, frozen=True):
    """A weight that was written over, and what was seen before."""

    key: str
    index: tuple[int, ...]
    old: float
    new: float
    before: ArithmeticSeen


def follows_text(edit: Edit, now: ArithmeticSeen) -> str:
    """Say what a weight that was written over has changed, from this number to the loss."""
    before = {layer.name: layer for layer in edit.before.layers}
    parts = [
        tr(
            "{key}[{place}]: {old:.5g} → {new:.5g}",
            key=edit.key,
            place=", ".join(map(str, edit.index)),
            old=edit.old,
            new=edit.new,
        )
    ]
    if (now.layer, now.index) == (edit.before.layer, edit.before.index):
        parts.append(tr("this number {old:.5g} → {new:.5g}", old=edit.before.value, new=now.value))
    parts.append(tr("loss {old:.5g} → {new:.5g}", old=edit.before.loss, new=now.loss))
    for layer in now.layers:
        known = before.get(layer.name)
        if known is None or known.values.shape != layer.values.shape:
            continue
        change = abs(layer.values - known.values)
        count = int((change > 0).sum())
        if count:
            parts.append(
                tr("{layer}: {count} changed, by {most:.3g} at most", layer=layer.name, count=count, most=change.max())
            )
    return ";  ".join(parts)
