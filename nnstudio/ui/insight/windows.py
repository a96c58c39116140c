"""The products of one line as pictures: what the layer looks at, its weights, and the two multiplied."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from nnstudio.core.words import tr
from nnstudio.ui.insight.tiles import Tile

if TYPE_CHECKING:
    from nnstudio.training.studies.arithmetic import Operand, Worked

_FEWEST: Final = 4
"""Fewer products are read as well in the table."""


def windows_of(line: Worked) -> tuple[Tile, ...]:
    """Return window, weights and products of a convolution, or of a row that folds into a square.

    Of several input channels the one whose products are largest is shown; what lies outside the picture is 0.
    """
    import numpy as np

    pairs = [
        (weight, given) if weight.kind == "weight" else (given, weight)
        for weight, given in zip(line.left, line.right, strict=False)
    ]
    if line.rule != "dot" or len(pairs) < _FEWEST or any(weight.kind != "weight" for weight, _ in pairs):
        return ()
    kernel = len(pairs[0][0].index) >= 4
    if kernel:
        pairs = _strongest_channel(pairs)
        shape = tuple(max(weight.index[axis] for weight, _ in pairs) + 1 for axis in (-2, -1))
        places = [(weight.index[-2], weight.index[-1]) for weight, _ in pairs]
    else:
        side = math.isqrt(len(pairs))
        if side * side != len(pairs) or side < 3:
            return ()
        shape, places = (side, side), [divmod(number, side) for number in range(len(pairs))]
    window, weights = np.zeros(shape), np.zeros(shape)
    for place, (weight, given) in zip(places, pairs, strict=True):
        window[place], weights[place] = given.value, weight.value
    pictures = ((window, tr("window")), (weights, tr("weights")), (window * weights, tr("products")))
    return tuple(Tile(values, words, float(np.abs(values).max()) or 1.0) for values, words in pictures)


def _strongest_channel(pairs: list[tuple[Operand, Operand]]) -> list[tuple[Operand, Operand]]:
    sizes: dict[int, float] = {}
    for weight, given in pairs:
        sizes[weight.index[1]] = sizes.get(weight.index[1], 0.0) + abs(weight.value * given.value)
    channel = max(sizes, key=lambda number: sizes[number])
    return [(weight, given) for weight, given in pairs if weight.index[1] == channel]
