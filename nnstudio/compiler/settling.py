"""Hopfield layers while they are traced: a loop of torch's own in place of one of Python's.

An exporter follows a loop of Python turn by turn: 64 units that are asked ten times each become thousands of calls,
which take minutes to write down. The loop here is written down once, and gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from nnstudio.layers.own import own_class

if TYPE_CHECKING:
    from torch import Tensor, nn


@contextmanager
def one_loop(module: nn.Module) -> Iterator[None]:
    """Let every Hopfield layer of a network settle in one loop."""
    kind: type[nn.Module] = own_class("Hopfield")
    layers = [layer for layer in module.modules() if isinstance(layer, kind)]
    for layer in layers:
        layer.forward = partial(_settle, layer)
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


def _settle(layer: nn.Module, x: Tensor) -> Tensor:
    """Do as the layer's own ``forward``: (…, n) -> (…, n)."""
    import torch
    from torch._higher_order_ops.while_loop import while_loop

    weight, together, steps = layer.weight, layer.together, layer.steps
    assert isinstance(weight, torch.Tensor)
    assert isinstance(steps, int)
    count = len(weight)
    turns = steps if together else steps * count
    places = torch.arange(count, device=x.device)

    def goes_on(turn: Tensor, _state: Tensor) -> Tensor:
        return turn < turns

    def ask(turn: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        if together:
            told = state @ weight
            return turn + 1, torch.where(told == 0, state, torch.sign(told))
        unit = turn % count
        told = state @ weight.index_select(0, unit.reshape(1)).T
        return turn + 1, torch.where((places == unit) & (told != 0), torch.sign(told), state)

    first = torch.zeros((), dtype=torch.int64, device=x.device)
    begin = (first, 2 * torch.relu(torch.sign(x)) - 1)
    settled: Tensor = while_loop(goes_on, ask, begin)[1]  # type: ignore[no-untyped-call]
    return settled
