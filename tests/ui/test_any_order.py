"""Start, pause, step, rewind, stop, edit, in any order: nothing breaks, no thread stays, Qt does not complain."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from nnstudio.core import edits
from nnstudio.core.graph import freeze_params
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow

SEQUENCES = 200
LONG = 60_000


class Hands:
    """Does what a person might do, by chance."""

    def __init__(self, window: MainWindow, session: Session, chance: random.Random) -> None:
        self.session = session
        self.chance = chance
        actions = window.actions_
        bridge = session.bridge
        self.moves: tuple[Callable[[], object], ...] = (
            actions["train"].trigger,
            actions["train"].trigger,
            actions["pause"].trigger,
            actions["step"].trigger,
            actions["step_epoch"].trigger,
            actions["step_back"].trigger,
            actions["restart"].trigger,
            lambda: bridge.go_to(chance.randrange(bridge.reach + 1)),
            lambda: bridge.set_rate(chance.choice((0.0, 0.001, 0.1, 1e30))),
            lambda: bridge.set_weight("dense_1.bias", (0,), chance.uniform(-1, 1)),
            bridge.stop,
            bridge.shutdown,
            self.edit,
            session.undo,
            self.wait,
            self.wait,
        )

    def edit(self) -> None:
        """Change the drawing or the recipe."""
        session = self.session
        if self.chance.random() < 0.5:
            recipe = freeze_params({**session.project.recipe, "seed": self.chance.randrange(3)})
            session.commit("", project=msgspec.structs.replace(session.project, recipe=recipe))
        else:
            maps = self.chance.randrange(2, 6)
            graph = edits.set_param(session.graph, session.graph.by_name["conv_1"].id, "out_channels", maps)
            session.commit("", project=msgspec.structs.replace(session.project, graph=graph))

    def wait(self) -> None:
        """Let a few things happen."""
        done = threading.Event()
        for _ in range(self.chance.randrange(30)):
            QCoreApplication.processEvents()
            done.wait(0.001)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # said by the offscreen platform
def test_any_order(qtbot: QtBot, window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("nnstudio.ui.dialogs.messages.tell_error", lambda _window, _title, text: told.append(text))
    chance = random.Random(0)  # noqa: S311 nothing secret
    session.bridge.step()
    qtbot.waitUntil(lambda: session.bridge.num_steps == 1, timeout=LONG)
    hands = Hands(window, session, chance)
    for _ in range(SEQUENCES):
        for _ in range(chance.randrange(2, 12)):
            chance.choice(hands.moves)()
        session.bridge.shutdown()
        qtbot.waitUntil(lambda: session.bridge._look is None, timeout=LONG)
        assert not session.bridge.is_active
        assert [thread.name for thread in threading.enumerate() if thread.name.startswith("nnstudio-run")] == []
    # And what comes after all that is as ever.
    session.bridge.start()
    qtbot.waitUntil(lambda: session.bridge.num_steps > 3, timeout=LONG)
    session.bridge.shutdown()
