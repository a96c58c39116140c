"""The code tree of a layer as Python text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Sequence as Ordered
from dataclasses import dataclass, field

from nnstudio.layers.code import (
    EXPRESSIONS,
    Apply,
    Call,
    Expression,
    Infix,
    Input,
    Item,
    Last,
    Literal,
    Method,
    Negative,
    Part,
    Sequence,
    Slice,
    Weight,
)

ArgumentText = Callable[[str, Literal], str]
"""Gives the text of a literal argument, by the argument's place in its call; blocks put a name there."""


def literal_text(_place: str, value: Literal) -> str:
    """Write a literal as Python does."""
    return repr(value)


def call_text(call: Call, write: ArgumentText = literal_text, place: str = "") -> str:
    """Write a constructor call: ``nn.Conv2d(1, 6, kernel_size=(5, 5))``.

    ``place`` leads to this call among nested ones, such as ``0.`` for the first argument of an outer call.
    """
    texts: list[str] = []
    named = [(f"{place}{index}", "", argument) for index, argument in enumerate(call.args)]
    named += [(f"{place}{key}", f"{key}=", argument) for key, argument in call.kwargs]
    for where, head, argument in named:
        if isinstance(argument, Call):
            texts.append(head + call_text(argument, write, f"{where}."))
        elif isinstance(argument, EXPRESSIONS):
            raise TypeError(f"{call.target}: a constructor takes literals and calls")
        else:
            texts.append(head + write(where, argument))
    return f"{target_text(call.target)}({', '.join(texts)})"


def target_text(target: str) -> str:
    """Write what is called; classes of our own stand in the same file."""
    return target.removeprefix("own.")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the parts of a layer's expressions are called in the code around them.

    Attributes:
        inputs: the node's inputs.
        module: the node's own module.
        known: expressions whose value has a name already.
    """

    inputs: Ordered[str]
    module: str
    known: Mapping[Expression, str] = field(default_factory=dict)

    def text(self, expression: Expression) -> str:
        """Write what happens to a layer's inputs."""
        if expression in self.known:
            return self.known[expression]
        match expression:
            case Input(index):
                return self.inputs[index]
            case Apply(None):
                return f"{self.module}({', '.join(self.inputs)})"
            case Apply(args, kwargs):
                return f"{self.module}({self._arguments(args or (), kwargs)})"
            case Weight(name):
                return f"{self.module}.{name}"
            case Item(of, index):
                return f"{self._atom(of)}[{index}]"
            case Last(of):
                return f"{self._atom(of)}[:, -1]"
            case Slice(of, axis, start, stop, step):
                return f"{self._atom(of)}[{':, ' * axis}{_slice_text(start, stop, step)}]"
            case Negative(of):
                return f"-{self._atom(of)}"
            case Infix(sign, left, right):
                return f"{self._operand(left, sign)} {sign} {self._operand(right, sign, right=True)}"
            case Sequence(items):
                return "[" + ", ".join(map(self.text, items)) + "]"
            case Method(of, name, args, kwargs):
                return f"{self._atom(of)}.{name}({self._arguments(args, kwargs)})"
            case Call(target, args, kwargs):
                return f"{target_text(target)}({self._arguments(args, kwargs)})"

    def _arguments(self, args: tuple[Part, ...], kwargs: tuple[tuple[str, Part], ...]) -> str:
        return ", ".join([*map(self._part, args), *(f"{key}={self._part(value)}" for key, value in kwargs)])

    def _part(self, part: Part) -> str:
        return self.text(part) if isinstance(part, EXPRESSIONS) else repr(part)

    def _atom(self, expression: Expression) -> str:
        """Write something that a dot or a bracket can follow."""
        text = self.text(expression)
        loose = isinstance(expression, (Infix, Negative)) and expression not in self.known
        return f"({text})" if loose else text

    def _operand(self, part: Part, sign: str, *, right: bool = False) -> str:
        text = self._part(part)
        if isinstance(part, EXPRESSIONS) and part in self.known:
            return text
        if isinstance(part, Infix) and (right or part.operator != sign or sign in ("**", ">", "<")):
            return f"({text})"
        negative = isinstance(part, (int, float)) and text.startswith("-")
        return f"({text})" if isinstance(part, Negative) or negative else text


def _slice_text(start: int | None, stop: int | None, step: int | None) -> str:
    first, last = ("" if number is None else str(number) for number in (start, stop))
    return f"{first}:{last}" + ("" if step is None else f":{step}")
