"""PCA and t-SNE agree with scikit-learn, and come out the same again."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
import torch

from nnstudio.data.catalog import load
from nnstudio.training.studies import projection
from nnstudio.training.studies.base import Unfinished
from nnstudio.training.studies.projection import Pca, Projection, Tsne, pca
from nnstudio.training.studies.tsne import similarities, tsne
from tests.training.studies.subjects import digits, points, scene_of, see

VALUES = torch.from_numpy(load({"name": "digits8"}).inputs[:200].reshape(200, -1).copy()).double()


@pytest.mark.parametrize("count", [200, 40], ids=["tall", "wide"])
def test_pca_is_that_of_scikit_learn(count: int) -> None:
    values = VALUES[:count]
    places, shares, axes = pca(values)
    known = importlib.import_module("sklearn.decomposition").PCA(2).fit(values.numpy())
    wanted = known.transform(values.numpy())
    assert np.abs(places.numpy()) == pytest.approx(np.abs(wanted), abs=1e-9)
    assert shares.numpy() == pytest.approx(known.explained_variance_ratio_, abs=1e-12)
    assert (axes.T @ axes).numpy() == pytest.approx(np.eye(2), abs=1e-9)


def test_points_are_what_the_layer_gives() -> None:
    scene = scene_of(digits())
    found = see(Pca(layer="relu_1", count=50), scene, Projection)
    assert found.layers == ("image", "conv_1", "norm_1", "relu_1", "flat", "drop_1", "scores")
    assert found.rows[:40].tolist() == scene.dataset.validation.tolist()
    assert set(found.rows[40:].tolist()) <= set(scene.dataset.training.tolist())
    values: list[torch.Tensor] = []
    scene.module.eval()
    scene.inside.look(
        torch.from_numpy(scene.dataset.inputs[found.rows]),
        lambda name, value: values.append(value) if name == "relu_1" else None,
    )
    wanted, shares, _ = pca(values[0].flatten(1).double())
    assert np.abs(found.places) == pytest.approx(np.abs(wanted.numpy()), abs=1e-4)
    assert found.note == pytest.approx(shares.numpy(), abs=1e-6)


def test_the_usual_layer_is_the_one_before_the_scores() -> None:
    assert see(Pca(count=20), scene_of(points()), Projection).layer == "drop_1"


def test_similarities_have_the_perplexity() -> None:
    *_, shares = similarities(VALUES[:80], 12.0)
    assert float(shares.sum()) == pytest.approx(1.0)
    assert torch.equal(shares, shares.T)
    assert float(shares.diagonal().abs().max()) == 0.0


def test_tsne_is_as_good_as_that_of_scikit_learn() -> None:
    course = list(tsne(VALUES, 20.0))
    places, divergence, progress = course[-1]
    assert progress == 1.0
    scikit = importlib.import_module("sklearn.manifold")
    known = scikit.TSNE(perplexity=20.0, init="pca", method="exact", random_state=0, max_iter=750).fit(VALUES.numpy())
    assert divergence <= 1.03 * known.kl_divergence_
    assert places.shape == (200, 2)


def test_tsne_comes_out_the_same_again_in_other_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    first = see(Tsne(count=30), scene_of(points()), Projection)
    monkeypatch.setattr(projection, "SLICE", 0.0)
    scene = scene_of(points())
    again = see(Tsne(count=30), scene, Projection)
    assert np.array_equal(first.places, again.places)
    assert (again.progress, again.since) == (1.0, 7)
    other = see(Tsne(count=30, seed=1), scene_of(points()), Projection)
    assert not np.array_equal(first.places, other.places)


def test_tsne_holds_the_run_up_for_a_slice_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "SLICE", 0.0)
    scene, study = scene_of(points()), Tsne(count=30)
    answers = 0
    while isinstance(study.see(scene), Unfinished):
        answers += 1
    assert answers >= 750
    scene.step = 8
    assert isinstance(study.see(scene), Unfinished), "the run has gone on, so it begins anew"
