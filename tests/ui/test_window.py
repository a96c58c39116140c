"""The window: bars, menus, pages, files, and building anew in another language or theme."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from msgspec import structs
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnstudio.core.words import language
from nnstudio.project.document import Project
from nnstudio.project.store import load, save
from nnstudio.ui import theme
from nnstudio.ui.dialogs import paths
from nnstudio.ui.inspector.form import NodeForm
from nnstudio.ui.palette.list import mime_data
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.answers import answered, press
from tests.ui.conftest import send_deletions
from tests.ui.tabs import spoil

W = TypeVar("W", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton


def child(window: MainWindow, kind: type[W], name: str) -> W:
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def text(window: MainWindow, name: str) -> str:
    return child(window, QLabel, name).text()


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert found is not None, name
    return found


# Bars


def test_the_status_bar_counts(window: MainWindow, session: Session) -> None:
    assert text(window, "parameters_label") == "1,490 parameters"
    assert text(window, "macs_label") == "2,736 multiply–adds"
    assert child(window, QToolButton, "problems_button").text() == "no problems"
    spoil(session)
    assert "problem" in child(window, QToolButton, "problems_button").text()
    assert child(window, QToolButton, "problems_button").isEnabled()


def test_a_problem_leads_to_its_node(window: MainWindow, session: Session) -> None:
    spoil(session)
    menu = child(window, QMenu, "problems_menu")
    menu.aboutToShow.emit()
    entry = next(entry for entry in menu.actions() if entry.data() == session.graph.by_name["flatten_1"].id)
    entry.trigger()
    assert session.selection == {session.graph.by_name["flatten_1"].id}


def test_the_top_bar_tells_name_file_and_edits(window: MainWindow, session: Session, tmp_path: Path) -> None:
    assert text(window, "project_name") == "Small"
    assert text(window, "file_name") == ""
    session.save(tmp_path / "small.nns")
    assert text(window, "file_name") == "small.nns"
    spoil(session)
    assert text(window, "file_name") == "small.nns – edited"
    assert window.isWindowModified()


def test_a_long_name_is_whole_where_there_is_room_beyond_the_switch(window: MainWindow, session: Session) -> None:
    window.resize(1280, 720)
    switch, run = child(window, QWidget, "page_switch"), child(window, QPushButton, "device_button")
    QApplication.processEvents()
    middle = switch.x()
    session.commit("Name", project=structs.replace(session.project, name="A network whose name says a lot of it"))
    QApplication.processEvents()
    name, moved = child(window, QLabel, "project_name"), switch.x()
    assert name.width() >= name.sizeHint().width()
    assert moved > middle
    session.begin(session.project, None)
    QApplication.processEvents()
    assert switch.x() == moved, "whether there are edits does not move it"
    session.commit("Name", project=structs.replace(session.project, name="A long name " * 20))
    QApplication.processEvents()
    assert switch.mapTo(window, switch.rect().topRight()).x() < run.mapTo(window, QPoint()).x()
    assert run.mapTo(window, run.rect().bottomRight()).x() < window.width()


def test_the_device_is_part_of_the_recipe(window: MainWindow, session: Session) -> None:
    button = child(window, QPushButton, "device_button")
    menu = button.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    assert menu.actions()[0].text() == "CPU"
    session.commit("Set", project=Project(name="x", graph=session.graph, recipe={"device": "cuda"}))
    assert button.text() == "CUDA"
    menu.aboutToShow.emit()
    next(entry for entry in menu.actions() if entry.text() == "CPU").trigger()
    assert "device" not in session.project.recipe


# Pages, panels, menus


def test_pages_are_switched_by_button_and_key(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    QTest.mouseClick(child(window, QPushButton, "page_train"), LEFT)
    assert child(window, QWidget, "train_page").isVisible()
    assert session.view.page == "train"
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert child(window, QWidget, "design_page").isVisible()


def test_panels_are_put_away_and_come_back(window: MainWindow) -> None:
    for name in ("palette", "inspector", "monitor_dock"):
        panel = child(window, QWidget, name)
        action(window, f"action_panel_{name}").trigger()
        assert not panel.isVisible()
        action(window, f"action_panel_{name}").trigger()
        assert panel.isVisible()


def test_undo_says_what_it_takes_back(window: MainWindow, session: Session) -> None:
    before = session.project
    undo, redo = action(window, "action_undo"), action(window, "action_redo")
    assert not undo.isEnabled()
    spoil(session)
    assert undo.text() == "Undo: Remove"
    undo.trigger()
    assert session.project is before
    assert redo.text() == "Redo: Remove"
    redo.trigger()
    assert "relu_1" not in session.graph.by_name


def test_keys_edit_the_drawing(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    window.activateWindow()
    canvas = window.design.canvas
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    control = Qt.KeyboardModifier.ControlModifier
    before = session.project
    QTest.keyClick(canvas, Qt.Key.Key_A, control)
    assert len(session.selection) == 6
    QTest.keyClick(canvas, Qt.Key.Key_D, control)
    assert len(session.graph.nodes) == 12
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert len(session.graph.nodes) == 6
    for _ in range(2):
        QTest.keyClick(canvas, Qt.Key.Key_Z, control)
    assert session.project is before


def test_undo_in_a_field_means_the_document(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    window.activateWindow()
    before = session.project
    session.select([session.graph.by_name["conv_1"].id])
    for name, typed in (("field_out_channels", "9"), ("field_kernel_size", "5")):
        editor = child(window, QWidget, name)
        editor.setFocus()
        qtbot.waitUntil(editor.hasFocus)
        QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(editor, typed)
        assert session.project is not before
        QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert session.project is before


@pytest.mark.parametrize(
    ("name", "kept", "typed"),
    [
        ("field_name", "conv_1", "stem"),
        ("field_out_channels", "4", "0"),
        ("field_out_channels", "4", "12000000"),
        ("field_stride", "1 × 1", "2 x y"),
        ("field_kernel_size", "3 × 3", "much"),
    ],
)
def test_undo_takes_back_what_was_typed_and_not_handed_on_and_then_the_document(
    qtbot: QtBot, window: MainWindow, session: Session, name: str, kept: str, typed: str
) -> None:
    window.activateWindow()
    start = session.project
    session.commit("Name", project=structs.replace(start, name="Other"))
    before = session.project
    session.select([session.graph.by_name["conv_1"].id])
    editor = child(window, QWidget, name)
    line = editor if isinstance(editor, QLineEdit) else editor.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    assert line.text() == kept
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(editor, Qt.Key.Key_A, control)
    QTest.keyClicks(editor, typed)
    QTest.keyClick(editor, Qt.Key.Key_Z, control)
    assert (line.text(), session.project) == (kept, before)
    QTest.keyClick(editor, Qt.Key.Key_Y, control)
    assert line.text() == typed
    QTest.keyClick(editor, Qt.Key.Key_Z, control)
    assert (line.text(), session.project) == (kept, before)
    QTest.keyClick(editor, Qt.Key.Key_Z, control)
    assert session.project == start


def test_what_is_being_typed_is_saved_too(window: MainWindow, session: Session, tmp_path: Path) -> None:
    session.save(tmp_path / "small.nns")
    session.select([session.graph.by_name["conv_1"].id])
    line = child(window, QWidget, "field_name")
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(line, "stem")
    action(window, "action_save").trigger()
    assert "stem" in load(tmp_path / "small.nns").graph.by_name


def test_no_two_actions_share_a_key(window: MainWindow) -> None:
    keys = [key.toString() for one in window.actions_.values() for key in one.shortcuts()]
    assert len(keys) == len(set(keys))


def test_every_menu_entry_does_something(window: MainWindow) -> None:
    menus = window.menus.findChildren(QMenu)
    assert len(menus) >= 5
    for menu in menus:
        for entry in menu.actions():
            assert entry.isSeparator() or entry.menu() is not None or entry.receivers("2triggered(bool)") > 0


@pytest.mark.parametrize("way", ["link", "action"])
def test_the_choice_of_data_is_brought_into_view(window: MainWindow, qtbot: QtBot, way: str) -> None:
    if way == "link":
        link = window.findChild(QToolButton, "choose_data_link")
        assert link is not None
        link.click()
    else:
        action(window, "action_choose_data").trigger()
    page = window.desk.pages.currentWidget()
    assert page is not None
    field = page.findChild(QComboBox, "field_name")
    assert field is not None
    qtbot.waitUntil(lambda: not field.visibleRegion().isEmpty())
    assert page.focusWidget() is field


def test_every_menu_fits_on_a_small_screen(window: MainWindow) -> None:
    """One that is higher than the screen would break into columns."""
    heights = {menu.objectName(): menu.sizeHint().height() for menu in window.menus.findChildren(QMenu)}
    assert {name: height for name, height in heights.items() if height > 740} == {}


def test_the_shortcut_list_and_about_open(window: MainWindow) -> None:
    for name in ("action_shortcuts", "action_about"):
        with answered(press("Close")) as met:
            action(window, name).trigger()
        assert met[0].findChildren(QLabel)


# The palette and the canvas together


def test_a_layer_is_dropped_on_the_canvas(window: MainWindow, session: Session) -> None:
    viewport = window.design.canvas.viewport()
    data: QMimeData = mime_data("Dropout")
    place = QPointF(60, 60)
    copy, no_keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(viewport, QDragEnterEvent(place.toPoint(), copy, data, LEFT, no_keys))
    QApplication.sendEvent(viewport, QDragMoveEvent(place.toPoint(), copy, data, LEFT, no_keys))
    QApplication.sendEvent(viewport, QDropEvent(place, copy, data, LEFT, no_keys))
    assert "dropout_1" in session.graph.by_name
    assert session.undo_label == "Add Dropout"


def test_an_activated_entry_is_placed_and_shown_in_the_inspector(window: MainWindow, session: Session) -> None:
    window.design.palette_panel.activated.emit("Dropout")
    assert "dropout_1" in session.graph.by_name
    page = window.design.inspector.page
    assert isinstance(page, NodeForm)
    assert page.id == session.graph.by_name["dropout_1"].id


# Building anew


@pytest.mark.parametrize("how", ["theme", "language"])
def test_what_is_open_stays_open(qtbot: QtBot, window: MainWindow, session: Session, how: str) -> None:
    window.design.dock.open_tab("code")
    window.design.canvas.zoom_at(QPointF(100, 100), 0.5)
    session.select([session.graph.by_name["conv_1"].id])
    size, centre, design = window.size(), session.view.centre, window.design
    zoom = design.canvas.zoom
    action(window, "menu_theme_dark" if how == "theme" else "menu_language_zh_CN").trigger()
    qtbot.waitUntil(lambda: window.design is not design)
    assert (theme.current().name, language()) == (("dark", "en") if how == "theme" else ("light", "zh_CN"))
    assert session.view.tab == "code"
    assert window.design.dock.tabs.currentIndex() == window.design.dock.keys.index("code")
    qtbot.waitUntil(lambda: window.design.canvas.zoom == pytest.approx(zoom))
    assert session.view.centre == pytest.approx(centre, abs=8)
    assert window.size() == size
    assert isinstance(window.design.inspector.page, NodeForm)
    send_deletions()
    assert not isValid(design)


def test_building_anew_on_the_train_page(window: MainWindow, session: Session) -> None:
    window.show_page("train")
    for _ in range(3):
        window.rebuild()
        send_deletions()
    assert session.view.page == "train"
    assert child(window, QWidget, "train_page").isVisible()


# Files


def test_a_damaged_file_gets_one_message_and_nothing_is_lost(
    keeping: MainWindow, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "<b>bad.nns"
    path.write_text('{"format": 1')
    before, told = session.project, list[str]()
    with answered(press("OK", told)):
        assert not keeping.files.open(path)
    assert len(told) == 1
    assert "<b>bad.nns" in told[0]
    assert session.project is before


def test_save_asks_for_a_place_once(
    keeping: MainWindow, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggestions: list[Path] = []

    def ask(_parent: QWidget, suggested: Path) -> Path:
        suggestions.append(suggested)
        return tmp_path / "kept.nns"

    monkeypatch.setattr(paths, "ask_save", ask)
    spoil(session)
    action(keeping, "action_save").trigger()
    spoil_name = suggestions[0].name
    session.undo()
    action(keeping, "action_save").trigger()
    assert (len(suggestions), spoil_name) == (1, "small.nns")
    assert load(tmp_path / "kept.nns") == session.project
    assert keeping.settings.recent == (tmp_path / "kept.nns",)


def test_the_code_is_written(
    keeping: MainWindow, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "ask_export", lambda _parent, _suggested, _format: tmp_path / "net.py")
    action(keeping, "action_export_python").trigger()
    code = (tmp_path / "net.py").read_text("utf-8")
    assert "nn.Conv2d(1, 4" in code
    spoil(session)
    told: list[str] = []
    with answered(press("OK", told)):
        action(keeping, "action_export_python").trigger()
    assert "not finished" in told[0]


def test_an_example_opens_without_a_file(keeping: MainWindow, session: Session) -> None:
    keeping.files.open_example("moons")
    assert session.project.name == "Two moons"
    assert session.path is None
    assert not session.dirty


@pytest.mark.parametrize(
    ("button", "closed", "kept"), [("Save", True, True), ("Discard", True, False), ("Cancel", False, False)]
)
def test_closing_asks_about_unsaved_changes(
    keeping: MainWindow, session: Session, tmp_path: Path, button: str, closed: bool, kept: bool
) -> None:
    path = tmp_path / "small.nns"
    session.save(path)
    spoil(session)
    with answered(press(button)):
        assert keeping.close() is closed
    assert keeping.isVisible() is not closed
    assert ("relu_1" not in load(path).graph.by_name) is kept


def test_the_place_of_things_is_remembered(qtbot: QtBot, keeping: MainWindow) -> None:
    keeping.resize(keeping.width(), 650)
    action(keeping, "action_panel_inspector").trigger()
    keeping.session.view.insight = "units"
    keeping.close()
    again = MainWindow(Session(keeping.session.project))
    again.show()
    qtbot.waitExposed(again)
    assert again.height() == 650
    assert not again.design.inspector.isVisible()
    assert again.session.view.insight == "units"
    again.close()
    again.deleteLater()


# After a crash


def test_what_a_crash_left_is_offered_and_brought_back(
    keeping: MainWindow, session: Session, project: Project, tmp_path: Path
) -> None:
    from nnstudio.project.autosave import Autosave

    path = tmp_path / "lost.nns"
    save(project, path)
    gone = Autosave()
    lost = Project(name="Lost", graph=project.graph)
    gone.write(lost, path)
    gone.close()
    told: list[str] = []
    with answered(press("Bring back", told)):
        keeping.offer_recovery()
    assert "lost.nns" in told[0]
    assert session.project == lost
    assert (session.path, session.dirty) == (path, True)
    session.save(path)
    assert Autosave().pending() == ()


def test_a_copy_is_kept_while_anything_is_unsaved(keeping: MainWindow, session: Session, tmp_path: Path) -> None:
    folder = tmp_path
    assert keeping.recovery is not None
    spoil(session)
    keeping.recovery.write()
    copies = list(recovery_copies())
    assert len(copies) == 1
    session.save(folder / "now.nns")
    assert list(recovery_copies()) == []


def recovery_copies() -> Iterator[Path]:
    from nnstudio.project.places import state_folder

    yield from state_folder().rglob("*.nns-recovery")
