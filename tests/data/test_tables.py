"""Data sets that are written down whole: gates, bars and stripes, and digits to be remembered."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.data import tables
from nnstudio.data.catalog import entries, load
from nnstudio.data.tables import Gate


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("and", lambda a, b: a and b),
        ("or", lambda a, b: a or b),
        ("nand", lambda a, b: not (a and b)),
        ("xor", lambda a, b: a != b),
    ],
)
def test_gates_answer_as_their_names_say(name: Gate, rule: object) -> None:
    inputs, targets = tables.gate(name)
    assert inputs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert callable(rule)
    assert [bool(row[0]) for row in targets] == [bool(rule(bool(a), bool(b))) for a, b in inputs]


def test_bars_and_stripes_are_whole_lines() -> None:
    pictures, again = tables.bars_and_stripes()
    assert pictures.shape == (14, 9)
    assert np.array_equal(pictures, again)
    assert len(np.unique(pictures, axis=0)) == 14
    for picture in pictures.reshape(-1, 3, 3):
        assert (picture == picture[:1]).all() or (picture == picture[:, :1]).all()


def test_damaged_digits_have_six_units_turned_over() -> None:
    inputs, targets = tables.memories(3, 7)
    assert inputs.shape == targets.shape == (63, 64)
    assert set(np.unique(inputs)) == {-1, 1}
    assert (inputs != targets).sum(axis=1).tolist() == [0] * 3 + [6] * 60
    other, _ = tables.memories(3, 8)
    assert np.array_equal(other[:3], inputs[:3])
    assert not np.array_equal(other, inputs)


@pytest.mark.parametrize("name", [name for name, entry in entries().items() if entry.whole])
def test_whole_tables_train_and_validate_with_every_row(name: str) -> None:
    data = load({"name": name})
    assert data.training.tolist() == data.validation.tolist() == list(range(len(data.inputs)))
    assert data.whole
    assert data.num_shared == 0


def test_memories_train_on_what_is_whole_and_validate_on_what_is_damaged() -> None:
    data = load({"name": "memories10"})
    assert data.training.tolist() == list(range(10))
    assert data.validation.tolist() == list(range(10, 210))
