"""The data sets: what is promised without loading them holds once they are loaded."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest
import torch

from nnstudio.core.graph import Value
from nnstudio.data import bundled
from nnstudio.data.catalog import DATA_FIELDS, entries, load
from nnstudio.data.dataset import NUMBERED
from nnstudio.data.scaling import enlarge

NAMES = list(entries())
FIXED = [name for name in NAMES if entries()[name].whole or name.startswith("memories")]
"""Where chance does not decide which samples validate."""


@pytest.fixture
def datasets() -> Any:
    """Return `sklearn.datasets`, which brings no types and takes a second to import."""
    return importlib.import_module("sklearn.datasets")


@pytest.mark.parametrize("name", NAMES)
def test_entry_tells_what_loading_gives(name: str) -> None:
    entry, data = entries()[name], load({"name": name})
    assert (data.name, str(data.title)) == (name, str(entry.title))
    assert data.inputs.shape == (entry.num_samples, *entry.shape)
    assert data.signal == entry.signal
    assert (data.task, data.vocabulary) == (entry.task, entry.vocabulary)
    assert len(data.classes) == entry.vocabulary if data.task == "next_token" else data.classes == entry.classes
    assert (data.num_outputs, data.output_shape) == (entry.num_outputs, entry.output_shape)
    if data.task in NUMBERED:
        assert set(np.unique(data.targets)) <= set(range(data.num_outputs))
    if data.task == "classification":
        assert len(np.unique(data.targets)) == data.num_outputs
    assert data.inputs.flags.c_contiguous
    assert np.isfinite(data.inputs).all()


@pytest.mark.parametrize("name", [name for name in NAMES if not entries()[name].whole])
def test_parts_are_disjoint_complete_and_stratified(name: str) -> None:
    data = load({"name": name, "validation": 0.25, "seed": 3})
    together = np.concatenate((data.training, data.validation))
    assert np.array_equal(np.sort(together), np.arange(len(data.inputs)))
    for label in range(data.num_outputs) if data.task == "classification" else ():
        share = np.mean(np.isin(np.flatnonzero(data.targets == label), data.validation))
        assert share == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(FIXED)))
def test_seed_decides(name: str) -> None:
    first, again, other = (load({"name": name, "seed": seed}) for seed in (1, 1, 2))
    assert np.array_equal(first.inputs, again.inputs)
    assert np.array_equal(first.validation, again.validation)
    assert not np.array_equal(first.validation, other.validation)


@pytest.mark.parametrize("name", NAMES)
def test_arrays_are_read_only(name: str) -> None:
    data = load({"name": name})
    with pytest.raises(ValueError, match="read-only"):
        data.inputs[0] = 0


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"name": "mnist"}, f"name: expected one of {', '.join(NAMES)}, got 'mnist'"),
        ({"validation": 1.5}, "validation: expected a number from 0.05 to 0.9, got 1.5"),
        ({"validation": float("nan")}, "validation: expected a number from 0.05 to 0.9, got nan"),
        ({"seed": -1}, "seed: expected a whole number from 0 to 2,147,483,647, got -1"),
        ({"colour": 1}, "colour: unknown setting; expected one of name, validation, seed"),
    ],
)
def test_wrong_choice_is_refused(choice: dict[str, Value], message: str) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        load(choice)
    assert str(caught.value) == message


def test_form_offers_every_data_set() -> None:
    assert DATA_FIELDS[0].check("iris") == "iris"
    assert all(str(field.label) and str(field.help) for field in DATA_FIELDS)


def test_digits_are_those_of_scikit_learn(datasets: Any) -> None:
    known = datasets.load_digits()
    images, labels = bundled.digits8()
    assert np.array_equal(images[:, 0] * 16, known.images)
    assert np.array_equal(labels, known.target)


def test_iris_is_that_of_scikit_learn(datasets: Any) -> None:
    known = datasets.load_iris()
    flowers, species = bundled.iris()
    assert np.array_equal(flowers, known.data.astype(np.float32))
    assert np.array_equal(species, known.target)
    assert entries()["iris"].classes == tuple(known.target_names)


def test_iris_is_standardised_by_its_training_rows_alone() -> None:
    data = load({"name": "iris", "seed": 5})
    seen = data.inputs[data.training]
    assert seen.mean(axis=0) == pytest.approx(np.zeros(4), abs=1e-5)
    assert seen.std(axis=0) == pytest.approx(np.ones(4), abs=1e-5)
    assert np.abs(data.inputs.mean(axis=0)).max() > 1e-3


def test_enlarging_is_that_of_torch() -> None:
    images, _ = bundled.digits8()
    expected = torch.nn.functional.interpolate(
        torch.from_numpy(images[:20]), size=(32, 32), mode="bilinear", align_corners=False
    )
    assert enlarge(images[:20], 32) == pytest.approx(expected.numpy(), abs=1e-6)
    assert load({"name": "digits32"}).inputs.max() <= 1


def test_memory_keeps_its_secret_to_the_first_sixteen_places() -> None:
    data = load({"name": "memory"})
    is_letter = data.inputs < len(data.classes)
    assert (is_letter.sum(axis=1) == 1).all()
    assert not is_letter[:, 16:].any()
    assert np.array_equal(data.inputs[is_letter], data.targets)


def test_last_sign_of_memory_tells_nothing() -> None:
    data = load({"name": "memory"})
    guess = {
        sign: np.bincount(data.targets[rows]).argmax() for sign in range(4, 8) for rows in [data.inputs[:, -1] == sign]
    }
    right = np.mean([guess[int(row[-1])] == label for row, label in zip(data.inputs, data.targets, strict=True)])
    assert right < 0.3
