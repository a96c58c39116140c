"""Wires by hand: where they may end, where not and why, and what happens in the empty."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListView

from nnstudio.core.edits import add_node, connect, remove_nodes
from nnstudio.core.graph import Edge, Graph
from nnstudio.project.document import Project
from nnstudio.ui.canvas.overlay import HandWire
from nnstudio.ui.canvas.wiring import Judge, Socket
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import Hand, assert_obeys


def with_add() -> Project:
    """The four layers in a row, and an Add and an Embedding below that nothing is connected to."""
    graph, _ = add_node(SMALL.graph, "Add", "add_", xy=(648.0, 240.0))
    graph, _ = add_node(graph, "Embedding", "emb_", xy=(216.0, 240.0))
    return Project(graph=graph)


@pytest.fixture
def wired(make: Make) -> Hand:
    return make(with_add(), (400.0, 200.0))


def ends(hand: Hand) -> set[tuple[str, str, str]]:
    graph = hand.canvas.session.graph
    return {(graph.by_id[e.source].name, graph.by_id[e.target].name, e.target_port) for e in graph.edges}


def held(hand: Hand) -> list[HandWire]:
    return [item for item in hand.canvas.board.overlays() if isinstance(item, HandWire)]


def search(hand: Hand) -> QLineEdit:
    (field,) = [field for field in hand.canvas.findChildren(QLineEdit, "canvas_search_field") if field.isVisible()]
    return field


def found(hand: Hand) -> list[str]:
    """Return the titles that the open search offers."""
    (rows,) = [rows for rows in hand.canvas.findChildren(QListView, "canvas_search_list") if rows.isVisible()]
    return [rows.model().index(row, 0).data() for row in range(rows.model().rowCount())]


def has_ring(hand: Hand, place: QPointF, colour: QColor) -> bool:
    """Whether anything around a port is painted in a colour."""
    picture, middle = hand.canvas.grab().toImage(), hand.view(place).toPoint()
    around = range(-7, 8)
    return any(picture.pixelColor(middle + QPoint(x, y)) == colour for x in around for y in around)


ROW = {("image", "conv", "input"), ("conv", "relu", "input"), ("relu", "flat", "input")}


def test_a_wire_from_output_to_input(wired: Hand) -> None:
    wired.drag(wired.port("conv", "output", output=True), wired.port("add_1", "input_1"))
    assert ends(wired) == ROW | {("conv", "add_1", "input_1")}
    assert wired.undo_label() == "Connect"
    assert not held(wired)
    assert_obeys(wired.canvas)


def test_a_wire_from_input_to_output(wired: Hand) -> None:
    wired.drag(wired.port("add_1", "input_2"), wired.port("relu", "output", output=True))
    assert ends(wired) == ROW | {("relu", "add_1", "input_2")}


def test_add_grows_another_port_with_every_wire(wired: Hand) -> None:
    add = wired.canvas.node_item(wired.id("add_1"))
    assert list(add.face.inputs) == ["input_1", "input_2"]
    for name, port in (("conv", "input_1"), ("relu", "input_2"), ("conv", "input_3")):
        wired.drag(wired.port(name, "output", output=True), wired.port("add_1", port))
    assert list(add.face.inputs) == ["input_1", "input_2", "input_3", "input_4"]
    assert len(ends(wired)) == 6


def test_the_wire_jumps_to_a_port_nearby(wired: Hand) -> None:
    port = wired.port("add_1", "input_1")
    wired.carry(wired.port("conv", "output", output=True), port + QPointF(-10.0, -9.0))
    (wire,) = held(wired)
    assert wire.path().currentPosition() == port
    wired.release(port + QPointF(-10.0, -9.0))
    assert ("conv", "add_1", "input_1") in ends(wired)


def test_on_a_card_the_wire_takes_the_first_free_port(wired: Hand) -> None:
    for name in ("conv", "relu"):
        wired.drag(wired.port(name, "output", output=True), wired.card("add_1"))
    assert ends(wired) == ROW | {("conv", "add_1", "input_1"), ("relu", "add_1", "input_2")}


def test_ports_that_cannot_take_it_are_dimmed(wired: Hand) -> None:
    canvas, lights = wired.canvas, wired.canvas.board.lights
    wired.carry(wired.port("relu", "output", output=True), QPointF(560.0, 200.0))
    assert lights.takes is not None
    assert lights.takes(Socket(wired.id("add_1"), "input_1", False))
    assert lights.takes(Socket("flat", "input", False))
    assert not lights.takes(Socket("conv", "input", False))
    assert not lights.takes(Socket("conv", "output", True))
    assert not lights.takes(Socket(wired.id("emb_1"), "input", False))
    theme, refused = canvas.board.style_.theme, wired.port("conv", "output", output=True)
    assert has_ring(wired, wired.port("add_1", "input_1"), theme.accent)
    assert not has_ring(wired, refused, theme.accent)
    assert not has_ring(wired, refused, theme.family("conv"))
    wired.key(Qt.Key.Key_Escape)
    assert not has_ring(wired, wired.port("add_1", "input_1"), theme.accent)
    assert has_ring(wired, refused, theme.family("conv"))
    assert not held(wired)
    wired.release(QPointF(560.0, 200.0))
    assert ends(wired) == ROW


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (("relu", "output", True), ("conv", "input"), "relu already depends on conv: this wire would close a cycle."),
        (("relu", "output", True), ("relu", "input"), "A layer cannot feed itself."),
        (("relu", "output", True), ("emb_1", "input"), "Embedding looks rows up in a table, so it needs whole numbers"),
    ],
)
def test_a_refused_port_says_why(wired: Hand, start: tuple[str, str, bool], end: tuple[str, str], reason: str) -> None:
    note = wired.canvas.pointing.note
    target = wired.port(*end)
    wired.carry(wired.port(start[0], start[1], output=start[2]), target)
    assert note.isVisible()
    assert note.text.startswith(reason)
    wired.canvas.grab()
    wired.release(target)
    assert not note.isVisible()
    assert ends(wired) == ROW
    assert wired.undo_label() is None
    assert wired.canvas.findChild(QLineEdit, "canvas_search_field") is None


def test_whole_numbers_do_not_fit_where_real_ones_are_needed(make: Make) -> None:
    graph, words = add_node(Graph(), "Input", "words_", {"shape": ("T",), "element": "index"})
    graph, _ = add_node(graph, "Linear", "dense_", xy=(300.0, 0.0))
    hand = make(Project(graph=graph), (200.0, 50.0))
    hand.drag(hand.port("words_1", "output", output=True), hand.port("dense_1", "input"))
    assert ends(hand) == set()
    judge = Judge(graph, {}, hand.canvas.session.analysis, Socket(words, "output", True))
    assert "put an Embedding first" in (judge.refusal(Socket(hand.id("dense_1"), "input", False)) or "")
    assert judge.fits("Embedding")
    assert not judge.fits("Linear")
    assert not judge.fits("LSTM")  # lengths may come in, but what it needs is a sequence
    assert not judge.fits("Input")


def test_a_wire_dropped_on_a_taken_port_replaces_the_one_there(wired: Hand) -> None:
    wired.drag(wired.port("image", "output", output=True), wired.port("relu", "input"))
    assert ends(wired) == {("image", "conv", "input"), ("image", "relu", "input"), ("relu", "flat", "input")}
    wired.canvas.session.undo()
    assert ends(wired) == ROW
    assert_obeys(wired.canvas)


def test_a_connected_input_gives_its_wire_into_the_hand(wired: Hand) -> None:
    wired.drag(wired.port("flat", "input"), wired.port("add_1", "input_1"))
    assert ends(wired) == (ROW - {("relu", "flat", "input")}) | {("relu", "add_1", "input_1")}
    assert wired.undo_label() == "Move the wire"
    assert_obeys(wired.canvas)


def test_a_wire_taken_up_and_dropped_in_the_empty_is_gone(wired: Hand) -> None:
    wired.drag(wired.port("flat", "input"), QPointF(620.0, 190.0))
    assert ends(wired) == ROW - {("relu", "flat", "input")}
    assert wired.undo_label() == "Remove the wire"
    wired.canvas.session.undo()
    assert_obeys(wired.canvas)


def test_a_wire_put_back_is_no_step(wired: Hand) -> None:
    port = wired.port("flat", "input")
    wired.press(port)
    for place in (QPointF(620.0, 190.0), port + QPointF(3.0, 3.0)):
        wired.move(place)
    wired.release(port)
    assert wired.undo_label() is None
    assert_obeys(wired.canvas)


def test_a_click_on_a_port_does_nothing(wired: Hand) -> None:
    wired.click(wired.port("flat", "input"))
    wired.click(wired.port("conv", "output", output=True))
    assert wired.undo_label() is None
    assert_obeys(wired.canvas)


def test_in_the_empty_a_search_asks_what_to_connect(wired: Hand) -> None:
    place = QPointF(480.0, 420.0)
    wired.drag(wired.port("conv", "output", output=True), place)
    assert held(wired), "the wire waits"
    QTest.keyClicks(search(wired), "tanh")
    QTest.keyClick(search(wired), Qt.Key.Key_Return)
    node = wired.canvas.session.graph.by_name["tanh_1"]
    assert ("conv", "tanh_1", "input") in ends(wired)
    assert wired.canvas.session.selection == {node.id}
    assert wired.undo_label() == "Add Tanh"
    assert wired.port("tanh_1", "input") == place
    assert not held(wired)
    wired.canvas.session.undo()
    assert ends(wired) == ROW
    assert_obeys(wired.canvas)


def test_from_an_input_the_search_offers_what_has_an_output(wired: Hand) -> None:
    place = QPointF(480.0, 420.0)
    wired.drag(wired.port("add_1", "input_1"), place)
    field = search(wired)
    QTest.keyClicks(field, "output")
    offered = found(wired)
    assert "RBF output" in offered
    assert "Output" not in offered
    field.clear()
    QTest.keyClicks(field, "relu")
    QTest.keyClick(search(wired), Qt.Key.Key_Return)
    assert ("relu_1", "add_1", "input_1") in ends(wired)
    assert wired.port("relu_1", "output", output=True) == place


def test_escape_in_that_search_lets_the_wire_go(wired: Hand) -> None:
    wired.drag(wired.port("conv", "output", output=True), QPointF(480.0, 420.0))
    QTest.keyClick(search(wired), Qt.Key.Key_Escape)
    assert not held(wired)
    assert ends(wired) == ROW
    assert wired.canvas.hasFocus()


def test_a_change_of_the_drawing_closes_that_search(wired: Hand) -> None:
    wired.drag(wired.port("conv", "output", output=True), QPointF(480.0, 420.0))
    session = wired.canvas.session
    session.commit("elsewhere", graph=remove_nodes(session.graph, {"conv"}))
    assert not [field for field in wired.canvas.findChildren(QLineEdit) if field.isVisible()]
    assert not held(wired)
    assert_obeys(wired.canvas)


def test_a_wire_says_what_it_carries(wired: Hand) -> None:
    note = wired.canvas.pointing.note
    middle = (wired.port("conv", "output", output=True) + wired.port("relu", "input")) / 2
    wired.move(middle)
    (wire,) = [wire for wire in wired.canvas.board.wires.values() if wire.is_lit]
    assert wire.edge.source == "conv"
    assert note.isVisible()
    assert note.text == "4 × 6 × 6"
    wired.canvas.grab()
    wired.move(QPointF(500.0, 200.0))
    assert not note.isVisible()
    assert not wire.is_lit


def test_one_of_several_ports_says_its_name(wired: Hand) -> None:
    wired.move(wired.port("add_1", "input_2"))
    assert wired.canvas.pointing.note.text == "input_2"
    assert wired.canvas.viewport().cursor().shape() == Qt.CursorShape.CrossCursor


def test_a_clicked_wire_goes_with_delete(wired: Hand) -> None:
    middle = (wired.port("conv", "output", output=True) + wired.port("relu", "input")) / 2
    wired.canvas.session.select(["flat"])
    wired.click(middle)
    assert wired.canvas.session.selection == frozenset()
    wired.key(Qt.Key.Key_Delete)
    assert ends(wired) == ROW - {("conv", "relu", "input")}
    assert len(wired.canvas.session.graph.nodes) == 6
    wired.canvas.session.undo()
    wired.key(Qt.Key.Key_Delete)
    assert ends(wired) == ROW


def test_selecting_a_card_forgets_the_clicked_wire(wired: Hand) -> None:
    middle = (wired.port("conv", "output", output=True) + wired.port("relu", "input")) / 2
    wired.click(middle)
    wired.click(wired.card("add_1"))
    wired.key(Qt.Key.Key_Delete)
    assert "add_1" not in wired.canvas.session.graph.by_name
    assert ends(wired) == ROW


def test_ports_of_blocks_are_those_of_their_drawing(make: Make) -> None:
    hand = make()
    hand.canvas.commands.add("Block:ResidualBlock", (216.0, 240.0))
    hand.drag(hand.port("conv", "output", output=True), hand.port("block_1", "x"))
    assert ("conv", "block_1", "x") in ends(hand)
    assert hand.canvas.node_item(hand.id("block_1")).face.outputs == ("y",)


def test_long_wires_arch_over_the_cards_between(make: Make) -> None:
    graph = connect(SMALL.graph, Edge("image", "output", "flat", "input"))
    hand = make(Project(graph=graph))
    (wire,) = [wire for wire in hand.canvas.board.wires.values() if wire.edge.target == "flat"]
    cards = [hand.canvas.node_item(id_).card for id_ in ("conv", "relu")]
    places = [wire.path().pointAtPercent(number / 200) for number in range(201)]
    assert not any(card.contains(place) for card in cards for place in places)
    hand.drag(hand.card("conv"), hand.card("conv") + QPointF(0.0, 300.0))
    hand.drag(hand.card("relu"), hand.card("relu") + QPointF(0.0, 300.0))
    assert wire.path().controlPointRect().height() < 1.0, "nothing is in its way any more"
