"""Sessions in training for the views, and a place to show widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from nnstudio.project.document import Project
from nnstudio.ui.insight.view import StudyView
from nnstudio.ui.session import Session
from tests.ui.conftest import send_deletions
from tests.ui.monitor.conftest import Show, show, small_project

__all__ = ["Show", "show"]

Train = Callable[[Project], Session]
Look = Callable[[StudyView], StudyView]


@pytest.fixture
def train(qtbot: QtBot) -> Iterator[Train]:
    """Train a drawing to its end; the session is put away after the test."""
    made: list[Session] = []

    def run(project: Project) -> Session:
        session = Session(project)
        made.append(session)
        session.bridge.start()
        qtbot.waitUntil(lambda: session.bridge.state in ("ended", "failed"), timeout=60_000)
        assert session.bridge.failed is None, session.bridge.failed
        return session

    yield run
    for session in made:
        session.bridge.shutdown()
        session.deleteLater()
    send_deletions()


@pytest.fixture
def trained(train: Train) -> Session:
    """A small drawing (conv, act, flat, scores) after six steps."""
    return train(msgspec.structs.replace(small_project(), recipe={"epochs": 2, "batch_size": 512}))


@pytest.fixture
def look(show: Show, qtbot: QtBot) -> Look:
    """Show a view and wait until it has its whole answer."""

    def put(view: StudyView) -> StudyView:
        show(view, 900, 300)
        qtbot.waitUntil(lambda: view.seen is not None and view.seen.finished, timeout=30_000)
        QCoreApplication.processEvents()  # what has come into sight gets its room
        return view

    return put
