"""The loss of a detecting network, cell by cell of its grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnstudio.training.drill.attention import log_share
from nnstudio.training.drill.sheet import Number

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.training.drill.losses import Given


def detection(grid: Given, boxes: npt.NDArray[Any], box_weight: float, empty_weight: float) -> Number:
    """Write out the loss of one picture (Redmon and others 2016, as `nnstudio.training.own_losses` has it).

    L = Σ over cells of λ_empty^[empty] BCE(x₀) + Σ over cells with an object of λ_box ((σ(x₁) − x̂)² + (σ(x₂) − ŷ)² +
    (√σ(x₃) − √ŵ)² + (√σ(x₄) − √ĥ)²) − log softmax(x₅…)_class.

    Args:
        grid: ``(5 + C, S, S)``.
        boxes: ``(M, 5)``: class, -1 for none, middle x, y, width and height as shares of the picture.
        box_weight: λ_box.
        empty_weight: λ_empty.
    """
    sheet = grid.sheet
    count, rows, columns = grid.shape
    held: dict[tuple[int, int], tuple[float, ...]] = {}
    for box in boxes.tolist():
        if box[0] >= 0:
            column = min(max(int(box[1] * columns), 0), columns - 1)
            row = min(max(int(box[2] * rows), 0), rows - 1)
            held[row, column] = tuple(box)
    factors, parts = [], []
    for row in range(rows):
        for column in range(columns):
            sure = grid.at((0, row, column))
            soft = sheet.apply("q", "softplus_exact", sure)
            found = held.get((row, column))
            if found is None:
                factors.append(sheet.constant(empty_weight))
                parts.append(soft)
                continue
            factors.append(sheet.constant(1.0))
            parts.append(sheet.dot("o", [sheet.constant(-1.0)], [sure], [soft]))
            label, x, y, width, height = found
            wanted = (x * columns - column, y * rows - row, width**0.5, height**0.5)
            for number, value in enumerate(wanted, 1):
                share = sheet.apply(r"\sigma", "sigmoid", grid.at((number, row, column)))
                told = share if number < 3 else sheet.apply("r", "root", share)
                off = sheet.total("d", [told, sheet.constant(-value)])
                factors.append(sheet.constant(box_weight))
                parts.append(sheet.apply("b", "square", off))
            scores = [grid.at((number, row, column)) for number in range(5, count)]
            factors.append(sheet.constant(-1.0))
            parts.append(log_share(sheet, scores, int(label)))
    return sheet.dot("L", factors, parts)
