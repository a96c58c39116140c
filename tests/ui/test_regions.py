"""Keys of the whole window: no clash, every part is reached, and one sees where the keyboard is."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.ui import theme
from nnstudio.ui.regions import regions
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def begin(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    window.design.canvas.setFocus()
    qtbot.waitUntil(window.design.canvas.hasFocus)


def region(window: MainWindow) -> str:
    (name,) = [part.objectName() for part in regions(window) if part is focused() or part.isAncestorOf(focused())]
    return name


def test_no_two_actions_share_a_key(window: MainWindow) -> None:
    """Also not one of the window and one of the canvas: there both would count, so neither would."""
    keys = Counter(key.toString() for action in window.actions_.values() for key in action.shortcuts())
    assert [key for key, number in keys.items() if number > 1] == []


def test_ctrl_f6_goes_through_the_window_and_back(qtbot: QtBot, window: MainWindow) -> None:
    begin(qtbot, window)
    there: list[str] = []
    while not there or region(window) != "canvas":
        there.append(region(window))
        QTest.keyClick(focused(), Qt.Key.Key_F6, CTRL)
    assert there == ["canvas", "inspector", "monitor_dock", "top_bar", "palette"], "the status bar offers nothing"
    back: list[str] = []
    for _ in there:
        back.append(region(window))
        QTest.keyClick(focused(), Qt.Key.Key_F6, CTRL | SHIFT)
    assert back == [there[0], *reversed(there[1:])]


def test_the_tabs_of_several_drawings_are_a_part_too(qtbot: QtBot, window: MainWindow) -> None:
    assert "drawing_tab_bar" not in [part.objectName() for part in regions(window)]
    window.files.new()
    begin(qtbot, window)
    for _ in regions(window):
        if region(window) == "drawing_tab_bar":
            return
        QTest.keyClick(focused(), Qt.Key.Key_F6, CTRL)
    pytest.fail("the tabs are not reached")


def test_what_is_put_away_is_passed_over(qtbot: QtBot, window: MainWindow) -> None:
    begin(qtbot, window)
    window.actions_["panel_inspector"].trigger()
    for _ in range(len(regions(window))):
        assert region(window) != "inspector"
        QTest.keyClick(focused(), Qt.Key.Key_F6, CTRL)


def test_a_part_is_come_back_to_where_one_was(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    begin(qtbot, window)
    session.select([session.graph.by_name["conv_1"].id])
    field = window.findChild(QWidget, "field_kernel_size")
    assert field is not None
    field.setFocus()
    QTest.keyClick(focused(), Qt.Key.Key_F6, CTRL)
    assert focused() is not field
    QTest.keyClick(focused(), Qt.Key.Key_F6, CTRL | SHIFT)
    assert focused() is field


@pytest.mark.parametrize("name", list(theme.THEMES))
@pytest.mark.parametrize("page", ["design", "train"])
def test_one_sees_where_the_keyboard_is(
    qtbot: QtBot, window: MainWindow, session: Session, name: str, page: str
) -> None:
    if name != theme.current().name:
        window.choose_theme(name)
        old = window.design
        qtbot.waitUntil(lambda: window.design is not old)
    begin(qtbot, window)
    session.select([session.graph.by_name["conv_1"].id])
    if page == "design":
        window.find_layers()
    window.show_page(page)
    QApplication.setCursorFlashTime(0)  # a cursor that blinks would be all the difference there is
    unseen = []
    for widget in window.findChildren(QWidget):
        by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if by_tab and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None:
            before = looks(window, widget)
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            if not widget.hasFocus():
                continue
            if looks(window, widget) == before:
                unseen.append(f"{type(widget).__name__} {widget.objectName()} {widget.accessibleName()}")
            widget.clearFocus()
    assert unseen == []


def looks(window: MainWindow, widget: QWidget) -> QImage:
    """Return how a widget looks with its surroundings; of a line of text only its edge, without cursor or selection."""
    if isinstance(widget, QLineEdit | QSpinBox | QComboBox):
        image = widget.grab().toImage()
        return image.copy(image.width() // 2, 0, 1, 3)
    return widget.grab().toImage()
