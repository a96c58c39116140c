"""The plane holds what the network and its units say at each place."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nnstudio.training.studies.boundary import Boundary, Plane
from tests.training.studies.subjects import digits, example, points, scene_of, see


def test_answers_and_units_are_those_of_the_network() -> None:
    scene = scene_of(points())
    found = see(Boundary(size=8, inner=6), scene, Plane)
    scene.module.eval()
    for row, column in ((0, 0), (2, 7), (7, 3)):
        x = found.left + (column + 0.5) * found.side / 8
        y = found.bottom + (row + 0.5) * found.side / 8
        with torch.no_grad():
            wanted = scene.module(torch.tensor([[x, y]])).softmax(1)[0]
        assert found.answers[:, row, column] == pytest.approx(wanted.numpy(), abs=1e-6)
    assert [units.layer for units in found.units] == ["dense_1", "norm_1", "tanh_1", "drop_1", "scores"]
    assert found.units[0].values.shape == (6, 6, 6)
    x = found.left + 4.5 * found.side / 6
    y = found.bottom + 1.5 * found.side / 6
    weights = scene.module.get_submodule("dense_1")
    with torch.no_grad():
        assert found.units[0].values[:, 1, 4] == pytest.approx(weights(torch.tensor([[x, y]]))[0].numpy(), abs=1e-6)


def test_all_points_are_in_the_square() -> None:
    scene = scene_of(points())
    found = see(Boundary(size=8, inner=4), scene, Plane)
    for axis, low in enumerate((found.left, found.bottom)):
        assert scene.dataset.inputs[:, axis].min() > low
        assert scene.dataset.inputs[:, axis].max() < low + found.side


def test_values_are_shown_too() -> None:
    found = see(Boundary(size=8, inner=4), scene_of(example("xor")), Plane)
    assert found.answers.shape == (1, 8, 8)
    assert np.isfinite(found.answers).all()


def test_pictures_are_no_plane() -> None:
    with pytest.raises(ValueError, match="plane"):
        Boundary().see(scene_of(digits()))
