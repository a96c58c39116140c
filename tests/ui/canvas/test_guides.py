"""Smart guides: cards in the hand fall in with others, and lines show with which."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt

from nnstudio.core.edits import add_node, move
from nnstudio.core.graph import Graph
from nnstudio.project.document import Project
from nnstudio.ui.canvas.guides import GuideLines, Guides
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import ALT, SHIFT, Hand, assert_obeys


def lines(hand: Hand) -> GuideLines | None:
    found = [item for item in hand.canvas.board.overlays() if isinstance(item, GuideLines)]
    return found[0] if found else None


def loose(*places: tuple[float, float]) -> Project:
    """Layers without wires: relu_1, relu_2 and so on."""
    graph = Graph()
    for place in places:
        graph, _ = add_node(graph, "ReLU", "relu_", xy=place)
    return Project(graph=graph)


def xy(hand: Hand, name: str) -> tuple[float, float]:
    return hand.canvas.session.graph.by_name[name].xy


def dragged(hand: Hand, name: str, by: tuple[float, float], keys: Qt.KeyboardModifier | None = None) -> None:
    place = hand.card(name)
    hand.press(place)
    for share in (0.5, 1.0):
        hand.move(place + QPointF(*by) * share, keys or Qt.KeyboardModifier.NoModifier)


# With edges and middles


@pytest.mark.parametrize(
    ("by", "place"),
    [
        ((-251.0, 3.0), (53.0, 200.0)),  # left edges
        ((3.0, -197.0), (304.0, 3.0)),  # upper edges
    ],
)
def test_a_card_falls_in_with_another_off_the_grid(
    make: Make, by: tuple[float, float], place: tuple[float, float]
) -> None:
    hand = make(loose((53.0, 3.0), (300.0, 200.0)))
    dragged(hand, "relu_2", by)
    shown = lines(hand)
    assert shown is not None
    assert len(shown.lines) == 1
    hand.canvas.grab()
    hand.release(hand.card("relu_2"))
    assert xy(hand, "relu_2") == place
    assert lines(hand) is None
    assert hand.undo_label() == "Move relu_2"
    hand.canvas.session.undo()
    assert xy(hand, "relu_2") == (300.0, 200.0)
    assert_obeys(hand.canvas)


def test_out_of_reach_the_grid_holds(make: Make) -> None:
    hand = make(loose((53.0, 3.0), (300.0, 200.0)))
    dragged(hand, "relu_2", (-240.0, 3.0))
    hand.release(hand.card("relu_2"))
    assert xy(hand, "relu_2") == (64.0, 200.0)


def test_shift_suspends_both(make: Make) -> None:
    hand = make(loose((53.0, 3.0), (300.0, 200.0)))
    dragged(hand, "relu_2", (-249.0, 3.0), SHIFT)
    assert lines(hand) is None
    place = hand.card("relu_2")
    hand.move(place, SHIFT)
    assert hand.canvas.node_item(hand.id("relu_2")).pos() == QPointF(51.0, 203.0)
    hand.key(Qt.Key.Key_Escape)
    assert_obeys(hand.canvas)


def test_reach_is_measured_on_the_screen(make: Make) -> None:
    hand = make(loose((53.0, 3.0), (300.0, 200.0)))
    hand.canvas.show_place(2.0, QPointF(200.0, 150.0))
    dragged(hand, "relu_2", (-242.0, 80.0))
    hand.release(hand.card("relu_2"))
    assert xy(hand, "relu_2") == (56.0, 280.0)


def test_escape_takes_the_lines_away(make: Make) -> None:
    hand = make(loose((53.0, 3.0), (300.0, 200.0)))
    dragged(hand, "relu_2", (-251.0, 3.0))
    hand.key(Qt.Key.Key_Escape)
    assert lines(hand) is None
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)


def test_what_is_out_of_view_pulls_nothing(make: Make) -> None:
    hand = make(loose((53.0, 5003.0), (300.0, 200.0)))
    dragged(hand, "relu_2", (-246.0, 0.0))
    shown = lines(hand)
    assert shown is not None
    assert not shown.lines
    hand.release(hand.card("relu_2"))
    assert xy(hand, "relu_2") == (56.0, 200.0)


# With wires


def test_a_wire_becomes_straight(make: Make) -> None:
    hand = make(Project(graph=move(SMALL.graph, {"image": (0.0, 3.0), "relu": (432.0, 400.0), "flat": (700.0, 640.0)})))
    hand.canvas.session.select(["conv"])
    place = hand.card("conv")
    hand.press(place)
    hand.move(place + QPointF(0.0, 200.0))
    hand.move(place + QPointF(0.0, 6.0))
    shown = lines(hand)
    assert shown is not None
    wire = QLineF(hand.port("conv", "input"), hand.port("image", "output", output=True))
    assert wire in shown.lines
    hand.release(place + QPointF(0.0, 6.0))
    assert xy(hand, "conv")[1] == 3.0


def test_wires_that_are_left_behind_pull_nothing(make: Make) -> None:
    hand = make(Project(graph=move(SMALL.graph, {"conv": (216.0, 3.0), "flat": (648.0, 800.0)})))
    hand.canvas.show_place(1.0, QPointF(540.0, 300.0))
    place = hand.card("relu")
    hand.press(place, keys=ALT)
    hand.move(place + QPointF(0.0, 100.0), ALT)
    shown = lines(hand)
    assert shown is not None
    assert not [line for line in shown.lines if line.y1() == hand.port("conv", "output", output=True).y()]
    hand.key(Qt.Key.Key_Escape)
    assert_obeys(hand.canvas)


# With gaps


def test_gaps_become_equal(make: Make) -> None:
    hand = make(loose((0.0, 0.0), (201.0, 0.0), (500.0, 0.0)))
    dragged(hand, "relu_3", (-95.0, 1.0))
    shown = lines(hand)
    assert shown is not None
    assert [line.length() for line in shown.gaps] == [33.0, 33.0]
    hand.canvas.grab()
    hand.release(hand.card("relu_3"))
    assert xy(hand, "relu_3") == (402.0, 0.0)


def test_a_ghost_from_the_palette_falls_in_too(make: Make) -> None:
    hand = make(loose((53.0, 3.0), (300.0, 200.0)))
    assert hand.hover("ReLU", QPointF(53.0 + 84.0 + 3.0, 500.0))
    shown = lines(hand)
    assert shown is not None
    assert len(shown.lines) == 1
    hand.carry_away()
    assert lines(hand) is None
    assert hand.drop("ReLU", QPointF(53.0 + 84.0 + 3.0, 500.0))
    assert xy(hand, "relu_3")[0] == 53.0
    assert lines(hand) is None
    assert_obeys(hand.canvas)


# The sums


CARD = QRectF(0.0, 0.0, 100.0, 60.0)


@pytest.mark.parametrize(
    ("other", "offset", "pulled"),
    [
        (QRectF(300.0, 200.0, 100.0, 60.0), QPointF(303.0, 100.0), (300.0, None)),
        (QRectF(300.0, 200.0, 40.0, 60.0), QPointF(272.0, 100.0), (270.0, None)),  # middles
        (QRectF(300.0, 200.0, 40.0, 60.0), QPointF(243.0, 100.0), (240.0, None)),  # right edges
        (QRectF(300.0, 200.0, 100.0, 20.0), QPointF(0.0, 184.0), (None, 180.0)),  # middles
        (QRectF(300.0, 200.0, 100.0, 20.0), QPointF(0.0, 158.0), (None, 160.0)),  # lower edges
        (QRectF(300.0, 200.0, 100.0, 60.0), QPointF(150.0, 100.0), (None, None)),
    ],
)
def test_pulls(other: QRectF, offset: QPointF, pulled: tuple[float | None, float | None]) -> None:
    guides = Guides(CARD)
    guides.look([other])
    assert guides.pull(offset, 6.0) == pulled


def test_nothing_around_pulls_nothing() -> None:
    guides = Guides(CARD)
    assert guides.pull(QPointF(3.0, 4.0), 6.0) == (None, None)
    assert guides.lines(QPointF()) == guides.gaps(QPointF()) == []


@pytest.mark.parametrize(
    ("others", "offset", "across"),
    [
        ((QRectF(0, 0, 100, 60), QRectF(150, 0, 100, 60)), 297.0, 300.0),  # after two
        ((QRectF(400, 0, 100, 60), QRectF(550, 0, 100, 60)), 253.0, 250.0),  # before two
        ((QRectF(0, 0, 100, 60), QRectF(320, 0, 100, 60)), 163.0, 160.0),  # between two
        ((QRectF(0, 40, 100, 60), QRectF(320, 40, 100, 60)), 163.0, None),  # not in their row
        ((QRectF(0, 0, 100, 60), QRectF(1500, 0, 100, 60)), 753.0, None),  # too far to see a pattern
    ],
)
def test_equal_gaps(others: tuple[QRectF, ...], offset: float, across: float | None) -> None:
    guides = Guides(CARD)
    guides.look(others)
    assert guides.pull(QPointF(offset, 0.0), 6.0)[0] == across
    if across is not None:
        one, other = guides.gaps(QPointF(across, 0.0))
        assert one.length() == pytest.approx(other.length())
        assert one.y1() == other.y1() == 30.0


def test_gaps_down_a_column() -> None:
    guides = Guides(CARD)
    guides.look([QRectF(0, 0, 100, 60), QRectF(0, 100, 100, 60)])
    assert guides.pull(QPointF(0.0, 203.0), 6.0) == (0.0, 200.0)
    assert [line.length() for line in guides.gaps(QPointF(0.0, 200.0))] == [40.0, 40.0]
