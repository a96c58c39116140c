"""The code tree of a layer as Python text."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Ordered

from nnstudio.layers.code import Apply, Call, Expression, Infix, Input, Item, Last, Literal, Sequence

ArgumentText = Callable[[str, Literal], str]
"""Gives the text of a literal argument, by the argument's place in its call; blocks put a name there."""


def literal_text(_place: str, value: Literal) -> str:
    """Write a literal as Python does."""
    return repr(value)


def call_text(call: Call, write: ArgumentText = literal_text, place: str = "") -> str:
    """Write a constructor call: ``nn.Conv2d(1, 6, kernel_size=(5, 5))``.

    ``place`` leads to this call among nested ones, such as ``0.`` for the first argument of an outer call.
    """
    parts: list[str] = []
    for index, argument in enumerate(call.args):
        if isinstance(argument, Call):
            parts.append(call_text(argument, write, f"{place}{index}."))
        elif isinstance(argument, (Input, Apply, Item, Infix, Last, Sequence)):
            raise TypeError(f"{call.target}: a constructor takes literals and calls")
        else:
            parts.append(write(f"{place}{index}", argument))
    parts += [f"{key}={write(place + key, value)}" for key, value in call.kwargs]
    return f"{call.target}({', '.join(parts)})"


def expression_text(expression: Expression, inputs: Ordered[str], applied: str) -> str:
    """Write what happens to a layer's inputs; ``applied`` is the text of its module's own call."""
    match expression:
        case Input(index):
            return inputs[index]
        case Apply():
            return applied
        case Item(of, index):
            return f"{expression_text(of, inputs, applied)}[{index}]"
        case Last(of):
            return f"{expression_text(of, inputs, applied)}[:, -1]"
        case Infix(sign, left, right):
            return (
                f"{_operand(left, inputs, applied, sign)} {sign} {_operand(right, inputs, applied, sign, right=True)}"
            )
        case Sequence(items):
            return "[" + ", ".join(expression_text(item, inputs, applied) for item in items) + "]"
        case Call(target, args, kwargs):
            texts = [
                expression_text(argument, inputs, applied)
                if isinstance(argument, (Call, Input, Apply, Item, Infix, Last, Sequence))
                else repr(argument)
                for argument in args
            ]
            return f"{target}({', '.join(texts + [f'{key}={value!r}' for key, value in kwargs])})"


def _operand(expression: Expression, inputs: Ordered[str], applied: str, sign: str, *, right: bool = False) -> str:
    text = expression_text(expression, inputs, applied)
    if isinstance(expression, Infix) and (right or expression.operator != sign):
        return f"({text})"
    return text
