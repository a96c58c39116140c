"""Large drawings and far looks: what is left out for a moment, what is written smaller, what moves at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from nnstudio.core import edits
from nnstudio.core.graph import Edge, Graph, Node
from nnstudio.core.words import set_language
from nnstudio.project.document import Project
from nnstudio.ui.canvas.face import kind_title
from nnstudio.ui.canvas.glance import fitted, shorten
from nnstudio.ui.canvas.lift import MANY
from nnstudio.ui.canvas.overview import tint
from nnstudio.ui.canvas.sprites import FRESH, Sprites
from tests.ui.canvas.conftest import Make
from tests.ui.canvas.hand import Hand, assert_obeys

CARD = QRectF(0.0, 0.0, 40.0, 20.0)


def deep(count: int, columns: int = 20) -> Project:
    """Convolutions in rows, and skips over three of them that have to go around."""
    nodes = tuple(
        Node(
            id=f"n{number}",
            kind="Conv2d" if number % 5 else "Add",
            name=f"layer_{number}",
            xy=(number % columns * 256.0, number // columns * 168.0),
        )
        for number in range(count)
    )
    edges = [
        Edge(f"n{number - 1}", "output", f"n{number}", "input" if number % 5 else "input_1")
        for number in range(1, count)
    ]
    edges += [Edge(f"n{number - 4}", "output", f"n{number}", "input_2") for number in range(5, count, 5)]
    return Project(graph=Graph(nodes=nodes, edges=tuple(edges)))


# Sprites


def test_a_frame_paints_only_so_many_cards() -> None:
    sprites = Sprites()
    painted: list[float] = []
    behind: list[bool] = []

    def look(count: int, scale: float) -> list[tuple[bool, bool]]:
        with sprites.frame():
            found = [
                sprites.get_soon(number, CARD, scale, 1.0, lambda _brush: painted.append(scale))
                for number in range(count)
            ]
        behind.append(sprites.is_behind)
        return [(picture is not None, is_right) for picture, is_right in found]

    count = FRESH + 10
    assert look(count, 1.0) == [(True, True)] * FRESH + [(False, False)] * 10
    assert look(count, 1.0) == [(True, True)] * count
    assert look(count, 2.0) == [(True, True)] * FRESH + [(True, False)] * 10, "old ones are there to be stretched"
    assert len(painted) == count + FRESH
    assert behind == [True, False, True]


def test_outside_of_frames_every_card_is_painted() -> None:
    sprites = Sprites()
    for number in range(2 * FRESH):
        assert sprites.get_soon(number, CARD, 1.0, 1.0, lambda _brush: None)[1]


def test_the_picture_is_sharp_soon(make: Make, qtbot: QtBot) -> None:
    hand = make(deep(200), (2500.0, 900.0))
    canvas = hand.canvas
    canvas.show_place(0.5, QPointF(2500.0, 900.0))
    canvas.viewport().repaint()
    assert not canvas.is_sharp
    qtbot.waitUntil(lambda: canvas.is_sharp)
    sharp = canvas.grab().toImage()
    canvas.board.sprites.clear()
    for _ in range(3):
        canvas.viewport().repaint()
    assert canvas.grab().toImage() == sharp


# Everything at once


@pytest.mark.parametrize("count", [MANY - 1, MANY + 60])
def test_moving_everything_lays_wires_as_they_were(make: Make, count: int) -> None:
    hand = make(deep(count))
    canvas = hand.canvas
    board = canvas.board
    before = {edge: wire.path() for edge, wire in board.wires.items()}
    canvas.select_all()
    hand.drag(hand.card("layer_1"), hand.card("layer_1") + QPointF(80.0, 40.0))
    assert_obeys(canvas)
    for edge, wire in board.wires.items():
        assert wire.path() == before[edge].translated(80.0, 40.0)
        assert wire.ends == board.wire_ends(edge)
    canvas.session.undo()
    assert_obeys(canvas)
    assert {edge: wire.path() for edge, wire in board.wires.items()} == before
    canvas.session.redo()
    assert_obeys(canvas)
    board.lay(list(board.wires))
    for edge, wire in board.wires.items():
        assert wire.path() == before[edge].translated(80.0, 40.0)


def test_a_card_that_was_only_moved_keeps_its_face(make: Make) -> None:
    hand = make(deep(12))
    faces = {id_: item.face for id_, item in hand.canvas.board.nodes.items()}
    analysis = hand.canvas.session.analysis
    hand.canvas.session.commit("move", graph=edits.move(hand.canvas.session.graph, {"n3": (8.0, 400.0)}))
    assert_obeys(hand.canvas)
    assert all(item.face is faces[id_] for id_, item in hand.canvas.board.nodes.items())
    assert hand.canvas.session.analysis.num_parameters == analysis.num_parameters


# Far looks


def test_titles_lose_words_before_letters(hand: Hand) -> None:
    font, metrics = fitted(hand.canvas.board.style_.title, 20)
    assert metrics.height() > 15
    text = "Residual block"
    assert shorten(text, metrics, 1000.0) == text
    assert shorten(text, metrics, metrics.horizontalAdvance("Residual b")) in (text, "Residual")
    assert text.startswith(shorten(text, metrics, metrics.horizontalAdvance("Resi")))
    assert shorten(text, metrics, 0.0) == ""
    assert font.pixelSize() == 20


@pytest.mark.parametrize("code", ["en", "zh_CN"])
@pytest.mark.parametrize("zoom", [0.26, 0.35, 0.5, 0.6])
def test_titles_can_be_read_at_every_zoom(make: Make, zoom: float, code: str) -> None:
    """There are dark strokes in a row on the screen that is at least seven pixels high."""
    set_language(code)
    hand = make(deep(1))
    canvas = hand.canvas
    canvas.show_place(zoom, canvas.node_item("n0").card.center())
    card = canvas.viewportTransform().mapRect(canvas.node_item("n0").card).toRect()
    picture = canvas.grab().toImage()
    inner = card.adjusted(round(24 * zoom), 2, -2, -card.height() // 2)
    rows = [y for y in range(inner.top(), inner.bottom()) if _darkest(picture, inner.left(), inner.right(), y) < 130]
    assert kind_title("Add")
    assert len(rows) >= 6


def test_from_far_away_cards_bear_their_family(make: Make) -> None:
    hand = make(deep(12))
    canvas = hand.canvas
    item = canvas.node_item("n1")
    for zoom in (0.06, 0.1, 0.15, 0.22):
        canvas.show_place(zoom, item.card.center())
        place = canvas.viewportTransform().mapRect(item.card)
        picture = canvas.grab().toImage()
        wanted = tint(canvas.board.style_, (item.face.family, item.face.is_quiet), canvas.zoom)
        assert picture.pixelColor(place.topRight().toPoint() + QPointF(-2, 2).toPoint()).name() == wanted.name()


def test_from_far_away_cards_bear_pictures_and_titles_where_there_is_room(make: Make) -> None:
    hand = make(deep(12))
    canvas = hand.canvas
    counts = []
    for zoom in (0.1, 0.15, 0.22):
        canvas.show_place(zoom, canvas.node_item("n1").card.center())
        place = canvas.viewportTransform().mapRect(canvas.node_item("n1").card).toRect().adjusted(6, 2, -2, -2)
        picture = canvas.grab().toImage()
        colours = {
            QColor(picture.pixel(x, y)).rgb()
            for x in range(place.left(), place.right())
            for y in range(place.top(), place.bottom())
        }
        counts.append(len(colours))
    assert counts[0] == 1
    assert counts[1] > 3
    assert counts[2] > counts[1]


def test_from_far_away_what_was_found_is_lit(make: Make) -> None:
    hand = make(deep(12))
    canvas = hand.canvas
    canvas.show_place(0.1, canvas.node_item("n1").card.center())
    board = canvas.board

    def colour(id_: str) -> str:
        place = canvas.viewportTransform().mapRect(canvas.node_item(id_).card)
        return canvas.grab().toImage().pixelColor(place.topRight().toPoint() + QPointF(-3, 3).toPoint()).name()

    lit, other = colour("n1"), colour("n2")
    assert lit == other
    board.show_found(frozenset({"n1"}))
    assert colour("n1") == lit
    assert colour("n2") != other
    board.show_found(None)
    assert colour("n2") == other


def test_everything_can_be_held_from_far_away(make: Make) -> None:
    hand = make(deep(100))
    canvas = hand.canvas
    canvas.zoom_to_fit()
    canvas.select_all()
    start = hand.card("layer_43")
    hand.carry(start, start + QPointF(800.0, 0.0))
    assert canvas.grab().toImage().size() == canvas.size()
    hand.key(Qt.Key.Key_Escape)
    hand.release(start)
    assert_obeys(canvas)
    assert canvas.session.undo_label is None


def _darkest(picture: QImage, left: int, right: int, y: int) -> int:
    return min(QColor(picture.pixel(x, y)).lightness() for x in range(left, right))
