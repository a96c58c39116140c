"""What only moves numbers, or mixes them by fixed shares: reshaping, padding, enlarging, cutting out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, fx

from nnstudio.training.drill.graph import Keeper, flat

_CLOSE: Final = 1e-9
"""By how much, of its size, a number may miss the sum of its shares."""

Place = tuple[fx.Node, tuple[int, ...]]
"""A place of the graph, and which of its numbers, with the batch."""


def shares_of(run: Keeper, node: fx.Node, index: tuple[int, ...]) -> tuple[list[tuple[Place, float]], float] | None:
    """Return of which numbers before it a number is the sum, each with its share, and what is added.

    A mixture by fixed shares is told by its gradient, which holds for any other numbers as well: that is tried with
    random ones.

    Args:
        run: the network, run once.
        node: the operation.
        index: which of its numbers, with the batch.

    Returns:
        None where the number depends on others in another way.
    """
    parts = [part for part in node.all_input_nodes if isinstance(run.env[part], Tensor)]
    if len(parts) < len(node.all_input_nodes):
        return None
    given = {part: run.env[part].detach().double().requires_grad_() for part in parts}
    try:
        with torch.enable_grad():
            number = flat(run.again(node, given))[0][index]
            slopes: Sequence[Tensor | None] = ()
            if number.requires_grad:
                slopes = torch.autograd.grad(number, list(given.values()), allow_unused=True)
        others = _others(given)
        with torch.no_grad():
            tried = float(flat(run.again(node, others))[0][index])
    except (RuntimeError, IndexError, TypeError):
        return None
    shares: list[tuple[Place, float]] = []
    here = there = 0.0
    for part, slope in zip(parts, slopes, strict=False):
        if slope is None:
            continue
        for at in zip(*(axis.tolist() for axis in slope.nonzero(as_tuple=True)), strict=True) if slope.ndim else [()]:
            share = float(slope[at])
            shares.append(((part, at), share))
            here += share * float(given[part].detach()[at])
            there += share * float(others[part][at])
    added = float(number.detach()) - here
    reach = _CLOSE * max(1.0, abs(tried), abs(there))
    if abs(tried - there - added) > reach:
        return None
    return shares, added if abs(added) > reach else 0.0


def _others(given: dict[fx.Node, Tensor]) -> dict[fx.Node, Tensor]:
    chance = torch.Generator().manual_seed(0)
    return {
        part: torch.randn(values.shape, dtype=torch.float64, generator=chance) * 3.0 for part, values in given.items()
    }


def origins(run: Keeper, node: fx.Node, is_source: Callable[[fx.Node], bool]) -> npt.NDArray[np.object_]:
    """Return where each number of a place comes from, through operations that only move numbers.

    Returns:
        An object array in the place's shape, with the batch: source and which of its numbers, None for a constant.
    """
    starts: dict[fx.Node, tuple[int, Tensor]] = {}
    total = [1]

    def coded(part: fx.Node) -> Tensor:
        value = run.env[part]
        if is_source(part):
            if part not in starts:
                starts[part] = (total[0], value)
                total[0] += value.numel()
            first = starts[part][0]
            return torch.arange(first, first + value.numel(), dtype=torch.float64).reshape(value.shape)
        result: Tensor = run.again(part, {before: coded(before) for before in part.all_input_nodes})
        return result

    with torch.no_grad():
        codes = coded(node)
    found = np.empty(tuple(codes.shape), dtype=object)
    for at in np.ndindex(*codes.shape):
        code = round(float(codes[at]))
        for source, (first, value) in starts.items():
            if first <= code < first + value.numel():
                place = np.unravel_index(code - first, tuple(value.shape))
                found[at] = (source, tuple(int(axis) for axis in place))
    return found
