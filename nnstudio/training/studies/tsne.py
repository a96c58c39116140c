"""Exact t-SNE, one step of gradient descent at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

STEPS = 750
_EARLY = 250
_EXAGGERATION = 12.0
_BISECTIONS = 40


def tsne(
    values: Tensor, perplexity: float = 30.0, seed: int = 0, first: Tensor | None = None
) -> Iterator[tuple[Tensor, float, float]]:
    """Yield after each bit of work places ``(n, 2)``, the Kullback-Leibler divergence measured last, and the progress.

    Van der Maaten and Hinton: Visualizing Data using t-SNE, 2008: momentum, gains and early exaggeration as there;
    the first places and the learning rate as Kobak and Berens recommend, 2019. The same seed gives the same places.

    Args:
        values: ``(n, d)``, 4 samples or more.
        perplexity: at most a third of the samples count.
        seed: of the noise in the first places.
        first: places to begin from; the exaggeration is left out then.
    """
    import torch

    from nnstudio.training.studies.projection import pca

    count = len(values)
    chance = torch.Generator().manual_seed(seed)
    if first is None or len(first) != count:
        places = pca(values)[0]
        places = places / places[:, 0].std().clamp_min(1e-300) * 1e-4
        places = places + 1e-6 * torch.randn(places.shape, generator=chance, dtype=places.dtype)
        early = _EARLY
    else:
        places, early = first.clone(), 0
    # Single precision is enough for a picture, and twice as quick.
    places, shares = places.float(), places.new_empty(0)
    divergence = math.nan
    for better in similarities(values, min(perplexity, (count - 1) / 3.0)):
        shares = better.float()
        yield places, divergence, 0.0
    entropy = float((shares * shares.clamp_min(1e-12).log()).sum())
    gains, speed = torch.ones_like(places), torch.zeros_like(places)
    for step in range(STEPS):
        exaggeration = _EXAGGERATION if step < early else 1.0
        near = 1.0 / (1.0 + torch.cdist(places, places, compute_mode="donot_use_mm_for_euclid_dist").square())
        near.fill_diagonal_(0.0)
        total = near.sum()
        pull = (exaggeration * shares - near / total) * near
        gradient = 4.0 * (pull.sum(1, keepdim=True) * places - pull @ places)
        same = gradient * speed > 0.0
        gains = torch.where(same, gains * 0.8, gains + 0.2).clamp_min(0.01)
        rate = max(count / _EXAGGERATION / 4.0, 50.0)
        speed = (0.5 if step < early else 0.8) * speed - rate * gains * gradient
        if step % 25 == 24 or step == STEPS - 1:
            divergence = entropy - float((shares * (near / total).clamp_min(1e-12).log()).sum())
        places = places + speed
        places = places - places.mean(0)
        yield places, divergence, (step + 1) / STEPS


def similarities(values: Tensor, perplexity: float) -> Iterator[Tensor]:
    """Yield ever better how alike samples are ``(n, n)``: symmetric, zero on the diagonal, 1 in sum.

    Each sample's neighbours are weighed by a Gaussian whose width gives the ``perplexity``, found by bisection.
    """
    import torch

    squares = torch.cdist(values, values).square()
    squares = squares / squares.mean().clamp_min(1e-300)
    squares.fill_diagonal_(math.inf)
    low = torch.zeros(len(values), 1, dtype=values.dtype)
    high = torch.full_like(low, math.inf)
    width = torch.ones_like(low)
    wanted = math.log(perplexity)
    nearest = squares.amin(1, keepdim=True)
    for _ in range(_BISECTIONS):
        weights = (-(squares - nearest) * width).exp()
        weights = weights / weights.sum(1, keepdim=True)
        entropy = -(weights * weights.clamp_min(1e-300).log()).sum(1, keepdim=True)
        wide = entropy > wanted
        low, high = torch.where(wide, width, low), torch.where(wide, high, width)
        width = torch.where(high.isinf(), width * 2.0, (low + high) / 2.0)
        both = weights + weights.T
        yield both / both.sum()
