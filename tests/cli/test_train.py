"""``nnstudio train``: events for programs, lines for people, files for later."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import nnstudio
from nnstudio.cli import train
from nnstudio.cli.main import main
from nnstudio.core.resources import resource
from nnstudio.project.store import save
from nnstudio.training.control import Control
from nnstudio.training.events import EpochDone, Event, RunEnded, StepDone

IRIS = str(resource("examples", "iris.nns"))


def test_events_are_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", IRIS, "--epochs", "3", "--json"]) == 0
    captured = capsys.readouterr()
    events = [json.loads(line) for line in captured.out.splitlines()]
    assert [event["event"] for event in events] == ["start", "epoch", "epoch", "epoch", "end"]
    assert (events[0]["num_parameters"], events[0]["epochs"]) == (131, 3)
    assert [event["epoch"] for event in events[1:4]] == [1, 2, 3]
    assert {"train_loss", "validation_loss", "validation_accuracy"} <= set(events[1])
    assert set(events[1]["metrics"]) == {"accuracy", "precision", "recall", "f1"}
    assert events[1]["metrics"]["accuracy"] == events[1]["validation_accuracy"]
    assert (events[-1]["reason"], events[-1]["epochs"]) == ("finished", 3)
    assert captured.err == ""


def test_people_get_lines_and_a_result(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", IRIS, "--epochs", "2"]) == 0
    captured = capsys.readouterr()
    lines = captured.err.splitlines()
    assert lines[0] == "131 parameters, 120 samples to learn from, 30 to validate, on cpu"
    assert lines[1].startswith("epoch 1: loss ")
    assert len(lines) == 3
    assert captured.out.startswith("Finished after 16 steps in 0:0")
    assert re.search(
        r"Validation accuracy \d+\.\d %, precision \d+\.\d %, recall \d+\.\d %, F1 \d+\.\d %\.", captured.out
    )


def test_a_run_that_stops_early_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = {"early_stopping": True, "patience": 1, "min_delta": 100.0, "epochs": 9}
    save(msgspec.structs.replace(nnstudio.load(IRIS), recipe=recipe), tmp_path / "x.nns")
    assert main(["train", str(tmp_path / "x.nns")]) == 0
    assert "The validation loss has not fallen for 1 epochs. The weights are those of epoch 1, the best." in (
        capsys.readouterr().out
    )


def test_json_holds_no_number_that_json_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    report = train._Report(nnstudio.load(IRIS), as_json=True)
    report.tell(
        EpochDone(
            epoch=1,
            train_loss=1.0,
            train_accuracy=None,
            validation_loss=1.0,
            validation_accuracy=None,
            seconds=0.1,
            metrics={"perplexity": float("inf"), "r2": 0.5},
        )
    )
    assert json.loads(capsys.readouterr().out, parse_constant=pytest.fail)["metrics"] == {"perplexity": None, "r2": 0.5}


def test_the_seed_decides_everything(tmp_path: Path) -> None:
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        assert main(["train", IRIS, "--epochs", "2", "--seed", seed, "--out", str(tmp_path / name)]) == 0
    weights = [(tmp_path / name / "weights.safetensors").read_bytes() for name in "abc"]
    assert weights[0] == weights[1]
    assert weights[0] != weights[2]


def test_weights_and_history_come_back(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    assert main(["train", IRIS, "--epochs", "2", "--out", str(tmp_path / "new" / "run")]) == 0
    state = load_file(tmp_path / "new" / "run" / "weights.safetensors")
    module = nnstudio.compile(nnstudio.load(IRIS)).module
    module.load_state_dict(state)
    history = json.loads((tmp_path / "new" / "run" / "history.json").read_text("utf-8"))
    assert [epoch["epoch"] for epoch in history["epochs"]] == [1, 2]
    assert (history["recipe"]["epochs"], history["recipe"]["batch_size"]) == (2, 16)
    assert history["end"]["reason"] == "finished"


def test_an_untrainable_drawing_is_told_with_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = msgspec.structs.replace(nnstudio.load(IRIS), data={"name": "moons"})
    save(project, tmp_path / "x.nns")
    assert main(["train", str(tmp_path / "x.nns")]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("error: flower: One sample of Two moons is 2 numbers")
    assert all(line.startswith("error: ") for line in lines)


def test_a_run_that_blows_up_is_told_with_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = {"optimizer": "sgd", "learning_rate": 10.0, "loss": "mse", "epochs": 50}
    save(msgspec.structs.replace(nnstudio.load(IRIS), recipe=recipe), tmp_path / "x.nns")
    assert main(["train", str(tmp_path / "x.nns"), "--json"]) == 1
    end = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (end["event"], end["reason"]) == ("end", "failed")
    assert "blew up" in end["message"] or "no finite number" in end["message"]
    assert main(["train", str(tmp_path / "x.nns")]) == 1
    assert end["message"] in capsys.readouterr().err


def test_a_missing_device_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    import torch

    if torch.backends.mps.is_available():
        pytest.skip("this machine has the device")
    assert main(["train", IRIS, "--device", "mps"]) == 2
    assert capsys.readouterr().err.startswith("nnstudio: ")


def test_a_folder_that_cannot_be_made_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main(["train", IRIS, "--out", str(tmp_path / "file")]) == 2
    assert "cannot be made" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_stops_within_a_batch_and_keeps_the_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    real = train._Report.tell

    def tell(report: train._Report, event: Event) -> None:
        if isinstance(event, StepDone):
            steps.append(event.step)
            if event.step == 20:
                os.kill(os.getpid(), signal.SIGINT)
        if isinstance(event, RunEnded):
            assert event.reason == "stopped"
        real(report, event)

    monkeypatch.setattr(train._Report, "tell", tell)
    # Where the tests themselves were started in the background, the signal is ignored, and the program leaves it so.
    outside = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert main(["train", IRIS, "--epochs", "1000", "--out", str(tmp_path)]) == 130
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, outside)
    assert steps[-1] <= 21
    assert "Stopped after" in capsys.readouterr().out
    assert json.loads((tmp_path / "history.json").read_text("utf-8"))["end"]["reason"] == "stopped"
    assert (tmp_path / "weights.safetensors").stat().st_size > 0


def test_memory_that_runs_out_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from nnstudio.training.course import Course

    def run(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(Course, "run", run)
    assert main(["train", IRIS]) == 1
    assert "not enough memory" in capsys.readouterr().err


def test_resume_goes_on_where_a_stopped_run_was_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from nnstudio.training.course import Course

    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert main(["train", IRIS, "--epochs", "6", "--out", str(whole)]) == 0
    plain = Course.run

    def stopped(course: Course, control: Control) -> Iterator[Event]:
        for event in plain(course, control):
            yield event
            if isinstance(event, StepDone) and event.step == 7:
                control.stop()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Course, "run", stopped)
        assert main(["train", IRIS, "--epochs", "6", "--out", str(parts)]) == 0
    capsys.readouterr()
    assert main(["train", IRIS, "--epochs", "6", "--out", str(parts), "--resume", "--json"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["event"], first["step"]) == ("start", 7)
    assert (parts / "weights.safetensors").read_bytes() == (whole / "weights.safetensors").read_bytes()
    epochs = [json.loads((folder / "history.json").read_text())["epochs"] for folder in (whole, parts)]
    assert [epoch["validation_loss"] for epoch in epochs[0]] == [epoch["validation_loss"] for epoch in epochs[1]]


def test_resume_asks_for_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", IRIS, "--resume"]) == 2
    assert "--resume needs --out DIR" in capsys.readouterr().err


def test_resume_refuses_another_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", IRIS, "--epochs", "1", "--out", str(tmp_path)]) == 0
    assert main(["train", IRIS, "--epochs", "2", "--out", str(tmp_path), "--resume"]) == 2
    assert "another drawing, other data or another recipe" in capsys.readouterr().err
