"""Data sets that lie in the resources folder as plain arrays; where they come from stands in its README."""

from __future__ import annotations

import numpy as np

from nnstudio.core.resources import resource
from nnstudio.data.arrays import Indices, Numbers
from nnstudio.data.scaling import enlarge


def digits8() -> tuple[Numbers, Indices]:
    """Return 1,797 digits ``(N, 1, 8, 8)`` from 0 (paper) to 1 (ink), and which digit each is ``(N,)``."""
    with np.load(resource("data", "digits.npz"), allow_pickle=False) as file:
        return file["images"].astype(np.float32)[:, None] / np.float32(16), file["labels"].astype(np.int64)


def digits32() -> tuple[Numbers, Indices]:
    """Return the digits of `digits8` enlarged to ``(N, 1, 32, 32)``."""
    images, labels = digits8()
    return enlarge(images, 32), labels


def iris() -> tuple[Numbers, Indices]:
    """Return 150 flowers, ``(N, 4)`` in centimetres, and the species of each ``(N,)``."""
    with np.load(resource("data", "iris.npz"), allow_pickle=False) as file:
        return file["measurements"].astype(np.float32), file["labels"].astype(np.int64)


def text(name: str) -> str:
    """Return a text: ``poems``, 78 quatrains of the Tang dynasty, or ``story``, of a lamp that learns."""
    return resource("data", f"{name}.txt").read_text(encoding="utf-8")
