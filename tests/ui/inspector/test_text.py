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
    ("axes", "text", "value"),
    [
        (1, "3", 3),
        (1, "3 3", (3, 3)),
        (3, "2", 2),
        (3, "2 × 2 × 2", 2),
        (3, "1,2,2", (1, 2, 2)),
        (3, "2, 2", (2, 2)),
        (3, "same", "same"),
        (4, "", None),
    ],
)
def test_sizes_of_other_than_two_axes(axes: int, text: str, value: Value) -> None:
    assert parse_size(text, axes) == value


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


def _different(axes: int) -> st.SearchStrategy[Value]:
    """Return numbers that are not all equal, which would come back as one; nothing where there is one axis."""
    numbers = st.lists(st.integers(0, 9), min_size=axes, max_size=axes).map(tuple)
    return numbers.filter(lambda value: len(set(value)) > 1) if axes > 1 else st.none()


@given(st.one_of(st.integers(0, 999), st.tuples(st.integers(0, 99), st.integers(100, 200)), st.none()))
def test_a_size_comes_back_as_it_was_written(value: Value) -> None:
    assert parse_size(write_size(value)) == value


@given(st.integers(1, 4).flatmap(lambda n: st.tuples(st.just(n), st.one_of(st.integers(0, 9), _different(n)))))
def test_a_size_of_any_axes_comes_back_as_it_was_written(case: tuple[int, Value]) -> None:
    axes, value = case
    assert parse_size(write_size(value, axes), axes) == value
