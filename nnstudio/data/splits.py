"""Which samples train and which validate."""

from __future__ import annotations

import numpy as np

from nnstudio.data.arrays import Array, Indices
from nnstudio.data.dataset import Task


def split(targets: Array, task: Task, share: float, seed: int) -> tuple[Indices, Indices]:
    """Part the rows into training and validation, each in ascending order.

    With classes, every class gives the same share (stratified), rounded, and keeps at least one row on each side.

    Args:
        targets: class numbers ``(N,)``, or values ``(N, K)``.
        task: with classes or without.
        share: part of the rows that validates, between 0 and 1.
        seed: the same seed gives the same parts.

    Raises:
        ValueError: a class (or the whole) has fewer than two rows.
    """
    chance = np.random.default_rng(seed)
    groups = [np.flatnonzero(targets == label) for label in np.unique(targets)] if task == "classification" else []
    validation = np.sort(np.concatenate([_draw(rows, share, chance) for rows in groups or [np.arange(len(targets))]]))
    return np.setdiff1d(np.arange(len(targets)), validation), validation


def split_by_groups(groups: Indices, share: float, seed: int) -> tuple[Indices, Indices]:
    """Part the rows into training and validation, each group ``(N,)`` whole, such as windows on one stretch of a text.

    Raises:
        ValueError: there are fewer than two groups.
    """
    numbers = np.unique(groups)
    held = numbers[_draw(np.arange(len(numbers)), share, np.random.default_rng(seed))]
    return np.flatnonzero(~np.isin(groups, held)), np.flatnonzero(np.isin(groups, held))


def _draw(rows: Indices, share: float, chance: np.random.Generator) -> Indices:
    if len(rows) < 2:
        raise ValueError(f"rows of one class: expected 2 or more, got {len(rows)}")
    count = min(max(round(share * len(rows)), 1), len(rows) - 1)
    return chance.permutation(rows)[:count]
