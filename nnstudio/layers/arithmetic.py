"""A small grammar for arithmetic that people write into a drawing. It is parsed here and never handed to Python.

sum      = product {("+" | "-") product}
product  = sign {("*" | "/" | "//" | "%") sign}
sign     = ("+" | "-") sign | power
power    = atom ["**" sign]
atom     = number | name | name "(" sum {"," sum} ")" | "(" sum ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Union

import msgspec

from nnstudio.core.words import tr

MAX_TEXT = 500
"""Signs of a text."""
MAX_NEST = 32
"""Brackets, signs and powers within each other."""
MAX_SIZE = 10.0**15
"""What a result may reach."""

_TOKEN = re.compile(
    r"\s*(?:([0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+)|([A-Za-z][A-Za-z0-9_]*)|(\*\*|//|[-+*/%(),]))"
)


class Number(msgspec.Struct, frozen=True):
    """A number as it is written."""

    value: int | float


class Name(msgspec.Struct, frozen=True):
    """Something that gets its value from elsewhere."""

    name: str


class Minus(msgspec.Struct, frozen=True):
    """``-of``."""

    of: Term


class Operation(msgspec.Struct, frozen=True):
    """``left <sign> right`` with one of + - * / // % **."""

    sign: str
    left: Term
    right: Term


class Use(msgspec.Struct, frozen=True):
    """``function(a, b, …)``."""

    function: str
    args: tuple[Term, ...]


Term = Union[Number, Name, Minus, Operation, Use]


def parse(text: str) -> Term:
    """Read a text.

    Raises:
        ValueError: it is too long, too deep, or not in the grammar; says what was expected and where.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(
            tr("A formula has at most {most} signs; this one has {count}.", most=MAX_TEXT, count=len(text))
        )
    parser = _Parser(text)
    return parser.whole()


def names_in(term: Term) -> tuple[str, ...]:
    """Return the names in a term, each once, in the order of their first use."""
    return tuple(dict.fromkeys(_names(term)))


def functions_in(term: Term) -> Iterator[Use]:
    """Give every use of a function."""
    if isinstance(term, Use):
        yield term
    for part in _parts(term):
        yield from functions_in(part)


def evaluate(term: Term, values: Mapping[str, int | float]) -> int | float:
    """Work out a term.

    Args:
        term: what to work out; its functions may be ``min``, ``max``, ``round``, ``floor`` and ``ceil``.
        values: the values of its names.

    Raises:
        ValueError: a name has no value, a function is unknown, a division is by zero, or a result is too large.
    """
    match term:
        case Number(value):
            result: int | float = value
        case Name(name):
            if name not in values:
                raise ValueError(tr("{name!r} has no value here; there is {known}.", name=name, known=_list(values)))
            result = values[name]
        case Minus(of):
            result = -evaluate(of, values)
        case Operation(sign, left, right):
            result = _calculate(sign, evaluate(left, values), evaluate(right, values))
        case Use(function, args):
            if function not in _FUNCTIONS:
                raise ValueError(
                    tr("{name!r} is no function; there is {known}.", name=function, known=_list(_FUNCTIONS))
                )
            result = _FUNCTIONS[function](*(evaluate(arg, values) for arg in args))
    if not -MAX_SIZE <= result <= MAX_SIZE:
        raise ValueError(tr("A result is too large."))
    return result


def _calculate(sign: str, left: int | float, right: int | float) -> int | float:
    if sign in ("/", "//", "%") and right == 0:
        raise ValueError(tr("A division is by zero."))
    if sign == "**":
        if abs(right) > 64 or (left == 0 and right < 0) or (left < 0 and right != int(right)):
            raise ValueError(tr("{left} to the power of {right} cannot be worked out.", left=left, right=right))
        if abs(left) > 1 and right * len(str(int(abs(left)))) > 64:
            raise ValueError(tr("A result is too large."))
    results: Mapping[str, Callable[[], int | float]] = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: _whole_if_even(left, right),
        "//": lambda: left // right,
        "%": lambda: left % right,
        "**": lambda: left**right,
    }
    return results[sign]()


def _whole_if_even(left: int | float, right: int | float) -> int | float:
    """Divide; whole numbers that go in evenly give a whole number."""
    whole = isinstance(left, int) and isinstance(right, int) and left % right == 0
    return left // right if whole else left / right


def _one(function: Callable[[int | float], int | float]) -> Callable[..., int | float]:
    def checked(*args: int | float) -> int | float:
        if len(args) != 1:
            raise ValueError(tr("A function here takes one number; it gets {count}.", count=len(args)))
        return function(args[0])

    return checked


def _floor(value: int | float) -> int:
    return int(value // 1)


_FUNCTIONS: Mapping[str, Callable[..., int | float]] = {
    "min": lambda *args: min(args),
    "max": lambda *args: max(args),
    "round": _one(lambda value: _floor(value + 0.5)),
    "floor": _one(_floor),
    "ceil": _one(lambda value: -_floor(-value)),
}


def _list(names: Mapping[str, object]) -> str:
    return ", ".join(names) or tr("none")


def _parts(term: Term) -> tuple[Term, ...]:
    match term:
        case Minus(of):
            return (of,)
        case Operation(_, left, right):
            return (left, right)
        case Use(_, args):
            return args
        case _:
            return ()


def _names(term: Term) -> Iterator[str]:
    if isinstance(term, Name):
        yield term.name
    for part in _parts(term):
        yield from _names(part)


class _Parser:
    """Walks over the tokens once; every level of nesting is counted."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._nest = 0

    def whole(self) -> Term:
        term = self._sum()
        if self._next() != "":
            raise _unexpected(self._next(), tr("the end"))
        return term

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *choices: str) -> str | None:
        if self._next() in choices and self._next():
            self._at += 1
            return self._tokens[self._at - 1]
        return None

    def _need(self, sign: str) -> None:
        if self._take(sign) is None:
            raise _unexpected(self._next(), repr(sign))

    def _sum(self) -> Term:
        term = self._product()
        while sign := self._take("+", "-"):
            term = Operation(sign, term, self._product())
        return term

    def _product(self) -> Term:
        term = self._sign()
        while sign := self._take("*", "/", "//", "%"):
            term = Operation(sign, term, self._sign())
        return term

    def _sign(self) -> Term:
        self._nest += 1
        if self._nest > MAX_NEST:
            raise ValueError(tr("Brackets and signs lie within each other more than {most} deep.", most=MAX_NEST))
        sign = self._take("-", "+")
        term = self._power() if sign is None else self._sign()
        self._nest -= 1
        return Minus(term) if sign == "-" else term

    def _power(self) -> Term:
        term = self._atom()
        return Operation("**", term, self._sign()) if self._take("**") else term

    def _atom(self) -> Term:
        token = self._next()
        if token[:1].isdigit() or token[:1] == ".":
            self._at += 1
            return Number(int(token) if token.isdigit() else float(token))
        if token[:1].isalpha():
            self._at += 1
            return Use(token, self._arguments()) if self._take("(") else Name(token)
        if self._take("("):
            term = self._sum()
            self._need(")")
            return term
        raise _unexpected(token, tr("a number, a name or a bracket"))

    def _arguments(self) -> tuple[Term, ...]:
        args = [self._sum()]
        while self._take(","):
            args.append(self._sum())
        self._need(")")
        return tuple(args)


def _tokens(text: str) -> Iterator[str]:
    at, text = 0, text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(tr("{sign!r} has no meaning in a formula.", sign=text[at:].lstrip()[:1]))
        at = found.end()
        yield found[found.lastindex or 0]


def _unexpected(token: str, expected: str) -> ValueError:
    return ValueError(
        tr("expected {expected}, got {token}", expected=expected, token=repr(token) if token else tr("the end"))
    )
