"""Metrics against hand numbers and scikit-learn, in one batch or many."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch
from sklearn import metrics as sk  # type: ignore[import-untyped]
from torch import Tensor

import nnstudio
from nnstudio.compiler.link import link
from nnstudio.data.catalog import load
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.events import EpochDone
from nnstudio.training.loop import run
from nnstudio.training.metric_words import METRICS, metric_text
from nnstudio.training.metrics import AveragePrecision, Confusion, Errors, Perplexity, TopK
from nnstudio.training.recipe import recipe_of
from nnstudio.ui.inspector.formula import formula_svg


def classes(count: int = 300, num_classes: int = 7) -> tuple[Tensor, Tensor]:
    chance = np.random.default_rng(0)
    truth = chance.choice(num_classes - 1, count, p=np.arange(1, num_classes) / np.arange(1, num_classes).sum())
    answers = np.where(chance.random(count) < 0.6, truth, chance.integers(0, num_classes, count))
    return torch.from_numpy(answers), torch.from_numpy(truth)


@pytest.mark.parametrize("size", [300, 41, 1])
def test_confusion_is_that_of_scikit_learn(size: int) -> None:
    answers, truth = classes()
    made = Confusion(7)
    for part, true in zip(torch.split(answers, size), torch.split(truth, size), strict=True):
        made.add(part, true)
    assert made.counts.tolist() == sk.confusion_matrix(truth, answers, labels=range(7)).tolist()
    found = made.metrics()
    precision, recall, f1, _ = sk.precision_recall_fscore_support(truth, answers, average="macro", zero_division=0)
    assert found["precision"] == pytest.approx(precision, abs=1e-12)
    assert found["recall"] == pytest.approx(recall, abs=1e-12)
    assert found["f1"] == pytest.approx(f1, abs=1e-12)
    assert found["mean_iou"] == pytest.approx(sk.jaccard_score(truth, answers, average="macro"), abs=1e-12)


def test_confusion_by_hand() -> None:
    made = Confusion(4)
    assert made.metrics() == {}
    made.add(torch.tensor([[0, 0], [1, 2]]), torch.tensor([[0, 1], [1, 1]]))
    assert made.counts.tolist() == [[1, 0, 0, 0], [1, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert made.metrics() == pytest.approx(
        {
            "precision": (1 / 2 + 1 + 0) / 3,
            "recall": (1 + 1 / 3 + 0) / 3,
            "f1": (2 / 3 + 2 / 4 + 0) / 3,
            "mean_iou": (1 / 2 + 1 / 3 + 0) / 3,
        }
    )


def test_mean_average_precision_by_hand() -> None:
    made = AveragePrecision(4)
    assert made.metrics() == {}
    # Two objects of class 0 and one of class 1; the second find is the first object's double, the third far off.
    made.add(
        torch.tensor([0.9, 0.8, 0.7, 0.6]),
        torch.tensor([0, 0, 0, 0]),
        torch.tensor([[0.9, 0.0, 0.0], [0.8, 0.1, 0.0], [0.0, 0.3, 0.9], [0.0, 0.5, 0.0]]),
        torch.tensor([0, 0, 1]),
    )
    # A third object of class 0, found last, and a find of class 2, of which there is none.
    made.add(torch.tensor([0.65, 0.5]), torch.tensor([2, 0]), torch.tensor([[0.9], [0.7]]), torch.tensor([0]))
    # An empty picture, and one in which nothing is found, of class 3.
    made.add(torch.empty(0), torch.empty(0, dtype=torch.int64), torch.empty(0, 0), torch.empty(0, dtype=torch.int64))
    made.add(torch.empty(0), torch.empty(0, dtype=torch.int64), torch.empty(0, 2), torch.tensor([3, 3]))
    # Class 0, from sure to unsure: right, wrong, wrong, right, right. Precision 1, 1/2, 1/3, 2/4, 3/5, and the best
    # from each recall on 1, 3/5, 3/5. Classes 1 and 3 are never found; class 2 does not occur.
    assert made.metrics() == pytest.approx({"map_50": ((1 + 3 / 5 + 3 / 5) / 3 + 0 + 0) / 3})


def test_average_precision_is_that_of_scikit_learn_where_precision_only_falls() -> None:
    """With every right find before every wrong one both areas are the share that was found."""
    scores = torch.linspace(0.99, 0.01, 40)
    right = torch.arange(40) < 25
    made = AveragePrecision(1)
    for score, is_right in zip(scores, right, strict=True):
        zero = torch.zeros(1, dtype=torch.int64)
        made.add(score[None], zero, is_right[None, None].float(), zero)
    expected = sk.average_precision_score(right.numpy(), scores.numpy()) * 25 / 40
    assert made.metrics()["map_50"] == pytest.approx(expected)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_top_k_is_that_of_scikit_learn(k: int) -> None:
    scores = torch.randn(120, 7, generator=torch.Generator().manual_seed(0))
    truth = torch.arange(120) % 7
    made = TopK(k)
    assert made.metrics() == {}
    for part, true in zip(torch.split(scores, 50), torch.split(truth, 50), strict=True):
        made.add(part, true)
    expected = sk.top_k_accuracy_score(truth, scores, k=k, labels=range(7))
    assert made.metrics() == pytest.approx({f"top_{k}": expected})
    pixels = TopK(k)
    pixels.add(scores.reshape(2, 60, 7).transpose(1, 2), truth.reshape(2, 60))
    assert pixels.metrics() == made.metrics()


@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_errors_are_those_of_scikit_learn(shift: float) -> None:
    chance = np.random.default_rng(1)
    truth = chance.normal(size=(90, 3)) * [1, 5, 0.1] + shift
    values = truth + chance.normal(size=(90, 3))
    made = Errors()
    assert made.metrics() == {}
    for part, true in zip(
        torch.split(torch.from_numpy(values), 32), torch.split(torch.from_numpy(truth), 32), strict=True
    ):
        made.add(part, true)
    expected = {
        "mae": sk.mean_absolute_error(truth, values),
        "mse": sk.mean_squared_error(truth, values),
        "r2": sk.r2_score(truth, values),
    }
    assert made.metrics() == pytest.approx(expected, rel=1e-9)


def test_what_never_changes_has_no_r2() -> None:
    made = Errors()
    made.add(torch.tensor([[1.0], [3.0]]), torch.tensor([[2.0], [2.0]]))
    assert made.metrics() == {"mae": 1.0, "mse": 1.0}
    made = Errors()
    made.add(torch.tensor([[1.0, 0.0], [3.0, 1.0]]), torch.tensor([[2.0, 0.0], [2.0, 1.0]]))
    assert made.metrics() == {"mae": 0.5, "mse": 0.5, "r2": 1.0}


def test_perplexity() -> None:
    made = Perplexity()
    assert made.metrics() == {}
    made.add(torch.zeros(3, 11, 4), torch.zeros(3, 4, dtype=torch.long))
    assert made.metrics()["perplexity"] == pytest.approx(11), "guessing wavers between all"
    made.add(torch.tensor([[math.log(0.5), math.log(0.5)]]), torch.tensor([1]))
    assert made.metrics()["perplexity"] == pytest.approx((11.0**12 * 2) ** (1 / 13), rel=1e-6)
    made.add(torch.tensor([[0.0, 1e9]]), torch.tensor([0]))
    assert made.metrics()["perplexity"] == math.inf


def test_every_metric_is_explained() -> None:
    made = {*Confusion(2).metrics(), "accuracy", "top_5"}
    assert made <= set(METRICS)
    for metric in METRICS.values():
        assert all((metric.label.en, metric.label.zh, metric.help.en, metric.help.zh))
        for line in metric.formula.lines:
            height = re.search(rb'height="([0-9.]+)', formula_svg(line, "#000000"))
            assert height is not None
            assert float(height[1]) < 80, line
    assert metric_text("f1", 0.9712) == "F1 97.1 %"
    assert metric_text("r2", 0.81234) == "R² 0.8123"
    assert metric_text("own", 2.0) == "own 2"


@pytest.mark.parametrize(("k", "told"), [(2, True), (3, False)])
def test_the_recipe_says_how_many_of_the_likeliest_count(k: int, told: bool) -> None:
    """Among three classes the right one is always one of three."""
    project = EXAMPLES["iris"]()
    recipe = recipe_of({**project.recipe, "epochs": 1, "top_k": k})
    events = run(link(nnstudio.compile(project).plan, seed=0), load(project.data), recipe)
    (done,) = [event for event in events if isinstance(event, EpochDone)]
    assert (f"top_{k}" in done.metrics) is told
    assert "top_5" not in done.metrics
    if told:
        assert done.metrics["accuracy"] <= done.metrics["top_2"] <= 1.0
        assert metric_text("top_2", 0.5) == "top-2 50.0 %"
