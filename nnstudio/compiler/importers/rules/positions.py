"""Positions: a table of steps × features that a network adds to a sequence, the same for every sample."""

from __future__ import annotations

import torch

from nnstudio.compiler.importers.leaves import UnmappedError
from nnstudio.compiler.importers.values import Flow, Held
from nnstudio.compiler.importers.walk import Walk
from nnstudio.core.words import tr
from nnstudio.layers.own import own_class


def table_of(x: Flow, held: Held) -> torch.Tensor | None:
    """Return the table that a tensor added to a sequence is, or the first rows of; None where it is none.

    Args:
        x: the sequence.
        held: what is added to it, with the batch axis or without, or for x with its steps first.
    """
    shape = x.known
    if len(shape) != 2 or held.tensor.dim() not in (2, 3) or not isinstance(shape[1], int):
        return None
    batch = x.batch if held.tensor.dim() == 3 else None
    part = _flat(held.tensor, batch)
    steps = part.shape[0] if part is not None else 0
    if part is None or part.shape[1] != shape[1] or (isinstance(shape[0], int) and shape[0] != steps):
        return None
    if held.whole is None:
        return part if isinstance(shape[0], int) else None
    whole = _flat(held.whole, batch if held.whole.dim() == 3 else None)
    fits = whole is not None and len(whole) >= steps and torch.equal(whole[:steps], part)
    return whole if fits else None


def _flat(tensor: torch.Tensor, batch: int | None) -> torch.Tensor | None:
    if batch is not None:
        if batch > 1 or tensor.shape[batch] != 1:
            return None
        tensor = tensor.squeeze(batch)
    return tensor if tensor.dim() == 2 else None


def positions(walk: Walk, x: Flow, table: torch.Tensor, *, trained: bool) -> Flow:
    """Add the layer that adds a table: the waves where it holds just those, else trained rows.

    Args:
        walk: the walk.
        x: the sequence.
        table: steps × features.
        trained: whether the network trains it.

    Raises:
        UnmappedError: there is no such layer.
    """
    if x.batch > 1:
        raise UnmappedError(tr("the batch is not the first axis here"))
    if not trained and torch.equal(own_class("SinusoidalPosition")()(torch.zeros(1, *table.shape))[0], table):
        return walk.one("SinusoidalPosition", [x], anywhere=True)
    params = {"max_length": len(table)}
    return walk.one(
        "LearnedPosition",
        [x],
        params if trained else {**params, "frozen": True},
        weights={"weight": table},
        anywhere=True,
    )
