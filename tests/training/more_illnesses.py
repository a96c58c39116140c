"""More runs that are ill in one known way: what recipe, last layer and targets can do to learning."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from nnstudio.core.graph import Value
from nnstudio.data.catalog import load
from nnstudio.data.dataset import Dataset
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from tests.training.illnesses import Case, case, dense, with_arrays


def ending(data: str, last: str, act: str = "ReLU", recipe: Mapping[str, Value] | None = None) -> Project:
    """Draw dense layers with this curve last; none where it is empty."""
    loaded = load({"name": data})
    b = Builder(f"Ending in {last or 'values'}")
    h = b.input("x", shape=loaded.shape)
    if len(loaded.shape) > 1:
        h = b.add("Flatten", h)
    for _ in range(2):
        h = b.add(act, b.add("Linear", h, out_features=32))
    h = b.add("Linear", h, out_features=loaded.num_outputs)
    b.output(b.add(last, h) if last else h, name="y")
    return b.project(data={"name": data}, recipe={"epochs": 15, **(recipe or {})})


def values(last: str) -> Project:
    """Draw a network that answers with values."""
    return ending("sine", last, "Tanh", {"loss": "mse", "epochs": 40})


def sorted_by_class(data: Dataset) -> Dataset:
    """Let the training samples come class by class."""
    rows = data.training[np.argsort(data.targets[data.training], kind="stable")]
    return dataclasses.replace(with_arrays(data), training=rows.copy())


def in_thousands(data: Dataset) -> Dataset:
    """Give targets in another unit."""
    return with_arrays(data, targets=(data.targets * 1000 + 300).astype(np.float32))


def one_large_column(data: Dataset) -> Dataset:
    """Give one column in another unit."""
    inputs = data.inputs.copy()
    inputs[:, 2] *= 1e4
    return with_arrays(data, inputs=inputs)


def broken_validation(data: Dataset) -> Dataset:
    """Leave a hole in one of the samples that validate."""
    inputs = data.inputs.copy()
    inputs[data.validation[3]].flat[0] = np.inf
    return with_arrays(data, inputs=inputs)


def noise(data: Dataset) -> Dataset:
    """Give inputs that say nothing."""
    return with_arrays(data, inputs=np.random.default_rng(1).random(data.inputs.shape, np.float32))


def turned_light(data: Dataset) -> Dataset:
    """Give the pictures that validate as negatives."""
    inputs = data.inputs.copy()
    inputs[data.validation] = inputs.max() - inputs[data.validation]
    return with_arrays(data, inputs=inputs)


MORE: Mapping[str, tuple[frozenset[str], Callable[[int], Case]]] = {
    "softmax before cross-entropy": (
        frozenset({"wrong_loss"}),
        lambda seed: case(ending("digits8", "Softmax"), seed),
    ),
    "sigmoid for values up to 1.5": (
        frozenset({"range"}),
        lambda seed: case(values("Sigmoid"), seed),
    ),
    "sorted and never shuffled": (
        frozenset({"unshuffled"}),
        lambda seed: case(dense("digits8"), seed, sorted_by_class, shuffle=False, batch_size=16),
    ),
    "momentum 0.999": (
        frozenset({"momentum"}),
        lambda seed: case(dense("digits8"), seed, optimizer="sgd", learning_rate=0.1, momentum=0.999),
    ),
    "L1 of 0.5": (
        frozenset({"decayed"}),
        lambda seed: case(dense("digits8"), seed, l1=0.5, optimizer="sgd", learning_rate=0.02),
    ),
    "schedule ends the rate": (
        frozenset({"schedule"}),
        lambda seed: case(dense("digits8"), seed, schedule="exponential", decay_rate=0.01, learning_rate=0.0005),
    ),
    "warm-up beyond the end": (
        frozenset({"schedule"}),
        lambda seed: case(dense("digits8"), seed, warmup_steps=100_000),
    ),
    "targets unscaled": (
        frozenset({"targets"}),
        lambda seed: case(values(""), seed, in_thousands),
    ),
    "one large column": (
        frozenset({"unscaled"}),
        lambda seed: case(dense("iris"), seed, one_large_column),
    ),
    "tiny start": (
        frozenset({"vanishing"}),
        lambda seed: case(
            dense("digits8", widths=(32,) * 8, act="Tanh", start="normal", start_scale=0.01), seed, epochs=8
        ),
    ),
    "inputs are noise": (
        frozenset({"labels"}),
        lambda seed: case(dense("digits8"), seed, noise),
    ),
    "negatives validate": (
        frozenset({"mismatch"}),
        lambda seed: case(dense("digits8"), seed, turned_light),
    ),
    "infinity in validation": (
        frozenset({"broken_data"}),
        lambda seed: case(dense("digits8"), seed, broken_validation),
    ),
}
"""By name: the kinds that are right, and how the case is made from a seed."""
