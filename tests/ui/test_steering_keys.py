"""Keys that steer a run count in the windows beside the main one, for the drawing that these belong to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.project.examples import EXAMPLES
from nnstudio.ui.experiments.window import open_window
from nnstudio.ui.insight.frame import ViewWindow
from nnstudio.ui.insight.gallery import Gallery
from nnstudio.ui.session import Session
from nnstudio.ui.steering_keys import STEERING
from nnstudio.ui.window import MainWindow

CONTROL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def iris(qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(Session(EXAMPLES["iris"]()), remember=False)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def view_window(window: MainWindow) -> ViewWindow:
    window.actions_["insight_window"].trigger()
    gallery = window.design.dock.view("insight")
    assert isinstance(gallery, Gallery)
    return gallery.findChildren(ViewWindow)[0]


def press(beside: QWidget, qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    """Press a key while a window has the keyboard."""
    beside.activateWindow()
    qtbot.waitUntil(beside.isActiveWindow)
    QTest.keyClick(beside, key, modifiers)


def test_every_steering_action_has_a_key(iris: MainWindow) -> None:
    assert all(iris.actions_[id_].shortcuts() for id_ in STEERING)


def test_a_run_is_steered_from_the_window_of_a_view(iris: MainWindow, qtbot: QtBot) -> None:
    beside, bridge = view_window(iris), iris.session.bridge
    press(beside, qtbot, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: (bridge.state, bridge.num_steps) == ("paused", 1), timeout=60_000)
    press(beside, qtbot, Qt.Key.Key_F6)
    assert bridge.state == "running"
    press(beside, qtbot, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: bridge.state == "ended", timeout=60_000)


def test_experiments_open_from_each_other(iris: MainWindow, qtbot: QtBot) -> None:
    press(view_window(iris), qtbot, Qt.Key.Key_H, CONTROL)
    runs = open_window(iris.session, "runs")
    assert runs is not None
    press(runs, qtbot, Qt.Key.Key_F5, CONTROL)
    assert open_window(iris.session, "sweep") is not None


def test_a_window_of_a_hidden_drawing_steers_that_drawing(iris: MainWindow, qtbot: QtBot) -> None:
    first = iris.session
    beside = view_window(iris)
    iris.files.new()
    second = iris.session
    assert second is not first
    press(beside, qtbot, Qt.Key.Key_F7)
    assert iris.session is first
    qtbot.waitUntil(lambda: (first.bridge.state, first.bridge.num_steps) == ("paused", 1), timeout=60_000)
    assert second.bridge.state == "idle"
