"""``nnstudio train`` with every learner: the facts of the older rules, without a window."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from safetensors.numpy import load_file

import nnstudio
from nnstudio.cli.main import main
from nnstudio.core.resources import resource
from nnstudio.project.store import save


def train(name: str, folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, object]]:
    path = str(resource("examples", f"{name}.nns"))
    assert main(["train", path, "--json", "--out", str(folder), *options]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_perceptron_learns_and(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = train("perceptron-and", tmp_path, capsys)
    assert (events[-1]["reason"], events[-1]["epochs"], events[-1]["steps"]) == ("finished", 9, 36)
    assert "18 mistakes" in str(events[-1]["note"])
    weights = load_file(tmp_path / "weights.safetensors")
    assert (weights["unit.weight"].tolist(), weights["unit.bias"].tolist()) == ([[3, 2]], [-4])


def test_perceptron_fails_at_xor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = train("perceptron-xor", tmp_path, capsys)
    assert [event["train_loss"] for event in events if event["event"] == "epoch"] == [1.0] * 20
    weights = load_file(tmp_path / "weights.safetensors")
    assert not weights["unit.weight"].any()


@pytest.mark.parametrize("learner", ["hebb", "pseudo_inverse"])
def test_memory_stores_digits(learner: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = json.loads(resource("examples", "hopfield-digits.nns").read_text("utf-8"))
    text = json.dumps(file).replace('"hebb"', f'"{learner}"')
    (tmp_path / "memory.nns").write_text(text, "utf-8")
    assert main(["train", str(tmp_path / "memory.nns"), "--json", "--out", str(tmp_path)]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "3 patterns" in events[-1]["note"]
    weight = load_file(tmp_path / "weights.safetensors")["memory.weight"]
    assert weight.shape == (64, 64)
    assert not weight.diagonal().any()
    assert (weight == weight.T).all() or learner == "pseudo_inverse"


def test_machine_learns_bars(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = train("boltzmann-bars", tmp_path, capsys, "--epochs", "1500")
    losses = [float(str(event["validation_loss"])) for event in events if event["event"] == "epoch"]
    assert losses[-1] < losses[0] / 5


def test_deep_network_is_pretrained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = json.loads(resource("examples", "pretrained-digits.nns").read_text("utf-8"))
    file["recipe"] |= {"pretraining_epochs": 8, "pretraining_rate": 0.3, "epochs": 50}
    (tmp_path / "deep.nns").write_text(json.dumps(file), "utf-8")
    assert main(["train", str(tmp_path / "deep.nns"), "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    last = next(event for event in reversed(events) if event["event"] == "epoch")
    assert float(str(last["validation_accuracy"])) > 0.85


@pytest.mark.parametrize(
    ("recipe", "text"),
    [
        ({"learner": "perceptron"}, "The perceptron rule asks for a Perceptron layer"),
        ({"learner": "hebb"}, "Hebb's rule and the pseudo-inverse store patterns in a Hopfield layer"),
        ({"learner": "pretraining", "loss": "cross_entropy"}, "Pretraining is for Dense layers with a Sigmoid"),
        ({"loss": "detection"}, "The loss “"),
    ],
)
def test_a_learner_or_loss_that_does_not_fit_is_told_alike(
    recipe: dict[str, str], text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(msgspec.structs.replace(nnstudio.load(resource("examples", "iris.nns")), recipe=recipe), tmp_path / "x.nns")
    assert main(["train", str(tmp_path / "x.nns")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {text}")
