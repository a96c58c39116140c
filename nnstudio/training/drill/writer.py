"""Writes one layer of a frozen network onto a sheet, operation by operation."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, fx

from nnstudio.core.words import tr
from nnstudio.training.drill.graph import Array, bare, name_of
from nnstudio.training.drill.kinds import KINDS
from nnstudio.training.drill.recurrent import LAYERS
from nnstudio.training.drill.sheet import Number, Origin, Sheet
from nnstudio.training.drill.work import Index

if TYPE_CHECKING:
    from nnstudio.training.drill.frozen import Frozen


class Writer:
    """Writes the operations of one layer, each number once."""

    def __init__(self, frozen: Frozen, sheet: Sheet, layer: str) -> None:
        self.frozen, self.sheet, self.layer = frozen, sheet, layer
        self._known: dict[tuple[fx.Node, Index], Number] = {}

    def number(self, node: fx.Node, index: Index) -> Number:
        """Return a number of an operation within the layer, or one that comes into it."""
        known = self._known.get((node, index))
        if known is None:
            known = self._known[node, index] = self._write(node, index)
        return known

    def get(self, part: Any, index: Index) -> Number:
        """Return a number of an argument."""
        if not isinstance(part, fx.Node):
            return self.sheet.constant(float(part))
        run = self.frozen.graph
        if part.op == "get_attr":
            value = run.env[part].detach()
            at = _fitted(index, tuple(value.shape))
            return self.sheet.leaf(Origin("weight", str(part.target), at), float(value[at]), "w")
        shape = self.frozen.array(part).shape
        at = _fitted(index, shape)
        if self._is_within(part):
            return self.number(part, at)
        return self.sheet.leaf(Origin("input", name_of(part), at), float(self.frozen.array(part)[at]), "x")

    def _is_within(self, node: fx.Node) -> bool:
        return node.op not in ("placeholder", "get_attr") and name_of(node) == self.layer

    def _write(self, node: fx.Node, index: Index) -> Number:
        before = node.all_input_nodes
        if node.target is operator.getitem and isinstance(self.frozen.graph.env[before[0]], tuple):
            core = before[0]
            if node.args[1] != 0:
                raise ValueError(tr("Only the first output of a layer is written out."))
            return self.number(core, index)
        module = self.frozen.graph.fetch_attr(str(node.target)) if node.op == "call_module" else None
        name = type(module).__name__ if module is not None else getattr(node.target, "__name__", str(node.target))
        worker = KINDS.get(name)
        if worker is None:
            return self._copied(node, index, name)
        return worker(Task(self, node, module), index)

    def _copied(self, node: fx.Node, index: Index, name: str) -> Number:
        """Find the number that an operation only moves, by letting it move the numbers of places."""
        run = self.frozen.graph
        given = [part for part in node.all_input_nodes if part.op != "get_attr"]
        changed, places, first = {}, [], 1.0
        for part in given:
            value = run.env[part]
            if not isinstance(value, Tensor):
                break
            numbers = torch.arange(first, first + value.numel(), dtype=torch.float64).reshape(value.shape)
            places.append((first, part, value))
            changed[part] = numbers
            first += value.numel()
        try:
            with torch.no_grad():
                place = float(bare(run.again(node, changed))[index])
        except (RuntimeError, IndexError, TypeError):
            place = -0.5
        for start, part, value in places:
            if place == round(place) and start <= place < start + value.numel():
                at = tuple(int(axis) for axis in np.unravel_index(int(place - start), tuple(value.shape)))
                if value[at].item() == self.frozen.array(node)[index].item():
                    return self.sheet.total("y", [self.get(part, at[1:])])
        raise ValueError(tr("The arithmetic of {name} is not written out.", name=name))


class Task:
    """One operation, as `nnstudio.training.drill.work.Work` has it."""

    def __init__(self, writer: Writer, node: fx.Node, module: Any) -> None:
        self._writer, self._node = writer, node
        self.sheet = writer.sheet
        self.module = module
        self.options: dict[str, Any] = dict(node.kwargs)
        self.counted = len(node.args)
        self.memo: dict[Any, Any] = {}
        if type(module).__name__ in LAYERS:
            states = writer.frozen.unrolled(node)
            self.options |= {
                "state": self._earlier(states.state),
                "memory": self._earlier(states.memory),
            }

    def get(self, position: int, index: Index) -> Number:
        """Return a number that comes in."""
        return self._writer.get(self._node.args[position], index)

    def shape(self, position: int) -> Index:
        """Return the shape of what comes in."""
        part = self._node.args[position]
        assert isinstance(part, fx.Node)
        return self._writer.frozen.array(part).shape

    def raw(self, position: int) -> Any:
        """Return an argument as it was given."""
        return self._node.args[position]

    def weight(self, name: str, index: Index, symbol: str = "w") -> Number:
        """Return a number that the layer keeps."""
        values = self.kept(name)
        assert values is not None, name
        return self.sheet.leaf(Origin("weight", f"{self._node.target}.{name}", index), float(values[index]), symbol)

    def kept(self, name: str) -> Array | None:
        """Return a tensor that the layer keeps."""
        found: Any = self.module
        for part in name.split("."):
            found = getattr(found, part, None)
        return found.detach().numpy() if isinstance(found, Tensor) else None

    def _earlier(self, states: Array) -> Callable[[int, int, str], Number]:
        def number(step: int, unit: int, symbol: str) -> Number:
            if step < 0:
                return self.sheet.constant(0.0)
            name = self._writer.layer if symbol == "h'" else ""
            return self.sheet.leaf(Origin("input", name, (step, unit)), float(states[step, unit]), symbol)

        return number


def _fitted(index: Index, shape: Index) -> Index:
    """Return the place that an index means in a tensor that is stretched to more axes, or along those of length 1."""
    last = index[len(index) - len(shape) :] if shape else ()
    return tuple(0 if size == 1 else at for at, size in zip(last, shape, strict=True))
