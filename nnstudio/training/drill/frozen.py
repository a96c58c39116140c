"""A network frozen between two steps, in float64: its values, the slopes of the loss at each, and their arithmetic."""

from __future__ import annotations

import copy
import operator
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from nnstudio.core.words import tr
from nnstudio.training.drill.cells import Cell, Strand, place_of, read_name, top, ways
from nnstudio.training.drill.graph import Array, Keeper, bare, column, flat, name_of
from nnstudio.training.drill.losses import Given, write_loss
from nnstudio.training.drill.moves import origins
from nnstudio.training.drill.recurrent import LAYERS
from nnstudio.training.drill.sheet import Number, Origin, Sheet
from nnstudio.training.drill.unroll import Unrolled, unroll
from nnstudio.training.drill.work import Index
from nnstudio.training.drill.writer import Writer
from nnstudio.training.studies.base import Scene

LOSS = "loss"
"""What the loss is called among the layers."""

MOST = 8_000_000
"""Numbers that a network may have; a copy of it in float64 is made for each look."""


class Frozen:
    """One sample's way through a copy of the network, forwards and back, in eval mode.

    Args:
        scene: the network; it is not touched.
        row: of the data set.

    Raises:
        ValueError: the network is too large for a copy of twice its size.
    """

    def __init__(self, scene: Scene, row: int) -> None:
        count = sum(weight.numel() for weight in scene.module.parameters())
        if count > MOST:
            raise ValueError(
                tr("This network has {count} numbers; arithmetic is written out up to {most}.", count=count, most=MOST)
            )
        with scene.untouched():
            module = copy.deepcopy(scene.inside.module)
            inputs, target = scene.batch((row,))
        assert isinstance(module, nn.Module)
        # On the processor: not every graphics card knows float64.
        self.module = module.cpu().double().eval().requires_grad_(True)
        self.target = target.cpu().double() if target.is_floating_point() else target.cpu()
        inputs = inputs.cpu()
        if inputs.is_floating_point():
            inputs = inputs.double().requires_grad_()
        self._objective = copy.copy(scene.objective)
        weights = getattr(self._objective, "weights", None)
        if isinstance(weights, Tensor):  # of classes: they multiply numbers of float64
            self._objective.weights = weights.cpu().double()  # type: ignore[attr-defined]
        self.graph = Keeper(self.module)
        with torch.enable_grad():
            self.output = self.graph.run(inputs)
            self.loss = self._objective.loss(self.output, self.target)
        self._slopes: dict[fx.Node, Any] | None = None
        self._unrolled: dict[fx.Node, Unrolled] = {}
        self._known_origins: dict[fx.Node, Any] = {}

    # Layers

    def node_of(self, layer: str) -> fx.Node:
        """Return the place in the graph that gives a layer's first output.

        Raises:
            ValueError: there is no such layer.
        """
        layer = read_name(layer)[0]
        found: fx.Node | None = None
        nodes: list[fx.Node] = list(self.graph.graph.nodes)
        for node in nodes:
            if node.meta.get("layer") == layer or (node.op == "placeholder" and node.target == layer):
                return node
            if found is None and node.op == "call_module" and str(node.target) == layer:
                found = node
        if found is None:
            raise ValueError(tr("{layer} is not part of the network in training.", layer=layer))
        return found

    def value(self, layer: str) -> Array:
        """Return what a layer gives, or the states or memories of a strand of it, without the batch."""
        strand = self._strand(layer)
        if strand is not None:
            states, where, is_memory = strand
            return states.table(where, memory=is_memory, slopes=False)
        return self.array(self.node_of(layer))

    def layers(self) -> list[tuple[str, Array]]:
        """Return name and values of every layer, in the order of the network; of several outputs the first."""
        found: dict[str, Array] = {}
        for node, value in self.graph.env.items():
            if ("layer" in node.meta or node.op == "placeholder") and isinstance(value, Tensor):
                found.setdefault(name_of(node), self.array(node))
        return list(found.items())

    def slope(self, layer: str) -> Array:
        """Return how fast the loss changes with each number that a layer gives; zeros where it does not.

        Of recurrent layers through all later steps, too.
        """
        strand = self._strand(layer)
        if strand is not None:
            states, where, is_memory = strand
            return states.table(where, memory=is_memory, slopes=True)
        node = self.node_of(layer)
        core = self._recurrent(node)
        if core is not None:
            return self.unrolled(core).output_slope
        slope = self.slopes[node]
        return np.zeros_like(self.array(node)) if slope is None else bare(slope)

    @property
    def slopes(self) -> Mapping[fx.Node, Any]:
        """The slope of the loss at each place of the graph; None where it does not depend on it."""
        if self._slopes is None:
            self._slopes = self._go_back()
        return self._slopes

    def layer_shape(self, layer: str) -> Index:
        """Return the shape of what a layer gives, without the batch; of the loss no axes."""
        return () if layer == LOSS else self.value(layer).shape

    # Arithmetic

    def write(self, sheet: Sheet, layer: str, index: Index) -> Number:
        """Write out how a layer comes to one of its numbers, with all slopes.

        Raises:
            ValueError: the layer has no such number, or its arithmetic is not written out.
        """
        if layer == LOSS:
            return self._write_loss(sheet)
        node = self.node_of(layer)
        shape = self.layer_shape(layer)
        if len(index) != len(shape) or not all(0 <= at < size for at, size in zip(index, shape, strict=True)):
            raise ValueError(tr("{layer} has no number at {index}.", layer=layer, index=index))
        if layer == node.target and node.op == "placeholder":
            raise ValueError(tr("These are the numbers of the sample itself; nothing is worked out here."))
        writer = Writer(self, sheet, read_name(layer)[0])
        core = self._recurrent(node)
        if core is not None:
            cell = self._cell(core, layer, index)
            result = writer.cell(core, cell)
            sheet.back(self.unrolled(core).seeds(sheet, result, cell))
            return result
        is_given = node.op == "placeholder"  # the layer hands on the sample as it is
        result = sheet.total("y", [writer.get(node, index)]) if is_given else writer.number(node, index)
        slope = self.slopes[node]
        sheet.back({result: 0.0 if slope is None else float(bare(slope)[index])})
        return result

    def arriving(self, layer: str, index: Index) -> list[tuple[Origin, float, float]]:
        """Return from where the slope at one number comes: places after it, how fast each changes with it, its slope.

        The products of the two add up to the slope, but for places that give more than one output.
        """
        node = self.node_of(layer)
        core = self._recurrent(node)
        if core is None:
            return self._after(node, index)
        states, cell = self.unrolled(core), self._cell(core, layer, index)
        found: list[tuple[Origin, float, float]] = []
        for other, local in states.arriving(cell):
            if local:
                name, at = place_of(read_name(layer)[0], states.module, other)
                found.append((Origin("input", name, at), local, states.slope(other)))
        for part in self._results(core):
            for at in np.ndindex(*self._origins(part, core).shape[1:]):
                if self._cell_behind(part, core, at) == cell:
                    found += self._after(part, at)
        return found

    def _after(self, node: fx.Node, index: Index) -> list[tuple[Origin, float, float]]:
        """Return the places of the layers behind it that a number of a place in the graph goes to."""
        found: list[tuple[Origin, float, float]] = []
        ends: dict[fx.Node, None] = {}
        for user in node.users:
            if user.op == "output":
                slope = self._loss_slope(node)
                found.append((Origin("line", LOSS), 1.0 if slope is None else float(bare(slope)[index]), 1.0))
            else:
                name = name_of(user)
                ends[self.node_of(name) if name else user] = None
        for end in ends:
            core = self._recurrent(end)
            if core is not None:
                found += self._into_states(core, node, index)
                continue
            local, slope = self._locally(end, node, index), self.slopes[end]
            if isinstance(slope, dict):
                slope = slope.get(0)
            if local is None or slope is None:
                continue
            steep, name = bare(slope), name_of(end)
            for at in np.ndindex(*local.shape):
                if local[at]:
                    found.append((Origin("input", name, at), float(local[at]), float(steep[at])))
        return found

    def _into_states(self, core: fx.Node, node: fx.Node, index: Index) -> list[tuple[Origin, float, float]]:
        """Return the states that a number goes to as input of a step, or as what a recurrent layer begins with."""
        states, name = self.unrolled(core), name_of(core)
        told = list(states.entered(index)) if core.args[0] is node else []
        for number, part in enumerate(_several(core.args[1]) if len(core.args) > 1 else ()):
            sources = origins(self.graph, part, lambda other: name_of(other) != name or other.op == "placeholder")
            for row, _, unit in np.ndindex(*sources.shape):
                if sources[row, 0, unit] == (node, (0, *index)):
                    told += states.begun(row, unit, memory=bool(number))
        return [
            (Origin("input", *place_of(name, states.module, cell)), local, states.slope(cell))
            for cell, local in told
            if local
        ]

    def _locally(self, end: fx.Node, node: fx.Node, index: Index) -> Array | None:
        """Return how fast everything that a layer gives changes with one number before it; None where it does not."""
        given = self.graph.env[node].detach().requires_grad_()
        # The quick ways to attention have no second derivative.
        with torch.enable_grad(), sdpa_kernel(SDPBackend.MATH):
            after = flat(self.graph.along(end, {node: given}))[0]
            found = column(after, given, (0, *index))
        return None if found is None else bare(found)

    # Recurrent layers

    def unrolled(self, core: fx.Node) -> Unrolled:
        """Return all states of a recurrent layer, and the slopes at each."""
        if core not in self._unrolled:
            if core.kwargs:
                raise ValueError(tr("The arithmetic of recurrent layers is written out where no lengths are wired."))
            given = core.args[0]
            assert isinstance(given, fx.Node)
            first = [self.graph.env[part] for part in _several(core.args[1])] if len(core.args) > 1 else None
            module = self.graph.fetch_attr(str(core.target))
            self._unrolled[core] = unroll(module, self.graph.env[given].detach(), self.slopes[core], first)
        return self._unrolled[core]

    def origin(self, part: fx.Node, index: Index) -> Origin:
        """Return where a number comes from; last states of a recurrent layer are found among all its states."""
        node = self.node_of(name_of(part)) if name_of(part) else part
        core = self._recurrent(node)
        cell = self._cell_behind(part, core, index) if core is not None and part is not node else None
        if core is None or cell is None:
            return Origin("input", name_of(part), index)
        return Origin("input", *place_of(name_of(part), self.unrolled(core).module, cell))

    def _recurrent(self, node: fx.Node) -> fx.Node | None:
        """Return the call of the recurrent layer that gives a place its numbers; None where it is another layer."""
        core = self._core(node)
        if core.op != "call_module" or type(self.graph.fetch_attr(str(core.target))).__name__ not in LAYERS:
            return None
        return core

    def _strand(self, layer: str) -> tuple[Unrolled, Strand, bool] | None:
        """Return whose states a name is that of, if it is that of a strand."""
        name, strand, is_memory = read_name(layer)
        core = self._recurrent(self.node_of(name)) if strand is not None else None
        return None if strand is None or core is None else (self.unrolled(core), strand, is_memory)

    def _cell(self, core: fx.Node, layer: str, index: Index) -> Cell:
        _, strand, is_memory = read_name(layer)
        return top(self.unrolled(core).module, index) if strand is None else Cell(strand, index[0], index[1], is_memory)

    def _results(self, core: fx.Node) -> list[fx.Node]:
        """Return the places of the graph that a recurrent layer gives: all states, the last state, the last memory."""
        return [node for node in self.graph.env if node.meta.get("layer") == name_of(core) and node is not core]

    def _origins(self, part: fx.Node, core: fx.Node) -> Any:
        if part not in self._known_origins:
            self._known_origins[part] = origins(self.graph, part, lambda node: self._output_of(core, node) is not None)
        return self._known_origins[part]

    def _cell_behind(self, part: fx.Node, core: fx.Node, index: Index) -> Cell | None:
        """Return which state or memory a number of a recurrent layer's outputs is."""
        found = self._origins(part, core)[(0, *index)]
        states = self.unrolled(core)
        if found is None:
            return None
        source, place = found
        number = self._output_of(core, source)
        if number == 0:
            return top(states.module, place[1:])
        level, back = divmod(place[0], ways(states.module))
        last = 0 if back else len(states.inputs) - 1
        return Cell(Strand(level, bool(back)), last, place[2], number == 2)

    def _output_of(self, core: fx.Node, node: fx.Node) -> int | None:
        """Return which of a recurrent layer's tensors a place takes: 0 all states, 1 last states, 2 last memories."""
        if node.target is not operator.getitem or not isinstance(self.graph.env[node], Tensor):
            return None
        before, number = node.args
        if before is core:
            return int(str(number))
        is_lstm = isinstance(before, fx.Node) and before.args == (core, 1) and isinstance(self.graph.env[before], tuple)
        return 1 + int(str(number)) if is_lstm else None

    # The loss

    def _write_loss(self, sheet: Sheet) -> Number:
        given = next(node for node in self.graph.graph.nodes if node.op == "output").args[0]
        outputs = []
        for node in _several(given):
            value = self.graph.env[node].detach()[0].double().numpy()
            outputs.append(Given(sheet, value, partial(self.origin, node)))
        result = write_loss(outputs, self._objective, self.target[0].numpy())
        sheet.back({result: 1.0})
        return result

    # Inside

    def _core(self, node: fx.Node) -> fx.Node:
        """Return the call behind the first of several outputs."""
        before = node.all_input_nodes
        is_part = node.target is operator.getitem and isinstance(self.graph.env[before[0]], tuple)
        return before[0] if is_part else node

    def array(self, node: fx.Node) -> Array:
        """Return what a place in the graph gives, without the batch; of several outputs the first."""
        value = self.graph.env[node]
        return bare(value[0] if isinstance(value, (tuple, list)) else value)

    def _loss_slope(self, node: fx.Node) -> Any:
        """Return how fast the loss changes with an output of the network by itself, not by way of other layers."""
        if not self.loss.requires_grad:
            return None
        given = next(other for other in self.graph.graph.nodes if other.op == "output").args[0]
        apart = {other: self.graph.env[other].detach().requires_grad_() for other in _several(given)}
        output = tuple(apart[other] for other in given) if isinstance(given, (tuple, list)) else apart[given]
        with torch.enable_grad():
            loss = self._objective.loss(output, self.target)
        return torch.autograd.grad(loss, apart[node], allow_unused=True)[0]

    def _go_back(self) -> dict[fx.Node, Any]:
        wanted: list[tuple[fx.Node, int | None, Tensor]] = []
        slopes: dict[fx.Node, Any] = {}
        for node, value in self.graph.env.items():
            slopes[node] = None
            parts = list(enumerate(flat(value))) if isinstance(value, tuple) else [(None, value)]
            for number, part in parts:
                if isinstance(part, Tensor) and part.requires_grad:
                    wanted.append((node, number, part))
        if not self.loss.requires_grad:
            return slopes
        found = torch.autograd.grad(self.loss, [part for *_, part in wanted], retain_graph=True, allow_unused=True)
        for (node, number, _), slope in zip(wanted, found, strict=True):
            if number is None:
                slopes[node] = slope
            else:
                slopes[node] = {**(slopes[node] or {}), number: slope}
        for node, slope in slopes.items():
            if isinstance(slope, dict) and "layer" in node.meta:
                slopes[node] = slope.get(0)
        return slopes


def _several(given: Any) -> list[fx.Node]:
    """Return the places of one or of several."""
    return list(given) if isinstance(given, (tuple, list)) else [given]
