"""How ``nnstudio train`` and ``sweep`` end where something comes in between: nothing that was learned is lost."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnstudio.cli.main import main
from nnstudio.cli.train import stop_on_interrupt
from nnstudio.core.resources import resource
from nnstudio.core.words import set_language
from nnstudio.training.control import Control
from nnstudio.training.course import Course
from nnstudio.training.events import EpochDone, Event, StepDone

IRIS = str(resource("examples", "iris.nns"))
SWEEP = ["sweep", IRIS, "--factor", "recipe.learning_rate=0.1", "--seeds", "1", "--epochs", "1"]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    set_language("en")


@pytest.fixture
def in_the_way(tmp_path: Path) -> Path:
    """Return a file where a folder is asked for."""
    path = tmp_path / "file"
    path.write_text("in the way")
    return path


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_stops_within_a_batch_and_keeps_the_weights(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = getattr(signal, name)
    steps: list[int] = []
    plain = Course.run

    def asked_to_end(course: Course, control: Control) -> Iterator[Event]:
        for event in plain(course, control):
            yield event
            if isinstance(event, StepDone):
                steps.append(event.step)
                if event.step == 20:
                    os.kill(os.getpid(), number)

    monkeypatch.setattr(Course, "run", asked_to_end)
    before = signal.getsignal(number)
    assert main(["train", IRIS, "--epochs", "1000", "--out", str(tmp_path)]) == 128 + number
    assert signal.getsignal(number) is before
    assert steps[-1] <= 21
    assert json.loads((tmp_path / "history.json").read_text("utf-8"))["end"]["reason"] == "stopped"
    assert (tmp_path / "weights.safetensors").is_file()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_on_interrupt() as wishes:
            os.kill(os.getpid(), signal.SIGHUP)
        assert (wishes, signal.getsignal(signal.SIGHUP)) == ([], signal.SIG_IGN)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
@pytest.mark.parametrize(("way", "status"), [("pipe", 1), ("openpty", 129)])
def test_what_was_learned_is_kept_when_nobody_reads_any_more(
    way: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = getattr(os, way)()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["train", IRIS, "--epochs", "1000", "--json", "--out", str(tmp_path)]) == status
    assert json.loads((tmp_path / "history.json").read_text("utf-8"))["end"]["reason"] == "stopped"
    assert (tmp_path / "weights.safetensors").is_file()


def test_a_run_that_cannot_be_listed_is_written_all_the_same(
    tmp_path: Path, in_the_way: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NNSTUDIO_STATE", str(in_the_way))
    out = tmp_path / "out"
    assert main(["train", IRIS, "--epochs", "1", "--keep", "--json", "--out", str(out)]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out.splitlines()[-1])["reason"] == "finished"
    assert "cannot be made" in captured.err
    assert {path.name for path in out.iterdir()} >= {"weights.safetensors", "history.json", "run.safetensors"}


def test_what_a_folder_held_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", IRIS, "--epochs", "1", "--out", str(tmp_path)]) == 0
    assert "another run" not in capsys.readouterr().err
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert main(["train", IRIS, "--epochs", "1", "--seed", "5", "--out", str(tmp_path)]) == 0
    assert "holds another run" in capsys.readouterr().err
    assert set(files) == {"weights.safetensors", "history.json", "run.safetensors", "project.nns"}
    for name, data in files.items():
        assert (tmp_path / f"{name}.bak1").read_bytes() == data
    assert (tmp_path / "weights.safetensors").read_bytes() != files["weights.safetensors"]


def test_a_run_that_was_finished_still_tells_how_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", IRIS, "--epochs", "1", "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out.split("Validation")[1]
    assert main(["train", IRIS, "--epochs", "1", "--out", str(tmp_path), "--resume"]) == 0
    assert capsys.readouterr().out.split("Validation")[1] == told


def test_history_holds_no_number_that_json_does_not_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Course.run

    def endless(course: Course, control: Control) -> Iterator[Event]:
        for event in plain(course, control):
            if isinstance(event, EpochDone):
                yield dataclasses.replace(event, metrics={"perplexity": float("inf")})
            else:
                yield event

    monkeypatch.setattr(Course, "run", endless)
    assert main(["train", IRIS, "--epochs", "1", "--out", str(tmp_path)]) == 0
    history = json.loads((tmp_path / "history.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert history["epochs"][0]["metrics"] == {"perplexity": None}


def test_a_sweep_that_cannot_be_written_is_not_begun(in_the_way: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SWEEP, "--out", str(in_the_way)]) == 2
    captured = capsys.readouterr()
    assert captured.err == f"nnstudio: {in_the_way} cannot be made: a file of that name is in the way.\n"
    assert in_the_way.read_text() == "in the way"


def test_another_sweep_in_the_folder_is_kept(tmp_path: Path) -> None:
    (tmp_path / "sweep.json").write_text("{}")
    assert main([*SWEEP, "--out", str(tmp_path)]) == 0
    assert (tmp_path / "sweep.json.bak1").read_text() == "{}"
    assert json.loads((tmp_path / "sweep.json").read_text("utf-8"))["outcomes"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--frobnicate"], "不认识的参数：--frobnicate（参见 nnstudio train --help）"),
        (["--epochs", "x"], "参数 --epochs：'x' 不是 int 类型的值"),
        (["--epochs"], "参数 --epochs：应带一个值"),
        (["--device", "abacus"], "参数 --device：不能选 'abacus'"),
    ],
)
def test_a_wrong_command_line_is_told_in_chinese(
    words: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--lang", "zh_CN", "train", IRIS, *words]) == 2
    assert text in capsys.readouterr().err


def test_help_is_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "zh_CN", "train", "--help"])
    told = capsys.readouterr().out
    assert told.startswith("用法：nnstudio train")
    assert "选项" in told
    assert "show this help" not in told
