"""Settings within a block: what is written as ``=2*channels`` is worked out from the block's parameters.

Besides the parameters there are three names: ``copy`` is 0 in the first copy of a chain, 1 in the second, and so on;
``in_channels`` is the first length of what arrives at the block's first input, ``in_features`` the last one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from nnstudio.core.graph import Block, BlockParameter, Params, Scalar, Value, freeze_params, is_expression
from nnstudio.core.names import name_fault
from nnstudio.core.words import Words, joined, tr
from nnstudio.layers import arithmetic
from nnstudio.layers.arithmetic import Name, Term, names_in
from nnstudio.layers.parameters import Bool, Float, Int, Parameter, SettingError, Text
from nnstudio.layers.spec import Signal

COPY, CHANNELS, FEATURES = "copy", "in_channels", "in_features"
RESERVED = frozenset({"block", "repeat", COPY, CHANNELS, FEATURES})
"""What no parameter of a block can be called."""

MAX_NUMBER = 1_000_000
MAX_WORD = 64

_NAME = re.compile(r"(?<![A-Za-z0-9_.])[A-Za-z][A-Za-z0-9_]*(?!\w|\s*\()")


def parameter_fault(name: str) -> str | None:
    """Say why a parameter of a block cannot be called ``name``, or None when it can."""
    if name in RESERVED:
        return tr("{name!r} already means something in every block.", name=name)
    return name_fault(name)


def parameter_type(parameter: BlockParameter, label: Words | None = None, help_: Words | None = None) -> Parameter:
    """Return what checks the values of a block's parameter; the type of its default decides."""
    named = label or Words(parameter.name, parameter.name)
    said = help_ or named
    name, default = parameter.name, parameter.default
    match default:
        case bool():
            return Bool(name=name, default=default, label=named, help=said)
        case int():
            return Int(name=name, default=default, low=-MAX_NUMBER, high=MAX_NUMBER, label=named, help=said)
        case float():
            low, high = float(-MAX_NUMBER), float(MAX_NUMBER)
            return Float(name=name, default=default, low=low, high=high, label=named, help=said)
        case str():
            return Text(name=name, default=default, most=MAX_WORD, read=_plain_word, label=named, help=said)


def check_value(parameter: BlockParameter, value: Value) -> Scalar:
    """Return a value of a block's parameter in its normal form.

    Raises:
        ValueError: it is of another type than the default; says what was expected and what came.
    """
    checked = parameter_type(parameter).check(value)
    assert isinstance(checked, (bool, int, float, str))
    return checked


class ExpressionError(SettingError):
    """A setting's expression cannot be read or worked out."""

    def __init__(self, name: str, label: object, detail: str) -> None:
        """Take the setting's name, what its form calls it, and what is wrong."""
        ValueError.__init__(self, f"{name}: {detail}")
        self.told = joined(": ", (str(label), detail))


def fill(params: Params, values: Mapping[str, Scalar], known: Mapping[str, Parameter] | None = None) -> Params:
    """Work out the settings of one layer.

    Args:
        params: the settings as they are written; without expressions they come back as they are.
        values: what the names stand for; empty outside of blocks.
        known: the settings by their names, for what their form calls them.

    Raises:
        ExpressionError: an expression cannot be read or worked out; begins with the name of the setting.
    """
    if not any(map(_has_expression, params.values())):
        return params
    return freeze_params({name: _filled(name, value, values, known or {}) for name, value in params.items()})


def given_by(signals: tuple[Signal, ...]) -> dict[str, Scalar]:
    """Return what the first signal that arrives at a block says about its size, where that is known."""
    shape = signals[0].shape if signals else ()
    named = ((CHANNELS, shape[:1]), (FEATURES, shape[-1:]))
    return {name: length for name, part in named for length in part if isinstance(length, int)}


def counts_copies(block: Block) -> bool:
    """Say whether the copies of a block may differ by their number alone."""
    return any(COPY in text for text in block.expressions)


def names_used(block: Block) -> frozenset[str]:
    """Return the names in all expressions of a block that can be read."""
    return frozenset(match[0] for text in block.expressions for match in _NAME.finditer(text))


def substitute(value: Value, texts: Mapping[str, str]) -> Value:
    """Put other texts in the place of names in an expression, as when a parameter is renamed or its value known."""
    if isinstance(value, tuple):
        parts = (substitute(part, texts) for part in value)
        return tuple(part for part in parts if part is not None and not isinstance(part, tuple))
    return _NAME.sub(lambda match: texts.get(match[0], match[0]), value) if is_expression(value) else value


def constant(value: Value) -> Value:
    """Work a setting out as far as that can be done without any parameter; what has names in it stays."""
    if isinstance(value, tuple):
        parts = (constant(part) for part in value)
        return tuple(part for part in parts if part is not None and not isinstance(part, tuple))
    if not is_expression(value):
        return value
    term = _parse(value)
    return value if names_in(term) else _tidy(arithmetic.evaluate(term, {}))


@lru_cache(maxsize=4096)
def _parse(text: str) -> Term:
    return arithmetic.parse(text[1:])


def _has_expression(value: Value) -> bool:
    return any(map(is_expression, value)) if isinstance(value, tuple) else is_expression(value)


def _filled(name: str, value: Value, values: Mapping[str, Scalar], known: Mapping[str, Parameter]) -> Value:
    try:
        if isinstance(value, tuple):
            return tuple(_worked_out(part, values) if is_expression(part) else part for part in value)
        return _worked_out(value, values) if is_expression(value) else value
    except ValueError as error:
        raise ExpressionError(name, known[name].label if name in known else name, error.args[0]) from None


def _worked_out(text: str, values: Mapping[str, Scalar]) -> Scalar:
    term = _parse(text)
    missing = [name for name in names_in(term) if name not in values]
    if missing and not values:
        raise ValueError(
            tr("{text} stands for a parameter of a block, and this layer lies in none.", text=_short(text))
        )
    if missing:
        known = ", ".join(values)
        raise ValueError(tr("{name!r} has no value here; there is {known}.", name=missing[0], known=known))
    if isinstance(term, Name):
        return values[term.name]
    numbers: dict[str, int | float] = {}
    for name in names_in(term):
        number = values[name]
        if isinstance(number, (bool, str)):
            raise ValueError(tr("{name!r} is no number, so nothing can be worked out with it.", name=name))
        numbers[name] = number
    return _tidy(arithmetic.evaluate(term, numbers))


def _tidy(number: int | float) -> int | float:
    """Make 16 of 16.0: a quarter of 64 is a number of channels."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _plain_word(text: str) -> str:
    if is_expression(text):
        raise ValueError(tr("a word does not begin with ="))
    return text


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
