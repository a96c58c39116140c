"""Ports tell by shape and colour what goes through them, and wires have a tint of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor

from nnstudio.core.edits import connect, disconnect, set_param
from nnstudio.core.graph import Edge
from nnstudio.project.document import Project
from nnstudio.ui import theme
from nnstudio.ui.canvas.face import Dot
from nnstudio.ui.exports.pictures import render
from tests.ui.canvas.conftest import Make, row
from tests.ui.canvas.hand import Hand, assert_obeys

TEXT = row(
    ("tokens", "Input", {"shape": ("T",), "element": "index"}),
    ("rows", "Embedding", {}),
    ("lstm", "LSTM", {}),
    ("last", "LastStep", {}),
    ("sum", "Add", {}),
    ("out", "Output", {}),
)


@pytest.fixture
def text(make: Make) -> Hand:
    wires = [edge for edge in TEXT.graph.edges if edge.target == "sum"]
    graph = disconnect(TEXT.graph, wires)
    for port in ("input_1", "input_2"):
        graph = connect(graph, Edge("last", "output", "sum", port))
    return make(Project(graph=graph), (560.0, 60.0))


def colour_at(hand: Hand, place: QPointF, across: int = 0, down: int = 0) -> QColor:
    return hand.canvas.grab().toImage().pixelColor(hand.view(place).toPoint() + QPoint(across, down))


def near(one: QColor, other: QColor) -> bool:
    channels = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return all(abs(a - b) <= 12 for a, b in channels)


def test_a_face_says_what_its_ports_are(text: Hand) -> None:
    faces = {name: text.canvas.node_item(name).face for name in ("tokens", "rows", "lstm", "sum", "out")}
    assert faces["tokens"].output_dots == (Dot("index"),), "an Input gives what it is set to"
    assert faces["rows"].input_dots == (Dot("index"),)
    assert faces["rows"].output_dots == (Dot("real"),)
    assert faces["lstm"].input_dots[0] == Dot("real")
    assert faces["lstm"].input_dots[-1] == Dot("index", optional=True)
    assert faces["sum"].input_dots == (Dot("real"), Dot("real"), Dot("real", optional=True))
    assert faces["out"].input_dots == (Dot(None),)


@pytest.mark.parametrize("name", list(theme.THEMES))
def test_shapes_differ_without_their_colours(make: Make, name: str) -> None:
    now = theme.set_theme(name)
    hand = make(TEXT, (560.0, 60.0))
    diamond, disc, ring = (
        hand.port("rows", "input"),
        hand.port("rows", "output", output=True),
        hand.port("out", "input"),
    )
    assert near(colour_at(hand, diamond), now.index)
    assert near(colour_at(hand, disc), now.family("dense"))
    assert near(colour_at(hand, ring), now.raised), "open: it takes anything"
    # A circle fills the corner of its square further than a diamond does.
    assert near(colour_at(hand, disc, 3, 3), now.family("dense"))
    assert not near(colour_at(hand, hand.port("tokens", "output", output=True), 4, 4), now.index)


def test_optional_ports_are_smaller_and_open(text: Hand) -> None:
    lstm = text.canvas.node_item("lstm").face
    place = text.port("lstm", lstm.inputs[1])
    now = theme.current()
    assert near(colour_at(text, place), now.raised)
    assert not near(colour_at(text, place, -5), now.family("rec"))


def test_wires_that_carry_positions_have_a_tint(text: Hand) -> None:
    session, wires = text.canvas.session, text.canvas.board.wires
    tinted = {edge.source for edge, wire in wires.items() if wire.carries_index}
    assert tinted == {"tokens"}
    (wire,) = [wire for edge, wire in wires.items() if edge.source == "tokens"]
    assert wire.pen().color() == text.canvas.board.style_.wire(index=True) != theme.current().edge
    session.commit("real", set_param(session.graph, "tokens", "element", "real"))
    assert not any(wire.carries_index for wire in wires.values())
    session.undo()
    session.commit("cut", disconnect(session.graph, (wire.edge,)))
    session.undo()
    (again,) = [wire for edge, wire in text.canvas.board.wires.items() if edge.source == "tokens"]
    assert again.carries_index
    assert_obeys(text.canvas)


def test_the_wire_in_hand_lights_ports_in_their_shape(text: Hand) -> None:
    now = theme.current()
    start = text.port("tokens", "output", output=True)
    text.carry(start, start + QPointF(30.0, 200.0))
    assert near(colour_at(text, text.port("rows", "input")), now.accent)
    assert not near(colour_at(text, text.port("rows", "input"), 5, 5), now.accent), "a diamond still"
    refused = colour_at(text, text.port("lstm", "input"))
    assert not near(refused, now.accent)
    assert not near(refused, now.family("rec"))


def test_figures_have_the_shapes_too() -> None:
    assert render(TEXT, "svg", "light").startswith(b"<")
    code = render(TEXT, "tikz", "light").decode()
    assert code.count("-- cycle") == 3, "tokens, the table, and the LSTM's lengths"
