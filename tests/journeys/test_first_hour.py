"""A newcomer's first hour with real mouse and key events: draw, set, train, look, pause, step, stop, undo, save."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnstudio.core.graph import Graph
from nnstudio.project.document import Project
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.palette.list import MIME, OfferList
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.canvas.hand import Hand, assert_obeys
from tests.ui.conftest import send_deletions

LEFT = Qt.MouseButton.LeftButton
W = TypeVar("W", bound=QWidget)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    session = Session(Project(name="First"))
    made = MainWindow(session, remember=False)
    made.resize(1600, 1000)
    made.show()
    qtbot.waitExposed(made)
    yield made
    if isValid(made):
        session.bridge.shutdown()
        made.close()
        made.deleteLater()
    session.deleteLater()
    send_deletions()


class Person:
    """Does to the window what a person would."""

    def __init__(self, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.window = window
        self.qtbot = qtbot
        self.session = window.session
        self.canvas = self._find(Canvas, "canvas")
        self.hand = Hand(self.canvas)
        self._target = QPointF()
        monkeypatch.setattr(QDrag, "exec", self._stand_in_for_drag())

    def _find(self, kind: type[W], name: str) -> W:
        found = self.window.findChild(kind, name)
        assert found is not None, name
        return found

    def _stand_in_for_drag(self) -> Callable[..., Qt.DropAction]:
        """The unseen screen carries no drags, so what was picked up is brought to the canvas by its events."""

        def carried(drag: QDrag, *_actions: object) -> Qt.DropAction:
            key = bytes(drag.mimeData().data(MIME).data()).decode()
            assert self.hand.drop(key, self._target)
            return Qt.DropAction.CopyAction

        return carried

    def drag_from_palette(self, key: str, place: tuple[float, float]) -> None:
        """Press on an entry of the palette, pull, and let go over a place of the drawing."""
        self._target = QPointF(*place)
        entries = self._find(OfferList, "palette_list")
        index = entries.index_of(key)
        entries.scrollTo(index)
        start = entries.visualRect(index).center()
        QTest.mousePress(entries.viewport(), LEFT, pos=start)
        for reach in (4, 12, 24):
            QTest.mouseMove(entries.viewport(), start + QPoint(reach, 0))
        QTest.mouseRelease(entries.viewport(), LEFT, pos=start + QPoint(24, 0))

    def wire(self, source: str, target: str) -> None:
        """Pull a wire from the output of one layer to the input of another."""
        self.hand.drag(self.hand.port(source, "output", output=True), self.hand.port(target, "input"))

    def set_number(self, node: str, parameter: str, value: int) -> None:
        """Click a layer and type a number into its form."""
        self.hand.click(self.hand.card(node))
        field = self._find(QSpinBox, f"field_{parameter}")
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, str(value))
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert self.session.graph.by_name[node].params[parameter] == value

    def press(self, name: str) -> None:
        """Click a button of the top bar."""
        QTest.mouseClick(self._find(QPushButton, name), LEFT)

    def steps_at_rest(self) -> int:
        """Wait until a paused run has shown all of its steps; return how many."""
        seen = -1
        while seen != self.session.bridge.num_steps:
            seen = self.session.bridge.num_steps
            self.qtbot.wait(200)  # longer than the slowest look of the bridge at the run
        return seen

    def save_as(self, path: Path) -> None:
        """Press Ctrl+S and answer the dialog."""

        def answer() -> None:
            dialog = self.window.findChild(QFileDialog, "file_dialog")
            if dialog is None or not dialog.isVisible():
                QTimer.singleShot(20, answer)
                return
            name = dialog.findChild(QLineEdit, "fileNameEdit")
            assert name is not None
            name.setText(str(path))
            buttons = dialog.findChild(QDialogButtonBox, "buttonBox")
            assert buttons is not None
            QTest.mouseClick(buttons.button(QDialogButtonBox.StandardButton.Save), LEFT)

        QTimer.singleShot(0, answer)
        QTest.keyClick(self.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)


PLACES = {
    "Input": (0.0, 0.0),
    "Conv2d": (240.0, 0.0),
    "ReLU": (480.0, 0.0),
    "Flatten": (720.0, 0.0),
    "Linear": (960.0, 0.0),
    "Output": (1200.0, 0.0),
}


def test_the_first_hour(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qapp: QApplication
) -> None:
    person = Person(window, qtbot, monkeypatch)
    session, canvas, bridge = person.session, person.canvas, person.session.bridge

    for kind, place in PLACES.items():
        person.drag_from_palette(kind, place)
    assert [node.kind for node in session.graph.nodes] == list(PLACES)
    assert_obeys(canvas)
    canvas.zoom_to_fit()
    names = [node.name for node in session.graph.nodes]
    for source, target in pairwise(names):
        person.wire(source, target)
    assert len(session.graph.edges) == 5
    person.set_number("conv_1", "out_channels", 6)
    person.set_number("dense_1", "out_features", 10)
    assert session.analysis.problems == ()
    assert session.analysis.facts[session.graph.by_name["conv_1"].id].outputs[0].shape[0] == 6

    person.press("train_button")
    qtbot.waitUntil(lambda: bridge.num_steps > 3, timeout=60_000)
    conv = canvas.node_item(session.graph.by_name["conv_1"].id)
    qtbot.waitUntil(lambda: conv.picture is not None, timeout=20_000)
    first_picture, first_points = conv.picture, len(bridge.curve)
    qtbot.waitUntil(lambda: len(bridge.curve) > first_points, timeout=20_000)
    qtbot.waitUntil(lambda: conv.picture is not first_picture, timeout=20_000)

    person.press("pause_button")
    qtbot.waitUntil(lambda: bridge.state == "paused", timeout=20_000)
    settled = person.steps_at_rest()
    person.press("step_button")
    qtbot.waitUntil(lambda: bridge.num_steps > settled, timeout=20_000)
    assert person.steps_at_rest() == settled + 1, "one press, one batch"
    person.press("train_button")
    qtbot.waitUntil(lambda: not bridge.is_active, timeout=20_000)
    assert bridge.ended is not None
    assert bridge.ended.reason == "stopped"

    drawn = session.project
    while session.undo_label is not None:
        QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.graph == Graph()
    assert_obeys(canvas)
    while session.redo_label is not None:
        QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert session.project == drawn
    assert_obeys(canvas)
    assert canvas.node_item(session.graph.by_name["conv_1"].id).picture is not None, "what was learned is shown again"

    path = tmp_path / "first.nns"
    person.save_as(path)
    assert path.is_file()
    assert not session.dirty
    session.new()
    session.open(path)
    assert session.project == drawn
    assert bridge.state == "idle"
    assert canvas.node_item(session.graph.by_name["conv_1"].id).picture is None, "another document has learned nothing"
