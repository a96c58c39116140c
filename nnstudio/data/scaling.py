"""Bringing inputs to a size that networks like, and pictures to the size they expect."""

from __future__ import annotations

import numpy as np

from nnstudio.data.arrays import Indices, Numbers


def standardise(values: Numbers, training: Indices) -> Numbers:
    """Return ``(N, D)`` with mean 0 and standard deviation 1 per column, over the training rows.

    The validation rows are moved along but not measured: nothing of them leaks into training.
    """
    seen = values[training]
    return np.asarray((values - seen.mean(axis=0)) / seen.std(axis=0), np.float32)


def enlarge(images_NCHW: Numbers, size: int) -> Numbers:  # noqa: N803 the suffix names the axes
    """Resize square images to ``size`` × ``size`` bilinearly, with pixel areas aligned (corners are not).

    The rule is that of `torch.nn.functional.interpolate(mode="bilinear", align_corners=False)`.
    """
    length = images_NCHW.shape[-1]
    place = np.clip((np.arange(size) + 0.5) * length / size - 0.5, 0, length - 1)
    low = np.minimum(place.astype(np.int64), length - 2)
    weights = np.zeros((size, length), np.float32)
    weights[np.arange(size), low] = 1 - (place - low)
    weights[np.arange(size), low + 1] = place - low
    return np.asarray(weights @ images_NCHW @ weights.T, np.float32)
