"""Splits: the smallest data sets, and those without classes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.splits import split


@given(st.lists(st.integers(2, 40), min_size=1, max_size=6), st.floats(0.05, 0.9), st.integers(0, 2**31 - 1))
def test_each_class_is_on_both_sides(counts: list[int], share: float, seed: int) -> None:
    labels = np.repeat(np.arange(len(counts)), counts)
    training, validation = split(labels, "classification", share, seed)
    assert not set(training) & set(validation)
    assert len(training) + len(validation) == len(labels)
    assert set(labels[training]) == set(labels[validation]) == set(range(len(counts)))


def test_values_are_split_as_a_whole() -> None:
    training, validation = split(np.zeros((10, 2), np.float32), "regression", 0.3, 0)
    assert (len(training), len(validation)) == (7, 3)


def test_one_sample_of_a_class_cannot_be_split() -> None:
    with pytest.raises(ValueError, match="expected 2 or more, got 1"):
        split(np.array([0, 0, 1]), "classification", 0.2, 0)
