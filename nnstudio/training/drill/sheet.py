"""A sheet of arithmetic: single numbers, how each comes from others, and the slopes on the way back.

An operation and its rule stand side by side. This is reverse accumulation on scalars (Linnainmaa 1970; Speelpenning
1980), as in Karpathy's micrograd, but with whole sums of products as one line, since that is what a layer computes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from nnstudio.training.drill.functions import FUNCTIONS

OriginKind = Literal["input", "weight", "line", "constant"]


class Origin(msgspec.Struct, frozen=True, gc=False):
    """Where a number comes from.

    Attributes:
        kind: what a layer before gave, a weight, an earlier line of the sheet, or a constant.
        name: the layer, or the key of the weight as in ``state_dict``.
        index: its place there, without the batch.
    """

    kind: OriginKind
    name: str = ""
    index: tuple[int, ...] = ()


class Number:
    """A number on the sheet.

    Attributes:
        value: what it is.
        symbol: what it is called, in TeX.
        origin: where it comes from.
        slope: how fast the loss changes with it, as far as it goes through this sheet; known after `Sheet.back`.
    """

    __slots__ = ("origin", "slope", "symbol", "value")

    def __init__(self, value: float, symbol: str, origin: Origin) -> None:
        self.value = value
        self.symbol = symbol
        self.origin = origin
        self.slope = 0.0


class Line:
    """One step: ``result`` from the others.

    Attributes:
        rule: ``dot`` for Σ left·right + Σ added, ``max`` for the largest of ``left``, or a name in `FUNCTIONS`.
        left, right, added: what it is worked out from.
        result: what comes out.
        options: numbers that the function takes beside its argument.
    """

    __slots__ = ("added", "left", "options", "result", "right", "rule")

    def __init__(
        self,
        rule: str,
        left: Sequence[Number],
        right: Sequence[Number],
        added: Sequence[Number],
        result: Number,
        options: Mapping[str, float],
    ) -> None:
        self.rule = rule
        self.left, self.right, self.added = tuple(left), tuple(right), tuple(added)
        self.result = result
        self.options = options

    def slopes(self) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
        """Return what the result's slope comes to at each number of ``left``, ``right`` and ``added``."""
        slope = self.result.slope
        if self.rule == "dot":
            left = tuple(slope * other.value for other in self.right)
            right = tuple(slope * other.value for other in self.left)
            return left, right, (slope,) * len(self.added)
        if self.rule == "max":
            winner = self.winner
            return tuple(slope if number == winner else 0.0 for number in range(len(self.left))), (), ()
        function = FUNCTIONS[self.rule]
        return (slope * function.slope(self.left[0].value, **self.options),), (), ()

    @property
    def winner(self) -> int:
        """Which of ``left`` is the largest; of equal ones the first."""
        return max(range(len(self.left)), key=lambda number: self.left[number].value)


class Sheet:
    """Lines in the order in which they are worked out.

    Attributes:
        lines: so far.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._known: dict[Origin, Number] = {}

    def leaf(self, origin: Origin, value: float, symbol: str) -> Number:
        """Return a number that comes from elsewhere; the same one for the same place."""
        known = self._known.get(origin)
        if known is None:
            known = self._known[origin] = Number(value, symbol, origin)
        return known

    def constant(self, value: float) -> Number:
        """Return a number that nothing changes."""
        return Number(value, f"{value:.4g}", Origin("constant"))

    @property
    def leaves(self) -> tuple[Number, ...]:
        """The numbers that come from elsewhere."""
        return tuple(self._known.values())

    def dot(self, symbol: str, left: Sequence[Number], right: Sequence[Number], added: Sequence[Number] = ()) -> Number:
        """Return Σ left·right + Σ added."""
        total = sum(a.value * b.value for a, b in zip(left, right, strict=True)) + sum(b.value for b in added)
        return self._write("dot", left, right, added, total, symbol, {})

    def total(self, symbol: str, numbers: Sequence[Number]) -> Number:
        """Return a sum."""
        return self.dot(symbol, (), (), numbers)

    def apply(self, symbol: str, function: str, number: Number, **options: float) -> Number:
        """Return what a function of `FUNCTIONS` makes of a number."""
        value = FUNCTIONS[function].value(number.value, **options)
        return self._write(function, (number,), (), (), value, symbol, options)

    def largest(self, symbol: str, numbers: Sequence[Number]) -> Number:
        """Return the largest."""
        return self._write("max", numbers, (), (), max(number.value for number in numbers), symbol, {})

    def largest_shared(self, symbol: str, numbers: Sequence[Number]) -> Number:
        """Return the largest; of equal ones each gets the same share of the slope."""
        top = max(number.value for number in numbers)
        winners = [number for number in numbers if number.value == top]
        if len(winners) == 1:
            return self.largest(symbol, numbers)
        return self.dot(symbol, [self.constant(1.0 / len(winners))] * len(winners), winners)

    def back(self, seeds: Mapping[Number, float]) -> None:
        """Work out all slopes from those of some numbers, line by line from the last to the first."""
        for number in (*self._known.values(), *(line.result for line in self.lines)):
            number.slope = 0.0
        for number, slope in seeds.items():
            number.slope += slope
        for line in reversed(self.lines):
            for numbers, slopes in zip((line.left, line.right, line.added), line.slopes(), strict=True):
                for number, slope in zip(numbers, slopes, strict=False):
                    number.slope += slope

    def _write(
        self,
        rule: str,
        left: Sequence[Number],
        right: Sequence[Number],
        added: Sequence[Number],
        value: float,
        symbol: str,
        options: Mapping[str, float],
    ) -> Number:
        result = Number(value, symbol, Origin("line", index=(len(self.lines),)))
        self.lines.append(Line(rule, left, right, added, result, options))
        return result
