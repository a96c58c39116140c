"""Twenty drawings that compile and are hardly meant: each is told at its layer, and the examples are clean."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

import nnstudio
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.lint import Aim, lint
from nnstudio.core.graph import Graph, Value
from nnstudio.core.problem import Problem
from nnstudio.core.resources import resource
from nnstudio.core.words import Words
from nnstudio.data.catalog import entries
from nnstudio.data.dataset import Dataset
from nnstudio.training.ready import ready
from nnstudio.training.recipe import Recipe
from tests.compiler.drawings import Layer, chain, lenet

IMAGE: Layer = ("image", "Input", {"shape": (3, 16, 16)})
ROW: Layer = ("row", "Input", {"shape": (6,)})
STEPS: Layer = ("steps", "Input", {"shape": (9, 8)})
OUT: Layer = ("out", "Output", {})
CONV: Layer = ("conv", "Conv2d", {"out_channels": 8, "padding": 1})
DENSE: Layer = ("dense", "Linear", {"out_features": 6})
LAST: Layer = ("last", "Linear", {"out_features": 10})
RELU: Layer = ("relu", "ReLU", {})

CLASSES = Aim(loss="cross_entropy", batch_size=64)
ONE_BY_ONE = Aim(loss="cross_entropy", batch_size=1)


def squashed() -> Graph:
    layers: list[Layer] = [ROW]
    for number in range(9):
        layers += [(f"d{number}", "Linear", {"out_features": 6}), (f"t{number}", "Tanh", {})]
    return chain(*layers, LAST, OUT)


ZEROS: Mapping[str, Value] = {"out_features": 6, "start": "zeros"}
FROZEN: Mapping[str, Value] = {"out_features": 6, "frozen": True}
SEEDED: list[tuple[str, Graph, Aim, str, str]] = [
    (
        "Softmax before cross-entropy",
        chain(ROW, LAST, ("s", "Softmax", {}), OUT),
        CLASSES,
        "s",
        "activation_before_loss",
    ),
    (
        "Sigmoid before cross-entropy",
        chain(ROW, LAST, ("s", "Sigmoid", {}), OUT),
        CLASSES,
        "s",
        "activation_before_loss",
    ),
    (
        "Sigmoid before binary cross-entropy",
        chain(ROW, LAST, ("s", "Sigmoid", {}), OUT),
        Aim(loss="bce", batch_size=64),
        "s",
        "activation_before_loss",
    ),
    (
        "Softmax before the hinge loss",
        chain(ROW, LAST, ("s", "Softmax", {}), OUT),
        Aim(loss="hinge", batch_size=64),
        "s",
        "activation_before_loss",
    ),
    ("raw scores before NLL", chain(ROW, LAST, OUT), Aim(loss="nll", batch_size=64), "last", "no_logarithms"),
    (
        "Softmax before Kullback-Leibler",
        chain(ROW, LAST, ("s", "Softmax", {}), OUT),
        Aim(loss="kl", batch_size=64),
        "s",
        "no_logarithms",
    ),
    ("scores as distances", chain(ROW, LAST, OUT), Aim(loss="rbf", batch_size=64), "last", "no_distances"),
    (
        "distances as scores",
        chain(ROW, ("far", "RBFOutput", {"codes": "random"}), OUT),
        CLASSES,
        "far",
        "distances",
    ),
    ("ReLU at the end", chain(ROW, LAST, RELU, OUT), CLASSES, "relu", "relu_last"),
    ("two Dense layers in a row", chain(ROW, DENSE, LAST, OUT), CLASSES, "last", "two_linear"),
    (
        "convolution and Dense in a row",
        chain(IMAGE, CONV, ("flat", "Flatten", {}), LAST, OUT),
        CLASSES,
        "last",
        "two_linear",
    ),
    ("Dense on a picture", chain(IMAGE, LAST, OUT), CLASSES, "last", "dense_on_image"),
    ("norm of one value", chain(ROW, ("norm", "BatchNorm1d", {}), LAST, OUT), ONE_BY_ONE, "norm", "one_value"),
    (
        "bias before norm",
        chain(IMAGE, CONV, ("norm", "BatchNorm2d", {}), RELU, OUT),
        CLASSES,
        "conv",
        "bias_before_norm",
    ),
    ("ReLU twice", chain(ROW, DENSE, RELU, ("again", "ReLU", {}), LAST, OUT), CLASSES, "again", "no_effect"),
    ("Flatten of a row", chain(ROW, ("flat", "Flatten", {}), LAST, OUT), CLASSES, "flat", "no_effect"),
    (
        "Softmax of one number",
        chain(ROW, ("one", "Linear", {"out_features": 1}), ("s", "Softmax", {}), OUT),
        Aim(loss="mse", batch_size=64),
        "s",
        "softmax_of_one",
    ),
    (
        "pixels left out",
        chain(IMAGE, ("conv", "Conv2d", {"kernel_size": 2, "stride": 3}), RELU, OUT),
        CLASSES,
        "conv",
        "skipped_pixels",
    ),
    (
        "window larger than the picture",
        chain(IMAGE, ("conv", "Conv2d", {"kernel_size": 19, "padding": 3}), ("t", "Tanh", {}), OUT),
        CLASSES,
        "conv",
        "window_beyond",
    ),
    ("nine Tanh in a row", squashed(), CLASSES, "t7", "fading"),
    ("all weights zero", chain(ROW, ("dense", "Linear", ZEROS), RELU, LAST, OUT), CLASSES, "dense", "zero_start"),
    ("all layers frozen", chain(ROW, ("dense", "Linear", FROZEN), OUT), CLASSES, "dense", "all_frozen"),
    ("Dropout at the end", chain(ROW, LAST, ("drop", "Dropout", {}), OUT), CLASSES, "drop", "dropout_last"),
    ("dropout between no layers", chain(STEPS, ("lstm", "LSTM", {"dropout": 0.5}), OUT), CLASSES, "lstm", "no_effect"),
    (
        "attention without places",
        chain(STEPS, ("look", "TransformerEncoderLayer", {"nhead": 2}), OUT),
        CLASSES,
        "look",
        "no_order",
    ),
    (
        "nearly all dropped",
        chain(ROW, DENSE, RELU, ("drop", "Dropout", {"p": 0.95}), LAST, OUT),
        CLASSES,
        "drop",
        "high_dropout",
    ),
]


def found(graph: Graph, aim: Aim) -> list[Problem]:
    analysis = analyse(graph, {})
    assert analysis.ok, analysis.problems
    return list(lint(analysis, aim))


@pytest.mark.parametrize(("seeded", "graph", "aim", "node", "code"), SEEDED, ids=[case[0] for case in SEEDED])
def test_what_is_hardly_meant_is_told_and_mended(seeded: str, graph: Graph, aim: Aim, node: str, code: str) -> None:
    problem = next(p for p in found(graph, aim) if p.code == code)
    assert (problem.node, problem.severity) == (node, "warning")
    for fix in problem.fixes:
        mended = analyse(fix.edit(graph), {})
        assert mended.ok, (seeded, mended.problems)
        assert code not in {p.code for p in lint(mended, aim) if p.id == problem.id}
    assert problem.fixes or code == "window_beyond"


def test_an_output_as_wide_as_no_class_is_told() -> None:
    graph = chain(
        ("image", "Input", {"shape": (1, 8, 8)}), ("f", "Flatten", {}), ("d", "Linear", {"out_features": 9}), OUT
    )
    problems = ready(graph, analyse(graph, {}), entries()["digits8"], Recipe())
    assert [(p.node, p.code) for p in problems] == [("d", "data_outputs")]


def test_samples_in_training_and_validation_are_told() -> None:
    rows = np.arange(6)
    data = Dataset(
        name="own",
        title=Words("Own", "自有"),
        inputs=np.zeros((6, 6), np.float32),
        targets=np.zeros(6, np.int64),
        shape=(6,),
        element="real",
        vocabulary=0,
        task="classification",
        classes=("a", "b"),
        training=rows[:4].copy(),
        validation=rows[2:].copy(),
    )
    graph = chain(ROW, ("d", "Linear", {"out_features": 2}), OUT)
    (problem,) = ready(graph, analyse(graph, {}), data, Recipe())
    assert (problem.code, problem.severity) == ("data_shared", "warning")
    assert "2 samples" in problem.message


def test_a_good_drawing_is_left_in_peace() -> None:
    assert found(lenet(), CLASSES) == []


@pytest.mark.parametrize("path", sorted(resource("examples").glob("*.nns")), ids=lambda path: path.stem)
def test_the_examples_are_clean(path: Path) -> None:
    assert nnstudio.compile(nnstudio.load(path)).problems == ()


def test_lint_asks_for_what_may_be_unknown() -> None:
    graph = chain(ROW, LAST, ("s", "Softmax", {}), OUT)
    assert lint(analyse(graph, {})) == ()


def test_what_has_errors_is_not_judged() -> None:
    graph = chain(ROW, DENSE, ("conv", "Conv2d", {}), LAST, OUT)
    assert [problem.code for problem in lint(analyse(graph, {}), CLASSES)] == []


def test_warnings_come_with_the_compiled_drawing() -> None:
    b = nnstudio.Builder("soft")
    h = b.add("Linear", b.input("x", shape=(4,)), out_features=3)
    b.output(b.add("Softmax", h))
    compiled = nnstudio.compile(b.project())
    assert [problem.code for problem in compiled.problems] == ["activation_before_loss"]
    assert compiled.module is not None
