"""What a layer turns into, as a value: one small tree that the compiler both runs and prints.

A layer says once which module it constructs and what happens to its inputs. `link` evaluates the tree with
torch, `source` writes it as Python, so the exported code cannot differ from what trains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

Literal = Union[None, bool, int, float, str, tuple["Literal", ...]]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of something in torch: ``Call("nn.Conv2d", (1, 6), {"kernel_size": 5})``.

    ``target`` is a dotted name that starts with ``nn.`` (torch.nn) or ``torch.``. Arguments are literals or,
    for the constructors of containers, further calls; in a forward expression also expressions.
    """

    target: str
    args: tuple[Expression | Literal, ...] = ()
    kwargs: tuple[tuple[str, Literal], ...] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """The node's input number ``index``."""

    index: int = 0


@dataclass(frozen=True, slots=True)
class Apply:
    """The node's own module, called with all its inputs."""


@dataclass(frozen=True, slots=True)
class Item:
    """``of[index]``, as for layers that give a tuple."""

    of: Expression
    index: int


@dataclass(frozen=True, slots=True)
class Infix:
    """``left <operator> right`` with one of + - * @."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Sequence:
    """``[a, b, …]`` as an argument."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Last:
    """``of[:, -1]``: the last step of a sequence, batch first."""

    of: Expression


Expression = Union[Call, Input, Apply, Item, Infix, Sequence, Last]


def call(target: str, *args: Expression | Literal, **kwargs: Literal) -> Call:
    """Write a `Call` as it reads in Python; arguments given as None are kept."""
    return Call(target, args, tuple(kwargs.items()))
