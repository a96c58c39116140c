"""Data of every task: what is true of each sample by the rule that made it."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest

from nnstudio.data import bundled
from nnstudio.data.catalog import load
from nnstudio.data.texts import encode, signs_of


def test_parity_is_odd_where_the_ones_so_far_are() -> None:
    data = load({"name": "parity"})
    for bits, answers in zip(data.inputs[:50].tolist(), data.targets[:50].tolist(), strict=True):
        assert answers == [sum(bits[: place + 1]) % 2 for place in range(len(bits))]


def test_reverse_is_the_row_from_its_end() -> None:
    data = load({"name": "reverse"})
    assert np.array_equal(data.inputs[:, ::-1], data.targets)
    assert (np.bincount(data.inputs.reshape(-1)) / data.inputs.size).std() < 0.005


@pytest.mark.parametrize("name", ["story", "poems"])
def test_windows_of_a_text_are_followed_by_what_stands_there(name: str) -> None:
    data, text = load({"name": name}), bundled.text(name)
    assert data.classes == signs_of(text)
    assert len(data.classes) == data.vocabulary
    for window, following in zip(data.inputs, data.targets, strict=True):
        written = "".join(data.classes[sign] for sign in (*window, following[-1]))
        assert written in text
        assert np.array_equal(window[1:], following[:-1])
    assert encode(text[:40] + "☃", data.classes) == [data.classes.index(sign) for sign in text[:40]]


@pytest.mark.parametrize("name", ["story", "poems"])
def test_no_stretch_that_validates_is_trained_on(name: str) -> None:
    data = load({"name": name, "seed": 7})
    rows = [set(map(bytes, data.inputs[part])) for part in (data.training, data.validation)]
    assert not rows[0] & rows[1]
    assert (len(data.training) % 24, len(data.validation) % 24) == (0, 0)


def test_poems_are_quatrains() -> None:
    lines = bundled.text("poems").splitlines()
    assert len(lines) == len(set(lines)) == 78
    assert {len(line) for line in lines} == {24, 32}


def test_pictures_to_draw_again_are_their_own_answer() -> None:
    data = load({"name": "digit_pictures"})
    assert np.array_equal(data.inputs, data.targets)


def test_boxes_lie_tightly_around_the_pixels_of_their_objects() -> None:
    boxes, masks = load({"name": "shape_boxes"}), load({"name": "shape_masks"})
    assert np.array_equal(boxes.inputs, masks.inputs)
    for placed, mask in zip(boxes.targets[:100], masks.targets[:100], strict=True):
        objects = placed[placed[:, 0] >= 0]
        assert 1 <= len(objects) <= 3
        assert set(np.unique(mask)) - {0} == {int(label) + 1 for label in objects[:, 0]}
        for label, x, y, width, height in objects:
            left, right = round(32 * (x - width / 2)), round(32 * (x + width / 2))
            top, bottom = round(32 * (y - height / 2)), round(32 * (y + height / 2))
            inside = mask[top:bottom, left:right] == label + 1
            assert (~inside.any(axis=0)).sum() <= 2
            assert (~inside.any(axis=1)).sum() <= 2


def _area(label: float, _x: float, _y: float, width: float, height: float) -> float:
    return 0.0 if label < 0 else 1024 * width * height * (np.pi / 4, 1.0, 0.5)[int(label)]


def test_areas_are_those_of_the_shapes() -> None:
    boxes, masks = load({"name": "shape_boxes"}), load({"name": "shape_masks"})
    for label in range(3):
        painted = (masks.targets == label + 1).sum()
        assert painted == pytest.approx(
            sum(_area(*box) for box in boxes.targets.reshape(-1, 5) if box[0] == label), rel=0.02
        )


def test_sine_is_the_curve_with_noise() -> None:
    data = load({"name": "sine"})
    x, y = data.inputs.astype(float), data.targets
    left = y - (np.sin(x) + np.sin(3 * x) / 2)
    assert abs(left.mean()) < 0.02
    assert left.std() == pytest.approx(0.1, abs=0.01)


def test_circles_have_their_radii() -> None:
    data = load({"name": "circles"})
    for label, radius in enumerate((1.0, 0.5)):
        assert np.hypot(*data.inputs[data.targets == label].T).mean() == pytest.approx(radius, abs=0.02)


@pytest.mark.parametrize("name", ["two_spirals", "spirals"])
def test_nearest_neighbours_are_of_one_arm(name: str) -> None:
    data = load({"name": name})
    points = data.inputs.astype(float)
    far = ((points[:, None] - points[None]) ** 2).sum(-1) + np.eye(len(points)) * 9
    assert (data.targets[far.argmin(axis=1)] == data.targets).mean() > 0.99


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"training": np.arange(0)}, "Iris flowers has no samples to train with, or none to validate with."),
        ({"validation": np.array([3, 999])}, "Iris flowers has 150 samples, and asks for others."),
        ({"targets": np.full(150, 7)}, "The classes of Iris flowers go from 0 to 2; its targets go from 7 to 7."),
        ({"targets": np.full(150, -1)}, "The classes of Iris flowers go from 0 to 2; its targets go from -1 to -1."),
    ],
)
def test_what_is_no_data_set_is_refused_in_words(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        dataclasses.replace(load({"name": "iris"}), **changes)
