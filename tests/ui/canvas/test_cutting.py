"""Alt-drag: cards leave their wires, and a line drawn across wires cuts them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainterPath

from nnstudio.core.edits import add_node, connect
from nnstudio.core.graph import Edge
from nnstudio.project.document import Project
from nnstudio.ui.canvas.geometry import crosses, wire_path
from nnstudio.ui.canvas.overlay import Cut, HandWire
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import ALT, CTRL, SHIFT, Hand, assert_obeys

ABOVE, BELOW = QPointF(192.0, -60.0), QPointF(192.0, 200.0)
ROW = {("image", "conv"), ("conv", "relu"), ("relu", "flat")}


def wires(hand: Hand) -> set[tuple[str, str]]:
    graph = hand.canvas.session.graph
    return {(graph.by_id[edge.source].name, graph.by_id[edge.target].name) for edge in graph.edges}


# Cutting


def test_a_line_across_a_wire_cuts_it(hand: Hand) -> None:
    hand.drag(ABOVE, BELOW, ALT)
    assert wires(hand) == ROW - {("image", "conv")}
    assert hand.undo_label() == "Remove the wire"
    assert hand.canvas.session.selection == frozenset()
    hand.canvas.session.undo()
    assert wires(hand) == ROW
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_all_that_the_line_crosses_goes_in_one_step(make: Make) -> None:
    graph = SMALL.graph
    for number in range(2):
        graph, id_ = add_node(graph, "Flatten", "flat_", xy=(432.0, 200.0 + number * 160.0))
        graph = connect(graph, Edge("conv", "output", id_, "input"))
    hand = make(Project(graph=graph))
    before = wires(hand)
    hand.drag(QPointF(410.0, -60.0), QPointF(410.0, 420.0), ALT)
    assert wires(hand) == {("image", "conv"), ("relu", "flat")}
    assert hand.undo_label() == "Cut 3 wires"
    hand.canvas.session.undo()
    assert wires(hand) == before
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_what_will_go_is_shown_first(hand: Hand) -> None:
    def cuts() -> list[Cut]:
        return [item for item in hand.canvas.board.overlays() if isinstance(item, Cut)]

    hand.carry(ABOVE, BELOW, ALT)
    (cut,) = cuts()
    (wire,) = [wire for edge, wire in hand.canvas.board.wires.items() if edge.source == "image"]
    assert cut.boundingRect().contains(wire.path().currentPosition())
    hand.canvas.grab()
    hand.move(QPointF(120.0, -60.0), ALT)
    assert not cut.boundingRect().contains(wire.path().currentPosition())
    hand.release(QPointF(120.0, -60.0), ALT)
    assert not cuts()
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_escape_cuts_nothing(hand: Hand) -> None:
    hand.carry(ABOVE, BELOW, ALT)
    hand.key(Qt.Key.Key_Escape)
    hand.release(BELOW, ALT)
    assert wires(hand) == ROW
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_a_click_with_alt_cuts_nothing(hand: Hand) -> None:
    hand.click(QPointF(192.0, 32.0), keys=ALT)
    assert wires(hand) == ROW
    assert hand.undo_label() is None


def test_from_far_away_a_line_cuts_too(hand: Hand) -> None:
    hand.canvas.show_place(0.2, QPointF(300.0, 50.0))
    hand.carry(ABOVE + QPointF(0.0, -100.0), BELOW, ALT)
    hand.canvas.grab()
    hand.release(BELOW, ALT)
    assert wires(hand) == ROW - {("image", "conv")}


@pytest.mark.parametrize(
    ("line", "crossed"),
    [
        (QLineF(50.0, -10.0, 50.0, 10.0), True),
        (QLineF(50.0, 1.0, 50.0, 10.0), False),
        (QLineF(-10.0, -10.0, -10.0, 10.0), False),
        (QLineF(110.0, -10.0, 110.0, 10.0), False),
        (QLineF(0.0, 5.0, 100.0, 5.0), False),
        (QLineF(0.0, 5.0, 100.0, -5.0), True),
    ],
)
def test_where_a_line_crosses(line: QLineF, crossed: bool) -> None:
    assert crosses(wire_path(QPointF(0.0, 0.0), QPointF(100.0, 0.0)), line) is crossed
    assert not crosses(QPainterPath(), line)


# Pulling out


def test_a_card_pulled_out_closes_its_gap(hand: Hand) -> None:
    place = hand.card("relu")
    hand.drag(place, place + QPointF(0.0, 240.0), ALT)
    assert wires(hand) == {("image", "conv"), ("conv", "flat")}
    assert hand.canvas.session.graph.by_id["relu"].xy == (432.0, 240.0)
    assert hand.undo_label() == "Pull out relu"
    assert hand.canvas.session.selection == {"relu"}
    assert_obeys(hand.canvas)
    hand.canvas.session.undo()
    assert wires(hand) == ROW
    assert hand.canvas.session.graph.by_id["relu"].xy == (432.0, 0.0)
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_meanwhile_it_is_shown_how_the_gap_closes(hand: Hand) -> None:
    place = hand.card("relu")
    hand.carry(place, place + QPointF(0.0, 240.0), ALT)
    board = hand.canvas.board
    assert {(edge.source, edge.target) for edge, wire in board.wires.items() if wire.isVisible()} == {("image", "conv")}
    (bridge,) = [item for item in board.overlays() if isinstance(item, HandWire)]
    assert bridge.path().pointAtPercent(0.0) == hand.port("conv", "output", output=True)
    assert bridge.path().currentPosition() == hand.port("flat", "input")
    hand.canvas.grab()
    hand.key(Qt.Key.Key_Escape)
    hand.release(place, ALT)
    assert wires(hand) == ROW
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_several_leave_together_with_the_wires_among_them(hand: Hand) -> None:
    hand.canvas.session.select(["conv", "relu"])
    place = hand.card("relu")
    hand.drag(place, place + QPointF(0.0, 240.0), ALT)
    assert wires(hand) == {("conv", "relu"), ("image", "flat")}
    assert hand.undo_label() == "Pull out 2 layers"
    hand.canvas.session.undo()
    assert_obeys(hand.canvas)


def test_a_click_with_alt_only_selects(hand: Hand) -> None:
    hand.click(hand.card("relu"), keys=ALT)
    assert hand.canvas.session.selection == {"relu"}
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_pulled_out_it_goes_into_the_wire_it_is_dropped_on(hand: Hand) -> None:
    hand.drag(hand.card("relu"), QPointF(192.0, 32.0), ALT)
    assert wires(hand) == {("image", "relu"), ("relu", "conv"), ("conv", "flat")}
    assert hand.undo_label() == "Pull out relu"
    lefts = sorted(node.xy[0] for node in hand.canvas.session.graph.nodes)
    assert all(right - left >= 168.0 for left, right in pairwise(lefts))
    hand.canvas.session.undo()
    assert wires(hand) == ROW
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_by_key_it_leaves_its_wires_and_stays_where_it_is(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Delete, ALT)
    assert hand.undo_label() is None
    hand.click(hand.card("relu"))
    hand.key(Qt.Key.Key_Delete, ALT)
    assert wires(hand) == {("image", "conv"), ("conv", "flat")}
    assert hand.canvas.session.graph.by_id["relu"].xy == (432.0, 0.0)
    assert hand.undo_label() == "Pull out relu"
    hand.canvas.session.undo()
    assert wires(hand) == ROW
    assert_obeys(hand.canvas)


def test_alt_pressed_during_a_drag_pulls_nothing_out(hand: Hand) -> None:
    place = hand.card("relu")
    hand.press(place)
    hand.move(place + QPointF(0.0, 120.0))
    hand.move(place + QPointF(0.0, 240.0), ALT)
    hand.release(place + QPointF(0.0, 240.0), ALT)
    assert wires(hand) == ROW
    assert hand.undo_label() == "Move relu"


@pytest.mark.parametrize("keys", [SHIFT, CTRL])
def test_with_other_keys_too_it_leaves(hand: Hand, keys: Qt.KeyboardModifier) -> None:
    place = hand.card("relu")
    hand.drag(place, place + QPointF(0.0, 240.0), ALT | keys)
    assert wires(hand) == {("image", "conv"), ("conv", "flat")}
    hand.canvas.session.undo()
    assert_obeys(hand.canvas)


def test_many_leave_as_one(make: Make) -> None:
    graph = SMALL.graph
    for number in range(60):
        graph, _ = add_node(graph, "ReLU", "relu_", xy=(number % 10 * 216.0, 200.0 + number // 10 * 200.0))
    hand = make(Project(graph=graph))
    hand.canvas.session.select(set(graph.by_id) - {"image", "flat"})
    place = hand.card("relu")
    hand.drag(place, place + QPointF(80.0, 40.0), ALT)
    assert wires(hand) == {("conv", "relu"), ("image", "flat")}
    assert_obeys(hand.canvas)
    hand.canvas.session.undo()
    assert_obeys(hand.canvas)
