"""One ONNX operator while it is written as torch code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor, fx

from nnstudio.compiler.importers.leaves import UnmappedError
from nnstudio.core.words import tr


class Emit:
    """Writes the torch code of one operator into an fx graph.

    Args:
        graph: where it goes.
        inputs: fx nodes of its inputs; None for what is left out.
        held: the held tensors among them.
        settings: its attributes.
        count: how many outputs it has.
    """

    def __init__(
        self,
        graph: fx.Graph,
        inputs: Sequence[fx.Node | None],
        held: Sequence[Tensor | None],
        settings: Mapping[str, Any],
        count: int,
    ) -> None:
        self.graph = graph
        self.inputs = [*inputs, *[None] * 8]
        self.held = [*held, *[None] * 8]
        self.settings = settings
        self.count = count

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> fx.Node:
        """Call a function."""
        return self.graph.call_function(function, args, kwargs)

    def method(self, name: str, *args: Any) -> fx.Node:
        """Call a method of the first input."""
        return self.graph.call_method(name, (self.inputs[0], *args))

    def plain(self, index: int, default: Any = None) -> Any:
        """Return a held input as plain numbers.

        Raises:
            UnmappedError: it is computed.
        """
        held = self.held[index]
        if held is not None:
            return held.tolist()
        if self.inputs[index] is not None:
            raise UnmappedError(tr("it picks places that are computed"))
        return default

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute."""
        return self.settings.get(name, default)


Operator = Callable[[Emit], Any]
"""Writes one kind of operator and returns its output, or a list of its outputs."""


def function(called: Callable[..., Any]) -> Operator:
    """Return the operator that is a function of its inputs alone."""

    def operator(e: Emit) -> fx.Node:
        return e.call(called, *(node for node in e.inputs if node is not None))

    return operator
