"""The parts of the canvas that need no window: finding by letters, ways of wires, steps of zoom, the sprite cache."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from nnstudio.ui.canvas import geometry
from nnstudio.ui.canvas.fuzzy import ranked, score
from nnstudio.ui.canvas.routing import route
from nnstudio.ui.canvas.sprites import Sprites
from nnstudio.ui.palette.model import BLOCK_PREFIX, offers

ENTRIES = [(offer.key, (offer.title.en, offer.title.zh, offer.key.removeprefix(BLOCK_PREFIX))) for offer in offers()]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("conv", "Conv2d"),
        ("c2d", "Conv2d"),
        ("CONV2D", "Conv2d"),
        ("二维卷", "Conv2d"),
        ("dense", "Linear"),
        ("linear", "Linear"),
        ("全连", "Linear"),
        ("mp", "MaxPool2d"),
        ("max pool", "MaxPool2d"),
        ("bn", "BatchNorm2d"),
        ("resid", "Block:ResidualBlock"),
        ("残差", "Block:ResidualBlock"),
        ("relu", "ReLU"),
        ("lrelu", "LeakyReLU"),
    ],
)
def test_a_few_letters_find_the_layer(query: str, key: str) -> None:
    assert ranked(query, ENTRIES)[0] == key


def test_nothing_typed_gives_everything_in_order() -> None:
    assert ranked("  ", ENTRIES) == [key for key, _ in ENTRIES]


@given(st.text(max_size=12), st.text(max_size=12))
def test_a_score_is_there_just_when_the_letters_occur_in_order(query: str, text: str) -> None:
    wanted, rest = "".join(query.casefold().split()), iter(text.casefold())
    assert (score(query, text) is not None) == all(letter in rest for letter in wanted)


@given(st.floats(0.05, 4.0))
def test_sprites_are_never_enlarged(zoom: float) -> None:
    step = geometry.zoom_step(zoom)
    assert zoom <= step * 1.0001
    assert step < zoom * 1.1


@given(st.floats(0.05, 4.0), st.integers(-20, 20))
def test_zoom_steps_stay_on_the_ladder(zoom: float, rungs: int) -> None:
    there = geometry.step_zoom(zoom, rungs)
    assert geometry.MIN_ZOOM <= there <= geometry.MAX_ZOOM
    on_rung = math.isclose(geometry.zoom_step(there), there, rel_tol=1e-6)
    assert on_rung or there == geometry.MIN_ZOOM


def test_at_100_percent_cards_are_drawn_as_they_were_made() -> None:
    assert geometry.zoom_step(1.0) == 1.0
    assert geometry.step_zoom(geometry.step_zoom(1.0, 3), -3) == 1.0


places = st.builds(QPointF, st.floats(-3000, 3000), st.floats(-3000, 3000))


@given(places, places, st.lists(places, max_size=6))
def test_every_way_begins_and_ends_at_its_ports(start: QPointF, end: QPointF, corners: list[QPointF]) -> None:
    cards = [QRectF(corner.x(), corner.y(), geometry.CARD_WIDTH, geometry.CARD_HEIGHT) for corner in corners]
    path = route(start, end, lambda rect: [card for card in cards if card.intersects(rect)])
    first, last = path.elementAt(0), path.currentPosition()
    assert math.isclose(first.x, start.x(), abs_tol=1e-6)
    assert math.isclose(first.y, start.y(), abs_tol=1e-6)
    assert (last - end).manhattanLength() < 1e-6
    box = path.boundingRect()
    assert all(math.isfinite(value) for value in (box.x(), box.y(), box.width(), box.height()))


def test_an_arch_rises_over_what_it_meets_up_there_too() -> None:
    below, above = QRectF(200, 0, 168, 112), QRectF(200, -150, 168, 112)
    path = route(QPointF(100, 32), QPointF(500, 32), lambda rect: [c for c in (below, above) if c.intersects(rect)])
    places = [path.pointAtPercent(number / 100) for number in range(101)]
    assert not any(card.contains(place) for card in (below, above) for place in places)


def test_distance_to_a_wire() -> None:
    path = geometry.wire_path(QPointF(0, 0), QPointF(200, 0))
    gap, nearest = geometry.distance_to(path, QPointF(100, 7))
    assert gap == pytest.approx(7.0, abs=0.1)
    assert (nearest - QPointF(100, 0)).manhattanLength() < 1.0


def test_the_cache_keeps_what_was_used_last(qapp: object) -> None:
    sprites = Sprites(budget=3 * 10 * 10 * 4)
    painted: list[str] = []

    def get(key: str) -> None:
        sprites.get(key, QRectF(0, 0, 10, 10), 1.0, 1.0, lambda _painter: painted.append(key))

    for key in "abcab":
        get(key)
    assert painted == ["a", "b", "c"]
    get("d")  # c was used longest ago
    for key in "abd":
        get(key)
    assert painted == ["a", "b", "c", "d"]
    get("c")
    assert painted[-1] == "c"
    sprites.clear()
    assert len(sprites) == 0
