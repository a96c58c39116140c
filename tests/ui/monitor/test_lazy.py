"""Heavy libraries come in the background, and leave the process as it was."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.ui import lazy
from nnstudio.ui.monitor.collector import SWITCH, Collector

PROGRAM = """
import gc, sys, threading
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication
said = []
qInstallMessageHandler(lambda kind, context, text: said.append(text))
application = QApplication([])
from nnstudio.ui import lazy
warmup = lazy.Warmup(application)
order = []
warmup.ready.connect(lambda: order.append(("ready", lazy.is_pyqtgraph_ready())))
warmup.finished.connect(lambda: order.append(("finished", "torch" in sys.modules)))
warmup.finished.connect(application.quit)
interval = sys.getswitchinterval()
assert not {"numpy", "pyqtgraph", "torch"} & sys.modules.keys()
assert not lazy.is_warming()
warmup.start()
assert lazy.is_warming()
warmup.start()
application.exec()
assert order == [("ready", True), ("finished", True)], order
assert gc.isenabled()
assert not lazy.is_warming()
assert sys.getswitchinterval() == interval
assert [thread.name for thread in threading.enumerate()] == ["MainThread"]
assert not said, said
assert lazy.pyqtgraph().getConfigOption("antialias") is True
"""


def test_everything_is_loaded_in_the_background() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


def test_loading_pyqtgraph_makes_no_qobject() -> None:
    program = """
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from shiboken6 import Shiboken
application = QApplication([])
before = {id(thing) for thing in Shiboken.getAllValidWrappers()}
from nnstudio.ui import lazy
lazy.pyqtgraph()
new = [thing for thing in Shiboken.getAllValidWrappers() if id(thing) not in before and isinstance(thing, QObject)]
assert not new, new
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


def test_what_cannot_be_loaded_is_told_and_the_rest_goes_on(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "nnstudio.training.warm", None)
    warmup = lazy.Warmup()
    with qtbot.waitSignals([warmup.ready, warmup.finished], timeout=60_000):
        warmup.start()
    warmup.wait()
    assert "could not be loaded" in caplog.text
    assert gc.isenabled()


def test_the_collector_comes_back_when_the_last_has_let_go(qtbot: QtBot) -> None:
    first, second = Collector(), Collector()
    first.hold()
    first.hold()
    SWITCH.hold()
    second.hold()
    first.release()
    SWITCH.release()
    assert not gc.isenabled()
    second.release()
    second.release()
    assert gc.isenabled()


def test_the_collector_collects_on_its_timer(qtbot: QtBot) -> None:
    collector = Collector()
    collector.hold()
    collected: list[str] = []

    def note(phase: str, _info: dict[str, int]) -> None:
        collected.append(phase)

    gc.callbacks.append(note)
    try:
        collector._timer.setInterval(1)
        qtbot.waitUntil(lambda: "stop" in collected)
    finally:
        gc.callbacks.remove(note)
        collector.release()
