"""The graph of a network, run once with everything kept, and run again in parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, fx, nn

Array = npt.NDArray[np.float64]


class Keeper(fx.Interpreter):
    """Runs a graph and keeps what every place gave."""

    def __init__(self, module: nn.Module) -> None:
        assert isinstance(module, fx.GraphModule)
        super().__init__(module, garbage_collect_values=False)

    def run_node(self, n: fx.Node) -> Any:
        """Run one place; where it gives on what it got, the two are kept apart, as their slopes differ."""
        value = super().run_node(n)
        if isinstance(value, Tensor) and any(value is self.env[other] for other in n.all_input_nodes):
            return value.view_as(value)
        return value

    def again(self, node: fx.Node, changed: Mapping[fx.Node, Any]) -> Any:
        """Run one place again with other values before it."""
        kept = {other: self.env[other] for other in changed}
        self.env.update(changed)
        try:
            return self.run_node(node)
        finally:
            self.env.update(kept)

    def along(self, end: fx.Node, changed: Mapping[fx.Node, Any]) -> Any:
        """Run all places of one layer again, up to ``end``, with other values before them."""
        layer, known = name_of(end), dict(changed)

        def value(node: fx.Node) -> Any:
            if node not in known:
                is_within = node is end or (node.op not in ("placeholder", "get_attr") and layer == name_of(node) != "")
                before = {other: value(other) for other in node.all_input_nodes} if is_within else {}
                known[node] = self.again(node, before) if is_within else self.env[node]
            return known[node]

        return value(end)


def name_of(node: fx.Node) -> str:
    """Return the name of the layer that a place in the graph belongs to: its own, or that of what comes out there."""
    while "layer" not in node.meta and node.op != "placeholder" and node.users:
        node = next(iter(node.users))
    return str(node.target) if node.op == "placeholder" else str(node.meta.get("layer", ""))


def flat(value: Any) -> list[Any]:
    """Return all that a place in the graph gives, one after the other."""
    if isinstance(value, (tuple, list)):
        return [leaf for part in value for leaf in flat(part)]
    return [value]


def bare(value: Any) -> Array:
    """Return the first sample of a tensor as an array."""
    tensor = value[0] if isinstance(value, tuple) else value
    array: Array = tensor.detach()[0].to("cpu").double().numpy()
    return array


def column(after: Tensor, before: Tensor, index: tuple[int, ...]) -> Tensor | None:
    """Return how fast all of ``after`` changes with ``before[index]``; None where it does not.

    One column of the Jacobian: the way back is linear in the slopes it begins with, so its own slope by these is that
    column (Townsend's double-backward trick).
    """
    if not after.requires_grad:
        return None
    seed = torch.zeros_like(after, requires_grad=True)
    back = torch.autograd.grad(after, before, seed, create_graph=True, allow_unused=True)[0]
    if back is None or not back.requires_grad:
        return None
    return torch.autograd.grad(back[index], seed, allow_unused=True)[0]
