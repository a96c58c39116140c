"""What a layer turns into, as a value: one small tree that the compiler both runs and prints.

A layer says once which module it constructs and what happens to its inputs. `link` evaluates the tree with
torch, `source` writes it as Python, so the exported code cannot differ from what trains.
"""

from __future__ import annotations

from typing import Union

import msgspec

Literal = Union[None, bool, int, float, str, tuple["Literal", ...]]


class Call(msgspec.Struct, frozen=True):
    """A call of something in torch: ``Call("nn.Conv2d", (1, 6), {"kernel_size": 5})``.

    ``target`` is a dotted name that starts with ``nn.`` (torch.nn) or ``torch.``. Arguments are literals or,
    for the constructors of containers, further calls; in a forward expression also expressions.
    """

    target: str
    args: tuple[Expression | Literal, ...] = ()
    kwargs: tuple[tuple[str, Literal], ...] = ()


class Input(msgspec.Struct, frozen=True):
    """The node's input number ``index``."""

    index: int = 0


class Apply(msgspec.Struct, frozen=True):
    """The node's own module, called with all its inputs."""


class Item(msgspec.Struct, frozen=True):
    """``of[index]``, as for layers that give a tuple."""

    of: Expression
    index: int


class Infix(msgspec.Struct, frozen=True):
    """``left <operator> right`` with one of + - * @."""

    operator: str
    left: Expression
    right: Expression


class Sequence(msgspec.Struct, frozen=True):
    """``[a, b, …]`` as an argument."""

    items: tuple[Expression, ...]


class Last(msgspec.Struct, frozen=True):
    """``of[:, -1]``: the last step of a sequence, batch first."""

    of: Expression


Expression = Union[Call, Input, Apply, Item, Infix, Sequence, Last]


def call(target: str, *args: Expression | Literal, **kwargs: Literal) -> Call:
    """Write a `Call` as it reads in Python; arguments given as None are kept."""
    return Call(target, args, tuple(kwargs.items()))
