"""Plan to torch module: one flat fx graph over a tree of modules, so that every layer can be hooked and exported."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import fx, nn

from nnstudio.compiler.memory import check_memory
from nnstudio.compiler.plan import CompileError, Plan, Value
from nnstudio.core.generators import GENERATORS
from nnstudio.core.problem import Problem
from nnstudio.core.words import tr
from nnstudio.layers.code import (
    EXPRESSIONS,
    Apply,
    Call,
    Expression,
    Infix,
    Input,
    Item,
    Last,
    Method,
    Negative,
    Part,
    Sequence,
    Slice,
    Weight,
)
from nnstudio.layers.own import own_class
from nnstudio.layers.weights import Start

_INFIX: dict[str, Callable[..., object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "@": operator.matmul,
    "**": operator.pow,
    ">": operator.gt,
    "<": operator.lt,
}


def link(plan: Plan, seed: int | None = None) -> fx.GraphModule:
    """Build the module that a plan describes, with fresh weights.

    Args:
        plan: what to build.
        seed: makes the weights repeatable; the program's random state is left as it was. The exported source,
            built after ``torch.manual_seed(seed)``, starts from the same weights.

    Raises:
        CompileError: the weights of a layer do not fit into memory; it is named.

    Returns:
        A module whose arguments are the plan's inputs, each with a batch axis in front. Submodules bear the
        names of the layers; those inside blocks the path ``block.layer`` or, repeated, ``block.0.layer``.
    """
    check_memory(plan)
    root, graph = nn.Module(), fx.Graph()
    if seed is None:
        _construct(plan, root)
    else:
        with GENERATORS, torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            _construct(plan, root)
    arguments = [graph.placeholder(name) for name, _ in plan.inputs]
    results = _emit(plan, graph, "", arguments)
    graph.output(results[0] if len(results) == 1 else tuple(results))
    return fx.GraphModule(root, graph)


@cache
def _resolve(target: str) -> Callable[..., Any]:
    """Find ``nn.Conv2d`` or ``torch.cat``; targets come from the layers' own files, never from a drawing."""
    head, *rest = target.split(".")
    found: Any = own_class(rest[0]) if head == "own" else {"nn": nn, "torch": torch}[head]
    for part in rest if head != "own" else ():
        found = getattr(found, part)
    function: Callable[..., Any] = found
    return function


def _construct(plan: Plan, parent: nn.Module) -> None:
    """Add the modules of a plan to ``parent``, in the order in which exported code does."""
    for step in plan.steps:
        if step.copies:
            container = nn.Module()
            parent.add_module(step.name, container)
            for number, copy in enumerate(step.copies):
                home = container
                if len(step.copies) > 1:
                    home = nn.Module()
                    container.add_module(str(number), home)
                _construct(copy, home)
        elif step.module is not None:
            try:
                module = _make(step.module)
            except RuntimeError as error:
                if "allocate" not in str(error):
                    raise
                text = tr("There is not enough memory for the weights of {name}.", name=step.name)
                raise CompileError((Problem(step.name, "memory", text),)) from error
            parent.add_module(step.name, module)
            if step.start is not None:
                _begin(module, step.start)
            if step.frozen:
                module.requires_grad_(False)


def _begin(module: nn.Module, start: Start) -> None:
    """Give a new module other starting weights, in the order in which exported code does."""
    for name, weight in module.named_parameters():
        if weight.dim() > 1:
            _resolve(start.target)(weight, *start.args, **dict(start.kwargs))
        elif "bias" in name:
            nn.init.zeros_(weight)
    if start.then:
        getattr(module, start.then)()


def _make(call: Call) -> nn.Module:
    def value(argument: Part) -> object:
        return _make(argument) if isinstance(argument, Call) else argument

    module = _resolve(call.target)(*map(value, call.args), **{key: value(part) for key, part in call.kwargs})
    if not isinstance(module, nn.Module):
        raise TypeError(f"{call.target} is no module")
    return module


def _emit(plan: Plan, graph: fx.Graph, prefix: str, arguments: list[fx.Node]) -> list[fx.Node]:
    """Write the computation of a plan into ``graph``; return the nodes of its outputs."""
    values = {Value(name): argument for (name, _), argument in zip(plan.inputs, arguments, strict=True)}
    for step in plan.steps:
        inputs = [values[value] for value in step.inputs]
        if step.copies:
            for number, copy in enumerate(step.copies):
                place = f"{prefix}{step.name}." + (f"{number}." if len(step.copies) > 1 else "")
                inputs = _emit(copy, graph, place, inputs)
            results = inputs
        else:
            emitter = _Emitter(graph, prefix + step.owner, inputs)
            results = [emitter.emit(expression) for expression in step.forward]
        for index, result in enumerate(results):
            result.meta["layer"] = prefix + step.name
            values[Value(step.name, index)] = result
    return [values[value] for _, value in plan.outputs]


class _Emitter:
    """Writes one layer's expressions into the graph; what two of them have in common is computed once."""

    def __init__(self, graph: fx.Graph, target: str, inputs: list[fx.Node]) -> None:
        self._graph = graph
        self._target = target
        self._inputs = inputs
        self._done: dict[Expression, fx.Node] = {}

    def emit(self, expression: Expression) -> fx.Node:
        """Return the graph node that computes ``expression``."""
        if isinstance(expression, Input):
            return self._inputs[expression.index]
        known = self._done.get(expression)
        if known is None:
            known = self._done[expression] = self._new(expression)
        return known

    def _new(self, expression: Expression) -> fx.Node:
        graph, part = self._graph, self._part
        match expression:
            case Apply(args, kwargs):
                given = tuple(self._inputs) if args is None else tuple(map(part, args))
                return graph.call_module(self._target, given, {key: part(value) for key, value in kwargs})
            case Weight(name):
                return graph.get_attr(f"{self._target}.{name}")
            case Item(of, index):
                return graph.call_function(operator.getitem, (self.emit(of), index))
            case Last(of):
                return graph.call_function(operator.getitem, (self.emit(of), (slice(None), -1)))
            case Slice(of, axis, start, stop, step):
                place = (*(slice(None) for _ in range(axis)), slice(start, stop, step))
                return graph.call_function(operator.getitem, (self.emit(of), place if axis else place[0]))
            case Negative(of):
                return graph.call_function(operator.neg, (self.emit(of),))
            case Infix(sign, left, right):
                return graph.call_function(_INFIX[sign], (part(left), part(right)))
            case Method(of, name, args, kwargs):
                given = (self.emit(of), *map(part, args))
                return graph.call_method(name, given, {key: part(value) for key, value in kwargs})
            case Call(target, args, kwargs):
                named = {key: part(value) for key, value in kwargs}
                return graph.call_function(_resolve(target), tuple(map(part, args)), named)
            case _:
                raise TypeError(f"{expression!r} stands for no tensor")

    def _part(self, part: Part) -> Any:
        if isinstance(part, Sequence):
            return [self.emit(item) for item in part.items]
        return self.emit(part) if isinstance(part, EXPRESSIONS) else part
