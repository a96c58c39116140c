"""Texts as data: windows of signs, and the sign that follows each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnstudio.data.arrays import Indices

WINDOWS = 24
"""Windows on one stretch of the text; each stretch trains or validates as a whole."""


def signs_of(text: str) -> tuple[str, ...]:
    """Return the different signs of a text in the order of their code points; a sign's number is its place."""
    return tuple(sorted(set(text)))


def windows(text: str, length: int) -> tuple[Indices, Indices, Indices]:
    """Cut a text into windows that overlap, stretch by stretch.

    A stretch has four times ``length`` signs; windows begin at even distances within it and never reach out of it, so
    that no sign of a stretch that validates is trained on.

    Returns:
        Numbers of the signs in each window ``(N, length)``, of those one place further on ``(N, length)``, and which
        stretch each window lies in ``(N,)``.
    """
    number = {sign: index for index, sign in enumerate(signs_of(text))}
    numbers = np.array([number[sign] for sign in text])
    stretch = 4 * length
    firsts = np.linspace(0, stretch - length - 1, WINDOWS).astype(np.int64)
    num_stretches = len(text) // stretch
    starts = (np.arange(num_stretches)[:, None] * stretch + firsts).reshape(-1)
    rows = numbers[starts[:, None] + np.arange(length + 1)]
    return rows[:, :-1].copy(), rows[:, 1:].copy(), np.repeat(np.arange(num_stretches), WINDOWS)


def num_windows(num_signs: int, length: int) -> int:
    """Return how many windows a text of so many signs has."""
    return num_signs // (4 * length) * WINDOWS


def encode(text: str, signs: Sequence[str]) -> list[int]:
    """Return the numbers of the signs of a text; those that are unknown are left out."""
    number = {sign: index for index, sign in enumerate(signs)}
    return [number[sign] for sign in text if sign in number]
