"""Data sets that are made by a rule and a seed."""

from __future__ import annotations

import numpy as np

from nnstudio.data.arrays import Indices, Numbers

NUM_LETTERS = 4
NUM_SIGNS = 8
LENGTH = 24
LATEST = 16


def moons(num_samples: int, seed: int, noise: float = 0.15) -> tuple[Numbers, Indices]:
    """Return points ``(N, 2)`` on two half circles that reach into each other, and the half circle of each ``(N,)``.

    Args:
        num_samples: both halves together.
        seed: the same seed gives the same points.
        noise: standard deviation of a point's distance from its place on the circle, whose radius is 1.
    """
    chance = np.random.default_rng(seed)
    labels = np.arange(num_samples) % 2
    angle = chance.uniform(0, np.pi, num_samples)
    x = np.where(labels == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(labels == 0, np.sin(angle), 0.5 - np.sin(angle))
    # The middle of the two is moved to the origin, so that networks start with the data around 0.
    points = np.stack((x - 0.5, y - 0.25), axis=1) + chance.normal(0, noise, (num_samples, 2))
    return points.astype(np.float32), labels


def xor(num_samples: int, seed: int, noise: float = 0.15) -> tuple[Numbers, Numbers]:
    """Return points ``(N, 2)`` around the corners (±1, ±1), and ``(N, 1)``: 1 where their signs differ, else 0.

    Args:
        num_samples: of all four corners together.
        seed: the same seed gives the same points.
        noise: standard deviation of each coordinate.
    """
    chance = np.random.default_rng(seed)
    number = np.arange(num_samples) % 4
    corners = np.stack((number % 2, number // 2), axis=1) * 2.0 - 1.0
    points = corners + chance.normal(0, noise, (num_samples, 2))
    odd = (corners[:, :1] != corners[:, 1:]).astype(np.float32)
    return points.astype(np.float32), odd


def memory(num_samples: int, seed: int) -> tuple[Indices, Indices]:
    """Return rows of signs ``(N, 24)`` int64 from 0 to 7, and which letter each row holds ``(N,)``.

    Signs 0 to 3 are the letters A to D: exactly one stands in each row, among the first sixteen places, and is the
    row's class. All other signs are drawn from 4 to 7 and mean nothing, so the last ones tell nothing of the class.
    """
    chance = np.random.default_rng(seed)
    rows = chance.integers(NUM_LETTERS, NUM_SIGNS, (num_samples, LENGTH))
    labels = np.arange(num_samples) % NUM_LETTERS
    rows[np.arange(num_samples), chance.integers(0, LATEST, num_samples)] = labels
    return rows, labels
