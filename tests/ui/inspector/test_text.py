"""Sizes and shapes as typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.core.graph import Value
from nnstudio.ui.inspector.text import parse_lengths, parse_size, write_lengths, write_size


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        (" 3 × 3 ", 3),
        ("3x5", (3, 5)),
        ("3, 5", (3, 5)),
        ("(3, 5)", (3, 5)),
        ("3 * 5", (3, 5)),
        ("same", "same"),
        ("", None),
        ("-1", -1),
        ("1 2 3", (1, 2, 3)),
    ],
)
def test_sizes(text: str, value: Value) -> None:
    assert parse_size(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 × 32 × 32", (1, 32, 32)),
        ("1,32,32", (1, 32, 32)),
        ("T, 128", ("T", 128)),
        ("T x 128", ("T", 128)),
        ("[4]", (4,)),
        ("max x", ("max", "x")),
        ("", ()),
    ],
)
def test_shapes(text: str, value: Value) -> None:
    assert parse_lengths(text) == value


@given(st.lists(st.one_of(st.integers(1, 9999), st.sampled_from(["T", "time", "x1"])), min_size=1, max_size=6))
def test_a_shape_comes_back_as_it_was_written(lengths: list[int | str]) -> None:
    assert parse_lengths(write_lengths(tuple(lengths))) == tuple(lengths)


@given(st.one_of(st.integers(0, 999), st.tuples(st.integers(0, 99), st.integers(100, 200)), st.none()))
def test_a_size_comes_back_as_it_was_written(value: Value) -> None:
    assert parse_size(write_size(value)) == value
