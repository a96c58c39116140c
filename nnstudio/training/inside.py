"""Values inside a network: one forward pass, layer by layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx, nn

Visit = Callable[[str, Tensor], None]


class Inside(fx.Interpreter):
    """Runs a module and shows every layer's first output on the way.

    Layers go by the names that `nnstudio.compiler.link` writes into the graph's nodes; inputs by their own, and
    modules by their path as well (``stage1.0.conv_1``). A module that is no graph yet becomes one of its children.
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__(
            module if isinstance(module, fx.GraphModule) else fx.GraphModule(module, _Outline().trace(module))
        )
        self._visit: Visit = _ignore
        self._names = _names(self.graph)

    def look(self, inputs: Tensor, visit: Visit, *, gradients: bool = False) -> Any:
        """Run the module, call ``visit(name, value)`` as values appear, and return the output.

        Values know where they came from only with ``gradients``.
        """
        self._visit = visit
        try:
            with torch.set_grad_enabled(gradients):
                return self.run(inputs)
        finally:
            self._visit = _ignore

    def run_node(self, n: fx.Node) -> Any:
        """Run one node of the graph."""
        value = super().run_node(n)
        first = value[0] if isinstance(value, (tuple, list)) else value
        if isinstance(first, Tensor):
            for name in self._names.get(n, ()):
                self._visit(name, first)
        return value


def first_non_finite(module: nn.Module, inputs: Tensor) -> str | None:
    """Return the name of the first layer whose value holds a NaN or an infinity, in the module's present mode."""
    found: list[str] = []

    def visit(name: str, value: Tensor) -> None:
        if not found and value.is_floating_point() and not bool(value.isfinite().all()):
            found.append(name)

    Inside(module).look(inputs, visit)
    return found[0] if found else None


class _Outline(fx.Tracer):
    """Follows a module's own forward and those of chains; what its other children do stays closed."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Whether to call the child as a whole."""
        return not isinstance(m, nn.Sequential)


def _ignore(_name: str, _value: Tensor) -> None:
    """Look away."""


def _names(graph: fx.Graph) -> dict[fx.Node, list[str]]:
    """Return the names that each node of the graph answers to."""
    nodes: dict[str, fx.Node] = {}
    for node in graph.nodes:
        if "layer" in node.meta:
            nodes.setdefault(node.meta["layer"], node)
    for node in graph.nodes:
        if node.op in ("placeholder", "call_module"):
            nodes.setdefault(str(node.target), node)
    names: dict[fx.Node, list[str]] = {}
    for name, node in nodes.items():
        names.setdefault(node, []).append(name)
    return names
