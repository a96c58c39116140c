"""Free lengths: what is written down is what the numbers come to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.layers.lengths import add, divide, multiply, slide, stretch
from nnstudio.layers.spec import Dim
from tests.layers.oracle import LENGTHS, length_of

_START: st.SearchStrategy[Dim] = st.one_of(st.sampled_from(sorted(LENGTHS)), st.integers(1, 40))
_WINDOW = st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(0, 5))
_EXPRESSION = st.recursive(
    _START,
    lambda inner: st.one_of(
        st.builds(lambda length, window: slide(length, *window), inner, _WINDOW),
        st.builds(stretch, inner, st.integers(1, 3), st.integers(0, 4)),
        st.lists(inner, min_size=1, max_size=3).map(add),
        st.lists(inner, min_size=1, max_size=3).map(multiply),
    ),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(length=_EXPRESSION, window=_WINDOW)
def test_a_window_slides_over_free_lengths_as_over_numbers(length: Dim, window: tuple[int, int, int]) -> None:
    assert length_of(slide(length, *window)) == slide(length_of(length), *window)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(length=_EXPRESSION, factor=st.integers(1, 4), more=st.integers(-5, 5))
def test_free_lengths_grow_as_numbers_do(length: Dim, factor: int, more: int) -> None:
    assert length_of(stretch(length, factor, more)) == stretch(length_of(length), factor, more)


@pytest.mark.parametrize(
    ("factors", "text"),
    [
        ([(2, 0)], "2·H"),
        ([(2, -1), (2, 1)], "4·H-1"),
        ([(1, 3)], "H+3"),
    ],
)
def test_grown_lengths_stay_short(factors: list[tuple[int, int]], text: str) -> None:
    length: Dim = "H"
    for factor, more in factors:
        length = stretch(length, factor, more)
    assert length == text


@settings(max_examples=500, deadline=None, derandomize=True)
@given(lengths=st.lists(_EXPRESSION, min_size=1, max_size=4))
def test_sums_and_products_of_free_lengths_are_those_of_numbers(lengths: list[Dim]) -> None:
    known = [length_of(length) for length in lengths]
    assert length_of(add(lengths)) == sum(known)
    product = 1
    for length in known:
        product *= length
    assert length_of(multiply(lengths)) == product


@pytest.mark.parametrize(
    ("windows", "text"),
    [
        ([(3, 1, 2)], "H"),
        ([(5, 1, 0)], "H-4"),
        ([(2, 2, 0)], "⌊H/2⌋"),
        ([(5, 1, 0), (2, 2, 0)], "⌊(H-4)/2⌋"),
        ([(5, 1, 0), (2, 2, 0), (5, 1, 0), (2, 2, 0)], "⌊(H-12)/4⌋"),
        ([(3, 2, 2), (3, 1, 2)], "⌊(H+1)/2⌋"),
    ],
)
def test_lengths_stay_short(windows: list[tuple[int, int, int]], text: str) -> None:
    length: Dim = "H"
    for window in windows:
        length = slide(length, *window)
    assert length == text


def test_order_does_not_matter_to_sums_and_products() -> None:
    assert add(["W", 3, "H"]) == add(["H", "W", 3]) == "(H+W)+3"
    assert multiply(["W", 3, "H-1"]) == multiply([3, "H-1", "W"]) == "3·(H-1)·W"


def test_products_of_products_are_written_alike() -> None:
    assert multiply([multiply(["T", 3]), 4]) == multiply(["T", 12]) == "12·T"
    assert multiply([multiply(["H-1", "W"]), 2]) == multiply([2, "W", "H-1"]) == "2·(H-1)·W"
    assert multiply(["(H+W)+3", 2]) == "2·((H+W)+3)"
    assert multiply(["⌊(H-4)/2⌋", "⌊W/2⌋"]) == "(⌊(H-4)/2⌋)·(⌊W/2⌋)"


@pytest.mark.parametrize(
    ("lengths", "by", "rest"),
    [
        ([6, 4], [8], 3),
        ([6], [4], None),
        (["12·T"], [4], "3·T"),
        (["T", 4], ["T"], 4),
        (["H", "W", 2], ["W"], "2·H"),
        (["T", 4], ["H"], None),
        (["T", "T"], ["T", "T"], 1),
        (["2·(H-1)·W"], ["H-1", 2], "W"),
        (["H-4"], [2], None),
    ],
)
def test_lengths_divide_where_that_comes_out_even(lengths: list[Dim], by: list[Dim], rest: Dim | None) -> None:
    assert divide(lengths, by) == rest


@settings(max_examples=300, deadline=None, derandomize=True)
@given(lengths=st.lists(_EXPRESSION, min_size=1, max_size=3), by=_EXPRESSION.filter(bool))
def test_dividing_undoes_multiplying(lengths: list[Dim], by: Dim) -> None:
    rest = divide([*lengths, by], [by])
    assert rest is not None
    assert rest == multiply(lengths)
