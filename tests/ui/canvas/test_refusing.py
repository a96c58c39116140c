"""The wire in hand says what the layer at its end would say: what cannot fit is refused, what can be mended advised."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from nnstudio.core.edits import add_node, connect, replace
from nnstudio.core.graph import Edge
from nnstudio.layers.blocks import LIBRARY
from nnstudio.project.document import Project
from nnstudio.ui.canvas.wiring import Socket
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import Hand, assert_obeys

RESIDUAL = LIBRARY["ResidualBlock"].block


@pytest.fixture
def loose(make: Make) -> Hand:
    """The four layers in a row; below them, connected to nothing, two convolutions, an Add and a block."""
    graph = SMALL.graph
    for place, (kind, stem, params) in enumerate(
        (
            ("Conv2d", "conv2_", {}),
            ("Conv1d", "conv1_", {}),
            ("Add", "add_", {}),
            ("Block", "body_", {"block": RESIDUAL.name}),
        )
    ):
        graph, _ = add_node(graph, kind, stem, params, (216.0 * place, 280.0))
    return make(Project(graph=graph, blocks=(RESIDUAL,)), (400.0, 200.0))


def flat(hand: Hand) -> QPointF:
    return hand.port("flat", "output", output=True)


def said(hand: Hand) -> str:
    note = hand.canvas.pointing.note
    return note.text if note.isVisible() else ""


def is_refusing(hand: Hand) -> bool:
    return hand.canvas.pointing.note.is_refusing


def num_wires(hand: Hand) -> int:
    return len(hand.canvas.session.graph.edges)


def test_what_cannot_fit_is_refused_in_the_layer_s_words(loose: Hand) -> None:
    before = num_wires(loose)
    loose.carry(flat(loose), loose.port("conv2_1", "input"))
    assert said(loose).startswith("Conv2d needs channels × height × width; it gets 144 features")
    assert is_refusing(loose)
    loose.release(loose.port("conv2_1", "input"))
    assert num_wires(loose) == before
    assert loose.undo_label() is None
    assert said(loose) == ""


def test_the_words_come_on_the_card_too(loose: Hand) -> None:
    loose.carry(flat(loose), loose.card("conv2_1"))
    assert said(loose).startswith("Conv2d needs")
    loose.key(Qt.Key.Key_Escape)
    assert said(loose) == ""
    loose.release(loose.card("conv2_1"))
    assert loose.undo_label() is None


def test_from_the_other_end_it_is_the_same(loose: Hand) -> None:
    loose.carry(loose.port("conv2_1", "input"), flat(loose))
    assert said(loose).startswith("Conv2d needs")
    loose.release(flat(loose))
    assert loose.undo_label() is None


def test_where_a_mend_is_known_it_connects_and_says_so(loose: Hand) -> None:
    before = num_wires(loose)
    loose.carry(flat(loose), loose.port("conv1_1", "input"))
    assert said(loose).endswith("This can be mended then: Insert Unsqueeze before conv1_1.")
    assert not is_refusing(loose)
    loose.release(loose.port("conv1_1", "input"))
    assert num_wires(loose) == before + 1
    assert loose.undo_label() == "Connect"
    trouble = loose.canvas.node_item(loose.id("conv1_1")).face.trouble
    assert trouble is not None
    assert trouble.fixes == ("Insert Unsqueeze before conv1_1",)
    loose.canvas.session.undo()
    assert num_wires(loose) == before
    assert_obeys(loose.canvas)


def test_escape_leaves_everything_as_it_was(loose: Hand) -> None:
    before = loose.canvas.session.graph
    loose.carry(flat(loose), loose.port("conv1_1", "input"))
    loose.key(Qt.Key.Key_Escape)
    loose.release(loose.port("conv1_1", "input"))
    assert loose.canvas.session.graph is before
    assert said(loose) == ""


def test_ports_are_dimmed_that_cannot_take_the_shape(loose: Hand) -> None:
    loose.carry(flat(loose), QPointF(300.0, 230.0))
    takes = loose.canvas.board.lights.takes
    assert takes is not None
    lit = {name: takes(Socket(loose.id(name), "input", False)) for name in ("conv2_1", "conv1_1")}
    assert lit == {"conv2_1": False, "conv1_1": True}
    assert takes(Socket(loose.id("add_1"), "input_1", False)), "it waits for another wire"
    assert not takes(Socket(loose.id("body_1"), "x", False))
    loose.key(Qt.Key.Key_Escape)


def test_a_layer_that_joins_is_asked_with_what_it_has(loose: Hand) -> None:
    loose.drag(loose.port("conv", "output", output=True), loose.port("add_1", "input_1"))
    loose.carry(loose.port("image", "output", output=True), loose.port("add_1", "input_2"))
    assert "Add" in said(loose)
    assert is_refusing(loose)
    loose.release(loose.port("add_1", "input_2"))
    loose.drag(loose.port("relu", "output", output=True), loose.port("add_1", "input_2"))
    assert loose.canvas.session.graph.feed(loose.id("add_1"), "input_2") is not None


def test_blocks_speak_for_their_layers(loose: Hand) -> None:
    loose.carry(flat(loose), loose.port("body_1", "x"))
    assert said(loose).startswith("In conv1: Conv2d needs")
    loose.key(Qt.Key.Key_Escape)
    loose.release(loose.port("body_1", "x"))
    loose.drag(loose.port("relu", "output", output=True), loose.port("body_1", "x"))
    assert loose.canvas.session.graph.feed(loose.id("body_1"), "x") is not None


def test_a_wire_that_was_taken_up_is_judged_by_what_it_brings(loose: Hand) -> None:
    session = loose.canvas.session
    session.commit("wire", connect(session.graph, Edge("flat", "output", loose.id("conv1_1"), "input")))
    loose.carry(loose.port("conv1_1", "input"), loose.port("conv2_1", "input"))
    assert said(loose).startswith("Conv2d needs")
    loose.release(loose.port("conv2_1", "input"))
    assert session.graph.feed(loose.id("conv1_1"), "input") is not None, "it is where it was"


def test_within_a_block_its_values_count(make: Make) -> None:
    graph = replace(
        SMALL.graph,
        nodes=(*SMALL.graph.nodes, replace(SMALL.graph.by_id["relu"], id="b", name="body", kind="Block")),
        edges=(),
    )
    body = replace(graph.by_id["b"], params={"block": RESIDUAL.name}, xy=(216.0, 280.0))
    nodes = tuple(body if node.id == "b" else node for node in graph.nodes)
    graph = connect(replace(graph, nodes=nodes), Edge("conv", "output", "b", "x"))
    graph = connect(graph, Edge("image", "output", "conv", "input"))
    hand = make(Project(graph=graph, blocks=(RESIDUAL,)), (300.0, 100.0))
    hand.canvas.session.enter(RESIDUAL.name, "b")
    names = [node.name for node in hand.canvas.session.graph.nodes if node.kind == "Conv2d"]
    hand.canvas.zoom_to_fit()
    start = hand.port(hand.canvas.session.graph.by_id[RESIDUAL.inputs[0].id].name, "output", output=True)
    hand.drag(start, hand.port(names[-1], "input"))
    assert hand.undo_label() == "Connect"
