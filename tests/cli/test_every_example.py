"""``nnstudio train`` with every example that trains: each task and each learner, on a few samples, without a window."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import Path

import pytest

from nnstudio.cli.main import main
from nnstudio.core.graph import Value
from nnstudio.core.resources import resource
from nnstudio.data.catalog import entries, load
from nnstudio.data.dataset import Dataset
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.metric_words import METRICS
from nnstudio.training.recipe import Recipe, recipe_of
from nnstudio.training.suits import SUITS

FEW = 24
"""Samples to train on and as many to validate on, at most."""


def few(choice: Mapping[str, Value]) -> Dataset:
    data = load(choice)
    if data.whole:
        return data
    return dataclasses.replace(
        data, training=data.training[:: -(-len(data.training) // FEW)].copy(), validation=data.validation[:FEW].copy()
    )


def epochs_of(recipe: Recipe) -> int:
    """Two; five layers are pretrained before, in the only example that does."""
    return 5 * recipe.pretraining_epochs + 2 if recipe.learner == "pretraining" else 2


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_trains(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.data.catalog.load", few)
    epochs = epochs_of(recipe_of(EXAMPLES[name]().recipe))
    path = resource("examples", f"{name}.nns")
    assert main(["train", str(path), "--epochs", str(epochs), "--json", "--out", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    events = [json.loads(line) for line in captured.out.splitlines()]
    done = [event for event in events if event["event"] == "epoch"]
    assert captured.err == ""
    assert events[-1]["reason"] == "finished"
    assert len(done) == events[-1]["epochs"] > 0
    assert all(math.isfinite(event[loss]) for event in done for loss in ("train_loss", "validation_loss"))
    assert set(done[-1]["metrics"]) <= set(METRICS)
    assert done[-1]["metrics"] or recipe_of(EXAMPLES[name]().recipe).learner == "contrastive_divergence"
    assert (tmp_path / "weights.safetensors").stat().st_size > 0
    assert json.loads((tmp_path / "history.json").read_text("utf-8"))["epochs"][-1]["metrics"] == done[-1]["metrics"]


def test_the_examples_have_every_task_and_every_learner() -> None:
    projects = [draw() for draw in EXAMPLES.values()]
    assert {entries()[str(project.data["name"])].task for project in projects} == set(SUITS)
    learners = {recipe_of(project.recipe).learner for project in projects}
    # The pseudo-inverse is the other rule for the Hopfield example; tests/cli/test_learners.py trains with it.
    assert learners == {"backprop", "perceptron", "hebb", "contrastive_divergence", "pretraining"}
