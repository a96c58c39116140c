"""File > Import: the question, the wait, the report, and what is left where nothing comes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QMessageBox, QPlainTextEdit, QPushButton
from safetensors.numpy import load_file

from nnstudio.project.store import load
from nnstudio.ui.dialogs import paths
from nnstudio.ui.dialogs.importing import ImportReport, ImportWait, RunQuestion
from nnstudio.ui.imports import ask_and_import, import_file
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.answers import answered

NET = """
from torch import nn

class Part(nn.Module):
    def forward(self, x):
        return x.cumsum(1)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.part = nn.Linear(4, 3), Part()

    def forward(self, x):
        return self.part(self.layer(x))

class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 3)

    def forward(self, x):
        return self.layer(x)
"""


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.py"
    path.write_text(NET, "utf-8")
    return path


def press(dialog: QDialog, text: str) -> None:
    button = next(button for button in dialog.findChildren(QPushButton) if button.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def suggest(folder: Path) -> Callable[[str], Path]:
    return lambda suffix: folder / f"drawing{suffix}"


class Person:
    """Answers as told, and remembers what was shown."""

    def __init__(
        self, *, run: str = "Run and import", name: str = "Net", shape: str = "", report: str = "Close"
    ) -> None:
        self.run, self.name, self.shape, self.report = run, name, shape, report
        self.shown: list[str] = []
        self.names: list[str] = []

    def __call__(self, dialog: QDialog) -> None:
        if isinstance(dialog, RunQuestion):
            names = dialog.findChild(QComboBox, "network_name")
            shape = dialog.findChild(QLineEdit, "sample_shape")
            assert names is not None
            assert shape is not None
            self.names = [names.itemText(index) for index in range(names.count())]
            names.setCurrentText(self.name)
            shape.setText(self.shape)
            press(dialog, self.run)
        elif isinstance(dialog, ImportReport):
            lines = dialog.findChild(QPlainTextEdit, "import_lines")
            assert lines is not None
            self.shown += lines.toPlainText().splitlines()
            if self.report != "Close":
                press(dialog, self.report)
            press(dialog, "Close")
        elif isinstance(dialog, QMessageBox):
            self.shown.append(dialog.informativeText())
            press(dialog, "OK")
        else:
            assert isinstance(dialog, ImportWait)


def test_a_network_is_opened_and_its_report_shown(window: MainWindow, session: Session, net: Path) -> None:
    person = Person()
    with answered(person):
        import_file(window, window.files.begin, net, suggest(net.parent))
    assert person.names == ["Net", "Other"]
    assert [node.kind for node in session.graph.nodes] == ["Input", "Linear", "cumsum", "Output"]
    assert session.project.name == "Net"
    assert session.path is None
    assert session.dirty
    assert "placeholder: part: cumsum → cumsum_1 (cumsum): there is no layer for cumsum" in person.shown
    assert "mapped: layer → layer (Linear)" in person.shown


def test_drawing_and_weights_are_saved_together(
    window: MainWindow, session: Session, net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = net.parent / "out.nns"
    monkeypatch.setattr(paths, "ask_save", lambda parent, suggested: out)
    with answered(Person(name="Other", shape="4", report="Save with weights…")):
        import_file(window, window.files.begin, net, suggest(net.parent))
    assert load(out).graph == session.graph
    assert not session.dirty
    assert {key: value.shape for key, value in load_file(out.with_suffix(".safetensors")).items()} == {
        "layer.weight": (3, 4),
        "layer.bias": (3,),
    }


def test_nothing_runs_that_is_not_allowed_to(window: MainWindow, session: Session, tmp_path: Path) -> None:
    note = tmp_path / "note"
    path = tmp_path / "net.py"
    path.write_text(f"open({str(note)!r}, 'w')\n{NET}", "utf-8")
    before = session.project
    with answered(Person(run="Cancel")):
        import_file(window, window.files.begin, path, suggest(tmp_path))
    assert not note.exists()
    assert session.project is before


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("net.py", "class Net(:", "net.py is no Python: line 1 cannot be read."),
        ("net.py", "raise ValueError('no')", "net.py cannot be run: ValueError: no (line 1)."),
        ("net.onnx", "no", "net.onnx is no ONNX file, or a damaged one."),
        ("net.txt", "no", "net.txt: expected a file that ends in .onnx or .py"),
    ],
)
def test_what_cannot_be_imported_leaves_the_drawing(
    window: MainWindow, session: Session, tmp_path: Path, name: str, text: str, told: str
) -> None:
    if name.endswith("onnx"):
        pytest.importorskip("onnx")
    path = tmp_path / name
    path.write_text(text, "utf-8")
    before = session.project
    person = Person()
    with answered(person):
        import_file(window, window.files.begin, path, suggest(tmp_path))
    assert [line.removeprefix(f"{tmp_path}/") for line in person.shown] == [told]
    assert session.project is before


def test_a_wait_can_be_ended(window: MainWindow, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text("while True: pass", "utf-8")
    before = session.project

    def act(dialog: QDialog) -> None:
        if isinstance(dialog, RunQuestion):
            press(dialog, "Run and import")
        else:
            press(dialog, "Cancel")

    with answered(act) as met:
        import_file(window, window.files.begin, path, suggest(tmp_path))
    assert any(isinstance(dialog, ImportWait) for dialog in met)
    assert session.project is before


def test_a_shape_that_is_none_cannot_be_sent(window: MainWindow, net: Path) -> None:
    question = RunQuestion(net, ("Net",), window)
    shape = question.findChild(QLineEdit, "sample_shape")
    assert shape is not None
    button = next(button for button in question.findChildren(QPushButton) if button.text() == "Run and import")
    for text, good in (("3,0", False), ("3,32,32", True), ("T,8; 4", True), ("x!", False), ("", True)):
        shape.setText(text)
        assert button.isEnabled() == good, text
    shape.setText("T,8; 4")
    question.accept()
    assert question.shapes == (("T", 8), (4,))
    question.deleteLater()


def test_the_file_is_asked_for(
    window: MainWindow, session: Session, net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "ask_import", lambda parent, folder: net)
    with answered(Person(name="Other")):
        ask_and_import(window, window.files.begin, net.parent, suggest(net.parent))
    assert session.project.name == "Other"
    monkeypatch.setattr(paths, "ask_import", lambda parent, folder: None)
    before = session.project
    ask_and_import(window, window.files.begin, net.parent, suggest(net.parent))
    assert session.project is before
