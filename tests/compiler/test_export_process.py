"""An export in a process of its own: it gives what the plain one gives, and can be ended at any moment."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from nnstudio.core.words import set_language
from nnstudio.exports import process
from nnstudio.exports.process import Cancelled, export_apart
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project


def small() -> Project:
    b = Builder("Small")
    b.output(b.add("Linear", b.input("v", shape=(4,)), out_features=3))
    return b.project()


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Give the processes that were started; at the end of a test all of them have ended, and no thread is left."""
    known: list[subprocess.Popen[bytes]] = []
    start = process._start

    def note(key: str, output: Path, trained: Path | None) -> subprocess.Popen[bytes]:
        known.append(start(key, output, trained))
        return known[-1]

    monkeypatch.setattr(process, "_start", note)
    yield known
    assert known
    assert all(one.poll() is not None for one in known)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("nnstudio-export")]


def test_the_file_is_written_and_the_stages_are_told(tmp_path: Path) -> None:
    told: list[str] = []
    written = export_apart(small(), "onnx", tmp_path / "x.onnx", report=told.append)
    assert written == (tmp_path / "x.onnx",)
    assert told == [
        "loading PyTorch",
        "building the network",
        "tracing the network",
        "translating to ONNX",
        "checking the file",
        f"writing {tmp_path / 'x.onnx'}",
    ]
    import_module("onnx").checker.check_model(str(tmp_path / "x.onnx"))


def test_it_can_be_ended_in_the_midst_of_its_work(tmp_path: Path) -> None:
    reached = threading.Event()

    def report(text: str) -> None:
        if "tracing" in text:
            reached.set()

    with pytest.raises(Cancelled):
        export_apart(small(), "pt2", tmp_path / "x.pt2", report=report, cancelled=reached.is_set)
    assert reached.is_set()
    assert list(tmp_path.iterdir()) == []


def test_what_goes_wrong_there_is_told_here_in_the_same_language(tmp_path: Path) -> None:
    set_language("zh_CN")
    missing = tmp_path / "none.safetensors"
    with pytest.raises(ValueError, match=r"无法从 .* 读取权重：没有这个文件"):
        export_apart(small(), "pt2", tmp_path / "x.pt2", trained=missing)


def test_a_process_that_dies_is_told(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    def report(_text: str) -> None:
        started[0].kill()

    with pytest.raises(ValueError, match="The export ended before its time"):
        export_apart(small(), "onnx", tmp_path / "x.onnx", report=report)
