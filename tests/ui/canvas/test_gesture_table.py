"""What hands expect of a canvas, where no other file presses it yet: one test for each gesture, with real events.

Panning, zooming, selecting and moving are pressed in `test_moving`, adding and copying in `test_adding` and
`test_feeding`, wires in `test_wiring` and `test_inserting`, cutting and pulling out in `test_cutting`, tidying in
`test_arranging`, snapping in `test_guides`.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from nnstudio.core.edits import add_node
from nnstudio.project.document import Project
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.chooser import Chooser
from nnstudio.ui.window import MainWindow
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import ALT, CTRL, MIDDLE, NONE, RIGHT, SHIFT, Hand, assert_obeys

EMPTY = QPointF(200.0, 330.0)


def menus(canvas: Canvas) -> list[QMenu]:
    return [child for child in canvas.children() if isinstance(child, QMenu) and child.objectName() == "canvas_menu"]


def searches(canvas: Canvas) -> list[Chooser]:
    return [child for child in canvas.children() if isinstance(child, Chooser) and child.isVisible()]


# Pan and zoom


def test_a_right_drag_opens_no_menu(hand: Hand) -> None:
    before = hand.canvas.seen.center()
    hand.drag(hand.card("relu"), hand.card("relu") + QPointF(60.0, 0.0), button=RIGHT)
    assert hand.canvas.seen.center() == before - QPointF(60.0, 0.0)
    assert not menus(hand.canvas)
    assert hand.canvas.session.selection == frozenset()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_right_click_of_an_unsteady_hand_opens_it(hand: Hand) -> None:
    before = hand.canvas.seen.center()
    hand.drag(hand.card("relu"), hand.card("relu") + QPointF(3.0, 2.0), button=RIGHT)
    (menu,) = menus(hand.canvas)
    menu.close()
    assert hand.canvas.seen.center() == before


def test_a_middle_drag_from_a_card_moves_the_sheet_not_the_card(hand: Hand) -> None:
    before = hand.canvas.seen.center()
    hand.drag(hand.card("relu"), hand.card("relu") + QPointF(60.0, 40.0), button=MIDDLE)
    assert hand.canvas.seen.center() == before - QPointF(60.0, 40.0)
    assert hand.undo_label() is None


def test_escape_lets_go_of_the_sheet(hand: Hand) -> None:
    hand.carry(EMPTY, EMPTY + QPointF(60.0, 0.0), button=MIDDLE)
    hand.key(Qt.Key.Key_Escape)
    there = hand.canvas.seen.center()
    hand.move(EMPTY + QPointF(200.0, 0.0))
    hand.release(EMPTY)
    assert hand.canvas.seen.center() == there


@pytest.mark.parametrize("turn", [120, -120])
def test_ctrl_and_wheel_zoom_at_the_pointer_as_the_wheel_does(hand: Hand, turn: int) -> None:
    place = hand.card("conv")
    view = hand.view(place)
    hand.wheel(place, turn, CTRL)
    assert (hand.canvas.zoom > 1.0) == (turn > 0)
    assert (hand.canvas.to_scene(view) - place).manhattanLength() < 2.0


def test_two_taps_of_two_fingers_go_to_100_percent(hand: Hand) -> None:
    hand.canvas.show_place(0.5, QPointF(320.0, 120.0))
    view = hand.view(hand.card("conv"))
    event = QNativeGestureEvent(
        Qt.NativeGestureType.SmartZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        view,
        view,
        hand.canvas.viewport().mapToGlobal(view),
        0.0,
        QPointF(),
    )
    QCoreApplication.sendEvent(hand.canvas.viewport(), event)
    assert hand.canvas.zoom == 1.0


def test_f_without_a_selection_shows_everything(hand: Hand) -> None:
    hand.canvas.show_place(2.0, QPointF(5000.0, 5000.0))
    hand.key(Qt.Key.Key_F)
    assert hand.canvas.seen.contains(hand.canvas.board.cards_rect())


def test_ctrl_0_keeps_the_middle(hand: Hand) -> None:
    hand.canvas.show_place(0.5, QPointF(320.0, 120.0))
    hand.key(Qt.Key.Key_0, CTRL)
    assert hand.canvas.zoom == 1.0
    assert (hand.canvas.centre - QPointF(320.0, 120.0)).manhattanLength() < 4.0


# Wires and cards


def test_alt_pressed_over_a_wire_suppresses_and_let_go_of_allows_again(make: Make) -> None:
    graph, _ = add_node(SMALL.graph, "Tanh", "tanh_", xy=(216.0, 250.0))
    hand = make(Project(graph=graph))
    place, over = hand.card("tanh_1"), QPointF(192.0, 32.0)
    hand.press(place)
    for keys, lit in ((NONE, 1), (ALT, 0), (NONE, 1)):
        hand.move(over, keys)
        assert sum(wire.is_lit for wire in hand.canvas.board.wires.values()) == lit
    hand.move(over, ALT)
    hand.release(over, ALT)
    assert len(hand.canvas.session.graph.edges) == 3
    assert hand.undo_label() == "Move tanh_1"
    assert_obeys(hand.canvas)


def test_escape_leaves_a_card_out_of_the_wire_it_is_held_over(make: Make) -> None:
    graph, _ = add_node(SMALL.graph, "Tanh", "tanh_", xy=(216.0, 250.0))
    hand = make(Project(graph=graph))
    hand.carry(hand.card("tanh_1"), QPointF(192.0, 32.0))
    hand.key(Qt.Key.Key_Escape)
    hand.release(QPointF(192.0, 32.0))
    assert hand.canvas.session.graph == graph
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_ctrl_backspace_closes_the_gap_as_ctrl_delete_does(hand: Hand) -> None:
    hand.click(hand.card("relu"))
    hand.key(Qt.Key.Key_Backspace, CTRL)
    graph = hand.canvas.session.graph
    assert {(edge.source, edge.target) for edge in graph.edges} == {("image", "conv"), ("conv", "flat")}
    hand.canvas.session.undo()
    assert_obeys(hand.canvas)


def test_shift_pressed_during_a_drag_frees_the_card_and_let_go_of_binds_it(hand: Hand) -> None:
    place = hand.card("relu")
    hand.press(place)
    hand.move(place + QPointF(33.0, 203.0), SHIFT)
    assert hand.canvas.node_item("relu").pos() == QPointF(465.0, 203.0)
    hand.move(place + QPointF(33.0, 203.0))
    assert hand.canvas.node_item("relu").pos() == QPointF(464.0, 200.0)
    hand.key(Qt.Key.Key_Escape)
    assert_obeys(hand.canvas)


# In the window, where actions hold the keys


@pytest.fixture
def at_work(window: MainWindow, qtbot: QtBot) -> Hand:
    canvas = window.findChild(Canvas)
    assert isinstance(canvas, Canvas)
    window.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    return Hand(canvas)


def test_ctrl_g_makes_a_block_and_ctrl_alt_g_dissolves_it(at_work: Hand) -> None:
    session = at_work.canvas.session
    before = set(session.graph.by_name)
    session.select([session.graph.by_name[name].id for name in ("conv_1", "relu_1")])
    at_work.key(Qt.Key.Key_G, CTRL)
    (block,) = [node for node in session.graph.nodes if node.kind == "Block"]
    assert session.selection == {block.id}
    at_work.key(Qt.Key.Key_G, CTRL | ALT)
    assert set(session.graph.by_name) == before
    assert not [node for node in session.graph.nodes if node.kind == "Block"]
    session.undo()
    session.undo()
    assert session.undo_label is None


@pytest.mark.parametrize(
    ("key", "keys", "label"),
    [
        (Qt.Key.Key_D, CTRL, "Duplicate"),
        (Qt.Key.Key_D, CTRL | SHIFT, "Duplicate"),
        (Qt.Key.Key_Delete, CTRL, "Delete relu_1"),
        (Qt.Key.Key_Delete, NONE, "Delete relu_1"),
    ],
)
def test_edits_by_key(at_work: Hand, key: Qt.Key, keys: Qt.KeyboardModifier, label: str) -> None:
    session = at_work.canvas.session
    before = session.graph
    session.select([session.graph.by_name["relu_1"].id])
    at_work.key(key, keys)
    assert session.undo_label == label
    session.undo()
    assert session.graph == before
    assert session.undo_label is None


@pytest.mark.parametrize("keys", [NONE, SHIFT])
def test_l_tidies_up(at_work: Hand, qtbot: QtBot, keys: Qt.KeyboardModifier) -> None:
    session = at_work.canvas.session
    at_work.key(Qt.Key.Key_L, keys)
    qtbot.waitUntil(lambda: session.undo_label == "Tidy up" and not at_work.canvas.arranging.is_tidying)
    assert_obeys(at_work.canvas)


def test_brackets_select_along_the_wires(at_work: Hand) -> None:
    session = at_work.canvas.session
    session.select([session.graph.by_name["relu_1"].id])
    at_work.key(Qt.Key.Key_BracketRight)
    assert {session.graph.by_id[id_].name for id_ in session.selection} == {"relu_1", "flatten_1", "dense_1", "digit"}
    at_work.key(Qt.Key.Key_BracketLeft)
    assert len(session.selection) == len(session.graph.nodes)


def test_copies_keep_their_wires_with_ctrl_shift_v(at_work: Hand) -> None:
    session = at_work.canvas.session
    session.select([session.graph.by_name["relu_1"].id])
    at_work.key(Qt.Key.Key_C, CTRL)
    at_work.key(Qt.Key.Key_V, CTRL | SHIFT)
    (copy,) = session.selection
    assert [edge.source for edge in session.graph.into[copy]] == [session.graph.by_name["conv_1"].id]


def test_home_f_and_ctrl_0_look_around(at_work: Hand) -> None:
    canvas = at_work.canvas
    canvas.show_place(2.0, QPointF(9000.0, 9000.0))
    at_work.key(Qt.Key.Key_Home)
    assert canvas.seen.contains(canvas.board.cards_rect())
    canvas.session.select([canvas.session.graph.by_name["digit"].id])
    at_work.key(Qt.Key.Key_F)
    assert canvas.seen.contains(canvas.node_item(at_work.id("digit")).card)
    canvas.show_place(0.5, QPointF())
    at_work.key(Qt.Key.Key_0, CTRL)
    assert canvas.zoom == 1.0


def test_shift_a_opens_the_search(at_work: Hand) -> None:
    at_work.key(Qt.Key.Key_A, SHIFT)
    (search,) = searches(at_work.canvas)
    field = search.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not searches(at_work.canvas)
