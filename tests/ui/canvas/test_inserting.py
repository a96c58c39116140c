"""Layers go into wires: from the palette, by a search on the wire, dropped there, or pulled out before."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu

from nnstudio.core.edits import add_node, connect, set_bypassed
from nnstudio.core.graph import Edge
from nnstudio.project.document import Project
from nnstudio.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH
from nnstudio.ui.chooser import Chooser
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import ALT, RIGHT, Hand, assert_obeys

ROW = {("image", "conv"), ("conv", "relu"), ("relu", "flat")}
WIRE = QPointF(408.0, 32.0)
"""On the wire from conv to relu."""


def wires(hand: Hand) -> set[tuple[str, str]]:
    graph = hand.canvas.session.graph
    return {(graph.by_id[edge.source].name, graph.by_id[edge.target].name) for edge in graph.edges}


def into(name: str) -> set[tuple[str, str]]:
    return (ROW - {("conv", "relu")}) | {("conv", name), (name, "relu")}


def no_overlap(hand: Hand) -> bool:
    cards = [item.card for item in hand.canvas.board.nodes.values()]
    return not any(one.intersects(other) for number, one in enumerate(cards) for other in cards[:number])


def search(hand: Hand) -> Chooser:
    (popup,) = [child for child in hand.canvas.children() if isinstance(child, Chooser)]
    return popup


def field_of(popup: Chooser) -> QLineEdit:
    field = popup.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    return field


def choose(hand: Hand, text: str) -> None:
    field = field_of(search(hand))
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def inserted(hand: Hand, name: str) -> None:
    """One step, in the row, with room around it; undo brings back what was."""
    session = hand.canvas.session
    assert wires(hand) == into(name)
    order = sorted(session.graph.nodes, key=lambda node: node.xy[0])
    assert [node.name for node in order] == ["image", "conv", name, "relu", "flat"]
    assert {node.xy[1] for node in order} == {0.0}
    assert all(right.xy[0] - left.xy[0] > CARD_WIDTH for left, right in pairwise(order))
    assert_obeys(hand.canvas)
    session.undo()
    assert wires(hand) >= ROW
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_from_the_palette(hand: Hand) -> None:
    assert hand.drop("Tanh", WIRE)
    inserted(hand, "tanh_1")


def test_a_block_from_the_palette(hand: Hand) -> None:
    assert hand.drop("Block:ResidualBlock", WIRE)
    inserted(hand, "block_1")


def test_a_double_click_on_a_wire_asks_what_to_insert(hand: Hand) -> None:
    hand.double_click(WIRE)
    (lit,) = [wire.edge for wire in hand.canvas.board.wires.values() if wire.is_lit]
    assert (lit.source, lit.target) == ("conv", "relu")
    choose(hand, "tanh")
    inserted(hand, "tanh_1")
    assert not any(wire.is_lit for wire in hand.canvas.board.wires.values())


def test_what_cannot_stand_in_a_wire_is_not_offered(hand: Hand) -> None:
    hand.double_click(WIRE)
    popup = search(hand)
    keys = {choice.key for choice in popup._find("")}
    assert "Tanh" in keys
    assert not keys & {"Input", "Output", "Embedding"}
    hand.canvas.grab()
    QTest.keyClick(field_of(popup), Qt.Key.Key_Escape)
    assert wires(hand) == ROW
    assert hand.canvas.pointing.picked is None
    assert hand.undo_label() is None


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_of_a_wire_offers_it(hand: Hand) -> None:
    hand.click(WIRE, RIGHT)
    (menu,) = [child for child in hand.canvas.children() if child.objectName() == "canvas_menu"]
    assert isinstance(menu, QMenu)
    (offer,) = [action for action in menu.actions() if action.text() == "Insert a layer…"]
    offer.trigger()
    menu.close()
    choose(hand, "tanh")
    inserted(hand, "tanh_1")


@pytest.mark.parametrize("bypassed", [False, True])
def test_a_card_that_was_moved(make: Make, bypassed: bool) -> None:
    graph, id_ = add_node(SMALL.graph, "Tanh", "tanh_", xy=(216.0, 250.0))
    hand = make(Project(graph=set_bypassed(graph, (id_,), bypassed)))
    hand.drag(hand.card("tanh_1"), WIRE)
    inserted(hand, "tanh_1")


def test_a_card_that_was_pulled_out(make: Make) -> None:
    graph, id_ = add_node(SMALL.graph, "Tanh", "tanh_", xy=(864.0, 0.0))
    graph = connect(graph, Edge("flat", "output", id_, "input"))
    hand = make(Project(graph=graph))
    hand.drag(hand.card("tanh_1"), WIRE, ALT)
    inserted(hand, "tanh_1")


def test_neighbours_in_the_row_make_room_and_others_stay(make: Make) -> None:
    graph, below = add_node(SMALL.graph, "Tanh", "tanh_", xy=(432.0, 250.0))
    hand = make(Project(graph=graph))
    assert hand.drop("Sigmoid", WIRE)
    assert hand.canvas.session.graph.by_id[below].xy == (432.0, 250.0)
    assert no_overlap(hand)


def test_in_a_wire_over_cards_it_stands_above_them(make: Make) -> None:
    graph, id_ = add_node(SMALL.graph, "Add", "add_", xy=(864.0, 0.0))
    graph = connect(connect(graph, Edge("flat", "output", id_, "a")), Edge("image", "output", id_, "b"))
    hand = make(Project(graph=graph))
    (long,) = [wire for wire in hand.canvas.board.wires.values() if wire.is_long and wire.edge.target_port == "b"]
    assert hand.drop("Tanh", long.path().pointAtPercent(0.5))
    tanh = hand.canvas.session.graph.by_name["tanh_1"]
    assert {("image", "tanh_1"), ("tanh_1", "add_1")} <= wires(hand)
    assert tanh.xy[1] + CARD_HEIGHT < 0.0
    assert no_overlap(hand)
    hand.canvas.session.undo()
    assert hand.canvas.session.graph == graph
