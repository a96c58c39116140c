"""Small networks and data for the tests of training."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from torch import nn

from nnstudio.core.graph import Value
from nnstudio.core.words import Words
from nnstudio.data.catalog import load
from nnstudio.data.dataset import Dataset
from nnstudio.training.chance import aside
from nnstudio.training.recipe import Recipe, recipe_of


def recipe(**settings: Value) -> Recipe:
    """Return a short recipe."""
    return recipe_of({"epochs": 2, "batch_size": 32, "learning_rate": 0.01, **settings})


def moons(count: int = 100) -> Dataset:
    """Return the first points of the two moons."""
    data = load({"name": "moons"})
    return dataclasses.replace(
        data, training=data.training[:count].copy(), validation=data.validation[: count // 2].copy()
    )


def line(count: int = 64) -> Dataset:
    """Return a regression task: two numbers, and their sum and difference."""
    inputs = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
    targets = np.stack((inputs.sum(axis=1), inputs[:, 0] - inputs[:, 1]), axis=1)
    return Dataset(
        name="line",
        title=Words("Line", "直线"),
        inputs=inputs,
        targets=targets,
        shape=(2,),
        element="real",
        vocabulary=0,
        task="regression",
        classes=(),
        training=np.arange(count // 2),
        validation=np.arange(count // 2, count),
    )


def network(seed: int = 0, *, outputs: int = 2) -> nn.Sequential:
    """Return a network for points with everything that a careless look could disturb: BatchNorm and Dropout."""
    with aside(torch.device("cpu")):
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(inplace=True), nn.Dropout(0.2), nn.Linear(16, outputs)
        )
