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


def circles(num_samples: int, seed: int, noise: float = 0.08) -> tuple[Numbers, Indices]:
    """Return points ``(N, 2)`` on a circle of radius 1 and on one of radius 0.5 within it, and the circle of each.

    Args:
        num_samples: both circles together.
        seed: the same seed gives the same points.
        noise: standard deviation of a point's distance from its place.
    """
    chance = np.random.default_rng(seed)
    labels = np.arange(num_samples) % 2
    angle = chance.uniform(0, 2 * np.pi, num_samples)
    radius = np.where(labels == 0, 1.0, 0.5)[:, None]
    points = radius * np.stack((np.cos(angle), np.sin(angle)), axis=1)
    return (points + chance.normal(0, noise, (num_samples, 2))).astype(np.float32), labels


def spirals(num_samples: int, seed: int, *, arms: int, turns: float, noise: float) -> tuple[Numbers, Indices]:
    """Return points ``(N, 2)`` on spirals that wind around each other out to radius 1, and the arm of each.

    Args:
        num_samples: all arms together.
        seed: the same seed gives the same points.
        arms: spirals.
        turns: how often each goes around.
        noise: standard deviation of a point's distance from its place.
    """
    chance = np.random.default_rng(seed)
    labels = np.arange(num_samples) % arms
    # Even along the arm: the root spreads points over the outer turns as densely as over the inner ones.
    way = np.sqrt(chance.uniform(0.01, 1, num_samples))
    angle = 2 * np.pi * (turns * way + labels / arms)
    points = way[:, None] * np.stack((np.cos(angle), np.sin(angle)), axis=1)
    return (points + chance.normal(0, noise, (num_samples, 2))).astype(np.float32), labels


def sine(num_samples: int, seed: int, noise: float = 0.1) -> tuple[Numbers, Numbers]:
    """Return numbers ``(N, 1)`` from -π to π, and ``(N, 1)``: sin x + ½ sin 3x, with noise.

    Args:
        num_samples: points.
        seed: the same seed gives the same points.
        noise: standard deviation of what is added.
    """
    chance = np.random.default_rng(seed)
    x = chance.uniform(-np.pi, np.pi, (num_samples, 1))
    y = np.sin(x) + np.sin(3 * x) / 2 + chance.normal(0, noise, x.shape)
    return x.astype(np.float32), y.astype(np.float32)


def parity(num_samples: int, seed: int, length: int = 12) -> tuple[Indices, Indices]:
    """Return rows of bits ``(N, T)``, and for each place whether the ones up to it are odd in number ``(N, T)``."""
    bits = np.random.default_rng(seed).integers(0, 2, (num_samples, length))
    return bits, bits.cumsum(axis=1) % 2


def reverse(num_samples: int, seed: int, length: int = 8) -> tuple[Indices, Indices]:
    """Return rows of digits ``(N, T)`` drawn at random, and the same rows from their ends to their beginnings."""
    rows = np.random.default_rng(seed).integers(0, 10, (num_samples, length))
    return rows, rows[:, ::-1].copy()
