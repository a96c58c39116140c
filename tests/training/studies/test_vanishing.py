"""Gradients that vanish: with the depth of a chain of dense layers, and with the steps that a recurrent layer goes.

What is known of them is the order of magnitude; one start of the weights differs from another by a factor of two or
three. So these are medians over several starts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.layers.modules.flex_lstm import FlexLSTM
from nnstudio.training.drill.unroll import unroll
from nnstudio.training.studies.gradients import GradientFlow
from tests.training.studies.scenes import deep, scene_of

SEEDS = 5
FEATURES, UNITS, STEPS = 10, 20, 50


def fall(act: str, depth: int) -> float:
    """How much less of the gradient reaches the first layer, beside the last, than in a chain of two layers."""

    def ratio(layers: int, seed: int) -> float:
        scene = scene_of(deep(layers, act, width=64))
        torch.manual_seed(seed)
        for weight in scene.module.parameters():
            if weight.dim() == 1:
                nn.init.zeros_(weight)
            elif act == "ReLU":
                nn.init.kaiming_normal_(weight, nonlinearity="relu")
            else:
                nn.init.xavier_normal_(weight)
        found = GradientFlow().see(scene).ratio
        assert found is not None
        return found

    return float(np.median([ratio(depth, seed) / ratio(2, seed) for seed in range(SEEDS)]))


@pytest.mark.parametrize(
    ("act", "depth", "known", "factor"),
    [
        ("Sigmoid", 5, 1e-2, 3), ("Sigmoid", 10, 1e-5, 3), ("Sigmoid", 20, 5e-12, 3),
        ("Tanh", 5, 0.78, 3), ("Tanh", 10, 0.56, 3), ("Tanh", 20, 0.15, 10),
        ("ReLU", 5, 0.85, 2), ("ReLU", 10, 0.98, 2), ("ReLU", 20, 1.28, 2),
    ],
)  # fmt: skip
def test_with_depth_only_sigmoid_chains_vanish(act: str, depth: int, known: float, factor: float) -> None:
    assert known / factor < fall(act, depth) < known * factor


def reached(make: Callable[[], nn.Module], lag: int) -> float:
    """How fast a unit of the last state changes with the input so many steps before, by the drill's own slopes."""

    def slope(seed: int) -> float:
        torch.manual_seed(seed)
        module = make().double()
        given = torch.randn(1, STEPS, FEATURES, dtype=torch.float64)
        felt = torch.zeros(1, STEPS, UNITS, dtype=torch.float64)
        felt[0, -1, 0] = 1.0
        states = unroll(module, given, {0: felt})
        parts = [states.entered((STEPS - 1 - lag, j)) for j in range(FEATURES)]
        return float(np.linalg.norm([sum(local * states.slope(cell) for cell, local in part) for part in parts]))

    return float(np.median([slope(seed) for seed in range(SEEDS + 2)]))


def rnn() -> nn.Module:
    return nn.RNN(FEATURES, UNITS, batch_first=True)


def lstm(forget_bias: float) -> nn.Module:
    return FlexLSTM(FEATURES, UNITS, batch_first=True, forget_bias=forget_bias)


@pytest.mark.parametrize(("lag", "known"), [(0, 0.22), (10, 4e-4), (20, 7e-7), (49, 1e-14)])
def test_a_plain_recurrent_layer_forgets(lag: int, known: float) -> None:
    assert known / 4 < reached(rnn, lag) < known * 4


@pytest.mark.parametrize(("lag", "known"), [(0, 0.030), (10, 0.012), (20, 0.0086), (49, 0.0024)])
def test_an_lstm_whose_forget_gate_begins_open_remembers(lag: int, known: float) -> None:
    assert known / 4 < reached(lambda: lstm(2.0), lag) < known * 4
    if lag:
        assert reached(lambda: lstm(0.0), lag) < reached(lambda: lstm(2.0), lag) / 5
