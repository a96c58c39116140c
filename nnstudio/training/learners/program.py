"""A drawn network as a list of calls: what its modules compute, without what calling a module costs.

Calling a layer goes through the rules for hooks and looks each weight up by its name, which takes longer than the
arithmetic of a small one. Here both is done once, when the list is made.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from operator import itemgetter
from typing import Any, Final

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from nnstudio.training.chance import aside
from nnstudio.training.learners.attention import encoder_function, is_encoder
from nnstudio.training.learners.pooling import is_pairs, pool_pairs

Function = Callable[..., Any]
Table = list[Any]
"""The values at hand: all constants, and what each node of the graph gave."""
Getter = Callable[[Table], Any]

_PLAIN: Final[dict[type[nn.Module], Function]] = {
    nn.Identity: lambda x: x,
    nn.Sigmoid: torch.sigmoid,
    nn.Tanh: torch.tanh,
}
"""Layers that are one function of one tensor."""


def make_program(module: fx.GraphModule) -> Function:
    """Return a function of the same inputs that computes what ``module`` does, bit for bit, in its present mode.

    Attention alone is rounded in other places while it is trained, see `nnstudio.training.learners.attention`.

    It works on the module's own weights and buffers: whatever changes them in place is seen at once. It has to be made
    anew when hooks are added, or tensors put in the place of weights.
    """
    nodes = list(module.graph.nodes)
    return _chain(module, nodes) or _web(module, nodes)


def agrees(program: Function, module: nn.Module, inputs: Tensor) -> bool:
    """Whether both give the same for a batch, in eval mode; chance and modes are left as they were."""
    modes = [(part, part.training) for part in module.modules()]
    outputs: list[Any] = []
    module.eval()
    try:
        for way in (module, program):
            with torch.no_grad(), aside(inputs.device):
                outputs.append(way(inputs))
    finally:
        for part, mode in modes:
            part.training = mode
    usual, short = (output if isinstance(output, tuple) else (output,) for output in outputs)
    return len(usual) == len(short) and all(map(torch.equal, usual, short))


class Shortcut:
    """A module, called by its program where both give the same for the first batch that comes.

    Args:
        module: a drawn network; any other is called as it is.
    """

    def __init__(self, module: nn.Module) -> None:
        self._module = module
        self._way: Function | None = None if isinstance(module, fx.GraphModule) else module

    def __call__(self, inputs: Tensor) -> Any:
        """Return what the module gives for ``inputs (B, …)`` in its present mode."""
        if self._way is None:
            assert isinstance(self._module, fx.GraphModule)
            program = make_program(self._module)
            self._way = program if agrees(program, self._module, inputs) else self._module
        return self._way(inputs)


def function_of(layer: nn.Module) -> Function:
    """Return what a layer computes; one with hooks stays as it is, since these want to be called."""
    if _has_hooks(layer):
        return layer
    plain = _PLAIN.get(type(layer))
    if plain is not None:
        return plain
    if type(layer) is nn.ReLU and not layer.inplace:
        return torch.relu
    if type(layer) is nn.Linear:
        return _linear(layer.weight, layer.bias)
    if type(layer) is nn.Conv2d and layer.padding_mode == "zeros":
        return _conv(layer)
    if is_encoder(layer):
        assert isinstance(layer, nn.TransformerEncoderLayer)
        return encoder_function(layer)
    return pool_pairs if is_pairs(layer) else layer.forward


def _linear(weight: Tensor, bias: Tensor | None) -> Function:
    linear = functional.linear
    return lambda x: linear(x, weight, bias)


def _conv(layer: nn.Conv2d) -> Function:
    conv = functional.conv2d
    weight, bias, stride, padding = layer.weight, layer.bias, layer.stride, layer.padding
    dilation, groups = layer.dilation, layer.groups
    return lambda x: conv(x, weight, bias, stride, padding, dilation, groups)


def _has_hooks(layer: nn.Module) -> bool:
    found = (layer._forward_hooks, layer._forward_pre_hooks, layer._backward_hooks, layer._backward_pre_hooks)
    return any(found)


def _chain(module: fx.GraphModule, nodes: list[fx.Node]) -> Function | None:
    """Return a loop over layers, each of which takes what the one before gave; None for any other drawing."""
    if len(nodes) < 2 or nodes[-1].args != (nodes[-2],):
        return None
    functions: list[Function] = []
    for before, node in pairwise(nodes[:-1]):
        rest = (node.args[1:], node.kwargs)
        if not node.args or node.args[0] is not before or _nodes_in(rest):
            return None
        function = _function(module, node)
        functions.append(_with(function, *rest) if any(rest) else function)

    def run(x: Tensor) -> Any:
        for function in functions:
            x = function(x)
        return x

    return run


def _with(function: Function, rest: tuple[Any, ...], named: dict[str, Any]) -> Function:
    return lambda x: function(x, *rest, **named)


def _web(module: fx.GraphModule, nodes: list[fx.Node]) -> Function:
    """Return a loop over calls that read and write one table; what nobody needs any more is let go."""
    template: Table = []
    places: dict[fx.Node, int] = {}
    calls: list[Callable[[Table], None]] = []

    def keep(value: Any) -> int:
        template.append(value)
        return len(template) - 1

    def fetch(arguments: tuple[Any, ...]) -> Getter:
        """Return what takes these arguments out of a table."""
        if any(isinstance(argument, (list, tuple)) and _nodes_in(argument) for argument in arguments):
            parts = tuple(map(fetch_one, arguments))
            return lambda table: tuple(part(table) for part in parts)
        found = [places[one] if isinstance(one, fx.Node) else keep(one) for one in arguments]
        if len(found) > 1:
            return itemgetter(*found)
        return (lambda table: (table[found[0]],)) if found else lambda _table: ()

    def fetch_one(argument: Any) -> Getter:
        if isinstance(argument, (list, tuple)) and _nodes_in(argument):
            made, inner = type(argument), fetch(tuple(argument))
            return lambda table: list(inner(table)) if issubclass(made, list) else inner(table)
        return itemgetter(places[argument] if isinstance(argument, fx.Node) else keep(argument))

    last = {before: node for node in nodes for before in node.all_input_nodes}
    for node in nodes:
        if node.op == "placeholder":
            places[node] = keep(None)
        elif node.op == "get_attr":
            places[node] = keep(_attribute(module, str(node.target)))
        elif node.op != "output":
            given, named = fetch(node.args), fetch(tuple(node.kwargs.values()))
            done = [places[one] for one in node.all_input_nodes if last[one] is node and one.op != "get_attr"]
            places[node] = keep(None)
            calls.append(_call(_function(module, node), given, tuple(node.kwargs), named, places[node], tuple(done)))
    answer = fetch_one(nodes[-1].args[0])
    num_inputs = sum(node.op == "placeholder" for node in nodes)

    def run(*inputs: Tensor) -> Any:
        table = template.copy()
        table[:num_inputs] = inputs
        for call in calls:
            call(table)
        return answer(table)

    return run


def _call(
    function: Function, given: Getter, names: tuple[str, ...], named: Getter, place: int, done: tuple[int, ...]
) -> Callable[[Table], None]:
    def call(table: Table) -> None:
        if names:
            table[place] = function(*given(table), **dict(zip(names, named(table), strict=True)))
        else:
            table[place] = function(*given(table))
        for one in done:
            table[one] = None

    return call


def _function(module: fx.GraphModule, node: fx.Node) -> Function:
    """Return what one node of the graph calls."""
    if node.op == "call_module":
        return function_of(module.get_submodule(str(node.target)))
    if node.op == "call_method":
        return _method(str(node.target))
    assert callable(node.target)
    return node.target


def _method(name: str) -> Function:
    """Return ``name`` as a function of the tensor whose method it is."""
    found: Function = getattr(Tensor, name)
    return found


def _attribute(module: nn.Module, path: str) -> Any:
    home, _, name = path.rpartition(".")
    return getattr(module.get_submodule(home), name)


def _nodes_in(argument: Any) -> bool:
    found: list[fx.Node] = []
    fx.map_arg(argument, found.append)
    return bool(found)
