"""Tidy up, align, distribute, select along the wires."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot

from nnstudio.core.edits import add_node, move
from nnstudio.core.frames import add_frame
from nnstudio.core.graph import Graph
from nnstudio.project.document import Project
from nnstudio.project.layout import Stopped
from nnstudio.ui.canvas import tidying
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.window import MainWindow
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import CTRL, RIGHT, SHIFT, Hand, assert_obeys

MESSY = move(SMALL.graph, {"image": (0.0, 300.0), "conv": (80.0, 0.0), "relu": (400.0, 180.0), "flat": (300.0, 420.0)})


def spread(canvas: Canvas) -> dict[str, tuple[float, float]]:
    return {node.name: node.xy for node in canvas.session.graph.nodes}


def shown(canvas: Canvas) -> dict[str, tuple[float, float]]:
    return {id_: (item.pos().x(), item.pos().y()) for id_, item in canvas.board.nodes.items()}


@pytest.fixture
def messy(make: Make) -> Hand:
    return make(Project(graph=MESSY))


def done(hand: Hand, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not hand.canvas.arranging.is_tidying)


# Tidy


def test_a_drawing_is_laid_out_from_left_to_right_in_one_step(messy: Hand, qtbot: QtBot) -> None:
    canvas = messy.canvas
    messy.key(Qt.Key.Key_L)
    assert messy.undo_label() is None
    done(messy, qtbot)
    places = spread(canvas)
    lefts = [places[name][0] for name in ("image", "conv", "relu", "flat")]
    assert lefts == sorted(set(lefts))
    assert len({top for _, top in places.values()}) == 1
    assert messy.undo_label() == "Tidy up"
    assert_obeys(canvas)
    canvas.session.undo()
    assert canvas.session.graph == MESSY
    assert messy.undo_label() is None
    assert_obeys(canvas)


def test_or_from_top_to_bottom(messy: Hand, qtbot: QtBot) -> None:
    messy.key(Qt.Key.Key_L, SHIFT)
    done(messy, qtbot)
    places = spread(messy.canvas)
    tops = [places[name][1] for name in ("image", "conv", "relu", "flat")]
    assert tops == sorted(set(tops))
    assert len({left for left, _ in places.values()}) == 1
    assert_obeys(messy.canvas)


def test_of_several_selected_only_those_move_and_their_middle_stays(messy: Hand, qtbot: QtBot) -> None:
    canvas = messy.canvas
    canvas.session.select(["relu", "flat"])
    middle = canvas.board.cards_rect(["relu", "flat"]).center()
    messy.key(Qt.Key.Key_L)
    done(messy, qtbot)
    places = spread(canvas)
    assert (places["image"], places["conv"]) == ((0.0, 300.0), (80.0, 0.0))
    assert places["relu"][1] == places["flat"][1]
    moved = canvas.board.cards_rect(["relu", "flat"]).center() - middle
    assert moved.manhattanLength() <= 8.0
    assert canvas.session.selection == {"relu", "flat"}


def test_what_is_tidy_stays_without_a_step(make: Make, qtbot: QtBot) -> None:
    hand = make()
    hand.key(Qt.Key.Key_L)
    done(hand, qtbot)
    hand.canvas.session.undo()
    hand.canvas.session.redo()
    places = spread(hand.canvas)
    hand.key(Qt.Key.Key_L)
    done(hand, qtbot)
    assert spread(hand.canvas) == places


def test_nothing_to_lay_out(make: Make) -> None:
    hand = make(Project())
    hand.key(Qt.Key.Key_L)
    assert not hand.canvas.arranging.is_tidying


def test_the_document_is_first_and_the_cards_follow(messy: Hand, qtbot: QtBot) -> None:
    canvas = messy.canvas
    messy.key(Qt.Key.Key_L)
    qtbot.waitUntil(lambda: messy.undo_label() == "Tidy up")
    assert canvas.arranging.is_tidying
    assert shown(canvas) != spread(canvas)
    canvas.grab()
    done(messy, qtbot)
    assert shown(canvas) == spread(canvas)


def test_a_press_ends_the_gliding(messy: Hand, qtbot: QtBot) -> None:
    canvas = messy.canvas
    messy.key(Qt.Key.Key_L)
    qtbot.waitUntil(lambda: messy.undo_label() == "Tidy up")
    messy.click(QPointF(-200.0, -200.0))
    assert not canvas.arranging.is_tidying
    assert_obeys(canvas)


def test_so_does_an_undo(messy: Hand, qtbot: QtBot) -> None:
    canvas = messy.canvas
    messy.key(Qt.Key.Key_L)
    qtbot.waitUntil(lambda: messy.undo_label() == "Tidy up")
    canvas.session.undo()
    assert not canvas.arranging.is_tidying
    assert canvas.session.graph == MESSY
    assert_obeys(canvas)


def test_many_jump(messy: Hand, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "MOST_GLIDING", 3)
    messy.key(Qt.Key.Key_L)
    qtbot.waitUntil(lambda: messy.undo_label() == "Tidy up")
    assert not messy.canvas.arranging.is_tidying
    assert_obeys(messy.canvas)


def test_what_was_worked_out_for_another_drawing_is_dropped(messy: Hand) -> None:
    session = messy.canvas.session
    messy.key(Qt.Key.Key_L)
    session.commit("Another", graph=move(session.graph, {"image": (16.0, 16.0)}))
    assert not messy.canvas.arranging.is_tidying
    assert messy.undo_label() == "Another"
    assert spread(messy.canvas)["conv"] == (80.0, 0.0)


def test_a_card_in_the_hand_stays_there(messy: Hand, qtbot: QtBot) -> None:
    canvas = messy.canvas
    messy.key(Qt.Key.Key_L)
    start = messy.card("conv")
    messy.carry(start, start + QPointF(40.0, 40.0))
    qtbot.waitUntil(lambda: "nnstudio-tidy" not in {thread.name for thread in threading.enumerate()})
    qtbot.wait(50)  # so that it is looked for
    messy.move(start + QPointF(64.0, 40.0))
    assert canvas.arranging.is_tidying
    assert messy.undo_label() is None
    messy.release(start + QPointF(64.0, 40.0))
    assert messy.undo_label() == "Move conv"
    assert not canvas.arranging.is_tidying


def test_escape_stops_it(messy: Hand) -> None:
    messy.canvas.session.select(["conv", "relu", "flat"])
    messy.key(Qt.Key.Key_L)
    messy.key(Qt.Key.Key_Escape)
    assert not messy.canvas.arranging.is_tidying
    assert messy.undo_label() is None
    assert messy.canvas.session.selection == {"conv", "relu", "flat"}
    messy.key(Qt.Key.Key_Escape)
    assert messy.canvas.session.selection == frozenset()


def test_what_takes_long_says_so(messy: Hand, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_boxes: object, _edges: object, _direction: object, stop: Callable[[], bool]) -> tidying.Places:
        while not stop():
            pass
        raise Stopped

    def signs() -> list[QLabel]:
        return [child for child in messy.canvas.findChildren(QLabel) if child.objectName() == "canvas_tidying"]

    monkeypatch.setattr(tidying, "arrange", never)
    monkeypatch.setattr(tidying, "_PATIENCE", 0.0)
    messy.key(Qt.Key.Key_L)
    qtbot.waitUntil(lambda: bool(signs()))
    (sign,) = signs()
    assert sign.isVisible()
    messy.canvas.grab()
    messy.key(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not signs())
    assert messy.undo_label() is None


def test_a_canvas_that_goes_leaves_no_thread(messy: Hand, qtbot: QtBot) -> None:
    messy.key(Qt.Key.Key_L)
    assert messy.canvas.arranging.is_tidying


def test_nor_does_one_whose_cards_are_on_their_way(messy: Hand, qtbot: QtBot) -> None:
    messy.key(Qt.Key.Key_L)
    qtbot.waitUntil(lambda: messy.undo_label() == "Tidy up")
    assert messy.canvas.arranging.is_tidying


def test_the_drawing_of_a_block_is_laid_out_there(make: Make, qtbot: QtBot) -> None:
    hand = make()
    hand.drop("Block:ResidualBlock", QPointF(300.0, 304.0))
    session = hand.canvas.session
    outside = session.graph
    session.enter("ResidualBlock", hand.id("block_1"))
    session.commit("Mess", graph=move(session.graph, {node.id: (0.0, 0.0) for node in session.graph.nodes}))
    hand.key(Qt.Key.Key_L)
    done(hand, qtbot)
    assert len({node.xy for node in session.graph.nodes}) == len(session.graph.nodes)
    assert_obeys(hand.canvas)
    session.leave()
    assert session.graph == outside


def test_leaving_a_block_drops_what_is_worked_out_for_it(make: Make) -> None:
    hand = make()
    hand.drop("Block:ResidualBlock", QPointF(300.0, 304.0))
    session = hand.canvas.session
    session.enter("ResidualBlock", hand.id("block_1"))
    hand.key(Qt.Key.Key_L)
    session.leave()
    assert not hand.canvas.arranging.is_tidying
    assert hand.undo_label() == "Add Residual block"


def test_where_nothing_may_change_nothing_is_laid_out(messy: Hand) -> None:
    messy.canvas.session.locked = True
    messy.canvas.arranging.tidy()
    assert not messy.canvas.arranging.is_tidying


def test_frames_go_along(make: Make, qtbot: QtBot) -> None:
    graph, id_ = add_frame(MESSY, "Features", ["relu", "flat"])
    hand = make(Project(graph=graph))
    hand.key(Qt.Key.Key_L)
    done(hand, qtbot)
    after = hand.canvas.session.graph
    assert hand.canvas.framing.held(id_) >= {"relu", "flat"}
    assert after.frames != graph.frames
    hand.canvas.session.undo()
    assert hand.canvas.session.graph == graph


def test_what_was_all_in_view_stays_so(make: Make, qtbot: QtBot) -> None:
    graph = Graph()
    for number in range(12):
        graph, _ = add_node(graph, "ReLU", "relu_", xy=(number % 4 * 216.0, number // 4 * 160.0))
    hand = make(Project(graph=graph))
    hand.canvas.zoom_to_fit()
    hand.key(Qt.Key.Key_L)
    done(hand, qtbot)
    assert hand.canvas.seen.contains(hand.canvas.board.painted_rect())


# In line


def test_cards_are_brought_in_line_in_one_step(messy: Hand) -> None:
    canvas = messy.canvas
    canvas.session.select(["conv", "relu"])
    canvas.arranging.align("top")
    assert spread(canvas)["conv"][1] == spread(canvas)["relu"][1] == 0.0
    assert messy.undo_label() == "Align top"
    assert_obeys(canvas)
    canvas.session.undo()
    assert canvas.session.graph == MESSY


def test_gaps_are_made_equal_in_one_step(messy: Hand) -> None:
    canvas = messy.canvas
    canvas.session.select(["image", "conv", "flat"])
    canvas.arranging.distribute("across")
    assert spread(canvas)["conv"][0] == 150.0
    assert messy.undo_label() == "Distribute across"
    canvas.session.undo()
    assert canvas.session.graph == MESSY


def test_too_few_stay_where_they_are(messy: Hand) -> None:
    canvas = messy.canvas
    canvas.session.select(["conv"])
    canvas.arranging.align("left")
    canvas.session.select(["conv", "relu"])
    canvas.arranging.distribute("down")
    assert messy.undo_label() is None


def test_the_menu_offers_what_makes_sense(window: MainWindow) -> None:
    session, actions = window.session, window.actions_
    ids = [node.id for node in session.graph.nodes]
    for count, aligns, distributes in ((0, False, False), (1, False, False), (2, True, False), (3, True, True)):
        session.select(ids[:count])
        assert actions["align_left"].isEnabled() is actions["align_middle"].isEnabled() is aligns
        assert actions["distribute_across"].isEnabled() is actions["distribute_down"].isEnabled() is distributes
        assert actions["select_upstream"].isEnabled() is (count > 0)
        assert actions["tidy"].isEnabled()
    actions["align_left"].trigger()
    assert len({session.graph.by_id[id_].xy[0] for id_ in ids[:3]}) == 1
    actions["distribute_down"].trigger()
    assert session.undo_label == "Align left"


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_right_click_offers_it_too(messy: Hand, qtbot: QtBot) -> None:
    messy.canvas.session.select(["conv", "relu"])
    messy.click(messy.card("conv"), RIGHT)
    (menu,) = [child for child in messy.canvas.children() if child.objectName() == "canvas_menu"]
    assert isinstance(menu, QMenu)
    (arrange,) = [action.menu() for action in menu.actions() if action.text() == "Arrange"]
    assert isinstance(arrange, QMenu)
    offered = {action.text(): action for action in arrange.actions()}
    assert offered["Align left"].isEnabled()
    assert not offered["Distribute across"].isEnabled()
    offered["Align right"].trigger()
    assert spread(messy.canvas)["conv"][0] == spread(messy.canvas)["relu"][0] == 400.0
    offered["Tidy up"].trigger()
    done(messy, qtbot)
    assert spread(messy.canvas)["conv"][1] == spread(messy.canvas)["relu"][1]
    menu.close()


# Selecting


def test_brackets_select_along_the_wires(hand: Hand) -> None:
    session = hand.canvas.session
    hand.click(hand.card("conv"))
    hand.key(Qt.Key.Key_BracketLeft)
    assert session.selection == {"image", "conv"}
    hand.click(hand.card("conv"))
    hand.key(Qt.Key.Key_BracketRight)
    assert session.selection == {"conv", "relu", "flat"}
    hand.click(hand.card("conv"))
    hand.click(hand.card("image"), keys=CTRL)
    hand.key(Qt.Key.Key_BracketRight)
    assert session.selection == {"image", "conv", "relu", "flat"}
    assert hand.undo_label() is None
