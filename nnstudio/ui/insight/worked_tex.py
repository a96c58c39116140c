"""A line of arithmetic as TeX: first with its symbols, then with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nnstudio.training.drill.functions import FUNCTIONS

if TYPE_CHECKING:
    from nnstudio.training.studies.arithmetic import Operand, Worked

_SHOWN: Final = 2
"""Products that are written before the dots."""


def forward_tex(line: Worked) -> str:
    """Return how a number comes from others: ``z = Σ w x + b = 0.2 · 0.5 + … = 0.34``."""
    result = number_tex(line.value)
    if line.rule == "max":
        values = ", ".join(number_tex(part.value) for part in line.left[: _SHOWN + 1])
        more = r", \ldots" if len(line.left) > _SHOWN + 1 else ""
        return rf"{line.symbol} = {_rule(line)} = \max({values}{more}) = {result}"
    if line.rule in FUNCTIONS:
        numbers = FUNCTIONS[line.rule].tex.format(x=number_tex(line.left[0].value))
        return rf"{line.symbol} = {_rule(line)} = {numbers} = {result}"
    return rf"{line.symbol} = {_rule(line)} = {_numbers(line)} = {result}"


def backward_tex(line: Worked) -> str:
    """Return how the slope of a line's result is handed on to what it came from; see `forward_tex`."""
    slope = number_tex(line.slope)
    begin = rf"\delta_{{{line.symbol}}} = {slope}"
    if line.rule == "max":
        return rf"{begin} \quad \delta_{{{line.left[0].symbol}_j}} = \delta_{{{line.symbol}}} \; [j = \arg\max]"
    if line.rule in FUNCTIONS:
        given = line.left[0]
        numbers = rf" = {_in(slope)} \cdot {_in(number_tex(line.local))} = {number_tex(given.slope)}"
        return rf"\delta_{{{given.symbol}}} = \delta_{{{line.symbol}}} \cdot f'({given.symbol}){numbers}"
    if not line.left:
        return begin
    many = "_j" if len(line.left) > 1 else ""
    pairs = [(line.left[0], line.right[0]), (line.right[0], line.left[0])]
    ways: list[str] = []
    for part, other in pairs:
        if part.kind == "constant":
            continue
        factor = number_tex(other.value) if other.kind == "constant" and not many else _symbol(other) + many
        numbers = (
            rf" = {_in(slope)} \cdot {_in(number_tex(other.value))} = {number_tex(part.slope)}" if not ways else ""
        )
        way = rf"\frac{{\partial L}}{{\partial {part.symbol}{many}}} = \delta_{{{line.symbol}}} \cdot {_in(factor)}"
        ways.append(way + numbers)
    return r" \quad ".join([begin, *ways])


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
        parts.append(_sum(line))
    elif line.left:
        parts.append(rf"{_named(line.left[0])} \cdot {_named(line.right[0])}")
    parts += [_named(part) for part in line.added[:_SHOWN]]
    if len(line.added) > _SHOWN:
        parts.append(r"\ldots")
    return " + ".join(parts) or "0"


def _sum(line: Worked) -> str:
    """Return a sum of products; a factor that all have in common stands before it."""
    left, right = line.left[0], line.right[0]
    if left.kind == "constant" and all(part.value == left.value for part in line.left):
        return rf"{number_tex(left.value)} \cdot \sum_j {_symbol(right)}_j"
    return rf"\sum_j {_symbol(left)}_j {_symbol(right)}_j"


def _symbol(part: Operand) -> str:
    """Return what a number is called; those that nothing changes are c."""
    return "c" if part.kind == "constant" else part.symbol


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
