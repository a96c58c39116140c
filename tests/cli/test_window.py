"""Commands that need the window, with and without a display."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

import nnstudio
from nnstudio.cli import display
from nnstudio.cli.demo import DEFAULT_PICTURE
from nnstudio.cli.main import main
from nnstudio.core.resources import resource
from nnstudio.ui import app

ROOT = Path(nnstudio.__file__).resolve().parents[1]
IRIS = resource("examples", "iris.nns")


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.usefixtures("no_display")
def test_without_a_display_the_window_says_how_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(IRIS)]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "There is no display here" in err
    assert "xvfb-run" in err


@pytest.mark.usefixtures("no_display")
@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_what_counts_as_a_display(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not display.has_display()
    monkeypatch.setenv(variable, ":0")
    assert display.has_display()


@pytest.mark.usefixtures("no_display")
def test_other_systems_always_have_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert display.has_display()


def test_the_window_gets_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[Path] = []

    def run_window(paths: list[Path]) -> int:
        got.extend(paths)
        return 0

    monkeypatch.setattr(app, "run_window", run_window)
    assert main([str(IRIS), str(IRIS)]) == 0
    assert got == [IRIS, IRIS]


def fake_demo(accuracy: float | None, message: str = "") -> Callable[[Path | None, app.Report], app.DemoResult]:
    def run_demo(screenshot: Path | None, progress: app.Report) -> app.DemoResult:
        progress(0.5, "epoch 3 of 6")
        return app.DemoResult(accuracy=accuracy, screenshot=screenshot, seconds=12.3, message=message)

    return run_demo


@pytest.mark.usefixtures("no_display")
def test_the_demo_without_a_display_says_so_and_names_its_picture(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "run_demo", fake_demo(0.981))
    assert main(["demo"]) == 0
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("There is no display here")
    assert captured.out == f"Validation accuracy 98.1 % after 0:12.\nScreenshot: {DEFAULT_PICTURE}\n"
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_the_demo_on_a_display_makes_a_picture_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(app, "run_demo", fake_demo(0.981))
    assert main(["demo"]) == 0
    assert capsys.readouterr().out == "Validation accuracy 98.1 % after 0:12.\n"
    assert main(["demo", "--screenshot", "shot.png"]) == 0
    assert "Screenshot: shot.png" in capsys.readouterr().out


def test_a_demo_that_did_not_get_to_its_end_is_exit_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(app, "run_demo", fake_demo(None, "The disk is on fire."))
    assert main(["demo"]) == 1
    assert capsys.readouterr().err == "nnstudio: The disk is on fire.\n"


@pytest.mark.parametrize(("theme", "page"), [("light", "design"), ("dark", "train")])
def test_a_screenshot_needs_no_display(theme: str, page: str, tmp_path: Path) -> None:
    out = tmp_path / "shot.png"
    words = ["screenshot", str(IRIS), "-o", str(out), "--theme", theme, "--page", page, "--size", "1280x800"]
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "QT_QPA_PLATFORM")}
    command = [sys.executable, "-m", "nnstudio", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == (1280, 800)
    dark = picture.pixelColor(640, 5).lightness() < 100
    assert dark == (theme == "dark")


def test_a_missing_system_library_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run_demo(*_arguments: object) -> None:
        raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(app, "run_demo", run_demo)
    assert main(["demo"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "libEGL.so.1" in err
    assert "scripts/start.py" in err
