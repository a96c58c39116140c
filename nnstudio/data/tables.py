"""Small data sets that can be written down whole: gates, bars and stripes, and pictures to be remembered."""

from __future__ import annotations

from itertools import product
from typing import Literal

import numpy as np

from nnstudio.data.arrays import Indices, Numbers
from nnstudio.data.bundled import digits8

Gate = Literal["and", "or", "nand", "xor"]

_OUTPUTS: dict[Gate, tuple[int, int, int, int]] = {
    "and": (0, 0, 0, 1),
    "or": (0, 1, 1, 1),
    "nand": (1, 1, 1, 0),
    "xor": (0, 1, 1, 0),
}

INK = 7 / 16
"""A pixel of the digits with more than this is on."""

NUM_DAMAGED = 20
"""Damaged copies of each picture."""

FLIPPED = 6
"""Units of 64 that are turned over in a damaged copy."""


def gate(name: Gate) -> tuple[Numbers, Numbers]:
    """Return the inputs 00, 01, 10, 11 ``(4, 2)`` and what the gate answers ``(4, 1)``, each 0 or 1."""
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    return inputs, np.array(_OUTPUTS[name], np.float32)[:, None]


def bars_and_stripes(size: int = 3) -> tuple[Numbers, Numbers]:
    """Return every picture of whole columns or whole rows, ``(2·2^size − 2, size²)`` of 0 and 1, twice.

    MacKay: Information Theory, Inference, and Learning Algorithms, 2003, chapter 43.
    """
    lines = list(product((0.0, 1.0), repeat=size))
    columns = {tuple(line * size) for line in lines}
    rows = {tuple(np.repeat(line, size).tolist()) for line in lines}
    pictures = np.array(sorted(columns | rows), np.float32)
    return pictures, pictures.copy()


def memories(num_digits: int, seed: int) -> tuple[Numbers, Numbers]:
    """Return pictures of the digits 0, 1, … to be remembered, then damaged copies, and what each should become.

    Args:
        num_digits: how many digits, one picture each: the first of its kind.
        seed: decides which units are damaged.

    Returns:
        ``(num_digits · 21, 64)`` of −1 and 1, twice; the first ``num_digits`` rows are whole.
    """
    chance = np.random.default_rng(seed)
    images, labels = digits8()
    firsts: Indices = np.array([np.flatnonzero(labels == digit)[0] for digit in range(num_digits)])
    whole = np.where(images[firsts].reshape(num_digits, -1) > INK, 1, -1).astype(np.float32)
    wanted = np.repeat(whole, NUM_DAMAGED, axis=0)
    damaged = wanted.copy()
    for row in damaged:
        row[chance.choice(row.size, FLIPPED, replace=False)] *= -1
    return np.concatenate((whole, damaged)), np.concatenate((whole, wanted))
