"""Writes one layer of a frozen network onto a sheet, operation by operation."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from torch import Tensor, fx

from nnstudio.core.words import tr
from nnstudio.training.drill.cells import Cell
from nnstudio.training.drill.graph import Array, name_of
from nnstudio.training.drill.kinds import KINDS
from nnstudio.training.drill.moves import origins, shares_of
from nnstudio.training.drill.reader import Reader
from nnstudio.training.drill.recurrent import LAYERS, RULES
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

    def cell(self, node: fx.Node, cell: Cell) -> Number:
        """Return a state or a memory of a recurrent layer."""
        module = self.frozen.graph.fetch_attr(str(node.target))
        return RULES[type(module).__name__](Task(self, node, module), cell)

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
        if self.is_within(part):
            return self.number(part, at)
        return self.sheet.leaf(self.frozen.origin(part, at), float(self.frozen.array(part)[at]), "x")

    def is_within(self, node: fx.Node) -> bool:
        """Whether a place belongs to the layer that is written."""
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
            return self._mixed(node, index, name)
        return worker(Task(self, node, module), index)

    def _mixed(self, node: fx.Node, index: Index, name: str) -> Number:
        """Write an operation that only moves numbers, or mixes them by fixed shares."""
        found = shares_of(self.frozen.graph, node, (0, *index))
        if found is None:
            raise ValueError(tr("The arithmetic of {name} is not written out.", name=name))
        shares, added = found
        numbers = [self.get(part, at if part.op == "get_attr" else at[1:]) for (part, at), _ in shares]
        rest = [self.sheet.constant(added)] if added or not shares else []
        if all(share == 1.0 for _, share in shares):
            return self.sheet.total("y", [*numbers, *rest])
        return self.sheet.dot("y", [self.sheet.constant(share) for _, share in shares], numbers, rest)


class Task:
    """One operation, as `nnstudio.training.drill.work.Work` has it."""

    def __init__(self, writer: Writer, node: fx.Node, module: Any) -> None:
        self._writer, self._node = writer, node
        self.sheet = writer.sheet
        self.module = module
        self.options: dict[str, Any] = dict(node.kwargs)
        self.counted = len(node.args)
        self.memo: dict[Any, Any] = {}
        self._tables: dict[str, Array | None] = {}
        self._weights: dict[tuple[str, Index], Number] = {}
        if type(module).__name__ in LAYERS:
            start = self.first_state if len(node.args) > 1 else None
            self.options["reader"] = Reader(writer.frozen.unrolled(node), writer.layer, self.sheet, start)

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
        known = self._weights.get((name, index))
        if known is None:
            values = self.kept(name)
            assert values is not None, name
            origin = Origin("weight", f"{self._node.target}.{name}", index)
            known = self._weights[name, index] = self.sheet.leaf(origin, float(values[index]), symbol)
        return known

    def kept(self, name: str) -> Array | None:
        """Return a tensor that the layer keeps."""
        if name not in self._tables:
            found: Any = self.module
            for part in name.split("."):
                found = getattr(found, part, None)
            self._tables[name] = found.detach().numpy() if isinstance(found, Tensor) else None
        return self._tables[name]

    def first_state(self, number: int, row: int, unit: int) -> Number:
        """Return what a recurrent layer begins with: of its first states the ``number``-th, as torch stacks them."""
        given = self._node.args[1]
        part = given[number] if isinstance(given, (tuple, list)) else given
        assert isinstance(part, fx.Node)
        found = origins(self._writer.frozen.graph, part, lambda node: not self._writer.is_within(node))
        source = found[row, 0, unit]
        return self.sheet.constant(0.0) if source is None else self._writer.get(source[0], source[1][1:])


def _fitted(index: Index, shape: Index) -> Index:
    """Return the place that an index means in a tensor that is stretched to more axes, or along those of length 1."""
    last = index[len(index) - len(shape) :] if shape else ()
    return tuple(0 if size == 1 else at for at, size in zip(last, shape, strict=True))
