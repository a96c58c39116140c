"""Sampling: writing on from the beginning of a text, sign by sign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn


def write_on(
    module: nn.Module,
    beginning: Sequence[int],
    *,
    window: int,
    temperature: float,
    seed: int,
    device: torch.device | None = None,
) -> Iterator[int]:
    """Give one sign after the other, drawn from what the network expects next; the same seed gives the same text.

    The network reads the last ``window`` signs. Where there are fewer so far the rest is filled up behind them, which a
    network that only looks back cannot see, so that drawings with a fixed length work as well as those with a free one.

    Args:
        module: takes ``(1, window)`` int64 and gives scores ``(1, window, signs)``; it is used in its present mode.
        beginning: numbers of the signs to go on from, at least one.
        window: places that it reads.
        temperature: scores are divided by it: below 1 the likely gets likelier, above 1 all signs come closer; 0 always
            takes the likeliest. Ackley, Hinton, Sejnowski: A learning algorithm for Boltzmann machines, 1985.
        seed: of the chance that draws; the global one is left alone.
        device: where the module is; the processor where None.

    Raises:
        ValueError: ``beginning`` is empty or ``temperature`` is below 0.
    """
    if not beginning:
        raise ValueError("beginning: expected at least one sign, got none")
    if temperature < 0:
        raise ValueError(f"temperature: expected 0 or more, got {temperature}")
    chance = torch.Generator().manual_seed(seed)
    text = list(beginning)
    while True:
        with torch.no_grad():
            scores = _next_scores(module, text[-window:], window, device)
        sign = _draw(scores, temperature, chance)
        text.append(sign)
        yield sign


def looks_ahead(module: nn.Module, signs: Tensor, count: int) -> bool:
    """Say whether scores of a place depend on the sign behind it; the module is used in its present mode.

    Args:
        module: takes ``(B, T)`` int64 and gives scores ``(B, T, signs)``, without chance.
        signs: ``(B, T)``, at least two places.
        count: how many signs there are.
    """
    other = signs.clone()
    other[:, -1] = (other[:, -1] + 1) % count
    with torch.no_grad():
        scores, changed = module(signs), module(other)
    # Sums may be ordered otherwise, so that the last digits differ.
    return not torch.allclose(scores[:, :-1], changed[:, :-1], rtol=1e-4, atol=1e-5)


def _next_scores(module: nn.Module, seen: list[int], window: int, device: torch.device | None) -> Tensor:
    filled = seen + [seen[-1]] * (window - len(seen))
    output: Tensor = module(torch.tensor([filled], device=device))
    return output[0, len(seen) - 1].detach().to("cpu", torch.float64)


def _draw(scores: Tensor, temperature: float, chance: torch.Generator) -> int:
    if temperature == 0:
        return int(scores.argmax())
    # The highest score is moved to 0 first, so that a small temperature cannot make the others overflow.
    shares = ((scores - scores.max()) / temperature).softmax(0)
    return int(torch.multinomial(shares, 1, generator=chance))
