"""A network frozen between two steps, in float64: its values, the slopes of the loss at each, and their arithmetic."""

from __future__ import annotations

import copy
import operator
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from nnstudio.core.words import tr
from nnstudio.training.drill.graph import Array, Keeper, bare, flat, name_of
from nnstudio.training.drill.losses import loss_of
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
        self._objective = scene.objective
        self.graph = Keeper(self.module)
        with torch.enable_grad():
            self.output = self.graph.run(inputs)
            self.loss = scene.objective.loss(self.output, self.target)
        self._slopes: dict[fx.Node, Any] | None = None

    # Layers

    def node_of(self, layer: str) -> fx.Node:
        """Return the place in the graph that gives a layer's first output.

        Raises:
            ValueError: there is no such layer.
        """
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
        """Return what a layer gives, without the batch."""
        return self.array(self.node_of(layer))

    def layers(self) -> list[tuple[str, Array]]:
        """Return name and values of every layer, in the order of the network; of several outputs the first."""
        found: dict[str, Array] = {}
        for node, value in self.graph.env.items():
            if ("layer" in node.meta or node.op == "placeholder") and isinstance(value, Tensor):
                found.setdefault(name_of(node), self.array(node))
        return list(found.items())

    def slope(self, layer: str) -> Array:
        """Return how fast the loss changes with each number that a layer gives; zeros where it does not."""
        node = self.node_of(layer)
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
        return () if layer == LOSS else self.array(self.node_of(layer)).shape

    # Arithmetic

    def write(self, sheet: Sheet, layer: str, index: Index) -> Number:
        """Write out how a layer comes to one of its numbers, with all slopes.

        Raises:
            ValueError: the layer has no such number, or its arithmetic is not written out.
        """
        if layer == LOSS:
            return self._write_loss(sheet)
        node = self.node_of(layer)
        shape = self.array(node).shape
        if len(index) != len(shape) or not all(0 <= at < size for at, size in zip(index, shape, strict=True)):
            raise ValueError(tr("{layer} has no number at {index}.", layer=layer, index=index))
        if node.op == "placeholder":
            raise ValueError(tr("These are the numbers of the sample itself; nothing is worked out here."))
        result = Writer(self, sheet, layer).number(node, index)
        slope = self.slopes[node]
        seeds = {result: 0.0 if slope is None else float(bare(slope)[index])}
        core = self._core(node)
        if core.op == "call_module" and type(self.graph.fetch_attr(str(core.target))).__name__ in LAYERS:
            seeds = self.unrolled(core).seeds(sheet, result, index)
        sheet.back(seeds)
        return result

    def arriving(self, layer: str, index: Index) -> list[tuple[Origin, float, float]]:
        """Return from where the slope at one number comes: places after it, how fast each changes with it, its slope.

        The products of the two add up to the slope, but for places that give more than one output.
        """
        node = self.node_of(layer)
        found: list[tuple[Origin, float, float]] = []
        for user in node.users:
            if user.op == "output":
                slope = self._loss_slope(node)
                found.append((Origin("line", LOSS), 1.0 if slope is None else float(bare(slope)[index]), 1.0))
                continue
            local = self._locally(user, node, index)
            slope = self.slopes[user]
            if isinstance(slope, dict):
                slope = slope.get(0)
            if local is None or slope is None:
                continue
            steep, name = bare(slope), name_of(user)
            for place in np.argwhere(local != 0):
                at = tuple(int(axis) for axis in place)
                found.append((Origin("input", name, at), float(local[at]), float(steep[at])))
        return found

    def _locally(self, user: fx.Node, node: fx.Node, index: Index) -> Array | None:
        """Return how fast everything that a place gives changes with one number before it; None where it does not.

        One column of its Jacobian: the way back is linear in the slopes it begins with, so its own slope by these
        is that column (Townsend's double-backward trick).
        """
        given = self.graph.env[node].detach().requires_grad_()
        # The quick ways to attention have no second derivative.
        with torch.enable_grad(), sdpa_kernel(SDPBackend.MATH):
            after = self.graph.again(user, {node: given})
            after = flat(after)[0]
            if not after.requires_grad:
                return None
            seed = torch.zeros_like(after, requires_grad=True)
            back = torch.autograd.grad(after, given, seed, create_graph=True, allow_unused=True)[0]
            if back is None or not back.requires_grad:
                return None
            column = torch.autograd.grad(back[(0, *index)], seed, allow_unused=True)[0]
        return None if column is None else bare(column)

    def unrolled(self, core: fx.Node) -> Unrolled:
        """Return all states of a recurrent layer, and the slopes at each."""
        module = self.graph.fetch_attr(str(core.target))
        if len(core.args) > 1 or core.kwargs:
            raise ValueError(tr("The arithmetic of recurrent layers is written out where they start from zero."))
        (given,) = core.all_input_nodes
        arriving = self.graph.env[given].detach()
        return unroll(module, arriving, self.slopes[core])

    def _write_loss(self, sheet: Sheet) -> Number:
        node = next(node for node in self.graph.graph.nodes if node.op == "output").args[0]
        output = self.graph.env[node] if isinstance(node, fx.Node) else None
        if output is None or output.ndim != 2:
            raise ValueError(tr("The arithmetic of this loss is not written out; cross-entropy, BCE, MSE and MAE are."))
        numbers = [
            sheet.leaf(Origin("input", name_of(node), (place,)), value, "x")
            for place, value in enumerate(output[0].tolist())
        ]
        values = self.target[0]
        target = values.tolist() if values.ndim else int(values)
        recipe = self._objective.recipe
        result = loss_of(sheet, recipe.loss, numbers, target, recipe.rbf_margin)
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
        output = self.graph.env[node]
        return torch.autograd.grad(self.loss, output, retain_graph=True, allow_unused=True)[0]

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
