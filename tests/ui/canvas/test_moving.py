"""Pan, zoom, select and move, by mouse and by key."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from nnstudio.core.edits import add_node
from nnstudio.project.document import Project
from nnstudio.ui.canvas.geometry import MAX_ZOOM, MIN_ZOOM
from nnstudio.ui.canvas.minimap import Minimap
from nnstudio.ui.canvas.view import Canvas
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import ALT, CTRL, LEFT, MIDDLE, RIGHT, SHIFT, Hand, assert_obeys

EMPTY = QPointF(200.0, 330.0)


def spread(canvas: Canvas) -> dict[str, tuple[float, float]]:
    return {node.name: node.xy for node in canvas.session.graph.nodes}


# Pan


@pytest.mark.parametrize("button", [MIDDLE, RIGHT])
def test_a_drag_with_the_middle_or_right_button_pans(hand: Hand, button: Qt.MouseButton) -> None:
    before = hand.canvas.seen.center()
    hand.drag(EMPTY, EMPTY + QPointF(-80.0, 30.0), button=button)
    assert hand.canvas.seen.center() == before + QPointF(80.0, -30.0)


def test_space_and_drag_pans_and_moves_no_card(hand: Hand) -> None:
    before, places = hand.canvas.seen.center(), spread(hand.canvas)
    QTest.keyPress(hand.canvas, Qt.Key.Key_Space)
    assert hand.canvas.viewport().cursor().shape() == Qt.CursorShape.OpenHandCursor
    hand.drag(hand.card("conv"), hand.card("conv") + QPointF(50.0, 0.0))
    QTest.keyRelease(hand.canvas, Qt.Key.Key_Space)
    assert hand.canvas.seen.center() == before - QPointF(50.0, 0.0)
    assert spread(hand.canvas) == places
    assert hand.canvas.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_right_click_opens_the_menu_instead(hand: Hand) -> None:
    before = hand.canvas.seen
    hand.click(hand.card("relu"), RIGHT)
    (menu,) = [child for child in hand.canvas.children() if child.objectName() == "canvas_menu"]
    assert hand.canvas.session.selection == {"relu"}
    assert hand.canvas.seen == before
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == [
        "Look inside",
        "Group into block",
        "Frame the selection",
        "Arrange",
        "Duplicate",
        "Copy",
        "Bypass",
        "Delete",
        "Delete and reconnect",
    ]
    menu.close()


def touchpad() -> QPointingDevice:
    return QPointingDevice(
        "pad",
        7,
        QInputDevice.DeviceType.TouchPad,
        QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Scroll | QInputDevice.Capability.PixelScroll,
        2,
        0,
    )


def test_two_fingers_pan(hand: Hand) -> None:
    before, zoom = hand.canvas.seen.center(), hand.canvas.zoom
    hand.wheel(EMPTY, 40, device=touchpad(), pixels=QPoint(0, 25))
    assert hand.canvas.seen.center() == before - QPointF(0.0, 25.0)
    assert hand.canvas.zoom == zoom


# Zoom


@pytest.mark.parametrize("turn", [120, -120])
def test_the_wheel_zooms_at_the_pointer(hand: Hand, turn: int) -> None:
    place = hand.card("conv")
    view = hand.view(place)
    hand.wheel(place, turn)
    assert (hand.canvas.zoom > 1.0) == (turn > 0)
    assert (hand.canvas.to_scene(view) - place).manhattanLength() < 2.0


def test_ctrl_and_two_fingers_zoom(hand: Hand) -> None:
    hand.wheel(EMPTY, 120, CTRL, device=touchpad(), pixels=QPoint(0, 25))
    assert hand.canvas.zoom > 1.0


def test_small_turns_add_up(hand: Hand) -> None:
    for _ in range(8):
        hand.wheel(EMPTY, 15)
    fine = hand.canvas.zoom
    hand.canvas.reset_zoom()
    hand.wheel(EMPTY, 120)
    assert fine == pytest.approx(hand.canvas.zoom)


def test_zoom_has_ends(hand: Hand) -> None:
    for _ in range(60):
        hand.wheel(EMPTY, 120)
    assert hand.canvas.zoom == pytest.approx(MAX_ZOOM)
    for _ in range(90):
        hand.wheel(EMPTY, -120)
    assert hand.canvas.zoom == pytest.approx(MIN_ZOOM)


def test_a_pinch_zooms_between_the_fingers(hand: Hand) -> None:
    place = hand.card("conv")
    view = hand.view(place)
    for kind, value in (
        (Qt.NativeGestureType.BeginNativeGesture, 0.0),
        (Qt.NativeGestureType.ZoomNativeGesture, 0.1),
        (Qt.NativeGestureType.ZoomNativeGesture, 0.1),
        (Qt.NativeGestureType.EndNativeGesture, 0.0),
    ):
        event = QNativeGestureEvent(
            kind, touchpad(), 2, view, view, hand.canvas.viewport().mapToGlobal(view), value, QPointF()
        )
        QCoreApplication.sendEvent(hand.canvas.viewport(), event)
    assert hand.canvas.zoom == pytest.approx(1.21)
    assert (hand.canvas.to_scene(view) - place).manhattanLength() < 2.0


def test_keys_frame_what_one_wants_to_see(hand: Hand) -> None:
    canvas = hand.canvas
    canvas.show_place(2.0, QPointF(5000.0, 5000.0))
    hand.key(Qt.Key.Key_Home)
    assert canvas.seen.contains(canvas.board.cards_rect())
    canvas.show_place(2.0, QPointF(5000.0, 5000.0))
    canvas.session.select(["flat"])
    hand.key(Qt.Key.Key_F)
    assert canvas.seen.contains(canvas.node_item("flat").card)
    assert (canvas.seen.center() - canvas.node_item("flat").card.center()).manhattanLength() < 4.0
    canvas.show_place(0.5, QPointF())
    hand.key(Qt.Key.Key_0, CTRL)
    assert canvas.zoom == 1.0


def test_what_is_framed_is_not_blown_up(make: Make) -> None:
    hand = make()
    hand.canvas.resize(3000, 2000)
    hand.canvas.zoom_to_fit()
    assert hand.canvas.zoom == 1.0


# Select


def test_clicks_select(hand: Hand) -> None:
    session = hand.canvas.session
    hand.click(hand.card("conv"))
    assert session.selection == {"conv"}
    hand.click(hand.card("relu"), keys=SHIFT)
    assert session.selection == {"conv", "relu"}
    hand.click(hand.card("conv"), keys=CTRL)
    assert session.selection == {"relu"}
    hand.click(hand.card("conv"), keys=CTRL)
    hand.click(hand.card("conv"))
    assert session.selection == {"conv"}
    hand.click(EMPTY)
    assert session.selection == frozenset()
    assert hand.undo_label() is None


def test_a_box_selects_what_it_touches(hand: Hand) -> None:
    session = hand.canvas.session
    left, right = hand.card("image"), hand.card("conv")
    start, end = left + QPointF(0.0, 100.0), right - QPointF(0.0, 10.0)
    hand.carry(start, end)
    assert hand.canvas.board.shown_selection == {"image", "conv"}
    assert session.selection == frozenset()
    hand.release(end)
    assert session.selection == {"image", "conv"}
    hand.drag(hand.card("relu") + QPointF(0.0, 100.0), hand.card("relu"), keys=SHIFT)
    assert session.selection == {"image", "conv", "relu"}
    hand.drag(start, end, keys=CTRL)
    assert session.selection == {"relu"}
    assert_obeys(hand.canvas)


def test_escape_leaves_the_selection_as_it_was(hand: Hand) -> None:
    session = hand.canvas.session
    session.select(["flat"])
    hand.carry(EMPTY, hand.card("image"))
    hand.key(Qt.Key.Key_Escape)
    hand.release(hand.card("image"))
    assert session.selection == {"flat"}
    assert_obeys(hand.canvas)


def test_everything_and_nothing_by_key(hand: Hand) -> None:
    hand.key(Qt.Key.Key_A, CTRL)
    assert hand.canvas.session.selection == {"image", "conv", "relu", "flat"}
    hand.key(Qt.Key.Key_Escape)
    assert hand.canvas.session.selection == frozenset()


# Move


def test_a_drag_moves_on_the_grid_in_one_step(hand: Hand) -> None:
    session = hand.canvas.session
    hand.drag(hand.card("relu"), hand.card("relu") + QPointF(33.0, 103.0))
    assert session.graph.by_id["relu"].xy == (432.0 + 32.0, 104.0)
    assert hand.undo_label() == "Move relu"
    session.undo()
    assert session.graph.by_id["relu"].xy == (432.0, 0.0)
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_shift_takes_the_grid_away(hand: Hand) -> None:
    start = hand.card("relu")
    hand.press(start)
    hand.move(start + QPointF(20.0, 50.0))
    hand.move(start + QPointF(33.0, 103.0), SHIFT)
    hand.release(start + QPointF(33.0, 103.0), SHIFT)
    assert hand.canvas.session.graph.by_id["relu"].xy == (465.0, 103.0)


def test_all_that_is_selected_moves_together(hand: Hand) -> None:
    session = hand.canvas.session
    session.select(["conv", "relu"])
    hand.drag(hand.card("relu"), hand.card("relu") + QPointF(0.0, 200.0))
    places = spread(hand.canvas)
    assert places["conv"] == (216.0, 200.0)
    assert places["relu"] == (432.0, 200.0)
    assert places["image"] == (0.0, 0.0)
    assert session.selection == {"conv", "relu"}
    assert hand.undo_label() == "Move 2 layers"


def test_at_the_edge_the_sheet_comes_along(hand: Hand, qtbot: QtBot) -> None:
    canvas = hand.canvas
    edge = canvas.to_scene(QPointF(canvas.viewport().width() - 4.0, 300.0))
    before = canvas.seen.center()
    hand.carry(hand.card("relu"), edge)
    qtbot.waitUntil(lambda: canvas.seen.center().x() > before.x() + 60.0)
    assert canvas.node_item("relu").card.center().x() > edge.x() + 50.0
    hand.move(canvas.to_scene(QPointF(500.0, 300.0)))
    still = canvas.seen.center()
    qtbot.wait(50)
    assert canvas.seen.center() == still
    hand.key(Qt.Key.Key_Escape)
    assert_obeys(canvas)


def test_many_move_as_one(make: Make) -> None:
    graph = SMALL.graph
    for number in range(60):
        graph, _ = add_node(graph, "ReLU", "relu_", xy=(number % 10 * 216.0, 200.0 + number // 10 * 200.0))
    hand = make(Project(graph=graph))
    hand.canvas.select_all()
    hand.carry(hand.card("conv"), hand.card("conv") + QPointF(80.0, 40.0))
    assert hand.canvas.node_item("image").card.topLeft() == QPointF(80.0, 40.0)
    assert hand.undo_label() is None
    hand.release(hand.card("conv"))
    assert {
        (new.xy[0] - old.xy[0], new.xy[1] - old.xy[1])
        for old, new in zip(graph.nodes, hand.canvas.session.graph.nodes, strict=True)
    } == {(80.0, 40.0)}
    assert_obeys(hand.canvas)
    hand.carry(hand.card("conv"), hand.card("conv") + QPointF(80.0, 40.0))
    hand.key(Qt.Key.Key_Escape)
    assert_obeys(hand.canvas)
    hand.canvas.session.undo()
    assert spread(hand.canvas) == {node.name: node.xy for node in graph.nodes}
    assert_obeys(hand.canvas)


def test_escape_puts_cards_back(hand: Hand) -> None:
    places, selected = spread(hand.canvas), hand.canvas.session.selection
    hand.carry(hand.card("relu"), hand.card("relu") + QPointF(90.0, 90.0))
    assert hand.canvas.node_item("relu").pos() != QPointF(432.0, 0.0)
    hand.key(Qt.Key.Key_Escape)
    assert hand.canvas.node_item("relu").pos() == QPointF(432.0, 0.0)
    hand.release(hand.card("relu"))
    assert spread(hand.canvas) == places
    assert hand.canvas.session.selection == selected
    assert_obeys(hand.canvas)


def test_a_card_in_the_hand_lies_over_the_others(hand: Hand) -> None:
    over = hand.card("flat") + QPointF(10.0, 10.0)
    hand.carry(hand.card("conv"), over)
    at_top = hand.canvas.board.node_at(over)
    assert at_top is not None
    assert at_top.id == "conv"
    height = at_top.zValue()
    hand.release(over)
    assert at_top.zValue() < height
    hand.carry(hand.card("relu"), over)
    hand.key(Qt.Key.Key_Escape)
    assert {item.zValue() for item in hand.canvas.board.nodes.values()} == {at_top.zValue()}


def test_an_undo_under_the_hand_ends_the_drag(hand: Hand) -> None:
    session = hand.canvas.session
    hand.key(Qt.Key.Key_A, CTRL)
    hand.key(Qt.Key.Key_Right, CTRL)
    hand.carry(hand.card("relu"), hand.card("relu") + QPointF(90.0, 90.0))
    session.undo()
    hand.move(hand.card("relu") + QPointF(200.0, 200.0))
    hand.release(hand.card("relu"))
    assert spread(hand.canvas)["relu"] == (432.0, 0.0)
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_a_press_that_hardly_moves_is_a_click(hand: Hand) -> None:
    hand.drag(hand.card("relu"), hand.card("relu") + QPointF(2.0, 1.0))
    assert hand.undo_label() is None
    assert hand.canvas.session.selection == {"relu"}


def test_other_buttons_wait_during_a_drag(hand: Hand) -> None:
    hand.carry(hand.card("relu"), hand.card("relu") + QPointF(80.0, 80.0))
    hand.press(hand.card("conv"), RIGHT)
    hand.release(hand.card("conv"))
    assert hand.undo_label() is None
    hand._held = LEFT
    hand.release(hand.card("relu"))
    assert hand.undo_label() == "Move relu"


# A card into a wire


def loose(make: Make) -> Hand:
    graph, _ = add_node(SMALL.graph, "Tanh", "tanh_", xy=(216.0, 250.0))
    return make(Project(graph=graph))


def test_a_card_dropped_on_a_wire_goes_in_there(make: Make) -> None:
    hand = loose(make)
    session = hand.canvas.session
    between = QPointF(216.0 - 24.0, 32.0)
    hand.carry(hand.card("tanh_1"), between)
    (wire,) = [wire for wire in hand.canvas.board.wires.values() if wire.is_lit]
    assert (wire.edge.source, wire.edge.target) == ("image", "conv")
    hand.release(between)
    id_ = hand.id("tanh_1")
    assert {(edge.source, edge.target) for edge in session.graph.edges} == {
        ("image", id_),
        (id_, "conv"),
        ("conv", "relu"),
        ("relu", "flat"),
    }
    assert hand.undo_label() == "Insert tanh_1"
    lefts = sorted(node.xy[0] for node in session.graph.nodes)
    assert all(right - left >= 168.0 for left, right in pairwise(lefts))
    session.undo()
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_alt_keeps_it_out_of_the_wire(make: Make) -> None:
    hand = loose(make)
    hand.drag(hand.card("tanh_1"), QPointF(192.0, 32.0), keys=ALT)
    assert len(hand.canvas.session.graph.edges) == 3
    assert not any(wire.is_lit for wire in hand.canvas.board.wires.values())


def test_a_wired_card_stays_out_of_other_wires(hand: Hand) -> None:
    hand.drag(hand.card("flat"), QPointF(192.0, 32.0))
    assert len(hand.canvas.session.graph.edges) == 3
    assert ("relu", "flat") in {(edge.source, edge.target) for edge in hand.canvas.session.graph.edges}


# Keys


def test_arrows_walk_and_ctrl_arrows_move(hand: Hand) -> None:
    canvas, session = hand.canvas, hand.canvas.session
    hand.key(Qt.Key.Key_Right)
    assert session.selection == {"image"}
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Right)
    assert session.selection == {"relu"}
    assert canvas.node_item("relu").is_focused
    assert not canvas.node_item("conv").is_focused
    assert canvas.accessibleDescription().startswith("ReLU, relu")
    hand.key(Qt.Key.Key_Left)
    assert session.selection == {"conv"}
    hand.key(Qt.Key.Key_Up)
    assert session.selection == {"conv"}
    hand.key(Qt.Key.Key_Left, SHIFT)
    assert session.selection == {"conv", "image"}
    session.select(["conv"])
    for _ in range(3):
        hand.key(Qt.Key.Key_Down, CTRL)
    assert session.graph.by_id["conv"].xy == (216.0, 24.0)
    hand.key(Qt.Key.Key_Right, CTRL | SHIFT)
    assert session.graph.by_id["conv"].xy == (248.0, 24.0)
    session.undo()
    assert session.graph.by_id["conv"].xy == (216.0, 0.0)
    assert hand.undo_label() is None


def test_walking_to_a_card_out_of_sight_shows_it(hand: Hand) -> None:
    hand.canvas.show_place(2.0, hand.card("image"))
    hand.canvas.session.select(["relu"])
    hand.key(Qt.Key.Key_Right)
    assert hand.canvas.session.selection == {"flat"}
    assert hand.canvas.seen.contains(hand.canvas.node_item("flat").card)


def test_a_click_takes_the_keyboards_ring_away(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Right)
    assert hand.canvas.node_item("image").is_focused
    hand.click(hand.card("conv"))
    assert not any(item.is_focused for item in hand.canvas.board.nodes.values())


def test_what_is_framed_does_not_lie_under_the_minimap(make: Make) -> None:
    graph = SMALL.graph
    for line in range(1, 6):
        for column in range(4):
            graph, _ = add_node(graph, "ReLU", "relu_", xy=(216.0 * column, 176.0 * line))
    hand = make(Project(graph=graph))
    hand.key(Qt.Key.Key_Home)
    minimap = hand.canvas.findChild(Minimap)
    assert isinstance(minimap, Minimap)
    cards = [hand.canvas.viewportTransform().mapRect(item.card) for item in hand.canvas.board.nodes.values()]
    assert all(QRectF(hand.canvas.viewport().rect()).contains(card) for card in cards)
    assert not any(QRectF(minimap.geometry()).intersects(card) for card in cards)
