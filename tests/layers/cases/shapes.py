"""What layers are tried with that rearrange signals, join them, or are dense."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from nnstudio.core.graph import Value
from nnstudio.layers.lengths import multiply
from nnstudio.layers.spec import Dim, Signal
from tests.layers.strategies import ANY_SHAPE, LENGTH, NOT_EMPTY, SMALL, Case, Draw, Line, Working, Wrong

_ELEMENT: st.SearchStrategy[Any] = st.sampled_from(["real", "real", "index"])
_FACTORS = st.lists(st.integers(1, 4), min_size=1, max_size=4)


def _either(draw: Draw, at: int, axes: int) -> int:
    """Write an axis as its number from the start or from the end."""
    return at if draw(st.booleans()) else at - axes


@st.composite
def flatten(draw: Draw) -> Case:
    """Neighbouring axes, all of them now and then."""
    shape = draw(NOT_EMPTY)
    params: dict[str, Value] = {}
    if draw(st.booleans()):
        first = draw(st.integers(0, len(shape) - 1))
        last = draw(st.integers(first, len(shape) - 1))
        params = {
            "start_dim": draw(st.sampled_from([first + 1, first - len(shape)])),
            "end_dim": draw(st.sampled_from([last + 1, last - len(shape)])),
        }
    return params, (Signal(shape, draw(_ELEMENT)),)


def _with_rest(draw: Draw, lengths: list[Dim]) -> tuple[Dim, ...]:
    """Leave one length to be worked out now and then; a free one by -1 or by its name."""
    free = [index for index, length in enumerate(lengths) if isinstance(length, str)]
    wanted = list(lengths)
    if free and draw(st.booleans()):
        wanted[free[0]] = -1
    elif not free and lengths and draw(st.booleans()):
        wanted[draw(st.integers(0, len(lengths) - 1))] = -1
    return tuple(wanted)


@st.composite
def unflatten(draw: Draw) -> Case:
    """An axis whose length is a product, of which at most one factor is free."""
    lengths: list[Dim] = list(draw(_FACTORS))
    if draw(st.booleans()):
        lengths[draw(st.integers(0, len(lengths) - 1))] = draw(st.sampled_from(["T", "H-1"]))
    before, after = draw(st.lists(LENGTH, max_size=1)), draw(st.lists(LENGTH, max_size=1))
    shape = (*before, multiply(lengths), *after)
    dim = draw(st.sampled_from([len(before) + 1, len(before) - len(shape)]))
    return {"dim": dim, "unflattened_size": _with_rest(draw, lengths)}, (Signal(shape, draw(_ELEMENT)),)


@st.composite
def reshape(draw: Draw) -> Case:
    """As many numbers on other axes, with at most one length that is free."""
    old: list[Dim] = list(draw(st.lists(st.integers(1, 4), max_size=4)))
    new: list[Dim] = list(draw(st.permutations(old)))
    if new and draw(st.booleans()):
        cut = draw(st.integers(0, len(new)))
        new = [*new[:cut], multiply(new[cut:])]
    if draw(st.booleans()):
        old.insert(draw(st.integers(0, len(old))), "T")
        new.insert(draw(st.integers(0, len(new))), "T")
    return {"shape": _with_rest(draw, new)}, (Signal(tuple(old), draw(_ELEMENT)),)


@st.composite
def permute(draw: Draw) -> Case:
    """Any order of the axes."""
    shape = draw(NOT_EMPTY)
    return {"axes": tuple(draw(st.permutations(range(len(shape)))))}, (Signal(shape, draw(_ELEMENT)),)


@st.composite
def squeeze(draw: Draw) -> Case:
    """A shape with an axis of length 1."""
    shape = list(draw(st.lists(LENGTH, max_size=3)))
    at = draw(st.integers(0, len(shape)))
    shape.insert(at, 1)
    return {"axis": _either(draw, at, len(shape))}, (Signal(tuple(shape), draw(_ELEMENT)),)


@st.composite
def unsqueeze(draw: Draw) -> Case:
    """A place before, between or behind the axes."""
    shape = draw(ANY_SHAPE)
    at = draw(st.integers(0, len(shape)))
    return {"axis": _either(draw, at, len(shape) + 1)}, (Signal(shape, draw(_ELEMENT)),)


@st.composite
def slice_(draw: Draw) -> Case:
    """A part that is not empty; of a free length, which is at least 5, one that is short enough."""
    shape = draw(NOT_EMPTY)
    at = draw(st.integers(0, len(shape) - 1))
    length = shape[at]
    if isinstance(length, str):
        start, stop = draw(
            st.one_of(
                st.tuples(st.integers(0, 2), st.integers(-2, 0)),
                st.tuples(st.integers(0, 2), st.integers(3, 5)),
                st.tuples(st.integers(-5, -3), st.integers(-2, 0)),
            )
        )
    else:
        start = draw(st.integers(-length - 1, length - 1))
        first = max(0, start + length if start < 0 else start)
        stop = draw(st.sampled_from([0, first + 1, length, length + 3, *([first + 1 - length] * (first + 1 < length))]))
    params: dict[str, Value] = {
        "axis": _either(draw, at, len(shape)),
        "start": start,
        "stop": stop,
        "step": draw(st.integers(1, 3)),
    }
    return params, (Signal(shape, draw(_ELEMENT)),)


@st.composite
def repeat(draw: Draw) -> Case:
    """Along an axis that is there, or along a new one."""
    new = draw(st.booleans())
    shape = draw(ANY_SHAPE if new else NOT_EMPTY)
    axes = len(shape) + new
    params: dict[str, Value] = {
        "count": draw(SMALL),
        "axis": _either(draw, draw(st.integers(0, axes - 1)), axes),
        "new_axis": new,
    }
    return params, (Signal(shape, draw(_ELEMENT)),)


WORKING: Working = {
    "Flatten": flatten(),
    "Permute": permute(),
    "Repeat": repeat(),
    "Reshape": reshape(),
    "Slice": slice_(),
    "Squeeze": squeeze(),
    "Unflatten": unflatten(),
    "Unsqueeze": unsqueeze(),
}

_IMAGE = Signal((3, 8, 8))
_ROW = Signal((120,))
_STEPS = Signal(("T", 4))
_WHOLE = {"start_dim": 1, "end_dim": -1}

WRONG: list[Wrong] = [
    (
        "Flatten",
        {"start_dim": 3, "end_dim": 2},
        (_IMAGE,),
        "The first axis to join comes behind the last one: 3 and 2 in 3 × 8 × 8.",
        [{"start_dim": 2, "end_dim": 3}],
    ),
    (
        "Flatten",
        {"start_dim": 0},
        (_IMAGE,),
        "Axis 0 is the batch here, as torch counts; samples stay apart.",
        [_WHOLE],
    ),
    (
        "Flatten",
        {"end_dim": 4},
        (_IMAGE,),
        "There is no axis 4: torch counts those of 3 × 8 × 8 from 1.",
        [_WHOLE],
    ),
    (
        "Flatten",
        {"start_dim": -4},
        (_IMAGE,),
        "There is no axis -4: torch counts those of 3 × 8 × 8 from 1.",
        [_WHOLE],
    ),
    (
        "Flatten",
        {"start_dim": -2, "end_dim": -2},
        (_ROW,),
        "There is no axis -2: torch counts those of 120 from 1.",
        [_WHOLE],
    ),
    (
        "Unflatten",
        {"dim": 2, "unflattened_size": (2, -1)},
        (_ROW,),
        "There is no axis 2: torch counts those of 120 from 1.",
        [{"dim": 1}],
    ),
    ("Unflatten", {"dim": 0}, (_ROW,), "Axis 0 is the batch here, as torch counts; samples stay apart.", [{"dim": 1}]),
    ("Unflatten", {}, (Signal(()),), "There is no axis 1: torch counts those of one number from 1.", []),
    (
        "Unflatten",
        {"unflattened_size": ()},
        (_ROW,),
        "Unflatten needs the lengths that the axis shall have; none are given.",
        [],
    ),
    (
        "Unflatten",
        {"unflattened_size": (16, 5, 5)},
        (_ROW,),
        "120 cannot be arranged as 16 × 5 × 5.",
        [],
    ),
    (
        "Unflatten",
        {"unflattened_size": (16, 5, 2)},
        (_ROW,),
        "120 cannot be arranged as 16 × 5 × 2.",
        [{"unflattened_size": (-1, 5, 2)}],
    ),
    ("Unflatten", {"unflattened_size": (2, -1)}, (Signal(("T",)),), "T cannot be arranged as 2 × -1.", []),
    (
        "Reshape",
        {"shape": ("T", -1)},
        (_STEPS,),
        "Only one length can follow from the others; in T × -1 there are several.",
        [],
    ),
    ("Reshape", {"shape": ("H", 4)}, (_STEPS,), "T × 4 cannot be arranged as H × 4.", [{"shape": (-1, 4)}]),
    ("Reshape", {"shape": (5, 4)}, (_STEPS,), "T × 4 cannot be arranged as 5 × 4.", [{"shape": (-1, 4)}]),
    (
        "Reshape",
        {"shape": (3, 64, 2)},
        (_IMAGE,),
        "3 × 8 × 8 cannot be arranged as 3 × 64 × 2.",
        [{"shape": (3, -1, 2)}],
    ),
    ("Reshape", {"shape": ()}, (_ROW,), "120 cannot be arranged as one number.", []),
    (
        "Permute",
        {},
        (_IMAGE,),
        "Permute names every axis once; it names 2, and 3 × 8 × 8 has 3.",
        [{"axes": (2, 1, 0)}],
    ),
    ("Permute", {}, (Signal(()),), "Permute names every axis once; it names 2, and one number has 0.", []),
    (
        "Squeeze",
        {},
        (Signal((3, 1, 1)),),
        "Squeeze takes away an axis of length 1; axis 0 of 3 × 1 × 1 has length 3.",
        [{"axis": 1}, {"axis": 2}],
    ),
    ("Squeeze", {}, (_STEPS,), "Squeeze takes away an axis of length 1; axis 0 of T × 4 has length T.", []),
    ("Squeeze", {}, (Signal(()),), "There is no axis 0: a single number has none.", []),
    ("Squeeze", {"axis": 3}, (Signal((4, 1)),), "There is no axis 3: 4 × 1 has axes 0 to 1.", [{"axis": 1}]),
    (
        "Unsqueeze",
        {"axis": 3},
        (_STEPS,),
        "A new axis 3 leaves a gap: with it T × 4 has axes 0 to 2.",
        [{"axis": 2}],
    ),
    (
        "Slice",
        {"start": 3, "stop": 2},
        (_ROW,),
        "Nothing is left between 3 and 2 of length 120.",
        [{"start": 0, "stop": 0}],
    ),
    (
        "Slice",
        {"start": 200},
        (_ROW,),
        "Nothing is left between 200 and the end of length 120.",
        [{"start": 0, "stop": 0}],
    ),
    (
        "Slice",
        {"start": 3, "stop": 3},
        (_STEPS,),
        "Nothing is left between 3 and 3 of length T.",
        [{"start": 0, "stop": 0}],
    ),
    (
        "Slice",
        {"start": -3, "stop": 3},
        (_STEPS,),
        "How much lies between -3 and 3 is not known for the free length T: count both from the same end.",
        [{"start": 0}],
    ),
    ("Repeat", {}, (Signal(()),), "There is no axis 0: a single number has none.", []),
    ("Repeat", {"axis": 2}, (_STEPS,), "There is no axis 2: T × 4 has axes 0 to 1.", [{"axis": 1}]),
    (
        "Repeat",
        {"axis": -4, "new_axis": True},
        (_STEPS,),
        "A new axis -4 leaves a gap: with it T × 4 has axes 0 to 2.",
        [{"axis": -3}],
    ),
]

LINES: list[Line] = [
    ("Flatten", {}, (_IMAGE,), ""),
    ("Flatten", {"start_dim": 2}, (_IMAGE,), "axes 2 to -1"),
    ("Unflatten", {"unflattened_size": (8, -1)}, (_ROW,), "8 × -1"),
    ("Reshape", {"shape": (4, 48)}, (_IMAGE,), "4 × 48"),
    ("Permute", {"axes": (1, 2, 0)}, (_IMAGE,), "axes 1, 2, 0"),
    ("Squeeze", {"axis": -1}, (Signal((4, 1)),), "without axis -1"),
    ("Unsqueeze", {}, (_ROW,), "new axis 0"),
    ("Slice", {"start": 1}, (_STEPS,), "1: of axis 0"),
    ("Slice", {"stop": -1, "step": 2, "axis": -1}, (_STEPS,), ":-1:2 of axis -1"),
    ("Repeat", {"count": 3}, (_STEPS,), "3 times, axis 0"),
    ("Repeat", {"count": 3, "new_axis": True}, (_STEPS,), "3 times, new axis 0"),
]
