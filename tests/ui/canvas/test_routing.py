"""Which way wires go past the cards between their ends."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from benchmarks.drawings import SEEDS, boxes_of, googlenet, random_net, resnet50, unet
from nnstudio.core.graph import Graph
from nnstudio.project.layout import arrange
from nnstudio.project.layout.arranging import Direction
from nnstudio.ui.canvas.geometry import BEND, card_rect, port_place
from nnstudio.ui.canvas.routing import route

Cards = dict[str, QRectF]


def lead(cards: Cards, source: str, target: str, port: int = 0) -> QPainterPath:
    start = cards[source].topLeft() + port_place(0, output=True)
    end = cards[target].topLeft() + port_place(port, output=False)
    others = [card for id_, card in cards.items() if id_ not in (source, target)]
    return route(
        start, end, lambda rect: [card for card in others if card.intersects(rect)], (cards[source], cards[target])
    )


def samples(path: QPainterPath) -> list[QPointF]:
    """Return points along a path, every few units."""
    points = path.toSubpathPolygons()[0].toList()
    found = points[:1]
    for first, second in pairwise(points):
        steps = max(1, int((second - first).manhattanLength() / 6.0))
        found += [first + (second - first) * ((step + 1) / steps) for step in range(steps)]
    return found


def hidden_behind(cards: Cards, path: QPainterPath) -> list[str]:
    """Return the cards that a wire disappears behind."""
    reach = path.controlPointRect()
    near = {id_: card.adjusted(1, 1, -1, -1) for id_, card in cards.items() if card.intersects(reach)}
    places = [(place.x(), place.y()) for place in samples(path)]
    return [
        id_
        for id_, card in near.items()
        if any(
            left < x < right and top < y < bottom
            for left, top, right, bottom in [(card.left(), card.top(), card.right(), card.bottom())]
            for x, y in places
        )
    ]


def row(*places: tuple[float, float]) -> Cards:
    return {f"n{number}": card_rect(place) for number, place in enumerate(places)}


def test_a_branch_that_ends_early_stays_in_its_row() -> None:
    cards = row((0, 0), (224, 80), (448, 80), (672, 80))
    path = lead(cards, "n0", "n3")
    assert hidden_behind(cards, path) == []
    level = [place for place in samples(path) if abs(place.y() - 32.0) < 0.5]
    assert max(place.x() for place in level) > 448.0


def test_an_arch_takes_the_shorter_way() -> None:
    over = lead(row((0, 0), (224, 0), (448, 0)), "n0", "n2")
    assert over.boundingRect().top() < 0.0
    assert over.boundingRect().bottom() < 33.0
    under = lead(row((0, 0), (224, -80), (448, 0)), "n0", "n2")
    assert under.boundingRect().bottom() > 32.0
    assert under.boundingRect().top() > 31.0


def test_arches_within_an_arch_keep_apart() -> None:
    cards = row(*((224.0 * number, 0.0) for number in range(12)))
    tops = [lead(cards, f"n{first}", f"n{last}").boundingRect().top() for first, last in ((5, 7), (4, 8), (2, 10))]
    assert all(inner - outer >= 4.0 for inner, outer in pairwise(tops))


def test_a_wire_that_leads_back_passes_below() -> None:
    cards = row(*((224.0 * number, 0.0) for number in range(5)))
    path = lead(cards, "n4", "n0")
    assert hidden_behind(cards, path) == []
    assert path.boundingRect().bottom() > 112.0
    assert path.boundingRect().top() >= 31.0


def test_a_wire_that_leads_back_passes_below_what_hangs_lower() -> None:
    cards = row((0, 0), (224, 60), (448, 120), (672, 0))
    path = lead(cards, "n3", "n0")
    assert hidden_behind(cards, path) == []
    assert path.boundingRect().bottom() > 232.0


@pytest.mark.parametrize(("source", "target"), [("n1", "n2"), ("n3", "n0")])
def test_between_rows_a_wire_leaves_room_for_words_below_the_upper_one(source: str, target: str) -> None:
    rows = ((0, 0), (228, 0), (0, 190), (228, 190))
    level = [place.y() for place in samples(lead(row(*rows), source, target)) if 20.0 < place.x() < 380.0]
    assert set(level) == {190.0 - BEND}
    higher = [place.y() for place in samples(lead(row(*rows, (114, 170)), source, target)) if 20.0 < place.x() < 380.0]
    assert set(higher) == {(112.0 + 190.0) / 2}, "where a card stands in that way"


@pytest.mark.parametrize("aside", [-80.0, 0.0, 30.0, 100.0])
def test_past_rows_a_wire_takes_a_lane(aside: float) -> None:
    cards = row((0, 0), (aside / 2, 176), (aside / 3, 352), (aside, 528))
    for source, target in (("n0", "n3"), ("n3", "n0"), ("n0", "n2")):
        assert hidden_behind(cards, lead(cards, source, target)) == []


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("draw", [resnet50, unet, googlenet])
def test_no_wire_of_a_layout_hides_behind_a_card(draw: Callable[[], Graph], direction: Direction) -> None:
    graph = draw()
    boxes = boxes_of(graph)
    cards = {id_: card_rect(place) for id_, place in arrange(boxes, graph.edges, direction).items()}
    assert not any(first.intersects(second) for first, second in combinations(cards.values(), 2))
    for edge in graph.edges:
        path = lead(cards, edge.source, edge.target, boxes[edge.target].inputs.index(edge.target_port))
        assert hidden_behind(cards, path) == [], edge


@pytest.mark.parametrize("direction", ["right", "down"])
def test_hardly_any_wire_of_random_networks_does(direction: Direction) -> None:
    hidden = total = 0
    for seed in SEEDS:
        boxes, edges = random_net(seed)
        cards = {id_: card_rect(place) for id_, place in arrange(boxes, edges, direction).items()}
        for edge in edges:
            path = lead(cards, edge.source, edge.target, boxes[edge.target].inputs.index(edge.target_port))
            hidden += bool(hidden_behind(cards, path))
            total += 1
    assert hidden < total / 200, f"{hidden} of {total}"
