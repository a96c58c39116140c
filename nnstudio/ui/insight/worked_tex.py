"""A line of arithmetic as TeX: first with its symbols, then with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nnstudio.training.drill.functions import FUNCTIONS

if TYPE_CHECKING:
    from nnstudio.training.studies.arithmetic import Operand, Worked

_SHOWN: Final = 2
"""Products that are written before the dots."""


def forward_tex(line: Worked, *, filled: bool = True) -> str:
    """Return how a number comes from others: ``z = Σ w x + b = 0.2 · 0.5 + … = 0.34``.

    Args:
        line: what is worked out.
        filled: whether the numbers are put in.
    """
    if not filled:
        return rf"{line.symbol} = {_rule(line)}"
    result = number_tex(line.value)
    if line.rule == "max":
        values = ", ".join(number_tex(part.value) for part in line.left[: _SHOWN + 1])
        more = r", \ldots" if len(line.left) > _SHOWN + 1 else ""
        return rf"{line.symbol} = {_rule(line)} = \max({values}{more}) = {result}"
    if line.rule in FUNCTIONS:
        numbers = FUNCTIONS[line.rule].tex.format(x=number_tex(line.left[0].value))
        return rf"{line.symbol} = {_rule(line)} = {numbers} = {result}"
    return rf"{line.symbol} = {_rule(line)} = {_numbers(line)} = {result}"


def backward_tex(line: Worked, *, filled: bool = True) -> str:
    """Return how the slope of a line's result is handed on to what it came from; see `forward_tex`."""
    slope = number_tex(line.slope)
    begin = rf"\delta_{{{line.symbol}}}" + (f" = {slope}" if filled else "")
    if line.rule == "max":
        return rf"{begin} \quad \delta_{{{line.left[0].symbol}_j}} = \delta_{{{line.symbol}}} \; [j = \arg\max]"
    if line.rule in FUNCTIONS:
        given = line.left[0]
        numbers = rf" = {_in(slope)} \cdot {_in(number_tex(line.local))} = {number_tex(given.slope)}" if filled else ""
        return rf"\delta_{{{given.symbol}}} = \delta_{{{line.symbol}}} \cdot f'({given.symbol}){numbers}"
    if not line.left:
        return begin
    left, right = line.left[0], line.right[0]
    many = "_j" if len(line.left) > 1 else ""
    numbers = rf" = {_in(slope)} \cdot {_in(number_tex(right.value))} = {number_tex(left.slope)}" if filled else ""
    ways = [
        rf"\frac{{\partial L}}{{\partial {a.symbol}{many}}} = \delta_{{{line.symbol}}} {b.symbol}{many}"
        for a, b in ((left, right), (right, left))
    ]
    return rf"{begin} \quad {ways[0]}{numbers} \quad {ways[1]}"


def number_tex(value: float) -> str:
    """Return a number with four digits, a power of ten where it is far from 1."""
    text = f"{value + 0.0:.4g}"
    if "e" in text:
        digits, _, power = text.partition("e")
        return rf"{digits} \cdot 10^{{{int(power)}}}"
    return text.replace("inf", r"\infty")


def _rule(line: Worked) -> str:
    if line.rule == "max":
        return rf"\max_j {line.left[0].symbol}_j"
    if line.rule in FUNCTIONS:
        return FUNCTIONS[line.rule].tex.format(x=line.left[0].symbol)
    parts = []
    if len(line.left) > 1:
        parts.append(rf"\sum_j {line.left[0].symbol}_j {line.right[0].symbol}_j")
    elif line.left:
        parts.append(rf"{_named(line.left[0])} \cdot {_named(line.right[0])}")
    parts += [_named(part) for part in line.added[:_SHOWN]]
    if len(line.added) > _SHOWN:
        parts.append(r"\ldots")
    return " + ".join(parts) or "0"


def _numbers(line: Worked) -> str:
    parts = [
        rf"{_in(number_tex(a.value))} \cdot {_in(number_tex(b.value))}"
        for a, b in zip(line.left[:_SHOWN], line.right[:_SHOWN], strict=True)
    ]
    if len(line.left) > _SHOWN:
        parts.append(r"\ldots")
    parts += [_in(number_tex(part.value)) for part in line.added[:_SHOWN]]
    if len(line.added) > _SHOWN:
        parts.append(r"\ldots")
    return " + ".join(parts) or "0"


def _named(part: Operand) -> str:
    return number_tex(part.value) if part.kind == "constant" else part.symbol


def _in(text: str) -> str:
    """Put what begins with a minus or is a power in brackets, as a factor or a term."""
    return f"({text})" if text.startswith("-") or r"\cdot" in text else text
