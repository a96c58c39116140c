"""The memory task: a network with a memory learns it, one without stays at chance."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from nnstudio.data.catalog import load
from nnstudio.training.events import EpochDone
from nnstudio.training.loop import run
from nnstudio.training.recipe import Recipe


class Reader(nn.Module):
    """Embedding, LSTM (or none), last step, Dense."""

    def __init__(self, *, remembers: bool) -> None:
        super().__init__()
        self.table = nn.Embedding(8, 16)
        self.memory = nn.LSTM(16, 32, batch_first=True) if remembers else None
        self.scores = nn.Linear(32 if remembers else 16, 4)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T) signs -> (B, 4) scores."""
        steps: Tensor = self.table(x)
        if self.memory is not None:
            steps, _ = self.memory(steps)
        scores: Tensor = self.scores(steps[:, -1])
        return scores


def best(seed: int, *, remembers: bool) -> float:
    """Return the best validation accuracy of a run with the default recipe; it ends early at 99 %."""
    torch.manual_seed(seed)
    reached = [0.0]
    recipe = Recipe(seed=seed)
    data = load({"name": "memory", "seed": seed})
    for event in run(Reader(remembers=remembers), data, recipe, stop=lambda: reached[-1] > 0.99):
        if isinstance(event, EpochDone):
            reached.append(event.validation_accuracy or 0.0)
    return max(reached)


def test_memory_is_learned() -> None:
    assert sorted(best(seed, remembers=True) for seed in range(3))[1] >= 0.95


@pytest.mark.parametrize("seed", range(2))
def test_without_memory_it_stays_at_chance(seed: int) -> None:
    assert best(seed, remembers=False) < 0.33
