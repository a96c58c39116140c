"""Presentation: everything can be looked at, nothing can be changed, and afterwards all is where it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.project.document import Project
from nnstudio.ui.presentation import ALLOWED, Bar, Lesson, Presentation
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.canvas.conftest import SMALL
from tests.ui.canvas.hand import ALT, CTRL, MIDDLE, NONE, RIGHT, SHIFT, Hand
from tests.ui.test_problems import wrong_project


@pytest.fixture
def project() -> Project:
    return SMALL


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> Iterator[Hand]:
    """A hand on the canvas of a window that presents."""
    window.activateWindow()
    window.actions_["presentation"].trigger()
    canvas = window.design.canvas
    canvas.setFocus()
    yield Hand(canvas)
    window.actions_["presentation"].setChecked(False)


def lesson(window: MainWindow) -> Lesson:
    found = [one for one in window.findChildren(Lesson) if not one.isHidden()]
    assert len(found) == 1
    return found[0]


def locked(window: MainWindow) -> tuple[bool, bool]:
    return window.isFullScreen(), window.session.locked


def shown(window: MainWindow) -> dict[str, bool]:
    return {
        one.objectName(): one.isVisible()
        for one in window.findChildren(QWidget)
        if one.objectName() and not one.objectName().startswith(("present", "lesson", "qt_"))
    }


def test_the_canvas_fills_the_screen_and_leaving_restores_everything(window: MainWindow, session: Session) -> None:
    canvas = window.design.canvas
    window.design.dock.view(session.view.tab)
    window.actions_["panel_inspector"].setChecked(False)
    QApplication.processEvents()
    session.select(("conv",))
    canvas.zoom_steps(canvas.rect().center().toPointF(), 2)
    before, sizes = shown(window), [one.sizes() for one in window.findChildren(QSplitter)]
    size, zoom, centre, layout = window.size(), canvas.zoom, canvas.centre, window.design.layout_now("")
    enabled = {id_: action.isEnabled() for id_, action in window.actions_.items()}

    window.actions_["presentation"].trigger()
    assert locked(window) == (True, True)
    for name in ("palette", "inspector", "monitor_dock", "top_bar", "status_bar"):
        assert not shown(window)[name], name
    QApplication.processEvents()
    assert canvas.width() == window.width()
    assert not any(action.isEnabled() for id_, action in window.actions_.items() if id_ not in ALLOWED)

    window.actions_["presentation"].trigger()
    QApplication.processEvents()
    assert locked(window) == (False, False)
    assert shown(window) == before
    assert window.size() == size
    assert [one.sizes() for one in window.findChildren(QSplitter)] == sizes
    assert window.design.layout_now("") == layout
    assert {id_: action.isEnabled() for id_, action in window.actions_.items()} == enabled
    assert canvas.zoom == zoom
    assert (canvas.centre - centre).manhattanLength() < 3


def test_no_gesture_changes_the_drawing(hand: Hand, session: Session) -> None:
    before = session.project
    conv, relu = hand.card("conv"), hand.card("relu")
    away = conv + (relu - conv) * 0.4
    for keys in (NONE, SHIFT, CTRL, ALT):
        hand.drag(hand.card("conv"), hand.card("relu") * 1.3, keys)
        hand.drag(hand.port("relu", "output", output=True), hand.port("flat", "input"), keys)
        hand.drag(hand.port("flat", "input"), away, keys)
        hand.click(away, keys=keys)
        hand.drag(away * -0.5, away * 2.0, keys)
    hand.drag(hand.card("conv"), relu, button=RIGHT)
    hand.drag(hand.card("conv"), relu, button=MIDDLE)
    hand.click(hand.card("conv"), RIGHT)
    hand.double_click(hand.card("conv"))
    hand.double_click(away * -0.5)
    assert not hand.drop("ReLU", away)
    assert session.project is before
    assert session.undo_label is None
    assert QApplication.activePopupWidget() is None


def test_no_key_changes_the_drawing(hand: Hand, session: Session) -> None:
    session.commit("not taken", graph=session.graph)
    before = session.project
    letters = [Qt.Key(code) for code in range(Qt.Key.Key_A.value, Qt.Key.Key_Z.value + 1)]
    others = [Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Tab, Qt.Key.Key_F2, Qt.Key.Key_Return]
    arrows = [Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down]
    brackets = [Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight, Qt.Key.Key_F8, Qt.Key.Key_F3]
    for keys in (NONE, SHIFT, CTRL, CTRL | SHIFT, ALT, CTRL | ALT):
        for key in (*letters, *others, *arrows, *brackets):
            if (key, keys) in ((Qt.Key.Key_Q, CTRL),):
                continue
            session.select(("conv",))
            hand.canvas.setFocus()
            QTest.keyClick(hand.canvas, key, keys)
            assert session.project is before, (key, keys)
    assert QApplication.activePopupWidget() is None
    assert QApplication.activeModalWidget() is None
    assert session.undo_label is None


def test_a_locked_session_takes_nothing(session: Session) -> None:
    session.commit("Empty", project=Project(name="Empty"))
    session.locked = True
    now = session.project
    session.undo()
    session.commit("Again", project=Project(name="Other"))
    assert session.project is now
    session.locked = False
    session.undo()
    assert session.project is not now


def test_arrows_lead_from_layer_to_layer_and_tell_of_each(hand: Hand, window: MainWindow, session: Session) -> None:
    told = []
    for _ in range(5):
        hand.key(Qt.Key.Key_Right)
        told.append(tuple(session.selection))
        assert hand.canvas.seen.contains(hand.canvas.node_item(told[-1][0]).card)
    assert told == [("image",), ("conv",), ("relu",), ("flat",), ("flat",)]
    hand.key(Qt.Key.Key_Left)
    hand.key(Qt.Key.Key_PageUp)
    assert session.selection == {"conv"}
    words = lesson(window)
    assert words.title.text() == "Conv2d · conv"
    assert words.summary.text()
    assert words.shapes.text() == "1×8×8 → 4×6×6 · 40 parameters"
    assert "4×6×6" in words.accessibleName()
    assert words.geometry().bottom() < hand.canvas.height()


def test_a_click_picks_and_a_drag_pans(hand: Hand, session: Session) -> None:
    hand.click(hand.card("relu"))
    assert session.selection == {"relu"}
    centre = hand.canvas.centre
    start = hand.card("conv")
    hand.drag(start, start + (hand.card("relu") - start) * 0.5)
    assert (hand.canvas.centre - centre).manhattanLength() > 10
    assert session.selection == {"relu"}


def test_the_bar_hides_itself_and_comes_back(hand: Hand, window: MainWindow) -> None:
    (bar,) = window.findChildren(Bar)
    assert bar.isVisible()
    assert all(button.accessibleName() for button in bar.findChildren(QPushButton))
    (showing,) = hand.canvas.findChildren(Presentation)
    showing._on_still()
    assert not bar.isVisible()
    hand.move(hand.card("conv"))
    assert bar.isVisible()


class TestWithinBlocks:
    @pytest.fixture
    def project(self) -> Project:
        return wrong_project()

    def test_esc_leaves_the_block_and_then_the_showing(
        self, qtbot: QtBot, window: MainWindow, session: Session
    ) -> None:
        window.activateWindow()
        window.actions_["presentation"].trigger()
        canvas = window.design.canvas
        canvas.setFocus()
        session.select(("block",))
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        assert [level.block for level in session.trail] == ["Stage"]
        trail = window.findChild(QWidget, "trail")
        assert trail is not None
        assert trail.isVisible()
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert session.trail == ()
        assert locked(window) == (True, True)
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert locked(window) == (False, False)
        assert not window.actions_["presentation"].isChecked()

    def test_closing_the_window_ends_it(self, window: MainWindow, session: Session) -> None:
        window.actions_["presentation"].trigger()
        window.close()
        assert locked(window) == (False, False)
