"""Cards of layers between points in a plane show what their units say over the plane."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from nnstudio.training.studies.boundary import Plane
from nnstudio.ui.canvas.card import TILES
from nnstudio.ui.canvas.tiles import make_planes
from nnstudio.ui.insight.signed import signed_image
from tests.ui.canvas.conftest import Make, row

POINTS = row(
    ("point", "Input", {"shape": (2,)}),
    ("dense", "Linear", {"out_features": 6}),
    ("scores", "Linear", {"out_features": 2}),
    ("answer", "Output", {}),
)


def test_tiles_are_the_units_over_the_plane(make: Make, qtbot: QtBot) -> None:
    project = msgspec.structs.replace(POINTS, data={"name": "moons"}, recipe={"epochs": 1})
    hand = make(project)
    canvas, bridge = hand.canvas, hand.canvas.session.bridge
    bridge.start()
    item = canvas.board.nodes["dense"]
    qtbot.waitUntil(lambda: bridge.state == "ended", timeout=30_000)
    plane: list[Plane] = []

    def is_shown() -> bool:
        seen = bridge.found(canvas.following.tiles)
        if seen is None or seen.step != bridge.num_steps or not isinstance(seen.value, Plane):
            return False
        plane[:] = [seen.value]
        return item.picture is not None and item.picture.origin is seen.value

    qtbot.waitUntil(is_shown, timeout=10_000)
    assert item.picture is not None
    image = item.picture.image
    assert image is not None
    assert bridge.handover is not None
    weights = bridge.handover.take()
    values = plane[0].units[0].values
    for unit, row_, column in ((0, 3, 4), (5, 19, 0)):
        x = plane[0].left + (column + 0.5) * plane[0].side / 20
        y = plane[0].bottom + (row_ + 0.5) * plane[0].side / 20
        wanted = weights["dense.weight"][unit] @ torch.tensor([x, y]) + weights["dense.bias"][unit]
        assert values[unit, row_, column] == pytest.approx(wanted.item(), abs=1e-5)
        share = float(values[unit, row_, column] / np.abs(values[unit]).max())
        assert image.pixel(20 * unit + column, 19 - row_) == signed_image(np.array([[share]]), 1.0).pixel(0, 0)
    assert canvas.board.nodes["point"].picture is not None
    assert canvas.board.nodes["point"].picture.image is None, "the point itself stays two bars"
    bridge.shutdown()


def test_each_unit_has_its_own_range() -> None:
    values = np.stack([np.linspace(-2, 1, 16).reshape(4, 4), np.linspace(0, 0.1, 16).reshape(4, 4)]).astype(np.float32)
    picture = make_planes(values)
    assert picture.image is not None
    for number, unit in enumerate(values):
        wanted = signed_image(unit[::-1], float(np.abs(unit).max()))
        assert picture.image.copy(4 * number, 0, 4, 4) == wanted
        assert picture.places[number].height() == TILES.height()


def test_many_units_stand_in_two_rows() -> None:
    picture = make_planes(np.ones((40, 3, 3), dtype=np.float32))
    assert len({place.top() for place in picture.places}) == 2
    assert all(TILES.contains(place) for place in picture.places)
