"""What is shown holds nobody up: it is done in pieces, and what can wait waits for an idle moment."""

from __future__ import annotations

import time
from functools import partial

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from pytestqt.qtbot import QtBot

from nnstudio.ui import lazy
from nnstudio.ui.monitor import plots
from nnstudio.ui.monitor.plots import CurvePanel
from nnstudio.ui.monitor.polling import Polling
from nnstudio.ui.session import Session
from tests.ui.monitor.conftest import Show


def test_a_plot_waits_for_the_end_of_the_imports(
    session: Session, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lazy.pyqtgraph()
    monkeypatch.setattr(lazy, "is_warming", lambda: True)
    panel = show(CurvePanel(session, "loss"), 460, 260)
    assert isinstance(panel, CurvePanel)
    qtbot.wait(3 * plots._LOOK_AGAIN_MS)
    assert panel.plot is None
    monkeypatch.setattr(lazy, "is_warming", lambda: False)
    qtbot.waitUntil(lambda: panel.plot is not None)
    assert not panel._waiting.isActive()


def test_plots_are_built_one_after_the_other(
    session: Session, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lazy.pyqtgraph()
    times: list[float] = []
    build = CurvePanel._build

    def noted(panel: CurvePanel) -> None:
        times.append(time.monotonic())
        build(panel)

    monkeypatch.setattr(CurvePanel, "_build", noted)
    for what in ("loss", "accuracy"):
        show(CurvePanel(session, what), 460, 260)
    qtbot.waitUntil(lambda: len(times) == 2)
    assert times[1] - times[0] > plots._LOOK_AGAIN_MS / 1000


def test_what_is_due_comes_between_a_look_and_its_turn(qtbot: QtBot) -> None:
    order: list[str] = []
    parent = QObject()
    polling: Polling
    heart = QTimer(parent)
    heart.setTimerType(Qt.TimerType.PreciseTimer)
    heart.setSingleShot(True)
    heart.timeout.connect(lambda: order.append("heart"))

    def look() -> None:
        if not order:
            order.append("look")
            heart.start(0)
            polling.ask(lambda: order.append("turn"))

    polling = Polling(parent, look)
    polling.begin()
    qtbot.waitUntil(lambda: "turn" in order)
    polling.end()
    assert order == ["look", "heart", "turn"]


def test_the_last_look_shows_everything_at_once(qtbot: QtBot) -> None:
    shown: list[str] = []
    parent = QObject()
    polling: Polling

    def look() -> None:
        for name in ("curves", "maps", "words"):
            polling.ask(partial(shown.append, name))
        polling.end()

    polling = Polling(parent, look)
    polling.begin()
    qtbot.waitUntil(lambda: bool(shown))
    assert shown == ["curves", "maps", "words"]
    assert polling.is_shown
