"""What stays of the tabs of a window after a crash and in another language, and what is left of closed ones."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Qt, QThread, QTimer
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnstudio.core.words import language
from nnstudio.project.autosave import Autosave
from nnstudio.project.document import Project
from nnstudio.ui import theme
from nnstudio.ui.session import Session
from nnstudio.ui.tabs import DrawingTabs
from nnstudio.ui.window import MainWindow
from tests.ui.answers import answered, press
from tests.ui.conftest import send_deletions
from tests.ui.tabs import bar, names, spoil

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
LONG = 60_000


# After a crash


def test_two_unsaved_drawings_outlive_a_crash(keeping: MainWindow, project: Project, files: tuple[Path, ...]) -> None:
    crashed = [Autosave(), Autosave()]
    for number, (autosave, path) in enumerate(zip(crashed, (files[0], None), strict=True)):
        autosave.write(msgspec.structs.replace(project, name=f"Lost {number}"), path)
        autosave.close()
    with answered(press("Bring back")) as met:
        keeping.offer_recovery()
    assert len(met) == 2
    found = {session.project.name: session for session in keeping.sessions.all}
    assert sorted(found) == ["Lost 0", "Lost 1"]
    assert found["Lost 0"].path == files[0]
    assert found["Lost 1"].path is None
    assert all(session.dirty for session in found.values())
    assert len(copies()) == 2, "copies stay until their drawings are saved"
    found["Lost 0"].save(files[0])
    assert len(copies()) == 1
    found["Lost 1"].save(files[1])
    assert copies() == []


CRASH = """
import os, sys
from pathlib import Path
from nnstudio.core import edits
from nnstudio.ui.app import make_application, open_window
application = make_application()
window = open_window()
window.show()
window.files.open_all([Path(name) for name in sys.argv[1:]])
for session in window.sessions.all:
    window.sessions.show(session)
    session.commit("Remove", edits.remove_nodes(session.graph, [session.graph.by_name["relu_1"].id]))
    window.recovery.write()
os._exit(9)
"""


def test_a_program_that_dies_loses_neither_of_two_drawings(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    done = subprocess.run([sys.executable, "-c", CRASH, *map(str, files[:2])], check=False)
    assert done.returncode == 9
    with answered(press("Bring back")) as met:
        keeping.offer_recovery()
    assert len(met) == 2
    found = {session.path: session for session in keeping.sessions.all}
    assert found.keys() == set(files[:2])
    for session in found.values():
        assert session.dirty
        assert "relu_1" not in session.graph.by_name


def test_each_drawing_keeps_a_copy_of_its_own(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    keeping.files.open_all(files[:2])
    for _ in range(2):
        spoil(keeping.session)
        assert keeping.recovery is not None
        keeping.recovery.write()
        keeping.sessions.step(1)
    assert len(copies()) == 2
    assert Autosave().pending() == (), "they belong to a program that lives"
    with answered(press("Discard")):
        keeping.files.close()
    assert len(copies()) == 1


def test_what_comes_back_does_not_overwrite_what_is_unsaved(
    keeping: MainWindow, project: Project, files: tuple[Path, ...]
) -> None:
    keeping.files.open(files[0])
    present = keeping.session
    gone = Autosave()
    gone.write(msgspec.structs.replace(project, name="Lost"), files[0])
    gone.close()
    spoil(present)
    with answered(press("Bring back")):
        keeping.offer_recovery()
    assert names(keeping) == ["One", "Lost"]
    assert present.dirty
    assert keeping.session.path is None, "two tabs do not save to one file"


def copies() -> list[Path]:
    from nnstudio.project.places import state_folder

    return list(state_folder().rglob("*.nns-recovery"))


# Building anew, and memory


def test_all_drawings_get_another_language_and_theme(qtbot: QtBot, window: MainWindow) -> None:
    window.files.new()
    window.sessions.step(1)
    design = window.design
    window.choose_theme("dark")
    window.choose_language("zh_CN")
    qtbot.waitUntil(lambda: window.design is not design)
    send_deletions()
    assert (theme.current().name, language()) == ("dark", "zh_CN")
    assert names(window) == ["Small", "Untitled"]
    assert len(window.findChildren(DrawingTabs)) == 1
    assert bar(window).accessibleName() == "打开的图"
    window.sessions.step(1)
    assert window.actions_["new"].text() == "新建"


def test_closed_tabs_leave_nothing_behind(qtbot: QtBot, window: MainWindow, project: Project) -> None:
    counts: list[tuple[int, int, int]] = []
    gone: list[weakref.ref[Session]] = []
    for number in range(30):
        window.sessions.add(Session(project))
        gone.append(weakref.ref(window.session))
        if number % 10 == 0:
            window.running.train_or_stop()
        window.show_page("train")
        window.session.select([window.session.graph.by_name["conv_1"].id])
        window.sessions.remove(window.session)
        send_deletions()
        gc.collect()
        everything = window.findChildren(QObject)
        timers = [thing for thing in gc.get_objects() if issubclass(type(thing), QTimer) and isValid(thing)]
        threads = [thing for thing in gc.get_objects() if issubclass(type(thing), QThread) and isValid(thing)]
        counts.append((len(everything), len(timers), len(threads)))
    assert counts[2:] == [counts[2]] * 28
    assert not any(session() for session in gone)
