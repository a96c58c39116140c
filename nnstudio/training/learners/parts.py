"""The layers of a network that a learner works on, and what arrives at them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor, fx, nn

from nnstudio.training.inside import Inside

Kind = TypeVar("Kind", bound=nn.Module)


def layers_of(module: nn.Module, kind: type[Kind]) -> list[Kind]:
    """Return the layers of this kind in the order of the forward pass, each once."""
    found = [part for part, _ in _calls(module) if isinstance(part, kind)]
    return list(dict.fromkeys(found))


def dense_before(module: nn.Module, follows: Callable[[fx.Node, nn.Module | None], bool]) -> list[nn.Linear]:
    """Return the dense layers whose sums go into one place only, of which ``follows(node, its module)`` is true."""
    found: list[nn.Linear] = []
    for part, node in _calls(module):
        users = list(node.users)
        if isinstance(part, nn.Linear) and users:
            follower = module.get_submodule(str(users[0].target)) if users[0].op == "call_module" else None
            if follows(users[0], follower):
                found.append(part)
    return list(dict.fromkeys(found))


def is_step(node: fx.Node, _module: nn.Module | None) -> bool:
    """Whether a place in the graph asks if a number is above zero."""
    return node.op == "call_function" and node.target is operator.gt and bool(node.args[1] == 0)


def is_sigmoid(node: fx.Node, module: nn.Module | None) -> bool:
    """Whether a place in the graph squashes numbers to the range from 0 to 1."""
    named = node.op == "call_method" and node.target == "sigmoid"
    return isinstance(module, nn.Sigmoid) or named or (node.op == "call_function" and node.target is torch.sigmoid)


def arriving(module: nn.Module, part: nn.Module, inputs: Tensor) -> Tensor:
    """Return what comes into a layer for these inputs of the whole network, rows ``(B·…, features)``, detached."""
    found: list[Tensor] = []
    hook = part.register_forward_pre_hook(lambda _part, given: found.append(given[0].detach()))
    try:
        with torch.no_grad():
            module(inputs)
    finally:
        hook.remove()
    return found[0].flatten(0, -2)


def _calls(module: nn.Module) -> list[tuple[nn.Module, fx.Node]]:
    nodes = [node for node in Inside(module).graph.nodes if node.op == "call_module"]
    return [(module.get_submodule(str(node.target)), node) for node in nodes]
