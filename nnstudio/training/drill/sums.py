"""Layers that weigh and add: dense, convolution, pooling, tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Any, Final

from nnstudio.training.drill.sheet import Number
from nnstudio.training.drill.work import Index, Work, Worker


def linear(work: Work, index: Index) -> Number:
    """z_i = Σ_j w_ij x_j + b_i."""
    *place, unit = index
    count = work.shape(0)[-1]
    left = [work.weight("weight", (unit, j)) for j in range(count)]
    right = [work.get(0, (*place, j)) for j in range(count)]
    added = [work.weight("bias", (unit,), "b")] if work.kept("bias") is not None else []
    return work.sheet.dot("z", left, right, added)


def perceptron(work: Work, index: Index) -> Number:
    """A dense unit and a step; of −1 and 1 if so asked."""
    fires = work.sheet.apply("s", "step", linear(work, index))
    if not work.module.bipolar:
        return fires
    sheet = work.sheet
    return sheet.dot("y", [sheet.constant(2.0)], [fires], [sheet.constant(-1.0)])


def convolution(work: Work, index: Index) -> Number:
    """z = Σ w x + b over the window, as cross-correlation: the kernel is not turned.

    What lies outside counts as 0, or is taken from within, as the layer's ``padding_mode`` says.
    """
    module = work.module
    channel, *place = index
    per_group = module.in_channels // module.groups
    first = channel // (module.out_channels // module.groups) * per_group
    shape = work.shape(0)[1:]
    padding = _padding(module)
    left, right = [], []
    for offset in range(per_group):
        for cell in product(*map(range, module.kernel_size)):
            at = tuple(
                _inside(p * s - pad + k * d, size, module.padding_mode)
                for p, s, pad, k, d, size in zip(
                    place, module.stride, padding, cell, module.dilation, shape, strict=True
                )
            )
            if all(0 <= a < size for a, size in zip(at, shape, strict=True)):
                left.append(work.weight("weight", (channel, offset, *cell)))
                right.append(work.get(0, (first + offset, *at)))
    added = [work.weight("bias", (channel,), "b")] if work.kept("bias") is not None else []
    return work.sheet.dot("z", left, right, added)


def _padding(module: Any) -> tuple[int, ...]:
    """Return how many cells a convolution adds before the first, axis by axis; "same" adds the odd one behind."""
    if module.padding == "same":
        return tuple(d * (k - 1) // 2 for d, k in zip(module.dilation, module.kernel_size, strict=True))
    return (0,) * len(module.kernel_size) if module.padding == "valid" else tuple(module.padding)


def _inside(at: int, size: int, mode: str) -> int:
    """Return which cell stands for one outside; with "zeros" it stays there."""
    if mode == "circular":
        return at % size
    if mode == "replicate":
        return min(max(at, 0), size - 1)
    if mode == "reflect":
        return size - 1 - abs(size - 1 - abs(at))
    return at


def window(work: Work, index: Index) -> list[Number]:
    """Return what a pooling layer looks at; cells outside are left out."""
    module = work.module
    channel, *place = index
    count = len(place)
    shape = work.shape(0)[1:]
    kernel, stride = _each(module.kernel_size, count), _each(module.stride, count)
    padding, dilation = _each(module.padding, count), _each(getattr(module, "dilation", 1), count)
    found = []
    for cell in product(*map(range, kernel)):
        at = tuple(p * s - pad + k * d for p, s, pad, k, d in zip(place, stride, padding, cell, dilation, strict=True))
        if all(0 <= a < size for a, size in zip(at, shape, strict=True)):
            found.append(work.get(0, (channel, *at)))
    return found


def max_pool(work: Work, index: Index) -> Number:
    """The largest number of the window."""
    numbers = window(work, index)
    return work.sheet.largest("y", numbers) if numbers else work.sheet.total("y", [work.sheet.constant(-math.inf)])


def avg_pool(work: Work, index: Index) -> Number:
    """The mean of the window; cells that padding adds count as 0, or not at all, those behind it never."""
    numbers = window(work, index)
    module, (_, *place) = work.module, index
    if not module.count_include_pad:
        return _mean(work, numbers)
    count, size = len(place), 1
    kernel, stride, padding = (_each(part, count) for part in (module.kernel_size, module.stride, module.padding))
    for at, length, k, s, pad in zip(place, work.shape(0)[1:], kernel, stride, padding, strict=True):
        size *= min(at * s - pad + k, length + pad) - (at * s - pad)
    return _mean(work, numbers, size)


def adaptive_window(work: Work, index: Index) -> list[Number]:
    """Return the share of the input that an adaptive pooling gives to this place, as torch cuts it."""
    channel, *place = index
    shape = work.shape(0)[1:]
    wanted = _each(work.module.output_size, len(shape))
    spans = []
    for at, size, count in zip(place, shape, wanted, strict=True):
        count = size if count is None else count
        spans.append(range(at * size // count, -(-(at + 1) * size // count)))
    return [work.get(0, (channel, *cell)) for cell in product(*spans)]


def adaptive_avg_pool(work: Work, index: Index) -> Number:
    """The mean of a share of the input."""
    numbers = adaptive_window(work, index)
    return _mean(work, numbers, len(numbers))


def adaptive_max_pool(work: Work, index: Index) -> Number:
    """The largest number of a share of the input."""
    return work.sheet.largest("y", adaptive_window(work, index))


def mean(work: Work, index: Index) -> Number:
    """The mean over some axes."""
    return _mean(work, _over(work, index))


def total(work: Work, index: Index) -> Number:
    """The sum over some axes."""
    return work.sheet.total("y", _over(work, index))


def largest(work: Work, index: Index) -> Number:
    """The largest over some axes."""
    return work.sheet.largest_shared("y", _over(work, index))


def embedding(work: Work, index: Index) -> Number:
    """A row of the table, looked up: one number is copied."""
    *place, column = index
    entry = int(work.get(0, tuple(place)).value)
    return work.sheet.total("y", [work.weight("weight", (entry, column))])


def embedding_bag(work: Work, index: Index) -> Number:
    """The sum, the mean or the largest of the rows that are looked up."""
    (column,) = index
    entries = [int(work.get(0, (place,)).value) for place in range(work.shape(0)[0])]
    rows = [work.weight("weight", (entry, column)) for entry in entries]
    mode = work.module.mode
    if mode == "max":
        return work.sheet.largest("y", rows)
    return _mean(work, rows) if mode == "mean" else work.sheet.total("y", rows)


def matmul(work: Work, index: Index) -> Number:
    """Row times column."""
    *place, row, column = index
    count = work.shape(0)[-1]
    left = [work.get(0, (*place, row, j)) for j in range(count)]
    right = [work.get(1, (*place, j, column)) for j in range(count)]
    return work.sheet.dot("y", left, right)


def boltzmann(work: Work, index: Index) -> Number:
    """The probability of a hidden unit, or of a visible one given the hidden units."""
    *place, unit = index
    visible, sheet = work.shape(0)[-1], work.sheet
    shown = [work.get(0, (*place, j)) for j in range(visible)]

    def hidden(number: int) -> Number:
        weights = [work.weight("weight", (number, j)) for j in range(visible)]
        return sheet.apply("h", "sigmoid", sheet.dot("z", weights, shown, [work.weight("hidden_bias", (number,), "b")]))

    if not work.module.again:
        return hidden(unit)
    weights = work.kept("weight")
    assert weights is not None
    units = [hidden(number) for number in range(len(weights))]
    back = [work.weight("weight", (number, unit)) for number in range(len(weights))]
    return sheet.apply("v", "sigmoid", sheet.dot("z", back, units, [work.weight("visible_bias", (unit,), "a")]))


def _over(work: Work, index: Index) -> list[Number]:
    """Return what is taken together; the batch is axis 0 and not counted here."""
    shape = work.shape(0)
    dims: Any = work.options["dim"] if "dim" in work.options else work.raw(1)
    axes = {(dim if dim >= 0 else len(shape) + 1 + dim) - 1 for dim in ((dims,) if isinstance(dims, int) else dims)}
    return _along(work, index, axes, keep=bool(work.options.get("keepdim", False)))


def _along(work: Work, index: Index, axes: set[int], *, keep: bool) -> list[Number]:
    shape, rest = work.shape(0), list(index)
    spans = []
    for axis, size in enumerate(shape):
        if axis in axes:
            if keep:
                rest.pop(0)
            spans.append(range(size))
        else:
            spans.append(range(rest[0], rest.pop(0) + 1))
    return [work.get(0, cell) for cell in product(*spans)]


def _mean(work: Work, numbers: list[Number], size: int = 0) -> Number:
    share = work.sheet.constant(1.0 / (size or len(numbers)))
    return work.sheet.dot("y", [share] * len(numbers), numbers)


def _each(value: Any, count: int) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * count


SUMS: Final[Mapping[str, Worker]] = {
    "Linear": linear,
    "Perceptron": perceptron,
    "Conv1d": convolution,
    "Conv2d": convolution,
    "Conv3d": convolution,
    "MaxPool1d": max_pool,
    "MaxPool2d": max_pool,
    "MaxPool3d": max_pool,
    "AvgPool1d": avg_pool,
    "AvgPool2d": avg_pool,
    "AvgPool3d": avg_pool,
    "AdaptiveAvgPool1d": adaptive_avg_pool,
    "AdaptiveAvgPool2d": adaptive_avg_pool,
    "AdaptiveMaxPool1d": adaptive_max_pool,
    "AdaptiveMaxPool2d": adaptive_max_pool,
    "AdaptiveAvgPool3d": adaptive_avg_pool,
    "AdaptiveMaxPool3d": adaptive_max_pool,
    "Embedding": embedding,
    "EmbeddingBag": embedding_bag,
    "RestrictedBoltzmann": boltzmann,
    "mean": mean,
    "sum": total,
    "amax": largest,
    "matmul": matmul,
}
