"""Calls: with what the layers of a network are called in a forward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import torch
from torch import Tensor, fx, nn


class Call(msgspec.Struct, frozen=True, eq=False):
    """A layer at work.

    Attributes:
        layer: its name, with the path where it is in a block.
        target: the module or the function that was called.
        args, kwargs: with what.
    """

    layer: str
    target: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Calls(fx.Interpreter):
    """Runs a network and keeps the calls that are wanted."""

    def __init__(self, module: nn.Module, wanted: Callable[[Any], bool]) -> None:
        assert isinstance(module, fx.GraphModule), type(module)
        super().__init__(module)
        self._wanted = wanted
        self._found: list[Call] = []

    def find(self, inputs: Tensor) -> tuple[Call, ...]:
        """Return the calls of modules and functions that ``wanted`` says yes to, in order."""
        self._found = []
        with torch.no_grad():
            self.run(inputs)
        return tuple(self._found)

    def run_node(self, n: fx.Node) -> Any:
        """Run one node of the graph."""
        if n.op in ("call_module", "call_function"):
            target = self.fetch_attr(str(n.target)) if n.op == "call_module" else n.target
            if self._wanted(target):
                args, kwargs = self.fetch_args_kwargs_from_env(n)
                self._found.append(Call(_name(n), target, args, kwargs))
        return super().run_node(n)


def is_module(*kinds: type[nn.Module]) -> Callable[[Any], bool]:
    """Return what says yes to modules of these kinds."""
    return lambda target: isinstance(target, kinds)


def _name(node: fx.Node) -> str:
    """Return the layer that a call belongs to: of a function, the one that its value becomes."""
    if node.op == "call_module":
        return str(node.target)
    at: fx.Node | None = node
    while at is not None:
        if "layer" in at.meta:
            return str(at.meta["layer"])
        at = next(iter(at.users), None)
    return node.name
