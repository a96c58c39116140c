"""Several drawings in one window: tabs, files, questions, runs."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.graph import freeze_params
from nnstudio.project.autosave import Autosave
from nnstudio.project.document import Project
from nnstudio.project.store import load, save
from nnstudio.ui.app import open_window
from nnstudio.ui.dialogs import messages
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.answers import answered, press
from tests.ui.tabs import bar, is_in_front, names, spoil

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
LONG = 60_000


def close_button(window: MainWindow, place: int) -> QAbstractButton:
    button = bar(window).tabButton(place, QTabBar.ButtonPosition.RightSide)
    assert isinstance(button, QAbstractButton)
    return button


def key(window: MainWindow, which: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    """Press a key where the keyboard is."""
    QTest.keyClick(QApplication.focusWidget() or window, which, modifiers)


# Coming and going


def test_one_drawing_has_no_tabs(keeping: MainWindow) -> None:
    assert keeping.findChild(QWidget, "drawing_tabs") is None


def test_tabs_come_with_the_second_drawing_and_go_with_it(keeping: MainWindow) -> None:
    key(keeping, Qt.Key.Key_T, CONTROL)
    assert names(keeping) == ["Small", "Untitled"]
    assert is_in_front(keeping, "Untitled")
    key(keeping, Qt.Key.Key_N, CONTROL)
    assert names(keeping) == ["Small", "Untitled", "Untitled 2"]
    key(keeping, Qt.Key.Key_W, CONTROL)
    key(keeping, Qt.Key.Key_W, CONTROL)
    assert names(keeping) == []
    assert is_in_front(keeping, "Small")


def test_the_plus_begins_a_drawing(keeping: MainWindow) -> None:
    keeping.files.new()
    plus = keeping.findChild(QToolButton, "new_tab_button")
    assert plus is not None
    QTest.mouseClick(plus, LEFT)
    assert names(keeping) == ["Small", "Untitled", "Untitled 2"]


def test_keys_go_from_tab_to_tab(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    keeping.files.open_all(files)
    assert names(keeping) == ["One", "Two", "Three"]
    assert is_in_front(keeping, "One")
    for which, modifiers, name in (
        (Qt.Key.Key_Tab, CONTROL, "Two"),
        (Qt.Key.Key_PageDown, CONTROL, "Three"),
        (Qt.Key.Key_Tab, CONTROL, "One"),
        (Qt.Key.Key_PageUp, CONTROL, "Three"),
        (Qt.Key.Key_Backtab, CONTROL | SHIFT, "Two"),
    ):
        key(keeping, which, modifiers)
        assert is_in_front(keeping, name)
        assert keeping.design.canvas.hasFocus()


def test_a_click_shows_a_drawing_and_edits_go_to_it_alone(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    keeping.files.open_all(files[:2])
    one, two = keeping.sessions.all
    QTest.mouseClick(bar(keeping), LEFT, pos=bar(keeping).tabRect(1).center())
    assert is_in_front(keeping, "Two")
    key(keeping, Qt.Key.Key_A, CONTROL)
    key(keeping, Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier)
    assert (len(one.graph.nodes), len(two.graph.nodes)) == (6, 0)
    assert not one.selection
    QTest.mouseClick(bar(keeping), LEFT, pos=bar(keeping).tabRect(0).center())
    key(keeping, Qt.Key.Key_Z, CONTROL)
    assert len(two.graph.nodes) == 0
    key(keeping, Qt.Key.Key_Tab, CONTROL)
    key(keeping, Qt.Key.Key_Z, CONTROL)
    assert len(two.graph.nodes) == 6


def test_the_keyboard_reaches_the_tabs(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    keeping.files.open_all(files)
    for _ in range(8):
        key(keeping, Qt.Key.Key_F6, CONTROL)
        if bar(keeping).hasFocus():
            break
    assert bar(keeping).hasFocus()
    QTest.keyClick(bar(keeping), Qt.Key.Key_Right)
    assert is_in_front(keeping, "Two")
    assert bar(keeping).hasFocus()


def test_a_file_used_lately_is_opened_from_the_menu(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    keeping.files.open_all(files)
    keeping.files.close(keeping.sessions.all[2])
    for menu in keeping.menus.findChildren(QMenu, "menu_file"):
        menu.aboutToShow.emit()
    recent = keeping.findChild(QMenu, "menu_recent")
    assert recent is not None
    next(entry for entry in recent.actions() if entry.text() == str(files[2])).trigger()
    assert names(keeping) == ["One", "Three", "Two"]


def test_a_desk_is_built_when_it_is_first_shown(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    keeping.files.open_all(files)
    assert len(keeping.findChildren(QWidget, "canvas")) == 1
    keeping.sessions.step(1)
    assert len(keeping.findChildren(QWidget, "canvas")) == 2


def test_what_is_being_typed_goes_to_the_drawing_that_is_left(keeping: MainWindow, session: Session) -> None:
    session.select([session.graph.by_name["conv_1"].id])
    line = keeping.findChild(QWidget, "field_name")
    assert line is not None
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(line, "stem")
    key(keeping, Qt.Key.Key_T, CONTROL)
    assert "stem" in session.graph.by_name


def test_a_gesture_ends_where_the_tab_is_left(keeping: MainWindow, session: Session, files: tuple[Path, ...]) -> None:
    spoil(session)
    keeping.files.open(files[0])
    canvas, one = keeping.design.canvas, keeping.session
    card = canvas.node_item(one.graph.by_name["conv_1"].id)
    start = canvas.mapFromScene(card.sceneBoundingRect().center())
    QTest.mousePress(canvas.viewport(), LEFT, pos=start)
    QTest.mouseMove(canvas.viewport(), start + QPoint(60, 40))
    QTest.mouseMove(canvas.viewport(), start + QPoint(90, 60))
    before = one.project
    key(keeping, Qt.Key.Key_Tab, CONTROL)
    key(keeping, Qt.Key.Key_Tab, CONTROL)
    QTest.mouseMove(canvas.viewport(), start + QPoint(120, 80))
    QTest.mouseRelease(canvas.viewport(), LEFT, pos=start + QPoint(120, 80))
    assert one.project is before


def test_panels_stay_where_they_are(keeping: MainWindow) -> None:
    keeping.actions_["panel_palette"].trigger()
    keeping.files.new()
    assert not keeping.design.palette_panel.isVisible()
    assert not keeping.actions_["panel_palette"].isChecked()
    keeping.actions_["panel_palette"].trigger()
    keeping.sessions.step(1)
    assert keeping.design.palette_panel.isVisible()
    assert keeping.actions_["panel_palette"].isChecked()


def test_tabs_are_dragged(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    keeping.files.open_all(files)
    tabs = bar(keeping)
    first, last = tabs.tabRect(0).center(), tabs.tabRect(2).center()
    QTest.mousePress(tabs, LEFT, pos=first)
    for share in (0.2, 0.5, 0.8, 1.1):
        QTest.mouseMove(tabs, QPoint(round(first.x() + share * (last.x() - first.x())), first.y()))
    QTest.mouseRelease(tabs, LEFT, pos=last)
    assert names(keeping) == ["Two", "Three", "One"]
    assert [session.project.name for session in keeping.sessions.all] == names(keeping)
    assert is_in_front(keeping, "One")
    key(keeping, Qt.Key.Key_Tab, CONTROL)
    assert is_in_front(keeping, "Two")


def test_a_middle_click_and_the_cross_close(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    keeping.files.open_all(files)
    QTest.mouseClick(bar(keeping), MIDDLE, pos=bar(keeping).tabRect(2).center())
    assert names(keeping) == ["One", "Two"]
    QTest.mouseClick(close_button(keeping, 0), LEFT)
    assert names(keeping) == []
    assert is_in_front(keeping, "Two")


def test_the_dot_says_what_is_unsaved(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    keeping.files.open_all(files)
    dark = [close_button(keeping, 1).grab().toImage()]
    spoil(keeping.sessions.all[1])
    assert bar(keeping).accessibleTabName(1) == "Two – edited"
    dark.append(close_button(keeping, 1).grab().toImage())
    assert dark[0] != dark[1]
    keeping.sessions.all[1].undo()
    assert bar(keeping).accessibleTabName(1) == "Two"
    assert close_button(keeping, 1).grab().toImage() == dark[0]


def test_names_alike_are_told_apart(keeping: MainWindow, project: Project, tmp_path: Path) -> None:
    for name in ("a&b.nns", "c.nns"):
        save(project, tmp_path / name)
    keeping.files.open_all([tmp_path / "a&b.nns", tmp_path / "c.nns"])
    assert names(keeping) == ["Small – a&&b.nns", "Small – c.nns"]


# Files


def test_a_file_takes_the_place_of_a_drawing_that_nobody_touched(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    keeping.files.open(files[0])
    assert [session.project.name for session in keeping.sessions.all] == ["One"]
    keeping.files.open(files[1])
    assert names(keeping) == ["One", "Two"]
    assert is_in_front(keeping, "Two")


def test_a_touched_drawing_stays(keeping: MainWindow, session: Session, files: tuple[Path, ...]) -> None:
    spoil(session)
    session.undo()
    keeping.files.open(files[0])
    assert names(keeping) == ["Small", "One"]


def test_a_file_that_is_open_comes_to_the_front(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    keeping.files.open_all(files)
    assert keeping.files.open(files[2].parent / "." / files[2].name)
    assert names(keeping) == ["One", "Two", "Three"]
    assert is_in_front(keeping, "Three")
    keeping.files.open_all(files[:2])
    assert is_in_front(keeping, "One"), "the first of several"


def test_two_tabs_do_not_save_to_one_file(
    keeping: MainWindow, files: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nnstudio.ui.dialogs import paths

    keeping.files.open_all(files[:2])
    monkeypatch.setattr(paths, "ask_save", lambda _parent, _suggested: files[1])
    before, told = files[1].read_bytes(), list[str]()
    with answered(press("OK", told)):
        assert not keeping.files.save_as()
    assert "two.nns is open in another tab" in told[0]
    assert files[1].read_bytes() == before


def test_files_of_the_command_line_are_tabs(
    qtbot: QtBot, files: tuple[Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(messages, "tell_error", lambda _parent, _title, text: told.append(text))
    window = open_window(tmp_path / "missing.nns", *files)
    window.show()
    qtbot.waitUntil(lambda: len(window.sessions.all) == 3)
    assert names(window) == ["One", "Two", "Three"]
    assert is_in_front(window, "One")
    assert "missing.nns" in told[0]
    window.close()
    window.deleteLater()


def test_files_are_dropped_onto_the_window(qtbot: QtBot, keeping: MainWindow, files: tuple[Path, ...]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in (*files[:2], files[0].with_suffix(".txt"))])
    offered = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    no_keys = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(60, 60), offered, data, LEFT, no_keys)
    QApplication.sendEvent(keeping.design.canvas.viewport(), enter)
    drop = QDropEvent(QPointF(60, 60), offered, data, LEFT, no_keys)
    QApplication.sendEvent(keeping, drop)
    for event in (enter, drop):
        assert event.isAccepted()
        assert event.dropAction() == Qt.DropAction.CopyAction, "the files stay where they are"
    qtbot.waitUntil(lambda: names(keeping) == ["One", "Two"])


def test_what_is_no_project_is_not_taken(keeping: MainWindow, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "notes.txt")), QUrl("https://example.org/net.nns")])
    enter = QDragEnterEvent(QPoint(60, 60), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(keeping, enter)
    assert not enter.isAccepted()


# Questions


@pytest.mark.parametrize(("button", "left", "kept"), [("Save", 1, True), ("Discard", 1, False), ("Cancel", 2, False)])
def test_closing_a_tab_asks_about_unsaved_changes(
    keeping: MainWindow, files: tuple[Path, ...], button: str, left: int, kept: bool
) -> None:
    keeping.files.open_all(files[:2])
    spoil(keeping.sessions.all[1])
    with answered(press(button)) as met:
        QTest.mouseClick(close_button(keeping, 1), LEFT)
    assert len(met) == 1
    assert len(keeping.sessions.all) == left
    assert is_in_front(keeping, "Two" if button == "Cancel" else "One")
    assert ("relu_1" not in load(files[1]).graph.by_name) is kept


def test_closing_the_window_asks_for_each(keeping: MainWindow, files: tuple[Path, ...]) -> None:
    keeping.files.open_all(files)
    for session in keeping.sessions.all:
        spoil(session)
    told: list[str] = []
    answers = iter(("Discard", "Save", "Cancel"))
    with answered(lambda dialog: press(next(answers), told)(dialog)):
        assert not keeping.close()
    assert [name for name in ("One", "Two", "Three") if any(f"“{name}”" in text for text in told)] == [
        "One",
        "Two",
        "Three",
    ]
    assert is_in_front(keeping, "Three")
    assert len(keeping.sessions.all) == 3
    assert [session.dirty for session in keeping.sessions.all] == [True, False, True], "nothing is lost by Cancel"
    with answered(press("Discard")) as met:
        assert keeping.close()
    assert len(met) == 2
    assert Autosave().pending() == ()


def test_the_last_tab_goes_with_the_window(keeping: MainWindow) -> None:
    key(keeping, Qt.Key.Key_W, CONTROL)
    assert not keeping.isVisible()


# Runs


def endless(session: Session) -> None:
    project = msgspec.structs.replace(session.project, recipe=freeze_params({"epochs": 100_000}))
    session.commit("Set the recipe", project=project)


def test_runs_go_on_in_their_tabs_and_hidden_ones_are_not_painted(qtbot: QtBot, window: MainWindow) -> None:
    first = window.session
    endless(first)
    window.running.train_or_stop()
    qtbot.waitUntil(lambda: first.bridge.num_steps > 3, timeout=LONG)
    window.files.new()
    second = window.session
    second.begin(first.project, None)
    told: list[str] = []
    first.bridge.progressed.connect(lambda: told.append("progressed"))
    first.bridge.mapped.connect(lambda: told.append("mapped"))
    window.running.train_or_stop()
    qtbot.waitUntil(lambda: second.bridge.num_steps > 3, timeout=LONG)
    steps = first.bridge.num_steps
    qtbot.waitUntil(lambda: first.bridge.num_steps > steps, timeout=LONG)
    assert told == []
    assert first.bridge.is_active
    assert second.bridge.is_active
    assert bar(window).accessibleTabName(0) == "Small – edited, training"
    assert not bar(window).tabIcon(0).isNull()
    window.sessions.show(first)
    assert "progressed" in told
    qtbot.waitUntil(lambda: "mapped" in told, timeout=LONG)
    second.bridge.stop()
    qtbot.waitUntil(lambda: not second.bridge.is_active)
    assert bar(window).tabIcon(1).isNull()
    window.sessions.remove(second)
    assert first.bridge.is_active
    window.close()
    assert not first.bridge.is_active


def test_a_run_that_fails_behind_others_is_told_when_it_is_shown(
    qtbot: QtBot, window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(messages, "tell_error", lambda _parent, _title, text: told.append(text))
    project = msgspec.structs.replace(session.project, recipe=freeze_params({"learning_rate": "fast"}))
    session.commit("Set the recipe", project=project)
    window.running.train_or_stop()
    window.files.new()
    qtbot.waitUntil(lambda: session.bridge.state == "failed", timeout=LONG)
    QApplication.processEvents()
    assert told == []
    window.sessions.show(session)
    qtbot.waitUntil(lambda: len(told) == 1)
    window.sessions.step(1)
    window.sessions.step(1)
    QApplication.processEvents()
    assert len(told) == 1
