"""Training in a process of its own, from the window."""

from __future__ import annotations

import os
import signal

import msgspec
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.project.document import Project
from nnstudio.project.examples import ALL
from nnstudio.project.preferences import load_preferences
from nnstudio.runs.apart.work import WorkApart
from nnstudio.ui.monitor.leftover import left_over
from nnstudio.ui.window import MainWindow

LONG = 60_000
"""Milliseconds that another process may take to load PyTorch on a slow machine."""


@pytest.fixture
def project() -> Project:
    moons = ALL["moons"]()
    return msgspec.structs.replace(moons, recipe={**moons.recipe, "epochs": 100_000})


@pytest.fixture
def apart(window: MainWindow) -> MainWindow:
    """A window whose runs work in processes of their own."""
    switch(window)
    return window


def switch(window: MainWindow) -> None:
    """Choose the other place for runs, in the menu."""
    action = window.findChild(QAction, "action_apart")
    assert action is not None
    action.trigger()


def test_a_run_apart_is_shown_steered_and_gone_on_with(apart: MainWindow, qtbot: QtBot) -> None:
    assert load_preferences().apart
    bridge = apart.session.bridge
    apart.running.train_or_stop()
    assert isinstance(bridge._work, WorkApart)
    qtbot.waitUntil(lambda: bridge.num_steps > 30 and bridge.snapshot is not None, timeout=LONG)
    assert bridge.dataset is not None
    assert bridge.epochs
    apart.running.pause_or_resume()
    bridge.step()
    qtbot.waitUntil(lambda: bridge.state == "paused", timeout=LONG)
    assert bridge.rate == pytest.approx(0.01)
    bridge.stop()
    qtbot.waitUntil(lambda: bridge.state == "ended", timeout=LONG)
    reached = bridge.num_steps
    assert bridge.can_go_on
    bridge.step()
    qtbot.waitUntil(lambda: bridge.num_steps == reached + 1, timeout=LONG)
    process = bridge._work._process
    assert process is not None
    apart.close()
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=LONG)  # the process goes with the window


def test_the_death_of_the_process_is_told_and_another_run_may_begin(
    apart: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []  # a message would wait for an answer
    monkeypatch.setattr("nnstudio.ui.dialogs.messages.tell_error", lambda _window, _title, text: told.append(text))
    bridge = apart.session.bridge
    apart.running.train_or_stop()
    qtbot.waitUntil(lambda: left_over(apart.session.project) is not None, timeout=LONG)
    assert isinstance(bridge._work, WorkApart)
    assert bridge._work._process is not None
    os.kill(bridge._work._process.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: bridge.state == "failed", timeout=LONG)
    assert bridge.failed is not None
    assert "ended before its time" in bridge.failed.message
    assert not bridge.can_go_on
    qtbot.waitUntil(lambda: bool(told))
    (offer, back) = (apart.findChild(QWidget, name) for name in ("resume_offer", "steer_restart"))
    assert offer is not None
    assert not offer.isHidden(), "what is on disk can be gone on with"
    assert back is not None
    assert not back.isEnabled(), "there is no run at hand that could be moved"
    switch(apart)
    assert not load_preferences().apart
    bridge.start()
    assert type(bridge._work).__name__ == "Work"
    bridge.reset()
