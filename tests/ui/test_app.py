"""The application: pictures, the demo, and what happens when something unexpected does."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt, qWarning
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from nnstudio.core.graph import Graph, freeze_params
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.places import state_folder
from nnstudio.ui import app, theme
from nnstudio.ui.crash import CrashReporter
from nnstudio.ui.monitor.empty import EmptyNote
from nnstudio.ui.window import MainWindow


@pytest.fixture
def reporter(qapp: QApplication) -> Iterator[CrashReporter]:
    made = CrashReporter()
    yield made
    made.close()
    made.deleteLater()


@pytest.mark.parametrize("page", ["design", "train"])
@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
def test_a_picture_of_the_window(qapp: QApplication, project: Project, tmp_path: Path, name: str, page: str) -> None:
    path, out = tmp_path / "small.nns", tmp_path / "out.png"
    project.save(path)
    app.render_screenshot(path, out, name, (900, 500), page)
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == (900, 500)
    assert picture.pixelColor(899, 20) == theme.load_theme(name).panel


def test_a_picture_shows_the_dock_filled(
    qapp: QApplication, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, shown = tmp_path / "small.nns", list[str]()
    project.save(path)

    def look(window: MainWindow, _out: Path) -> None:
        shown.extend(note.text() for note in window.design.dock.findChildren(EmptyNote) if note.isVisible())

    monkeypatch.setattr(app, "save_picture", look)
    app.render_screenshot(path, tmp_path / "out.png", "light", (900, 500), "design")
    assert shown[0] == "Press Train to see the loss."
    assert len(shown) == 4


def test_a_picture_that_cannot_be_written_is_told(qapp: QApplication, project: Project, tmp_path: Path) -> None:
    path = tmp_path / "small.nns"
    project.save(path)
    with pytest.raises(FileError, match="cannot be written as a picture"):
        app.render_screenshot(path, tmp_path / "no" / "folder.png", "light", (900, 500), "design")


def test_the_demo_trains_to_its_end(
    qapp: QApplication, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_start_project", lambda: project)
    told: list[tuple[float, str]] = []
    result = app.run_demo(tmp_path / "demo.png", lambda share, text: told.append((share, text)))
    assert result.accuracy is not None
    assert 0 <= result.accuracy <= 1
    assert result.message == ""
    assert told[0] == (0.0, "loading PyTorch")
    assert told[-1][1] == "epoch 2 of 2"
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert QImage(str(tmp_path / "demo.png")).width() == 1600


def test_a_demo_that_fails_says_why(
    qapp: QApplication, project: Project, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    broken = msgspec.structs.replace(project, data=freeze_params({"name": "nothing"}))
    monkeypatch.setattr(app, "_start_project", lambda: broken)
    result = app.run_demo(None, lambda _share, _text: None)
    assert result.accuracy is None
    assert "nothing" in result.message


def test_a_bad_file_is_told_in_the_window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nnstudio.ui.dialogs import messages

    told: list[str] = []
    monkeypatch.setattr(messages, "tell_error", lambda _parent, _title, text: told.append(text))
    window = app.open_window(tmp_path / "missing.nns")
    qtbot.waitUntil(lambda: bool(told))
    assert "missing.nns" in told[0]
    assert len(window.session.graph.nodes) == 14
    window.close()
    window.deleteLater()


def test_an_exception_is_written_down_and_told_once(qtbot: QtBot, reporter: CrashReporter) -> None:
    for number in range(3):
        sys.excepthook(ValueError, ValueError(f"<b>number {number}</b>"), None)
    boxes: list[QMessageBox] = []

    def shown() -> bool:
        boxes[:] = [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()]
        return bool(boxes)

    qtbot.waitUntil(shown)
    QApplication.processEvents()
    assert shown()
    assert len(boxes) == 1
    assert "number 0" in boxes[0].informativeText()
    assert boxes[0].textFormat() == Qt.TextFormat.PlainText
    report = (state_folder() / "nnstudio.log").read_text("utf-8")
    assert all(f"number {number}" in report for number in range(3))
    QTest.mouseClick(boxes[0].findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)


def test_an_exception_in_a_thread_is_told_too(qtbot: QtBot, reporter: CrashReporter) -> None:
    def fail() -> None:
        raise RuntimeError("in a thread")

    with qtbot.waitSignal(reporter.happened) as caught:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    assert caught.args == ["RuntimeError: in a thread"]
    qtbot.waitUntil(lambda: any(isinstance(box, QMessageBox) for box in QApplication.topLevelWidgets()))
    for box in QApplication.topLevelWidgets():
        if isinstance(box, QMessageBox):
            assert box.findChildren(QLabel)
            box.close()


def test_qt_is_written_down(reporter: CrashReporter) -> None:
    qWarning("something about a widget")
    assert "WARNING" in reporter.report.read_text("utf-8")
    assert "something about a widget" in reporter.report.read_text("utf-8")


def test_everything_is_given_back(qapp: QApplication) -> None:
    before = sys.excepthook, threading.excepthook, list(logging.getLogger("nnstudio").handlers)
    made = CrashReporter()
    made.close()
    made.deleteLater()
    assert (sys.excepthook, threading.excepthook, list(logging.getLogger("nnstudio").handlers)) == before


def test_an_empty_project_has_a_picture_too(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "empty.nns"
    Project(name="Empty", graph=Graph()).save(path)
    app.render_screenshot(path, tmp_path / "out.png", "light", (900, 500), "design")
    assert (tmp_path / "out.png").is_file()
