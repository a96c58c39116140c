"""torch as the judge of our shape rules, on the meta device, where nothing is computed or allocated."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from collections.abc import Sequence as Ordered
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from nnstudio.layers.catalog import catalog
from nnstudio.layers.code import (
    EXPRESSIONS,
    Apply,
    Call,
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
from nnstudio.layers.spec import Dim, Signal

BATCH = 3
LENGTHS: Mapping[str, int] = {"H": 97, "W": 64, "T": 5}
"""What the free lengths of the tests stand for when torch is asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What torch says of one layer."""

    signals: tuple[Signal, ...]
    parameters: int
    buffers: int


def ask(kind: str, settings: Any, signals: tuple[Signal | None, ...]) -> Answer:
    """Construct the layer's module and run it on the meta device.

    Recurrent layers run on the CPU instead: on meta, torch takes them apart and goes through their steps in Python,
    for seconds, and lengths have no values there. So does batch normalisation without a momentum, for it counts.
    """
    counts = getattr(settings, "momentum", 0.0) is None
    device = "cpu" if counts or kind in ("GRU", "LSTM", "RNN") else "meta"
    return judge(kind, settings, [None if signal is None else _zeros(signal, device) for signal in signals], device)[1]


def judge(
    kind: str, settings: Any, tensors: Ordered[torch.Tensor | None], device: str
) -> tuple[list[torch.Tensor], Answer]:
    """Construct the layer's module on ``device`` and run it on real tensors."""
    spec = catalog()[kind]
    signals = tuple(None if tensor is None else _signal(tensor) for tensor in tensors)
    module = None
    if spec.module is not None:
        with torch.device(device):
            module = construct(spec.module(settings, *signals))
    forward = spec.forward(settings, *signals)
    expressions = forward if isinstance(forward, tuple) else (forward,)
    scope = Scope(module, tensors)
    results = [scope.value(expression) for expression in expressions]
    answer = Answer(
        tuple(_signal(result) for result in results),
        sum(p.numel() for p in module.parameters()) if module is not None else 0,
        sum(b.numel() for b in module.buffers()) if module is not None else 0,
    )
    return results, answer


def construct(call: Call) -> nn.Module:
    """Make the module that a call describes."""
    arguments = [construct(argument) if isinstance(argument, Call) else argument for argument in call.args]
    named = {key: construct(value) if isinstance(value, Call) else value for key, value in call.kwargs}
    module = find(call.target)(*arguments, **named)
    assert isinstance(module, nn.Module)
    return module


def find(target: str) -> Any:
    """Return what a dotted name stands for."""
    if target.startswith("own."):
        return own_class(target.removeprefix("own."))
    head, _, rest = target.partition(".")
    return operator.attrgetter(rest)({"nn": nn, "torch": torch}[head])


SIGNS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "@": operator.matmul,
    "**": operator.pow,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass
class Scope:
    """Computes expressions from a module and its inputs; a module is called once for equal arguments."""

    module: nn.Module | None
    inputs: Ordered[torch.Tensor | None]
    applied: dict[Apply, Any] = field(default_factory=dict)

    def value(self, part: Part) -> Any:
        """Compute an expression; literals stand for themselves."""
        match part:
            case Input(index):
                return self.inputs[index]
            case Apply(args, kwargs):
                assert self.module is not None
                if part not in self.applied:
                    given = (
                        [x for x in self.inputs if x is not None] if args is None else [self.value(arg) for arg in args]
                    )
                    self.applied[part] = self.module(*given, **self._named(kwargs))
                return self.applied[part]
            case Weight(name):
                return getattr(self.module, name)
            case Item(of, index):
                return self.value(of)[index]
            case Last(of):
                return self.value(of)[:, -1]
            case Slice(of, axis, start, stop, step):
                return self.value(of)[(*(slice(None),) * axis, slice(start, stop, step))]
            case Negative(of):
                return -self.value(of)
            case Infix(sign, left, right):
                return SIGNS[sign](self.value(left), self.value(right))
            case Sequence(items):
                return [self.value(item) for item in items]
            case Method(of, name, args, kwargs):
                return getattr(self.value(of), name)(*map(self.value, args), **self._named(kwargs))
            case Call(target, args, kwargs):
                return find(target)(*map(self.value, args), **self._named(kwargs))
        assert not isinstance(part, EXPRESSIONS)
        return part

    def _named(self, kwargs: tuple[tuple[str, Part], ...]) -> dict[str, Any]:
        return {key: self.value(value) for key, value in kwargs}


def numbers(signal: Signal, lengths: Mapping[str, int] = LENGTHS) -> Signal:
    """Put numbers in the place of free lengths."""
    return Signal(tuple(length_of(length, lengths) for length in signal.shape), signal.element)


def length_of(length: Dim, lengths: Mapping[str, int] = LENGTHS) -> int:
    """Work out a length such as ``⌊(H-4)/2⌋`` for the values in ``lengths``."""
    if isinstance(length, int):
        return length
    return Arithmetic(length, lengths).value()


class Arithmetic:
    """A tiny calculator for what the program writes down: whole numbers, names, + - · / ( ) ⌊ ⌋."""

    def __init__(self, text: str, lengths: Mapping[str, int] = LENGTHS) -> None:
        self._lengths = lengths
        self._tokens = re.findall(r"\d+|[A-Za-z_]\w*|[-+·/()⌊⌋]", text)
        assert "".join(self._tokens) == text.replace(" ", ""), f"unreadable: {text}"
        self._at = 0

    def value(self) -> int:
        """Return what the whole text comes to."""
        total = self._sum()
        assert self._at == len(self._tokens), f"left over: {self._tokens[self._at :]}"
        return total

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._next()
        self._at += 1
        return token

    def _sum(self) -> int:
        total = self._product()
        while self._next() in ("+", "-"):
            total += self._product() if self._take() == "+" else -self._product()
        return total

    def _product(self) -> int:
        total = self._atom()
        while self._next() in ("·", "/"):
            total = total * self._atom() if self._take() == "·" else total // self._atom()
        return total

    def _atom(self) -> int:
        token = self._take()
        if token in ("(", "⌊"):
            total = self._sum()
            assert self._take() == {"(": ")", "⌊": "⌋"}[token]
            return total
        return int(token) if token.isdigit() else self._lengths[token]


def _zeros(signal: Signal, device: str) -> torch.Tensor:
    shape = [BATCH, *(length_of(length) for length in signal.shape)]
    return torch.zeros(shape, dtype=torch.float32 if signal.element == "real" else torch.int64, device=device)


def _signal(tensor: torch.Tensor) -> Signal:
    return Signal(tuple(tensor.shape[1:]), "real" if tensor.dtype == torch.float32 else "index")
