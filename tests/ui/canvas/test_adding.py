"""Layers come from the palette, the search and the clipboard, and go again."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QWidget

from nnstudio.core.graph import Graph
from nnstudio.layers.catalog import catalog
from nnstudio.project.document import Project
from nnstudio.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH
from nnstudio.ui.canvas.minimap import Minimap
from nnstudio.ui.canvas.overlay import Ghost
from nnstudio.ui.palette.model import offers
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import ALT, CTRL, SHIFT, Hand, assert_obeys

BELOW = QPointF(300.0, 304.0)


def names(hand: Hand) -> set[str]:
    return set(hand.canvas.session.graph.by_name)


def wires(hand: Hand) -> set[tuple[str, str]]:
    graph = hand.canvas.session.graph
    return {(graph.by_id[edge.source].name, graph.by_id[edge.target].name) for edge in graph.edges}


ROW = {("image", "conv"), ("conv", "relu"), ("relu", "flat")}


# From the palette


def test_a_layer_dropped_stands_around_the_pointer(hand: Hand) -> None:
    assert hand.drop("Conv2d", BELOW)
    node = hand.canvas.session.graph.by_name["conv_1"]
    assert node.xy == (216.0, 248.0)
    assert hand.canvas.session.selection == {node.id}
    assert hand.undo_label() == "Add Conv2d"
    assert hand.canvas.hasFocus()
    assert_obeys(hand.canvas)


def test_a_ghost_shows_where_it_would_stand(hand: Hand) -> None:
    def ghosts() -> list[Ghost]:
        return [item for item in hand.canvas.board.overlays() if isinstance(item, Ghost)]

    assert hand.hover("ReLU", BELOW)
    (ghost,) = ghosts()
    assert ghost.pos() == QPointF(216.0, 248.0)
    hand.canvas.grab()
    hand.carry_away()
    assert not ghosts()
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_a_block_brings_its_definition_in_the_same_step(hand: Hand) -> None:
    session = hand.canvas.session
    assert hand.drop("Block:ResidualBlock", BELOW)
    (block,) = session.project.blocks
    assert block.name == "ResidualBlock"
    node = session.graph.by_name["block_1"]
    assert (node.kind, node.params["block"]) == ("Block", "ResidualBlock")
    assert hand.drop("Block:ResidualBlock", BELOW + QPointF(300.0, 0.0))
    assert hand.num_blocks() == 1
    session.undo()
    session.undo()
    assert hand.num_blocks() == 0
    assert_obeys(hand.canvas)


@pytest.mark.parametrize("key", ["NoSuchLayer", "Block:Unknown", "", "Block:"])
def test_anything_else_is_not_taken(hand: Hand, key: str) -> None:
    assert not hand.drop(key, BELOW)
    assert hand.undo_label() is None


@pytest.mark.parametrize("key", [offer.key for offer in offers()])
def test_everything_the_palette_offers_can_be_dropped(make: Make, key: str) -> None:
    hand = make(Project())
    assert hand.drop(key, BELOW)
    hand.canvas.grab()
    assert_obeys(hand.canvas)


def test_dropped_onto_a_wire_it_goes_in_there(hand: Hand) -> None:
    between = QPointF(408.0, 32.0)
    assert hand.hover("Tanh", between)
    (lit,) = [wire.edge for wire in hand.canvas.board.wires.values() if wire.is_lit]
    assert (lit.source, lit.target) == ("conv", "relu")
    hand.carry_away()
    assert not any(wire.is_lit for wire in hand.canvas.board.wires.values())
    assert hand.drop("Tanh", between)
    assert wires(hand) == {("image", "conv"), ("conv", "tanh_1"), ("tanh_1", "relu"), ("relu", "flat")}
    nodes = sorted(hand.canvas.session.graph.nodes, key=lambda node: node.xy)
    assert [node.name for node in nodes] == ["image", "conv", "tanh_1", "relu", "flat"]
    assert {node.xy[1] for node in nodes} == {0.0}
    assert all(right.xy[0] - left.xy[0] >= CARD_WIDTH for left, right in pairwise(nodes))
    hand.canvas.session.undo()
    assert wires(hand) == ROW
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_alt_keeps_it_out_of_the_wire(hand: Hand) -> None:
    assert hand.drop("Tanh", QPointF(408.0, 32.0), ALT)
    assert wires(hand) == ROW


def test_a_layer_without_input_never_goes_into_a_wire(hand: Hand) -> None:
    assert hand.drop("Input", QPointF(408.0, 32.0))
    assert wires(hand) == ROW


# By activation


def test_an_activated_layer_comes_to_the_middle(make: Make) -> None:
    hand = make(Project(), (500.0, 400.0))
    hand.canvas.add("Linear")
    (node,) = hand.canvas.session.graph.nodes
    middle = QPointF(node.xy[0] + CARD_WIDTH / 2, node.xy[1] + CARD_HEIGHT / 2)
    assert (middle - QPointF(500.0, 400.0)).manhattanLength() <= 8.0


def test_after_the_selected_layer_it_is_connected(hand: Hand) -> None:
    hand.canvas.session.select(["flat"])
    hand.canvas.add("Linear")
    hand.canvas.add("Output")
    assert wires(hand) == ROW | {("flat", "dense_1"), ("dense_1", "output_1")}
    places = {node.name: node.xy for node in hand.canvas.session.graph.nodes}
    assert places["dense_1"] == (864.0, 0.0)
    assert places["output_1"] == (1080.0, 0.0)
    assert hand.canvas.seen.contains(hand.canvas.node_item(hand.id("output_1")).card)


def test_not_where_the_output_is_taken_nor_where_several_are_selected(hand: Hand) -> None:
    hand.canvas.session.select(["conv"])
    hand.canvas.add("Tanh")
    hand.canvas.session.select(["conv", "flat"])
    hand.canvas.add("Tanh")
    assert wires(hand) == ROW


def test_no_two_activated_layers_cover_each_other(make: Make) -> None:
    hand = make(Project())
    for _ in range(5):
        hand.canvas.session.select(())
        hand.canvas.add("ReLU")
    cards = [item.card for item in hand.canvas.board.nodes.values()]
    assert not any(one.intersects(other) for one in cards for other in cards if one is not other)


# By search


def field(hand: Hand) -> QLineEdit:
    (found,) = [field for field in hand.canvas.findChildren(QLineEdit, "canvas_search_field") if field.isVisible()]
    return found


def popup(hand: Hand) -> QWidget:
    over = field(hand).parentWidget()
    assert over is not None
    return over


def found_list(hand: Hand) -> QListView:
    (found,) = [view for view in hand.canvas.findChildren(QListView, "canvas_search_list") if view.isVisible()]
    return found


def rows(hand: Hand) -> list[str]:
    model = found_list(hand).model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_a_double_click_in_the_empty_opens_the_search_there(hand: Hand) -> None:
    hand.double_click(BELOW)
    assert len(rows(hand)) == len(offers())
    QTest.keyClicks(field(hand), "maxp")
    assert rows(hand)[0] == "Max pool"
    hand.canvas.grab()
    QTest.keyClick(field(hand), Qt.Key.Key_Return)
    node = hand.canvas.session.graph.by_name["pool_1"]
    assert node.kind == "MaxPool2d"
    assert (QPointF(*node.xy) - BELOW).manhattanLength() <= 8.0
    assert hand.canvas.hasFocus()


def test_a_double_click_on_a_card_does_not(hand: Hand) -> None:
    hand.double_click(hand.card("conv"))
    assert hand.canvas.findChild(QLineEdit, "canvas_search_field") is None


@pytest.mark.parametrize(("key", "keys"), [(Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_A, SHIFT)])
def test_keys_open_it_too(hand: Hand, key: Qt.Key, keys: Qt.KeyboardModifier) -> None:
    hand.canvas.viewport().setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    hand.canvas.session.select(["flat"])
    hand.key(key, keys)
    field(hand).insert("全连")
    QTest.keyClick(field(hand), Qt.Key.Key_Return)
    assert ("flat", "dense_1") in wires(hand)


def test_by_key_it_opens_at_the_pointer(hand: Hand) -> None:
    place = QPointF(300.0, 200.0)
    hand.canvas.viewport().setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    QCursor.setPos(hand.canvas.viewport().mapToGlobal(hand.view(place).toPoint()))
    hand.key(Qt.Key.Key_Tab)
    assert (popup(hand).pos() - hand.view(place).toPoint()).manhattanLength() <= 1
    QTest.keyClicks(field(hand), "tanh")
    QTest.keyClick(field(hand), Qt.Key.Key_Return)
    card = hand.canvas.node_item(hand.id("tanh_1")).card
    assert (card.center() - place).manhattanLength() <= 8.0


def test_arrows_choose_and_escape_closes(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Tab)
    QTest.keyClicks(field(hand), "pool")
    found = rows(hand)
    assert len(found) >= 3
    QTest.keyClick(field(hand), Qt.Key.Key_Down)
    QTest.keyClick(field(hand), Qt.Key.Key_Down)
    QTest.keyClick(field(hand), Qt.Key.Key_Up)
    QTest.keyClick(field(hand), Qt.Key.Key_Return)
    (new,) = [node for node in hand.canvas.session.graph.nodes if node.id not in SMALL.graph.by_id]
    assert str(catalog()[new.kind].title) == found[1]
    hand.key(Qt.Key.Key_Tab)
    before = hand.canvas.session.project
    QTest.keyClick(field(hand), Qt.Key.Key_Escape)
    assert hand.canvas.session.project is before
    assert hand.canvas.hasFocus()


def test_nothing_found_adds_nothing(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Tab)
    QTest.keyClicks(field(hand), "xyzzy")
    assert rows(hand) == []
    QTest.keyClick(field(hand), Qt.Key.Key_Down)
    QTest.keyClick(field(hand), Qt.Key.Key_Return)
    assert hand.undo_label() is None


def test_a_click_takes_what_is_clicked(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Tab)
    QTest.keyClicks(field(hand), "drop")
    view = found_list(hand)
    place = view.visualRect(view.model().index(0, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert "dropout_1" in names(hand)


def test_the_search_stays_within_the_canvas(hand: Hand) -> None:
    hand.canvas.searching.open_here(QPointF(1190.0, 795.0))
    assert hand.canvas.rect().contains(popup(hand).geometry())


# Removing


def test_delete_removes_layers_and_their_wires(hand: Hand) -> None:
    hand.click(hand.card("conv"))
    hand.key(Qt.Key.Key_Delete)
    assert names(hand) == {"image", "relu", "flat"}
    assert wires(hand) == {("relu", "flat")}
    assert hand.undo_label() == "Delete conv"
    assert hand.canvas.session.selection == frozenset()
    hand.canvas.select_all()
    hand.key(Qt.Key.Key_Backspace)
    assert names(hand) == set()
    hand.key(Qt.Key.Key_Delete)
    assert hand.undo_label() == "Delete 3 layers"
    assert_obeys(hand.canvas)


def test_ctrl_delete_closes_the_gap(hand: Hand) -> None:
    hand.canvas.session.select(["conv", "relu"])
    hand.key(Qt.Key.Key_Delete, CTRL)
    assert wires(hand) == {("image", "flat")}


# Copies


def test_duplicates_keep_their_wires_and_are_selected(hand: Hand) -> None:
    hand.canvas.session.select(["conv", "relu"])
    hand.key(Qt.Key.Key_D, CTRL)
    graph = hand.canvas.session.graph
    assert wires(hand) == ROW | {("conv_1", "relu_1")}
    assert hand.canvas.session.selection == {graph.by_name["conv_1"].id, graph.by_name["relu_1"].id}
    assert graph.by_name["conv_1"].xy == (248.0, 32.0)
    assert graph.by_name["conv_1"].params == graph.by_name["conv"].params


def test_the_clipboard_holds_readable_json(hand: Hand) -> None:
    hand.canvas.session.select(["conv", "relu"])
    hand.key(Qt.Key.Key_C, CTRL)
    text = QGuiApplication.clipboard().text()
    parsed = json.loads(text)
    assert [node["name"] for node in parsed["graph"]["nodes"]] == ["conv", "relu"]
    assert len(parsed["graph"]["edges"]) == 1
    assert text.count("\n") > 4
    assert hand.undo_label() is None
    hand.canvas.session.select(())
    hand.key(Qt.Key.Key_V, CTRL)
    assert wires(hand) == ROW | {("conv_1", "relu_1")}
    assert len(hand.canvas.session.selection) == 2
    hand.key(Qt.Key.Key_V, CTRL)
    graph = hand.canvas.session.graph
    assert len({node.xy for node in graph.nodes}) == len(graph.nodes) == 8
    assert_obeys(hand.canvas)


def test_cut_takes_away_and_paste_brings_back(hand: Hand) -> None:
    hand.canvas.session.select(["conv", "relu"])
    hand.key(Qt.Key.Key_X, CTRL)
    assert names(hand) == {"image", "flat"}
    hand.key(Qt.Key.Key_V, CTRL)
    assert names(hand) == {"image", "flat", "conv", "relu"}
    assert wires(hand) == {("conv", "relu")}


def test_blocks_travel_with_their_definition(make: Make) -> None:
    hand = make()
    hand.drop("Block:ResidualBlock", BELOW)
    hand.key(Qt.Key.Key_C, CTRL)
    other = make(Project())
    other.key(Qt.Key.Key_V, CTRL)
    assert [block.name for block in other.canvas.session.project.blocks] == ["ResidualBlock"]
    assert other.canvas.session.analysis.facts[other.id("block_1")].settings is not None
    other.canvas.session.undo()
    assert other.canvas.session.project == Project()


GARBAGE = (
    "",
    "hello",
    "{}",
    "[1, 2",
    '{"format": 1, "program": "NN Studio", "name": "x", "graph": {}}',
    '{"format": 1, "program": "NN Studio", "name": "x", "graph": {"nodes": [{"id": 3}]}}',
    '{"a":' * 5000,
    "\ud800",
)


@pytest.mark.parametrize("text", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_noted_and_left(hand: Hand, text: str) -> None:
    before = hand.canvas.session.project
    hand.canvas.commands.paste(text, (0.0, 0.0))
    assert hand.canvas.session.project is before
    (line,) = hand.canvas.session.logbook
    assert "clipboard" in line


# The empty canvas, the minimap


def test_an_empty_canvas_says_how_to_begin(make: Make) -> None:
    hand = make(Project())
    label, minimap = hand.canvas.findChild(QLabel, "canvas_welcome"), hand.canvas.findChild(Minimap)
    assert isinstance(label, QLabel)
    assert isinstance(minimap, Minimap)
    assert label.isVisible()
    assert label.text() == "Drag a layer here, or press Tab"
    assert not minimap.isVisible()
    hand.drop("Input", BELOW)
    assert not label.isVisible()
    assert minimap.isVisible()
    hand.canvas.session.commit("clear", graph=Graph())
    assert label.isVisible()


def test_alt_m_hides_the_minimap_and_it_stays_so(hand: Hand) -> None:
    minimap = hand.canvas.findChild(Minimap)
    assert isinstance(minimap, Minimap)
    assert minimap.isVisible()
    hand.key(Qt.Key.Key_M, ALT)
    assert not minimap.isVisible()
    hand.canvas.session.commit("clear", graph=Graph())
    hand.canvas.session.undo()
    assert not minimap.isVisible()
    hand.key(Qt.Key.Key_M, ALT)
    assert minimap.isVisible()


def test_a_press_on_the_minimap_goes_there(hand: Hand) -> None:
    minimap = hand.canvas.findChild(Minimap)
    assert isinstance(minimap, Minimap)
    hand.canvas.show_place(1.0, QPointF(9000.0, 9000.0))
    QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=minimap.rect().center())
    middle = hand.canvas.board.cards_rect().center()
    assert (hand.canvas.centre - middle).manhattanLength() < 40.0
    minimap.grab()
