"""Many times over: a watched layer is deleted while the network trains, and the window closed in the middle."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.ui.bridge import RunBridge
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import send_deletions

TIMES = 100


def endless() -> Project:
    """Draw a network that learns for far longer than anybody waits."""
    b = Builder("Endless")
    h = b.input("image", shape=(1, 8, 8))
    h = b.add("Conv2d", h, out_channels=4, kernel_size=3)
    h = b.add("ReLU", h)
    h = b.add("Flatten", h)
    b.output(b.add("Linear", h, out_features=10), name="digit")
    return b.project(data={"name": "digits8"}, recipe={"epochs": 10_000})


def wait_for_picture(qtbot: QtBot, bridge: RunBridge) -> None:
    qtbot.waitUntil(lambda: bridge.snapshot is not None, timeout=60_000)


def wait_for_step(qtbot: QtBot, bridge: RunBridge) -> None:
    steps = bridge.num_steps
    qtbot.waitUntil(lambda: bridge.num_steps > steps, timeout=60_000)


def test_deleting_watched_layers_and_closing_while_training(qtbot: QtBot) -> None:
    threads = set(threading.enumerate())
    for number in range(TIMES):
        session = Session(endless())
        window = MainWindow(session, remember=False)
        window.show()
        bridge = session.bridge
        watched = session.graph.by_name[("conv_1", "relu_1", "flatten_1", "dense_1")[number % 4]].id
        session.select([watched])
        bridge.start()
        wait_for_picture(qtbot, bridge)
        canvas = window.findChild(Canvas, "canvas")
        assert canvas is not None
        canvas.delete_selection()
        assert watched not in session.graph.by_id
        wait_for_step(qtbot, bridge)
        assert bridge.is_active
        window.close()
        window.deleteLater()
        session.deleteLater()
        send_deletions()
        assert not isValid(window)
        qtbot.waitUntil(lambda: set(threading.enumerate()) <= threads, timeout=60_000)
