"""Each type of setting takes what it should, in its normal form, and says what it expected otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.core.words import Words, set_language
from nnstudio.layers.parameters import Axes, Axis, AxisNumbers, Bool, Choice, Float, Int, Parameter, Size, told
from nnstudio.training.settings.form import RECIPE_FIELDS

WORDS: dict[str, Any] = {"label": Words("Label", "标签"), "help": Words("Help.", "说明。")}

INT = Int(name="count", default=1, low=1, high=1_000, **WORDS)
FLOAT = Float(name="share", default=0.5, **WORDS)
MOMENTUM = Float(name="momentum", default=None, empty=True, **WORDS)
BOOL = Bool(name="bias", default=True, **WORDS)
CHOICE = Choice(name="mode", default="a", options=("a", "b"), titles=(WORDS["label"],) * 2, **WORDS)
SIZE = Size(name="kernel_size", default=3, high=31, **WORDS)
PADDING = Size(name="padding", default=0, low=0, words=("same",), **WORDS)
STRIDE = Size(name="stride", default=None, empty=True, **WORDS)
AXIS = Axis(name="axis", **WORDS)
LENGTH = Size(name="kernel_size", default=3, high=31, axes=1, **WORDS)
EDGES = Size(name="padding", default=0, low=0, axes=4, empty=True, **WORDS)
AXES = Axes(name="shape", default=(1,), **WORDS)
REST = Axes(name="sizes", default=(-1,), rest=True, **WORDS)
NUMBERS = AxisNumbers(name="axes", default=(0,), **WORDS)
ORDER = AxisNumbers(name="order", default=(1, 0), order=True, **WORDS)
ALL: list[Parameter] = [
    INT,
    FLOAT,
    MOMENTUM,
    BOOL,
    CHOICE,
    SIZE,
    PADDING,
    STRIDE,
    LENGTH,
    EDGES,
    AXIS,
    AXES,
    REST,
    NUMBERS,
    ORDER,
]


@pytest.mark.parametrize(
    ("parameter", "value", "normal"),
    [
        (INT, 1, 1),
        (INT, 1_000, 1_000),
        (FLOAT, 1, 1.0),
        (FLOAT, 0.25, 0.25),
        (MOMENTUM, None, None),
        (MOMENTUM, 1, 1.0),
        (BOOL, False, False),
        (CHOICE, "b", "b"),
        (SIZE, 5, (5, 5)),
        (SIZE, (5, 3), (5, 3)),
        (SIZE, [5, 3], (5, 3)),
        (PADDING, "same", "same"),
        (PADDING, 0, (0, 0)),
        (STRIDE, None, None),
        (AXIS, None, None),
        (AXIS, -6, -6),
        (AXIS, 5, 5),
        (LENGTH, 3, (3,)),
        (LENGTH, (3,), (3,)),
        (EDGES, 2, (2, 2, 2, 2)),
        (EDGES, (1, 2, 0, 3), (1, 2, 0, 3)),
        (EDGES, None, None),
        (AXES, 4, (4,)),
        (AXES, "T", ("T",)),
        (AXES, (), ()),
        (AXES, [3, "H", "W"], (3, "H", "W")),
        (AXES, ("⌊(H-4)/2⌋", "12·T", "(H+W)+3", 3_145_728), ("⌊(H-4)/2⌋", "12·T", "(H+W)+3", 3_145_728)),
        (REST, (-1, 4, "T"), (-1, 4, "T")),
        (NUMBERS, 2, (2,)),
        (NUMBERS, [2, 0], (2, 0)),
        (NUMBERS, (-1, -6), (-1, -6)),
        (ORDER, (2, 0, 1), (2, 0, 1)),
    ],
)
def test_good_values_come_out_in_normal_form(parameter: Parameter, value: Any, normal: object) -> None:
    checked = parameter.check(value)
    assert checked == normal
    assert type(checked) is type(normal)


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        (INT, 0, "count: expected a whole number from 1 to 1,000, got 0"),
        (INT, 1_001, "count: expected a whole number from 1 to 1,000, got 1001"),
        (INT, 2.0, "count: expected a whole number from 1 to 1,000, got 2.0"),
        (INT, True, "count: expected a whole number from 1 to 1,000, got True"),
        (INT, "3", "count: expected a whole number from 1 to 1,000, got '3'"),
        (INT, None, "count: expected a whole number from 1 to 1,000, got None"),
        (FLOAT, 1.5, "share: expected a number from 0 to 1, got 1.5"),
        (FLOAT, float("nan"), "share: expected a number from 0 to 1, got nan"),
        (FLOAT, float("inf"), "share: expected a number from 0 to 1, got inf"),
        (FLOAT, 10**400, "share: expected a number from 0 to 1, got " + "1" + "0" * 56 + "…"),
        (FLOAT, False, "share: expected a number from 0 to 1, got False"),
        (FLOAT, None, "share: expected a number from 0 to 1, got None"),
        (MOMENTUM, 2, "momentum: expected a number from 0 to 1, or nothing, got 2"),
        (BOOL, 1, "bias: expected yes or no (true or false), got 1"),
        (CHOICE, "c", "mode: expected one of a, b, got 'c'"),
        (CHOICE, 0, "mode: expected one of a, b, got 0"),
        (SIZE, 0, "kernel_size: expected 1 to 31, or a pair of them, got 0"),
        (SIZE, (3, 32), "kernel_size: expected 1 to 31, or a pair of them, got (3, 32)"),
        (SIZE, (3,), "kernel_size: expected 1 to 31, or a pair of them, got (3,)"),
        (SIZE, (3, True), "kernel_size: expected 1 to 31, or a pair of them, got (3, True)"),
        (SIZE, None, "kernel_size: expected 1 to 31, or a pair of them, got None"),
        (PADDING, "valid", "padding: expected 0 to 10,000, or a pair of them, or same, got 'valid'"),
        (STRIDE, "same", "stride: expected 1 to 10,000, or a pair of them, or nothing, got 'same'"),
        (AXIS, 6, "axis: expected a whole number from -6 to 5, or nothing, got 6"),
        (AXIS, 1.0, "axis: expected a whole number from -6 to 5, or nothing, got 1.0"),
        (AXIS, True, "axis: expected a whole number from -6 to 5, or nothing, got True"),
        (LENGTH, (3, 3), "kernel_size: expected 1 to 31, got (3, 3)"),
        (LENGTH, 32, "kernel_size: expected 1 to 31, got 32"),
        (EDGES, (1, 2), "padding: expected 0 to 10,000, or 4 of them, or nothing, got (1, 2)"),
        *(
            (
                AXES,
                value,
                "shape: expected up to 6 lengths such as 3, 224, 224, or a name such as T for a free length, "
                f"got {value!r}",
            )
            for value in (0, -1, None, True, 1.5, "", "3x3", "12", "a b", "()", (1,) * 7, (3, None), ("<b>",))
        ),
        *(
            (
                REST,
                value,
                "sizes: expected up to 6 lengths such as 3, 224, 224, or a name such as T for a free length; "
                f"one of them may be -1, got {value!r}",
            )
            for value in (0, -2, (-1, -1), (-1, 0), None)
        ),
        *(
            (
                NUMBERS,
                value,
                "axes: expected different axes, all from the start such as 0, 1 or all from the end such as -1, -2, "
                f"got {value!r}",
            )
            for value in ((), None, True, (0, 0), (0, -1), (0, 6), -7, "0", (0, 1.0))
        ),
        *(
            (ORDER, value, f"order: expected every axis once, such as 1, 2, 0, got {value!r}")
            for value in ((), (0, 2), (-1, -2), (0, 0), "?")
        ),
    ],
)
def test_other_values_are_refused_with_what_was_expected(parameter: Parameter, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        parameter.check(value)
    assert str(caught.value) == message


def test_refusals_are_told_in_chinese() -> None:
    set_language("zh_CN")
    with pytest.raises(ValueError, match="应为") as caught:
        INT.check(0)
    assert str(caught.value) == "count：应为介于 1 和 1,000 之间的整数，得到的是 0"


_SCALAR = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 50), st.integers(), st.floats(), st.text(max_size=8), st.just("same")
)
_VALUE = st.one_of(_SCALAR, st.lists(st.one_of(st.integers(-5, 50), st.text(max_size=4)), max_size=8).map(tuple))


@pytest.mark.parametrize("parameter", ALL, ids=lambda parameter: parameter.name)
@settings(max_examples=300, deadline=None, derandomize=True)
@given(value=_VALUE)
def test_any_value_is_either_normalised_or_refused(parameter: Parameter, value: Any) -> None:
    try:
        normal = parameter.check(value)
    except ValueError as error:
        assert str(error).startswith(f"{parameter.name}: expected ")  # noqa: PT017  a value may also be good
    else:
        assert parameter.check(normal) == normal


@pytest.mark.parametrize("parameter", ALL, ids=lambda parameter: parameter.name)
def test_defaults_are_good(parameter: Parameter) -> None:
    assert parameter.check(parameter.check(parameter.default)) == parameter.check(parameter.default)


def test_what_a_setting_refuses_is_told_to_people_with_its_label() -> None:
    learning_rate = next(field for field in RECIPE_FIELDS if field.name == "learning_rate")
    with pytest.raises(ValueError, match=r"^learning_rate: expected a number from 0 to 10, got 11$") as caught:
        learning_rate.check(11)
    assert told(caught.value) == "Learning rate: expected a number from 0 to 10, got 11"
    set_language("zh_CN")
    try:
        with pytest.raises(ValueError, match="learning_rate") as caught:
            learning_rate.check(11)
        assert told(caught.value) == "学习率：应为介于 0 和 10 之间的数，得到的是 11"
    finally:
        set_language("en")
    assert told(ValueError("as it is")) == "as it is"


def test_choices_are_told_to_people_as_their_form_calls_them() -> None:
    choice = Choice(
        name="mode", default="a", options=("a", "b"), titles=(Words("first", "甲"), Words("last", "乙")), **WORDS
    )
    with pytest.raises(ValueError, match=r"^mode: expected one of a, b, got 'c'$") as caught:
        choice.check("c")
    assert told(caught.value).endswith(": expected one of “first”, “last”, got 'c'")
