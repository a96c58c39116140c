"""Runs that are ill in one known way, and runs that are well: what the diagnosis is held against.

``python -m tests.training.illnesses SEED…`` prints the table.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np

from nnstudio.api import compile
from nnstudio.compiler.link import link
from nnstudio.core.graph import Value
from nnstudio.data.arrays import Array, Indices
from nnstudio.data.catalog import load
from nnstudio.data.dataset import Dataset
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.diagnosis.doctor import Doctor
from nnstudio.training.events import Diagnosed
from nnstudio.training.loop import run
from nnstudio.training.recipe import Recipe, recipe_of
from nnstudio.training.taps import Taps

Case = tuple[Project, Dataset, Recipe]


def dense(
    data: str,
    *,
    widths: tuple[int, ...] = (32, 32),
    act: str = "ReLU",
    recipe: Mapping[str, Value] | None = None,
    **layer: Value,
) -> Project:
    """Draw dense layers of these widths for a data set; ``layer`` holds settings of the hidden ones."""
    loaded = load({"name": data})
    b = Builder(f"Dense on {data}")
    h = b.input("x", shape=loaded.shape)
    if len(loaded.shape) > 1:
        h = b.add("Flatten", h)
    for width in widths:
        settings: Any = {"out_features": width, **layer}
        h = b.add(act, b.add("Linear", h, **settings))
    b.output(b.add("Linear", h, out_features=loaded.num_outputs, name="logits"), name="y")
    return b.project(data={"name": data}, recipe={"epochs": 15, **(recipe or {})})


def case(
    project: Project, seed: int, change: Callable[[Dataset], Dataset] = lambda data: data, **recipe: Value
) -> Case:
    """Return a project with its data, changed in some way, and its recipe; ``seed`` decides both."""
    data = load({**project.data, "seed": seed})
    return project, change(data), recipe_of({**project.recipe, "seed": seed, **recipe})


def with_arrays(data: Dataset, inputs: Array | None = None, targets: Array | None = None) -> Dataset:
    """Return the data with other arrays."""
    given: Any = data.inputs.copy() if inputs is None else inputs.astype(data.inputs.dtype)
    return dataclasses.replace(
        data,
        inputs=given,
        targets=data.targets.copy() if targets is None else targets,
        training=data.training.copy(),
        validation=data.validation.copy(),
    )


def shuffled(data: Dataset) -> Dataset:
    """Give every sample the label of another."""
    return with_arrays(data, targets=np.random.default_rng(5).permutation(data.targets))


def only_class(data: Dataset) -> Dataset:
    """Call everything by the first class."""
    return with_arrays(data, targets=np.zeros_like(data.targets))


def lopsided(data: Dataset) -> Dataset:
    """Keep all samples of the first class, and one in fifty of the others."""
    chance = np.random.default_rng(3)

    def thin(rows: Indices) -> Indices:
        keep = (data.targets[rows] == 0) | (chance.random(len(rows)) < 0.02)
        return np.array(rows[keep])

    return dataclasses.replace(with_arrays(data), training=thin(data.training), validation=thin(data.validation))


def leaky(data: Dataset) -> Dataset:
    """Take validation samples into training as well."""
    half = data.validation[: len(data.validation) // 2]
    return dataclasses.replace(with_arrays(data), training=np.sort(np.concatenate([data.training, half])))


def large(data: Dataset) -> Dataset:
    """Give numbers as they come from a camera or a ruler in micrometres."""
    return with_arrays(data, inputs=data.inputs * 1000 + 5000)


def broken(data: Dataset) -> Dataset:
    """Leave a hole in one sample of a hundred."""
    inputs = data.inputs.copy()
    inputs.reshape(len(inputs), -1)[::100, 0] = np.nan
    return with_arrays(data, inputs=inputs)


def few(data: Dataset) -> Dataset:
    """Leave few samples, some with a wrong label: a large network learns them by heart."""
    targets = data.targets.copy()
    rows = data.training[:60]
    wrong = rows[::4]
    targets[wrong] = (targets[wrong] + 1) % len(data.classes)
    return dataclasses.replace(with_arrays(data, targets=targets), training=rows.copy())


def dead(data: str, seed: int) -> Project:
    """Draw a network whose rectifiers start far below zero: a large negative constant is added before them."""
    loaded = load({"name": data})
    b = Builder("Dead")
    h = b.add("Flatten", b.input("x", shape=loaded.shape))
    h = b.add("Linear", h, out_features=32, name="hidden")
    h = b.add("Formula", h, formula="x - 40")
    h = b.add("ReLU", h, name="silent")
    b.output(b.add("Linear", h, out_features=10, name="logits"), name="y")
    return b.project(data={"name": data}, recipe={"epochs": 10})


def constant(data: Dataset) -> Dataset:
    """Give every sample the same inputs, as a camera with its cap on."""
    return with_arrays(data, inputs=np.full_like(data.inputs, 0.5))


def off_by_one(data: Dataset) -> Dataset:
    """Count the classes that validate from 1, those that train from 0."""
    targets = data.targets.copy()
    targets[data.validation] = (targets[data.validation] + 1) % len(data.classes)
    return with_arrays(data, targets=targets)


def turned_over(data: Dataset) -> Dataset:
    """Count the classes that validate from the last one down, so that the middle one keeps its number."""
    targets = data.targets.copy()
    targets[data.validation] = len(data.classes) - 1 - targets[data.validation]
    return with_arrays(data, targets=targets)


def copied(data: Dataset) -> Dataset:
    """Copy rows that train to the end, where they validate under other numbers."""
    rows = data.training[::3]
    inputs: Any = np.concatenate((data.inputs, data.inputs[rows]))
    targets: Any = np.concatenate((data.targets, data.targets[rows]))
    more = np.arange(len(data.inputs), len(inputs))
    return dataclasses.replace(
        with_arrays(data, inputs=inputs, targets=targets), validation=np.concatenate((data.validation, more))
    )


def normed(data: str, batch: int) -> Project:
    """Draw convolutions with batch norm, and take batches of this size."""
    loaded = load({"name": data})
    b = Builder("Normed")
    h = b.input("x", shape=loaded.shape)
    for channels in (8, 16):
        h = b.add("Conv2d", h, out_channels=channels, kernel_size=3, padding=1)
        h = b.add("MaxPool2d", b.add("ReLU", b.add("BatchNorm2d", h)), kernel_size=2)
    b.output(b.add("Linear", b.add("Flatten", h), out_features=10), name="y")
    return b.project(data={"name": data}, recipe={"epochs": 6, "batch_size": batch})


def dropping(data: str, share: float) -> Project:
    """Draw dense layers that drop out this share."""
    loaded = load({"name": data})
    b = Builder("Dropping")
    h = b.add("Flatten", b.input("x", shape=loaded.shape))
    for _ in range(2):
        h = b.add("Dropout", b.add("ReLU", b.add("Linear", h, out_features=64)), p=share)
    b.output(b.add("Linear", h, out_features=10), name="y")
    return b.project(data={"name": data}, recipe={"epochs": 15})


def runaway() -> Project:
    """Draw a recurrent layer without bounds, that reads large numbers and takes large steps."""
    b = Builder("Runaway")
    h = b.add("Embedding", b.input("x", shape=(24,), element="index"), num_embeddings=8, embedding_dim=16)
    h = b.add("Formula", h, formula="6*x")
    states, *_ = b.add("RNN", h, hidden_size=64, nonlinearity="relu")
    b.output(b.add("Linear", b.add("LastStep", states), out_features=4), name="y")
    return b.project(data={"name": "memory"}, recipe={"epochs": 8, "optimizer": "sgd", "learning_rate": 0.5})


ILLNESSES: Mapping[str, tuple[frozenset[str], Callable[[int], Case]]] = {
    "rate 1e9": (
        frozenset({"rate_high"}),
        lambda seed: _rate(case(EXAMPLES["lenet5-digits"](), seed, epochs=3), 1e9),
    ),
    "rate 1, Adam": (
        frozenset({"rate_high"}),
        lambda seed: case(dense("digits8"), seed, learning_rate=1.0),
    ),
    "rate 5, SGD": (
        frozenset({"rate_high"}),
        lambda seed: case(dense("moons"), seed, learning_rate=5.0, optimizer="sgd"),
    ),
    "rate 1e-7": (
        frozenset({"rate_low"}),
        lambda seed: case(dense("digits8"), seed, learning_rate=1e-7),
    ),
    "zero start": (
        frozenset({"symmetric"}),
        lambda seed: case(dense("digits8", start="zeros"), seed),
    ),
    "all ReLU dead": (
        frozenset({"dead"}),
        lambda seed: case(dead("digits8", seed), seed),
    ),
    "labels shuffled": (
        frozenset({"labels"}),
        lambda seed: case(dense("digits8"), seed, shuffled),
    ),
    "labels shuffled, memorised": (
        frozenset({"labels"}),
        lambda seed: case(dense("digits8", widths=(256, 256)), seed, shuffled, epochs=40),
    ),
    "one class only": (
        frozenset({"single_class"}),
        lambda seed: case(dense("digits8"), seed, only_class),
    ),
    "imbalance": (
        frozenset({"imbalance", "one_answer"}),
        lambda seed: case(dense("digits8"), seed, lopsided, epochs=8),
    ),
    "inputs unscaled": (
        frozenset({"unscaled"}),
        lambda seed: case(dense("iris"), seed, large),
    ),
    "sigmoid × 12": (
        frozenset({"vanishing"}),
        lambda seed: case(dense("digits8", widths=(32,) * 12, act="Sigmoid"), seed),
    ),
    "tanh saturated": (
        frozenset({"saturated"}),
        lambda seed: case(dense("digits8", act="Tanh", widths=(64, 64, 64), start="normal", start_scale=5.0), seed),
    ),
    "gradients explode": (
        frozenset({"exploding"}),
        lambda seed: case(dense("digits8", widths=(64,) * 8, start="normal", start_scale=0.8), seed),
    ),
    "overfitting": (
        frozenset({"overfitting"}),
        lambda seed: case(dense("digits8", widths=(256, 256)), seed, few, epochs=60),
    ),
    "test data in training": (
        frozenset({"leak"}),
        lambda seed: case(dense("digits8"), seed, leaky),
    ),
    "frozen": (frozenset({"frozen"}), lambda seed: _frozen(seed)),
    "NaN in the data": (
        frozenset({"broken_data"}),
        lambda seed: case(dense("digits8"), seed, broken),
    ),
    "loss that does not suit": (
        frozenset({"wrong_loss"}),
        lambda seed: case(dense("digits8"), seed, loss="nll"),
    ),
    "clipping too tight": (
        frozenset({"clipped"}),
        lambda seed: case(dense("digits8"), seed, clipping="norm", clip_at=1e-5, optimizer="sgd", learning_rate=0.05),
    ),
    "weight decay 1": (
        frozenset({"decayed"}),
        lambda seed: case(dense("digits8"), seed, weight_decay=1.0, optimizer="sgd", learning_rate=0.05),
    ),
    "batch norm, batches of one": (
        frozenset({"small_batch"}),
        lambda seed: case(normed("digits8", 1), seed, few),
    ),
    "validation counted from 1": (
        frozenset({"mismatch"}),
        lambda seed: case(dense("digits8"), seed, off_by_one),
    ),
    "validation counted from the end": (
        frozenset({"mismatch"}),
        lambda seed: case(EXAMPLES["iris"](), seed, turned_over),
    ),
    "dropout 0.95": (
        frozenset({"dropped"}),
        lambda seed: case(dropping("digits8", 0.95), seed),
    ),
    "inputs all the same": (
        frozenset({"constant"}),
        lambda seed: case(dense("digits8"), seed, constant),
    ),
    "recurrent network explodes": (
        frozenset({"rate_high", "exploding", "blow_up"}),
        lambda seed: case(runaway(), seed),
    ),
    "sigmoid saturated": (
        frozenset({"saturated"}),
        lambda seed: case(dense("digits8", act="Sigmoid", widths=(64, 64), start="normal", start_scale=8.0), seed),
    ),
    "training copied into validation": (
        frozenset({"leak"}),
        lambda seed: case(dense("digits8"), seed, copied),
    ),
}
"""By name: the kinds that are right, and how the case is made from a seed."""


def _example(name: str) -> Callable[[int], Case]:
    return lambda seed: case(EXAMPLES[name](), seed)


HEALTHY: Mapping[str, Callable[[int], Case]] = {
    name: _example(name) for name in ("moons", "iris", "lenet5-digits", "residual-digits", "lstm-memory")
}


def _rate(made: Case, rate: float) -> Case:
    project, data, recipe = made
    return project, data, msgspec.structs.replace(recipe, learning_rate=rate)


def _frozen(seed: int) -> Case:
    b = Builder("Frozen")
    h = b.add("ReLU", b.add("Linear", b.input("x", shape=(4,)), out_features=16, frozen=True))
    b.output(b.add("Linear", h, out_features=3, frozen=True), name="y")
    return case(b.project(data={"name": "iris"}, recipe={"epochs": 3}), seed)


def told(made: Case) -> list[Diagnosed]:
    """Train, and return everything that the doctor said."""
    project, data, recipe = made
    module, taps = link(compile(project).plan, seed=recipe.seed), Taps()
    doctor = Doctor(module, data, recipe, taps)
    global last
    last = doctor
    try:
        return [event for event in doctor.follow(run(module, data, recipe, taps)) if isinstance(event, Diagnosed)]
    except ValueError:
        return [Diagnosed(0, doctor.findings)]


last: object = None


def write(*lines: str) -> None:
    """Write a row of the table."""
    sys.stdout.write("".join(lines) + "\n")
    sys.stdout.flush()


def main(seeds: list[int]) -> None:
    """Print the table."""
    for seed in seeds:
        for name, (kinds, make) in ILLNESSES.items():
            kinds_told = [[f.kind for f in event.findings] for event in told(make(seed))]
            final = kinds_told[-1] if kinds_told else []
            mark = "ok  " if final and final[0] in kinds else "MISS"
            write(f"{seed} {mark} {name:28} {kinds_told}", *_details())
        for name, healthy in HEALTHY.items():
            events = told(healthy(seed))
            kinds_told = [[f.kind for f in event.findings] for event in events]
            write(
                f"{seed} {'ok  ' if not kinds_told else 'MISS'} healthy {name:20} {kinds_told}",
                *_details(),
            )


def _details() -> list[str]:
    assert isinstance(last, Doctor)
    c = last.chart
    lines = [
        f"\n      guess {c.guess:.3f} first {c.first_loss:.3f} loss {c.loss:.3f} learned {c.learned:.2f} "
        f"scale {c.data.scale:.2g} spread {c.data.spread:.2g} neigh {c.data.neighbours} doubles {c.data.doubles:.2f} "
        f"failed {c.failed_at!r}"
    ]
    for s in c.signs[:3] + c.signs[3::3]:
        grads = [w.gradient for w in s.weights if w.gradient is not None]
        rel = [w.gradient / w.size for w in s.weights if w.gradient is not None and w.size]
        lines.append(
            f"\n      step {s.step:5} loss {s.loss:.3g} moved {s.moved if s.moved is None else round(s.moved, 6)} "
            f"grad first/last {grads[0] / grads[-1] if grads and grads[-1] else -1:.1e} "
            f"rel {max(rel, default=0):.1e} dead {max((u.dead for u in s.units), default=0):.2f} "
            f"sat {max((u.saturated or 0.0 for u in s.units), default=0):.2f} answers {s.answers} "
            f"alike {[w.layer for w in s.weights if w.alike]}"
        )
    return lines


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [0])
