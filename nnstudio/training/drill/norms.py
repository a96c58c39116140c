"""Normalisation: take away the mean, divide by the deviation, then scale and move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nnstudio.training.drill.sheet import Number
from nnstudio.training.drill.work import Index, Work, Worker, places


def batch_norm(work: Work, index: Index) -> Number:
    """Ioffe, Szegedy 2015, as it works once trained: mean and variance are those gathered in training.

    Where none are gathered they are those of the batch, which is the one sample here.
    """
    if work.kept("running_mean") is None:
        return instance_norm(work, index)
    sheet, channel = work.sheet, index[:1]
    mean, variance = work.weight("running_mean", channel, r"\mu"), work.weight("running_var", channel, r"\sigma^2")
    off = sheet.dot("d", [sheet.constant(-1.0)], [mean], [work.get(0, index)])
    spread = sheet.total("v", [variance, sheet.constant(work.module.eps)])
    scale = sheet.apply("r", "root_reciprocal", spread)
    normed = sheet.dot(r"\hat{x}", [off], [scale])
    return _affine(work, normed, channel)


def layer_norm(work: Work, index: Index) -> Number:
    """Ba, Kiros, Hinton 2016: over the last axes of one sample."""
    count = len(work.module.normalized_shape)
    head, tail = index[: len(index) - count], index[len(index) - count :]
    cells = [work.get(0, (*head, *cell)) for cell in places(work.module.normalized_shape)]
    return _affine(work, _normed(work, cells, work.get(0, index), work.module.eps, head), tail)


def rms_norm(work: Work, index: Index) -> Number:
    """Zhang, Sennrich 2019: only the size is brought to 1, the mean stays."""
    import numpy as np

    sheet, module = work.sheet, work.module
    count = len(module.normalized_shape)
    head, tail = index[: len(index) - count], index[len(index) - count :]
    cells = [work.get(0, (*head, *cell)) for cell in places(module.normalized_shape)]
    eps = float(np.finfo(np.float64).eps) if module.eps is None else module.eps
    share = sheet.constant(1.0 / len(cells))
    squares = [sheet.apply("q", "square", cell) for cell in cells]
    size = sheet.dot("v", [share] * len(cells), squares, [sheet.constant(eps)])
    normed = sheet.dot(r"\hat{x}", [work.get(0, index)], [sheet.apply("r", "root_reciprocal", size)])
    return _affine(work, normed, tail)


def group_norm(work: Work, index: Index) -> Number:
    """Wu, He 2018: over a group of channels of one sample."""
    channel, *_ = index
    shape = work.shape(0)
    size = shape[0] // work.module.num_groups
    first = channel // size * size
    cells = [work.get(0, (c, *cell)) for c in range(first, first + size) for cell in places(shape[1:])]
    return _affine(work, _normed(work, cells, work.get(0, index), work.module.eps), index[:1])


def instance_norm(work: Work, index: Index) -> Number:
    """Ulyanov and others 2016: over one channel of one sample; with what was gathered in training if it was."""
    if work.kept("running_mean") is not None:
        return batch_norm(work, index)
    shape = work.shape(0)
    cells = [work.get(0, (index[0], *cell)) for cell in places(shape[1:])]
    return _affine(work, _normed(work, cells, work.get(0, index), work.module.eps), index[:1])


def _normed(work: Work, cells: list[Number], own: Number, eps: float, group: Index = ()) -> Number:
    sheet = work.sheet
    if group not in work.memo:
        work.memo[group] = _spread(work, cells, eps)
    offs, scale = work.memo[group]
    return sheet.dot(r"\hat{x}", [offs[id(own)]], [scale])


def _spread(work: Work, cells: list[Number], eps: float) -> tuple[dict[int, Number], Number]:
    """Return how far each number is from the mean, and one divided by the deviation."""
    sheet = work.sheet
    share = sheet.constant(1.0 / len(cells))
    mean = sheet.dot(r"\mu", [share] * len(cells), cells)
    minus = sheet.constant(-1.0)
    offs = {id(cell): sheet.dot("d", [minus], [mean], [cell]) for cell in cells}
    squares = [sheet.apply("q", "square", offs[id(cell)]) for cell in cells]
    variance = sheet.dot(r"\sigma^2", [share] * len(cells), squares, [sheet.constant(eps)])
    return offs, sheet.apply("r", "root_reciprocal", variance)


def _affine(work: Work, normed: Number, place: Index) -> Number:
    scale = [work.weight("weight", place, r"\gamma")] if work.kept("weight") is not None else [work.sheet.constant(1.0)]
    moved = [work.weight("bias", place, r"\beta")] if work.kept("bias") is not None else []
    return work.sheet.dot("y", scale, [normed], moved)


NORMS: Final[Mapping[str, Worker]] = {
    "BatchNorm1d": batch_norm,
    "BatchNorm2d": batch_norm,
    "BatchNorm3d": batch_norm,
    "LayerNorm": layer_norm,
    "RMSNorm": rms_norm,
    "GroupNorm": group_norm,
    "InstanceNorm2d": instance_norm,
}
