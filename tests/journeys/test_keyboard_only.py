"""LeNet-5 by keys alone: drawn, set, trained and written as code; every key goes to what has the keyboard."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnstudio.core.resources import resource
from nnstudio.core.words import set_language
from nnstudio.project.document import Project
from nnstudio.project.store import load
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import send_deletions

# The unseen screen cannot grab the keyboard for menus and lists that pop up; they get it all the same.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
ENTER, ESC, TAB, BACKTAB = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab
_FAR = 80
"""So many presses of Tab reach everything there is."""
_LOOKS = 500


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    session = Session(Project(name="Keys"))
    made = MainWindow(session, remember=False)
    made.resize(1600, 1000)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.design.canvas.hasFocus)
    yield made
    if isValid(made):
        session.bridge.shutdown()
        made.close()
        made.deleteLater()
    session.deleteLater()
    send_deletions()


class Typist:
    """Presses keys and looks where the keyboard is. Knows the names of things, and touches nothing."""

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.at, key, keys)

    def write(self, text: str) -> None:
        QTest.keyClicks(self.at, text)

    @property
    def at(self) -> QWidget:
        """What has the keyboard: an open menu, or a widget."""
        widget = QApplication.activePopupWidget() or QApplication.focusWidget()
        assert widget is not None, "nothing has the keyboard"
        return widget

    @property
    def place(self) -> str:
        return self.at.objectName()

    def tab_to(self, name: str, *, back: bool = False) -> None:
        for _ in range(_FAR):
            if self.place == name:
                return
            self.press(BACKTAB, SHIFT) if back else self.press(TAB)
        raise AssertionError(f"Tab does not reach {name}; it is at {self.place}")

    def region(self, name: str) -> None:
        """Go through the parts of the window until the keyboard is in this one."""
        for _ in range(12):
            widget: QWidget | None = self.at
            while widget is not None:
                if widget.objectName() == name:
                    return
                widget = widget.parentWidget()
            self.press(Qt.Key.Key_F6, CTRL)
        raise AssertionError(f"Ctrl+F6 does not reach {name}")

    def add(self, query: str) -> None:
        """Add a layer after the one the keyboard is at."""
        assert self.place == "canvas"
        self.press(Qt.Key.Key_A, SHIFT)
        assert self.place == "canvas_search_field"
        self.write(query)
        self.press(ENTER)
        assert self.place == "canvas"

    def set(self, **settings: str) -> None:
        """Write settings of the layer the keyboard is at, and come back."""
        assert self.place == "canvas"
        self.press(ENTER)
        for name, text in settings.items():
            self.tab_to(f"field_{name}", back=name == "name")
            self.press(Qt.Key.Key_A, CTRL)
            self.write(text)
            self.press(ENTER)
        self.press(ESC)
        assert self.place == "canvas"

    def command(self, query: str) -> None:
        """Run an action by its name."""
        self.press(Qt.Key.Key_P, CTRL | SHIFT)
        assert self.place == "command_palette_field"
        self.write(query)
        self.press(ENTER)

    def answer_file_dialog(self, path: Path) -> None:
        """Write a path into the file dialog that is about to open, by keys, once it is there."""
        looks = count()

        def answer() -> None:
            dialog, at = QApplication.activeModalWidget(), QApplication.focusWidget()
            if not isinstance(dialog, QFileDialog) or at is None or not dialog.isAncestorOf(at):
                if next(looks) < _LOOKS:
                    QTimer.singleShot(20, answer)
                elif isinstance(dialog, QFileDialog):
                    dialog.reject()  # else it would wait for ever
                return
            assert self.place == "fileNameEdit"
            self.press(Qt.Key.Key_A, CTRL)
            self.write(str(path))
            self.press(ENTER)

        QTimer.singleShot(0, answer)


def draw_lenet(typist: Typist) -> None:
    """Draw LeNet-5 as the example has it."""
    typist.add("input")
    typist.set(name="digits", shape="1, 32, 32")
    for channels in ("6", "16"):
        typist.add("conv2d")
        typist.set(out_channels=channels, kernel_size="5")
        typist.add("tanh")
        typist.add("max pool")
        typist.set(kernel_size="2")
    typist.add("flatten")
    for units in ("120", "84"):
        typist.add("dense")
        typist.set(out_features=units)
        typist.add("tanh")
    typist.add("dense")
    typist.set(name="logits", out_features="10")


def test_lenet_is_drawn_trained_and_exported_by_keys(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    typist, session = Typist(), window.session
    draw_lenet(typist)

    # The end of the network stands by itself at first, and is wired by keys.
    typist.press(ESC)
    typist.add("output")
    typist.set(name="digit")
    assert len(session.graph.edges) == len(session.graph.nodes) - 2
    logits = session.graph.by_name["logits"].id
    for _ in range(_FAR):
        if session.selection == {logits}:
            break
        typist.press(BACKTAB, SHIFT) if window.design.canvas.caret.by_keys else typist.press(Qt.Key.Key_Left)
    assert session.selection == {logits}
    typist.press(Qt.Key.Key_W)
    typist.press(ENTER)
    example = load(resource("examples", "lenet5-digits.nns"))
    assert [(node.kind, node.name) for node in session.graph.nodes] == [
        (node.kind, node.name) for node in example.graph.nodes
    ]
    assert session.model.ok
    cost = sum(facts.cost.parameters for facts in session.model.facts.values())
    assert cost == 61_706

    # Find, and undo what was done by mistake.
    typist.press(Qt.Key.Key_F, CTRL)
    typist.write("conv2d")
    typist.press(ENTER)
    assert session.selection == {session.graph.by_name["conv_2"].id}
    typist.press(ESC)
    drawn = session.project
    typist.press(Qt.Key.Key_Delete)
    assert "conv_2" not in session.graph.by_name
    typist.press(Qt.Key.Key_Z, CTRL)
    assert session.project == drawn

    # Two epochs.
    typist.press(Qt.Key.Key_2, CTRL)
    typist.region("train_page")
    typist.tab_to("field_epochs")
    typist.press(Qt.Key.Key_A, CTRL)
    typist.write("2")
    typist.press(ENTER)
    assert session.project.recipe["epochs"] == 2
    typist.press(Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: session.bridge.ended is not None, timeout=120_000)
    assert session.bridge.ended is not None
    assert session.bridge.ended.reason == "finished"
    assert session.bridge.validation_curve[-1, 3] > 0.5, "it has learned something"

    # By its name, as it might be in the menu; then by its own keys.
    typist.press(Qt.Key.Key_1, CTRL)
    path = tmp_path / "lenet.py"
    typist.answer_file_dialog(path)
    typist.command("python code")
    qtbot.waitUntil(path.is_file, timeout=10_000)
    program = (
        "import runpy, torch\n"
        f"made = runpy.run_path({str(path)!r})\n"
        "kinds = [thing for thing in made.values() if isinstance(thing, type) and issubclass(thing, torch.nn.Module)]\n"
        "network = kinds[-1]()\n"
        "print(tuple(network(torch.zeros(3, 1, 32, 32)).shape), sum(p.numel() for p in network.parameters()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout.split("\n")[0] == "(3, 10) 61706", done.stderr


def test_the_menus_open_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    typist = Typist()
    typist.add("relu")
    typist.press(Qt.Key.Key_E, ALT)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    typist.press(Qt.Key.Key_Down)
    typist.press(ENTER)
    assert window.session.graph.nodes == (), "the first entry takes the last step back"
    qtbot.waitUntil(window.design.canvas.hasFocus)


def test_chinese_titles_are_typed_by_their_first_letters(window: MainWindow, qtbot: QtBot) -> None:
    window.choose_language("zh_CN")
    old = window.design
    qtbot.waitUntil(lambda: window.design is not old)
    qtbot.waitUntil(window.design.canvas.hasFocus)
    typist = Typist()
    try:
        for letters in ("sr", "ewjj", "zp", "qlj", "sc"):
            typist.add(letters)
        kinds = [node.kind for node in window.session.graph.nodes]
        assert kinds == ["Input", "Conv2d", "Flatten", "Linear", "Output"]
        assert len(window.session.graph.edges) == 4
    finally:
        set_language("en")
