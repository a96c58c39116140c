"""The loss of one sample, as the last lines of the arithmetic. Formulas as in the settings of a recipe."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from nnstudio.core.words import tr
from nnstudio.training.drill.attention import log_share, softmax_of
from nnstudio.training.drill.boxes import detection
from nnstudio.training.drill.sheet import Number, Origin, Sheet
from nnstudio.training.recipe import Recipe

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.training.tasks.base import Objective

MOST: Final = 50_000
"""Numbers of the output for which a loss is written out at most."""


class Given:
    """What one Output of the drawing gives: its numbers, as leaves of the sheet.

    Args:
        sheet: where the lines go.
        values: all numbers, without the batch.
        origin: says of a place where its number comes from.
    """

    def __init__(
        self, sheet: Sheet, values: npt.NDArray[np.float64], origin: Callable[[tuple[int, ...]], Origin]
    ) -> None:
        self.sheet, self.values, self._origin = sheet, values, origin

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all numbers."""
        return self.values.shape

    def at(self, place: tuple[int, ...]) -> Number:
        """Return the number at a place."""
        return self.sheet.leaf(self._origin(place), float(self.values[place]), "x")

    def all(self) -> list[Number]:
        """Return all numbers, the last axis fastest."""
        return [self.at(place) for place in product(*map(range, self.shape))]


def write_loss(outputs: Sequence[Given], objective: Objective, target: npt.NDArray[Any]) -> Number:
    """Write out the loss of one sample.

    Args:
        outputs: what the network gives, one for each Output of the drawing.
        objective: the task, with its recipe.
        target: class numbers, values or boxes, without the batch.

    Raises:
        ValueError: the output has too many numbers.
    """
    count = sum(output.values.size for output in outputs)
    if count > MOST:
        raise ValueError(
            tr("The loss of {count} numbers is not written out; up to {most} are.", count=count, most=MOST)
        )
    recipe, first = objective.recipe, outputs[0]
    if recipe.loss == "vae":
        return variational(outputs, target, recipe.beta)
    if recipe.loss == "detection":
        return detection(first, target, recipe.box_weight, recipe.empty_weight)
    if recipe.loss in _BY_CLASS:
        weights = getattr(objective, "weights", None)
        places = _Places(first, target, getattr(objective, "axis", 1), None if weights is None else weights.tolist())
        return _BY_CLASS[recipe.loss](places, recipe)
    axis = getattr(objective, "axis", 1)
    if axis != 1 and first.values.ndim > 1:
        target = target.swapaxes(0, -1)  # values for classes stand on the first axis
    numbers, wanted = first.all(), target.reshape(-1).tolist()
    if recipe.loss == "kl":
        return divergence(numbers, wanted, first, axis)
    parts = [_BY_VALUE[recipe.loss](first.sheet, x, y, recipe) for x, y in zip(numbers, wanted, strict=True)]
    return mean_of(first.sheet, parts)


class _Places:
    """Scores for classes at each place of a sample; a plain class is one place.

    Attributes:
        rows: for each place its scores, and the right class.
        weights: what a mistake with each class counts; None for all alike.
    """

    def __init__(self, given: Given, target: npt.NDArray[Any], axis: int, weights: list[float] | None) -> None:
        self.sheet, self.weights = given.sheet, weights
        classes = given.shape[0 if axis == 1 else -1]
        self.rows: list[tuple[list[Number], int]] = []
        for place in product(*map(range, target.shape)):
            where = ((number, *place) if axis == 1 else (*place, number) for number in range(classes))
            self.rows.append(([given.at(at) for at in where], int(target[place])))

    def mean(self, parts: Sequence[Number]) -> Number:
        """Return the mean over the places, each counted by the weight of its class, as torch does."""
        weights = self.weights
        if weights is None:
            return mean_of(self.sheet, parts)
        counts = [weights[right] for _, right in self.rows]
        shares = [self.sheet.constant(count / sum(counts)) for count in counts]
        return self.sheet.dot("L", shares, parts)


def mean_of(sheet: Sheet, parts: Sequence[Number]) -> Number:
    """Return the mean of the parts of a loss."""
    return sheet.dot("L", [sheet.constant(1.0 / len(parts))] * len(parts), parts)


def cross_entropy(places: _Places, recipe: Recipe) -> Number:
    """L = −Σ_c q_c log softmax(x)_c, with q = (1 − ε) [c = y] + ε / C (Szegedy and others 2016)."""
    sheet, minus, rows = places.sheet, places.sheet.constant(-1.0), places.rows
    smooth, weights = recipe.label_smoothing, places.weights
    if not smooth and len(rows) == 1:
        scores, right = rows[0]
        return sheet.dot("L", [minus], [log_share(sheet, scores, right)])
    if not smooth:
        parts = [sheet.dot("l", [minus], [log_share(sheet, scores, right)]) for scores, right in rows]
        return places.mean(parts)
    # The smooth part counts each class by its weight, the whole by the weights of the right ones.
    count = sum(weights[right] for _, right in rows) if weights is not None else len(rows)
    shares, logs = [], []
    for scores, right in rows:
        for number in range(len(scores)):
            weight = weights[number] if weights is not None else 1.0
            wanted = (1.0 - smooth) * float(number == right) + smooth / len(scores)
            shares.append(sheet.constant(-weight * wanted / count))
            logs.append(log_share(sheet, scores, number))
    return sheet.dot("L", shares, logs)


def likelihood(places: _Places, _recipe: Recipe) -> Number:
    """L = −x_y of logarithms of shares."""
    minus = places.sheet.constant(-1.0)
    return places.mean([places.sheet.dot("l", [minus], [scores[right]]) for scores, right in places.rows])


def hinge(places: _Places, _recipe: Recipe) -> Number:
    """L = Σ_(c ≠ y) max(0, 1 − x_y + x_c) / C (Crammer, Singer 2001, each rival counted as in torch)."""
    sheet, minus = places.sheet, places.sheet.constant(-1.0)
    parts = []
    for scores, right in places.rows:
        rivals = [score for number, score in enumerate(scores) if number != right]
        short = [sheet.dot("d", [minus], [scores[right]], [rival, sheet.constant(1.0)]) for rival in rivals]
        share = sheet.constant(1.0 / len(scores))
        parts.append(sheet.dot("l", [share] * len(short), [sheet.apply("m", "relu", number) for number in short]))
    return mean_of(sheet, parts)


def distances(places: _Places, recipe: Recipe) -> Number:
    """L = y_D + log(e^(−j) + Σ e^(−y_i)) (LeCun and others 1998, equation 9)."""
    sheet, minus, margin = places.sheet, places.sheet.constant(-1.0), recipe.rbf_margin
    parts = []
    for scores, right in places.rows:
        highest = max(-margin, *(-score.value for score in scores))
        out = sheet.constant(-highest)
        near = [sheet.dot("s", [minus], [score], [out]) for score in scores]
        near.append(sheet.total("s", [sheet.constant(-margin), out]))
        log = sheet.apply("l", "log", sheet.total("Z", [sheet.apply("e", "exp", number) for number in near]))
        parts.append(sheet.total("L", [scores[right], log, sheet.constant(highest)]))
    return parts[0] if len(parts) == 1 else mean_of(sheet, parts)


def overlap(places: _Places, recipe: Recipe) -> Number:
    """L = (1 − λ) CE + λ (1 − mean_c 2 Σ p q / (Σ p + Σ q)) over classes that are there (Milletari and others 2016)."""
    sheet, share = places.sheet, recipe.dice_share
    parts: list[Number] = []
    shares: list[Number] = []
    if share < 1.0:
        parts.append(cross_entropy(places, Recipe()))
        shares.append(sheet.constant(1.0 - share))
    if share == 0.0:
        return parts[0]
    powers = [softmax_of(sheet, scores, range(len(scores))) for scores, _ in places.rows]
    there = sorted({right for _, right in places.rows})
    dice = []
    for number in there:
        inside = [row[number] for row, (_, right) in zip(powers, places.rows, strict=True) if right == number]
        both = sheet.total("B", inside)
        area = sheet.total("A", [*(row[number] for row in powers), sheet.constant(float(len(inside)))])
        dice.append(sheet.dot("D", [both], [sheet.apply("r", "reciprocal", area)]))
    factor = sheet.constant(-2.0 / len(dice))
    parts.append(sheet.dot("d", [factor] * len(dice), dice, [sheet.constant(1.0)]))
    shares.append(sheet.constant(share))
    return sheet.dot("L", shares, parts)


def squared(sheet: Sheet, x: Number, y: float, _recipe: Recipe) -> Number:
    """(x − y)²."""
    return sheet.apply("q", "square", sheet.total("d", [x, sheet.constant(-y)]))


def absolute(sheet: Sheet, x: Number, y: float, _recipe: Recipe) -> Number:
    """|x − y|."""
    return sheet.apply("q", "absolute", sheet.total("d", [x, sheet.constant(-y)]))


def bent(sheet: Sheet, x: Number, y: float, recipe: Recipe) -> Number:
    """d² / 2 where |d| is at most δ, else δ (|d| − δ / 2), with d = x − y (Huber 1964)."""
    return sheet.apply("q", "huber", sheet.total("d", [x, sheet.constant(-y)]), delta=recipe.huber_delta)


def binary(sheet: Sheet, x: Number, y: float, _recipe: Recipe) -> Number:
    """−y log σ(x) − (1 − y) log(1 − σ(x)) = log(1 + e^x) − y x."""
    return sheet.dot("d", [sheet.constant(-y)], [x], [sheet.apply("q", "softplus_exact", x)])


def divergence(numbers: Sequence[Number], wanted: Sequence[float], given: Given, axis: int) -> Number:
    """L = Σ_c y_c (log y_c − x_c), of logarithms x, the mean over the places (Kullback, Leibler 1951)."""
    sheet = given.sheet
    places = given.values.size // given.shape[0 if axis == 1 else -1]
    shares = [sheet.constant(-y / places) for y in wanted]
    rest = sum(y * math.log(y) for y in wanted if y > 0) / places
    return sheet.dot("L", shares, numbers, [sheet.constant(rest)] if rest else [])


def variational(outputs: Sequence[Given], target: npt.NDArray[Any], beta: float) -> Number:
    """L = Σ (x − x̂)² + β/2 Σ (μ² + e^v − v − 1), v = log σ² (Kingma, Welling 2014; β: Higgins and others 2017)."""
    rebuilt, mean, spread = outputs
    sheet = rebuilt.sheet
    offs = [
        sheet.total("d", [x, sheet.constant(-y)])
        for x, y in zip(rebuilt.all(), target.reshape(-1).tolist(), strict=True)
    ]
    error = sheet.total("E", [sheet.apply("q", "square", off) for off in offs])
    parts = []
    for middle, log_variance in zip(mean.all(), spread.all(), strict=True):
        square = sheet.apply("m", "square", middle)
        variance = sheet.apply("s", "exp", log_variance)
        minus = sheet.constant(-1.0)
        parts.append(sheet.dot("k", [minus], [log_variance], [square, variance, minus]))
    half = sheet.constant(0.5 * beta)
    return sheet.dot("L", [half] * len(parts), parts, [error])


_BY_CLASS: Final[Mapping[str, Callable[[_Places, Recipe], Number]]] = {
    "cross_entropy": cross_entropy,
    "nll": likelihood,
    "hinge": hinge,
    "rbf": distances,
    "segmentation": overlap,
}
_BY_VALUE: Final[Mapping[str, Callable[[Sheet, Number, float, Recipe], Number]]] = {
    "mse": squared,
    "mae": absolute,
    "huber": bent,
    "bce": binary,
}
