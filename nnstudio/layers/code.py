"""What a layer turns into, as a value: one small tree that the compiler both runs and prints.

A layer says once which module it constructs and what happens to its inputs. `link` evaluates the tree with
torch, `source` writes it as Python, so the exported code cannot differ from what trains.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

import msgspec

Literal = Union[None, bool, int, float, str, tuple["Literal", ...]]


class Call(msgspec.Struct, frozen=True):
    """A call of something in torch or of a class of our own: ``Call("nn.Conv2d", (1, 6), {"kernel_size": 5})``.

    ``target`` is a dotted name that starts with ``nn.`` (torch.nn) or ``torch.``, or ``own.`` for a class in
    ``layers/modules``. Arguments are literals or, for the constructors of containers, further calls; in a forward
    expression also expressions.
    """

    target: str
    args: tuple[Expression | Literal, ...] = ()
    kwargs: tuple[tuple[str, Expression | Literal], ...] = ()


class Input(msgspec.Struct, frozen=True):
    """The node's input number ``index``."""

    index: int = 0


class Apply(msgspec.Struct, frozen=True):
    """The node's own module, called with ``args``; None stands for all inputs in their order."""

    args: tuple[Expression | Literal, ...] | None = None
    kwargs: tuple[tuple[str, Expression | Literal], ...] = ()


class Weight(msgspec.Struct, frozen=True):
    """A tensor that the node's module holds: ``self.<layer>.<name>``."""

    name: str


class Item(msgspec.Struct, frozen=True):
    """``of[index]``, as for layers that give a tuple."""

    of: Expression
    index: int


class Infix(msgspec.Struct, frozen=True):
    """``left <operator> right`` with one of + - * / @ ** > <."""

    operator: str
    left: Expression | Literal
    right: Expression | Literal


class Negative(msgspec.Struct, frozen=True):
    """``-of``."""

    of: Expression


class Sequence(msgspec.Struct, frozen=True):
    """``[a, b, …]`` as an argument."""

    items: tuple[Expression, ...]


class Last(msgspec.Struct, frozen=True):
    """``of[:, -1]``: the last step of a sequence, batch first."""

    of: Expression


class Slice(msgspec.Struct, frozen=True):
    """``of[…, start:stop:step]`` along one axis; the batch is axis 0."""

    of: Expression
    axis: int
    start: int | None = None
    stop: int | None = None
    step: int | None = None


class Method(msgspec.Struct, frozen=True):
    """``of.name(…)``, a method of a tensor such as ``x.permute(0, 2, 1)``."""

    of: Expression
    name: str
    args: tuple[Expression | Literal, ...] = ()
    kwargs: tuple[tuple[str, Expression | Literal], ...] = ()


Expression = Union[Call, Input, Apply, Weight, Item, Infix, Negative, Sequence, Last, Slice, Method]
Part = Union[Expression, Literal]

EXPRESSIONS = (Call, Input, Apply, Weight, Item, Infix, Negative, Sequence, Last, Slice, Method)
"""The classes of `Expression`, for telling a part from a literal."""


def call(target: str, *args: Part, **kwargs: Part) -> Call:
    """Write a `Call` as it reads in Python; arguments given as None are kept."""
    return Call(target, args, tuple(kwargs.items()))


def apply(*args: Part, **kwargs: Part) -> Apply:
    """Write an `Apply` as it reads in Python."""
    return Apply(args, tuple(kwargs.items()))


def method(of: Expression, name: str, *args: Part, **kwargs: Part) -> Method:
    """Write a `Method` as it reads in Python."""
    return Method(of, name, args, tuple(kwargs.items()))


def parts(expression: Expression) -> tuple[Part, ...]:
    """Return what an expression is made of, one level down."""
    match expression:
        case Call(_, args, kwargs) | Apply(args, kwargs):
            return (*(args or ()), *(value for _, value in kwargs))
        case Method(of, _, args, kwargs):
            return (of, *args, *(value for _, value in kwargs))
        case Infix(_, left, right):
            return (left, right)
        case Item(of) | Last(of) | Slice(of) | Negative(of):
            return (of,)
        case Sequence(items):
            return items
        case _:
            return ()


def renumber(expression: Expression, numbers: Mapping[int, int]) -> Expression:
    """Return an expression with its inputs counted anew."""

    def again(part: Part) -> Any:
        return renumber(part, numbers) if isinstance(part, EXPRESSIONS) else part

    def named(kwargs: tuple[tuple[str, Part], ...]) -> tuple[tuple[str, Part], ...]:
        return tuple((key, again(value)) for key, value in kwargs)

    match expression:
        case Input(index):
            return Input(numbers[index])
        case Apply(args, kwargs):
            return Apply(None if args is None else tuple(map(again, args)), named(kwargs))
        case Call(target, args, kwargs):
            return Call(target, tuple(map(again, args)), named(kwargs))
        case Method(of, name, args, kwargs):
            return Method(again(of), name, tuple(map(again, args)), named(kwargs))
        case Infix(operator, left, right):
            return Infix(operator, again(left), again(right))
        case Sequence(items):
            return Sequence(tuple(map(again, items)))
        case Weight():
            return expression
        case _:
            return msgspec.structs.replace(expression, of=again(expression.of))
