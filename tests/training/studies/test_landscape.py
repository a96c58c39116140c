"""The landscape holds the losses of moved weights, and leaves the run's own weights alone."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch.nn import functional

from nnstudio.training.studies import landscape
from nnstudio.training.studies.base import Unfinished
from nnstudio.training.studies.landscape import Landscape, LossLine, LossPlane, direction
from tests.training.studies.subjects import digits, example, points, scene_of, see


def test_directions_are_as_long_as_the_filters() -> None:
    module = scene_of(digits()).module
    ways = direction(module, torch.Generator().manual_seed(3))
    for (name, weight), way in zip(module.named_parameters(), ways, strict=True):
        if weight.dim() < 2:
            assert not way.any(), name
        else:
            for filter_, moved in zip(weight, way, strict=True):
                assert float(moved.norm()) == pytest.approx(float(filter_.detach().norm()), rel=1e-5)


def test_plane_is_the_loss_of_moved_weights() -> None:
    scene = scene_of(points())
    found = see(LossPlane(seed=5, levels=2, reach=0.5), scene, Landscape)
    assert found.losses.shape == (5, 5)
    assert found.steps.tolist() == [-0.5, -0.25, 0.0, 0.25, 0.5]
    assert (found.center, found.num_samples, found.progress) == (7, 40, 1.0)
    chance = torch.Generator().manual_seed(5)
    across, up = direction(scene.module, chance), direction(scene.module, chance)
    rows = scene.dataset.validation
    x, y = torch.from_numpy(scene.dataset.inputs[rows]), torch.from_numpy(scene.dataset.targets[rows])
    for row, column in ((0, 0), (2, 2), (1, 4), (4, 3)):
        moved = copy.deepcopy(scene.module).eval()
        with torch.no_grad():
            for weight, a, b in zip(moved.parameters(), across, up, strict=True):
                weight.add_(float(found.steps[column]) * a + float(found.steps[row]) * b)
            wanted = functional.cross_entropy(moved(x), y).item()
        assert found.losses[row, column] == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("name", ["xor", "lstm-memory"])
def test_the_middle_of_the_line_is_the_present_loss(name: str) -> None:
    scene = scene_of(example(name))
    found = see(LossLine(levels=3), scene, Landscape)
    scene.module.eval()
    with torch.no_grad():
        x, y = scene.batch(tuple(scene.dataset.validation.tolist()))
        assert found.losses[4] == pytest.approx(scene.objective.loss(scene.module(x), y).item(), rel=1e-6)
    assert len(np.unique(found.losses)) > 5, "the weights of every kind of layer move"


def test_it_comes_from_coarse_to_fine_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landscape, "SLICE", 0.0)
    scene, study = scene_of(points()), LossLine(levels=3)
    sizes = []
    value = study.see(scene)
    while isinstance(value, Unfinished):
        if isinstance(value.value, Landscape):
            assert np.isfinite(value.value.losses).all()
            sizes.append(len(value.value.losses))
        value = study.see(scene)
    assert sizes == sorted(sizes)
    assert set(sizes) == {3, 5}
    assert isinstance(value, Landscape)
    scene.step = 9
    again = study.see(scene)
    assert isinstance(again, Unfinished)
    assert again.value is value, "the older line stays until the new one is as fine"
    assert see(study, scene, Landscape).center == 9
