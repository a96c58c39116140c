"""Sessions and windows for tests, and a watch over what tests leave behind."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnstudio.core.graph import Graph
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.project.store import save
from nnstudio.ui import theme
from nnstudio.ui.insight.typeset import PRINT
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow


@pytest.fixture(autouse=True, scope="module")
def settled() -> None:
    """Take what is there before a file's tests out of the collector's sight: it is millions of objects with torch."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_left(qapp: QApplication) -> Iterator[None]:
    """Fail a test that leaves a thread, a running timer or a top-level widget behind."""
    threads, widgets = set(threading.enumerate()), set(map(id, qapp.topLevelWidgets()))
    timers = set(map(id, _running_timers()))
    yield
    PRINT.rest()
    send_deletions()
    left: list[object] = [widget for widget in qapp.topLevelWidgets() if id(widget) not in widgets]
    left += [timer for timer in _running_timers() if id(timer) not in timers]
    left += [thread for thread in threading.enumerate() if thread not in threads]
    left = [thing for thing in left if not isinstance(thing, QObject) or isValid(thing)]
    told = f"left behind: {left}"
    for widget in left:
        if isinstance(widget, QWidget):  # so that the next test is not blamed as well
            widget.close()
            widget.deleteLater()
    send_deletions()
    assert not left, told


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> Iterator[None]:
    """Begin every test in the light theme, as the program would be dressed."""
    if qapp.style().objectName().lower() != "fusion":
        qapp.setStyle("Fusion")
    if theme.current().name != "light" or not qapp.styleSheet():
        theme.set_theme("light")
    yield
    if theme.current().name != "light":
        theme.set_theme("light")


@pytest.fixture
def project() -> Project:
    """Return image (1, 8, 8) -> conv_1 (4 maps of 6 × 6) -> relu_1 -> flatten_1 (144) -> dense_1 (10) -> digit."""
    b = Builder("Small")
    h = b.input("image", shape=(1, 8, 8))
    h = b.add("Conv2d", h, out_channels=4, kernel_size=3)
    h = b.add("ReLU", h)
    h = b.add("Flatten", h)
    h = b.add("Linear", h, out_features=10)
    b.output(h, name="digit")
    return b.project(data={"name": "digits8"}, recipe={"epochs": 2})


@pytest.fixture
def session(qapp: QApplication, project: Project) -> Iterator[Session]:
    """Return a session of `project`."""
    made = Session(project)
    yield made
    if isValid(made):
        made.bridge.shutdown()
        made.deleteLater()
        send_deletions()


@pytest.fixture
def empty_session(qapp: QApplication) -> Iterator[Session]:
    """Return a session with nothing drawn."""
    made = Session(Project(name="Empty", graph=Graph()))
    yield made
    if isValid(made):
        made.deleteLater()
        send_deletions()


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> Iterator[MainWindow]:
    """Return the window of `session`, shown; it keeps nothing and asks nothing when it closes."""
    made = MainWindow(session, remember=False)
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    yield made
    if isValid(made):
        made.close()
        made.deleteLater()
        send_deletions()


@pytest.fixture
def keeping(qtbot: QtBot, session: Session) -> Iterator[MainWindow]:
    """Return the window of `session`, shown and active; it asks and remembers, as a person's does."""
    made = MainWindow(session)
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    if isValid(made):
        for one in made.sessions.all:
            one.begin(one.project, None)
        made.close()
        made.deleteLater()
        send_deletions()


@pytest.fixture
def files(project: Project, tmp_path: Path) -> tuple[Path, Path, Path]:
    """Return three files with drawings called One, Two and Three."""
    paths = []
    for name in ("One", "Two", "Three"):
        path = tmp_path / f"{name.lower()}.nns"
        save(msgspec.structs.replace(project, name=name), path)
        paths.append(path)
    return paths[0], paths[1], paths[2]


def send_deletions() -> None:
    """Let Qt delete what asked for it."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _running_timers() -> list[QTimer]:
    # By type: asking some of torch's stand-ins for their class makes them warn.
    timers = [thing for thing in gc.get_objects() if issubclass(type(thing), QTimer)]
    return [timer for timer in timers if isValid(timer) and timer.isActive()]
