"""The command palette: what it lists, how it is searched, and where the keyboard is before and after."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.words import set_language
from nnstudio.ui.actions import Actions
from nnstudio.ui.chooser import Chooser
from nnstudio.ui.command_palette import found
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def open_palette(qtbot: QtBot, window: MainWindow) -> Chooser:
    """Press Ctrl+Shift+P at the canvas."""
    window.activateWindow()
    window.design.canvas.setFocus()
    qtbot.waitUntil(window.design.canvas.hasFocus)
    QTest.keyClick(focused(), Qt.Key.Key_P, CTRL_SHIFT)
    (popup,) = [popup for popup in window.findChildren(Chooser, "command_palette") if popup.isVisible()]
    assert isinstance(focused(), QLineEdit)
    return popup


def titles(popup: Chooser) -> list[str]:
    model = popup.list.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_every_action_is_listed_with_its_keys_and_heading(window: MainWindow) -> None:
    actions: Actions = window.actions_
    choices = {choice.key: choice for choice in found("", actions, ())}
    assert choices.keys() == actions.keys() - {"commands"}
    assert (choices["save"].title, choices["save"].note, choices["save"].aside) == ("Save", "File", "Ctrl+S")


def test_what_cannot_be_done_now_stands_last(window: MainWindow) -> None:
    states = [choice.enabled for choice in found("", window.actions_, ())]
    assert states == sorted(states, reverse=True)
    assert not all(states)


@pytest.mark.parametrize("code", ["en", "zh_CN"])
@pytest.mark.parametrize(
    ("query", "id_"),
    [("select all", "select_all"), ("全选", "select_all"), ("qx", "select_all"), ("svas", "save_as"), ("撤销", "undo")],
)
def test_both_languages_and_first_letters_find_it(
    qtbot: QtBot, window: MainWindow, code: str, query: str, id_: str
) -> None:
    if code == "zh_CN":
        window.choose_language(code)
        old = window.design
        qtbot.waitUntil(lambda: window.design is not old)
    try:
        assert id_ in [choice.key for choice in found(query, window.actions_, ())][:3]
    finally:
        set_language("en")


def test_an_export_is_found_in_both_languages(window: MainWindow) -> None:
    assert found("export", window.actions_, ())[0].key.startswith("export_")
    assert found("export python", window.actions_, ())[0].key == "export_python"
    for query in ("onnx", "python"):
        assert f"export_{query}" in [choice.key for choice in found(query, window.actions_, ())]


def test_every_action_with_chinese_has_first_letters(window: MainWindow) -> None:
    from nnstudio.core.pinyin import initials

    for id_ in window.actions_:
        for name in window.actions_.names(id_):
            assert name.isascii() or initials(name) or not any(sign >= "\u4e00" for sign in name), id_


def test_enter_runs_it_on_the_canvas(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    open_palette(qtbot, window)
    QTest.keyClicks(focused(), "select all")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert focused() is window.design.canvas
    qtbot.waitUntil(lambda: len(session.selection) == len(session.graph.nodes))


def test_escape_gives_the_keyboard_back(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    session.select([session.graph.by_name["conv_1"].id])
    window.activateWindow()
    field = window.findChild(QWidget, "field_out_channels")
    assert field is not None
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClick(focused(), Qt.Key.Key_P, CTRL_SHIFT)
    assert focused().objectName() == "command_palette_field"
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert focused() is field


def test_what_was_run_last_stands_first(qtbot: QtBot, window: MainWindow) -> None:
    for query in ("zoom in", "zoom out"):
        open_palette(qtbot, window)
        QTest.keyClicks(focused(), query)
        QTest.keyClick(focused(), Qt.Key.Key_Return)
    popup = open_palette(qtbot, window)
    assert titles(popup)[:2] == ["Zoom out", "Zoom in"]
    assert window.used_commands == ("zoom_out", "zoom_in")
    QTest.keyClick(focused(), Qt.Key.Key_Escape)


def test_a_disabled_one_is_shown_and_does_nothing(qtbot: QtBot, window: MainWindow) -> None:
    assert not window.actions_["redo"].isEnabled()
    popup = open_palette(qtbot, window)
    QTest.keyClicks(focused(), "redo")
    rows = popup.list
    assert isinstance(rows, QListView)
    assert titles(popup)[0] == "Redo" or "Redo" in titles(popup)
    while str(rows.currentIndex().data()) != "Redo":
        QTest.keyClick(focused(), Qt.Key.Key_Down)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert popup.isVisible()
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_pressed_again_it_closes(qtbot: QtBot, window: MainWindow) -> None:
    popup = open_palette(qtbot, window)
    QTest.keyClick(focused(), Qt.Key.Key_P, CTRL_SHIFT)
    assert not popup.isVisible()
    assert focused() is window.design.canvas


def test_it_takes_the_place_of_the_layer_search(qtbot: QtBot, window: MainWindow) -> None:
    canvas = window.design.canvas
    window.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    QTest.keyClick(canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert focused().objectName() == "canvas_search_field"
    QTest.keyClick(focused(), Qt.Key.Key_P, CTRL_SHIFT)
    assert focused().objectName() == "command_palette_field"
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert focused() is canvas
