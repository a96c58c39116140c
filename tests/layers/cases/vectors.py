"""What normalisation, activations and noise are tried with."""

from __future__ import annotations

from math import prod
from typing import Any

from hypothesis import strategies as st

from nnstudio.core.graph import Value
from nnstudio.layers.spec import Signal
from tests.layers.strategies import (
    ANY_SHAPE,
    CHANNELS,
    IMAGE,
    LENGTH,
    NOT_EMPTY,
    Case,
    Draw,
    Line,
    Working,
    Wrong,
    one,
)

_EPS = st.floats(1e-8, 0.1)
_BATCH: dict[str, st.SearchStrategy[Any]] = {
    "momentum": st.one_of(st.none(), st.floats(0, 1)),
    "eps": _EPS,
    "affine": st.booleans(),
    "bias": st.booleans(),
    "track_running_stats": st.booleans(),
}
_SMALL_LENGTH = st.integers(1, 6)


@st.composite
def last_axes(draw: Draw, params: dict[str, st.SearchStrategy[Any]]) -> Case:
    """Free or fixed lengths, and at the end fixed ones that are normalised together."""
    before = draw(st.lists(LENGTH, max_size=2))
    last = draw(st.lists(_SMALL_LENGTH, min_size=1, max_size=3))
    last[-1] += prod(last) == 1  # a single number is normalised to 0, whatever it is
    settings: dict[str, Value] = {"num_axes": len(last)}
    if len(last) == 1 and draw(st.booleans()):
        del settings["num_axes"]
    settings |= draw(st.fixed_dictionaries({}, optional=params))
    return settings, (Signal((*before, *last)),)


@st.composite
def group_norm(draw: Draw) -> Case:
    """Groups of channels with more than one number in each."""
    groups, width = draw(_SMALL_LENGTH), draw(_SMALL_LENGTH)
    places = draw(st.lists(LENGTH, max_size=3))
    if width == 1 and all(length == 1 for length in places):
        places.append(2)
    extra = {"eps": _EPS, "affine": st.booleans(), "bias": st.booleans()}
    params: dict[str, Value] = {"num_groups": groups, **draw(st.fixed_dictionaries({}, optional=extra))}
    return params, (Signal((groups * width, *places)),)


@st.composite
def feature_axis(draw: Draw, *, even: bool = False) -> Case:
    """Any shape of at least one axis, and one of them or none; ``even`` makes its length such."""
    shape = list(draw(NOT_EMPTY))
    axis = draw(st.one_of(st.none(), st.integers(-len(shape), len(shape) - 1)))
    if even:
        shape[axis if axis is not None else 0 if len(shape) > 2 else -1] = 2 * draw(_SMALL_LENGTH)
    return {} if axis is None and draw(st.booleans()) else {"axis": axis}, (Signal(tuple(shape)),)


@st.composite
def hardtanh(draw: Draw) -> Case:
    """Two bounds, the lower one first."""
    low, high = sorted(draw(st.lists(st.floats(-50, 50, width=16), min_size=2, max_size=2, unique=True)))
    params: dict[str, Value] = draw(st.sampled_from([{}, {"max_val": 20.0}, {"min_val": low, "max_val": high}]))
    return params, (Signal(draw(ANY_SHAPE)),)


@st.composite
def sampling(draw: Draw) -> Case:
    """Two signals of one shape."""
    return {}, (Signal(draw(ANY_SHAPE)),) * 2


def _instance_shape(shape: tuple[Any, ...]) -> bool:
    return shape[1:] != (1, 1)


WORKING: Working = {
    "AlphaDropout": one({"p": st.floats(0, 1)}, ANY_SHAPE),
    "BatchNorm1d": one(_BATCH, st.one_of(st.tuples(CHANNELS), st.tuples(CHANNELS, LENGTH))),
    "BatchNorm2d": one(_BATCH, IMAGE),
    "BatchNorm3d": one(_BATCH, st.tuples(CHANNELS, _SMALL_LENGTH, st.one_of(_SMALL_LENGTH, st.just("T")), LENGTH)),
    "Dropout2d": one({"p": st.floats(0, 1)}, st.tuples(LENGTH, LENGTH, LENGTH)),
    "GELU": one({"approximate": st.sampled_from(["none", "tanh"])}, ANY_SHAPE),
    "GLU": feature_axis(even=True),
    "GaussianNoise": one({"std": st.floats(0, 100)}, ANY_SHAPE),
    "GroupNorm": group_norm(),
    "Hardswish": one({}, ANY_SHAPE),
    "Hardtanh": hardtanh(),
    "InstanceNorm2d": one({**_BATCH, "momentum": st.floats(0, 1)}, IMAGE.filter(_instance_shape)),
    "LayerNorm": last_axes({"eps": _EPS, "elementwise_affine": st.booleans(), "bias": st.booleans()}),
    "LocalResponseNorm": one(
        {"size": st.integers(1, 9), "alpha": st.floats(0, 10), "beta": st.floats(0, 10), "k": st.floats(0.01, 100)},
        st.lists(LENGTH, min_size=2, max_size=4).map(tuple),
    ),
    "LogSoftmax": feature_axis(),
    "Mish": one({}, ANY_SHAPE),
    "PReLU": st.one_of(
        one({"per_channel": st.just(False), "init": st.floats(-10, 10)}, ANY_SHAPE),
        one(
            {"per_channel": st.booleans(), "init": st.floats(-10, 10)},
            st.tuples(CHANNELS, ANY_SHAPE).map(lambda parts: (parts[0], *parts[1])),
        ),
    ),
    "RMSNorm": last_axes({"eps": st.one_of(st.none(), _EPS), "elementwise_affine": st.booleans()}),
    "ReLU6": one({}, ANY_SHAPE),
    "SELU": one({}, ANY_SHAPE),
    "Sampling": sampling(),
    "SiLU": one({}, ANY_SHAPE),
    "Softmax": feature_axis(),
    "Softplus": one({"beta": st.floats(0.01, 100), "threshold": st.floats(0, 100)}, ANY_SHAPE),
    "Step": one({}, ANY_SHAPE),
}

_ROW = (Signal((12,)),)
_IMAGE = (Signal((12, 8, 8)),)
_SEQUENCE = (Signal(("T", 6)),)
_SINGLE = (Signal(()),)

WRONG: list[Wrong] = [
    (
        "BatchNorm1d",
        {},
        _IMAGE,
        "Batch norm 1d needs features, or channels × length; for an image take BatchNorm2d.",
        [],
    ),
    ("BatchNorm1d", {}, _SINGLE, "Batch norm 1d needs features, or channels × length; it gets one number.", []),
    (
        "BatchNorm1d",
        {},
        _SEQUENCE,
        "Batch norm 1d counts the first length as channels, and here it is free (T): for steps × features take "
        "LayerNorm.",
        [],
    ),
    (
        "BatchNorm2d",
        {},
        (Signal(("T", 8, 8)),),
        "Batch norm needs a fixed number of channels; the first length here is free (T).",
        [],
    ),
    (
        "BatchNorm3d",
        {},
        _IMAGE,
        "Batch norm 3d needs channels × depth × height × width; it gets 12 × 8 × 8.",
        [],
    ),
    (
        "BatchNorm3d",
        {},
        (Signal(("T", 4, 8, 8)),),
        "Batch norm 3d needs a fixed number of channels; the first length here is free (T).",
        [],
    ),
    ("LayerNorm", {}, _SINGLE, "Layer norm needs at least one axis; it gets one number.", []),
    (
        "LayerNorm",
        {"num_axes": 3},
        (Signal((7, 6)),),
        "Layer norm is told to work over the last 3 axes; 7 × 6 has 2.",
        [{"num_axes": 2}],
    ),
    (
        "LayerNorm",
        {"num_axes": 2},
        _SEQUENCE,
        "Layer norm has a number for every place on the axes it works over; one of them is free (T).",
        [{"num_axes": 1}],
    ),
    (
        "RMSNorm",
        {},
        (Signal((6, "T")),),
        "RMS norm has a number for every place on the axes it works over; one of them is free (T).",
        [],
    ),
    ("GroupNorm", {}, _SINGLE, "Group norm needs channels; it gets one number.", []),
    (
        "GroupNorm",
        {},
        _SEQUENCE,
        "Group norm needs a fixed number of channels; the first length here is free (T).",
        [],
    ),
    ("GroupNorm", {}, _IMAGE, "8 groups must divide the 12 channels.", [{"num_groups": 6}]),
    ("GroupNorm", {"num_groups": 20}, _IMAGE, "20 groups must divide the 12 channels.", [{"num_groups": 12}]),
    ("GroupNorm", {"num_groups": 20}, _ROW, "20 groups must divide the 12 channels.", [{"num_groups": 6}]),
    (
        "GroupNorm",
        {"num_groups": 12},
        _ROW,
        "Every group has a single number here, and normalised that is always 0.",
        [{"num_groups": 6}],
    ),
    (
        "GroupNorm",
        {"num_groups": 1},
        (Signal((1, 1)),),
        "Every group has a single number here, and normalised that is always 0.",
        [],
    ),
    (
        "InstanceNorm2d",
        {},
        (Signal((12, 1, 1)),),
        "Instance norm needs several pixels per channel, for one number has no variance; it gets 12 × 1 × 1.",
        [],
    ),
    (
        "InstanceNorm2d",
        {},
        _ROW,
        "Instance norm needs channels × height × width; it gets 12 features: place it before Flatten.",
        [],
    ),
    (
        "LocalResponseNorm",
        {},
        _ROW,
        "Local response norm compares the channels at each place; it gets 12, which has no places.",
        [],
    ),
    (
        "Dropout2d",
        {},
        _ROW,
        "Dropout 2d needs channels × height × width; it gets 12 features: place it before Flatten.",
        [],
    ),
    (
        "PReLU",
        {"per_channel": True},
        _SEQUENCE,
        "A slope per channel needs a fixed number of channels; the first length here is free (T).",
        [{"per_channel": False}],
    ),
    (
        "PReLU",
        {"per_channel": True},
        _SINGLE,
        "A slope per channel needs channels; it gets one number.",
        [{"per_channel": False}],
    ),
    ("LogSoftmax", {}, _SINGLE, "LogSoftmax works on several numbers together; it gets one number.", []),
    ("Softmax", {"axis": 1}, _ROW, "There is no axis 1: 12 has axes 0 to 0.", [{"axis": 0}]),
    ("LogSoftmax", {"axis": -4}, _IMAGE, "There is no axis -4: 12 × 8 × 8 has axes 0 to 2.", [{"axis": -3}]),
    ("GLU", {}, _SINGLE, "GLU works on several numbers together; it gets one number.", []),
    (
        "GLU",
        {},
        (Signal((3, 8, 8)),),
        "GLU halves axis 0, so its length must be even; it gets 3 × 8 × 8.",
        [],
    ),
    (
        "GLU",
        {"axis": 0},
        _SEQUENCE,
        "GLU halves axis 0, so its length must be fixed; here it is free (T).",
        [],
    ),
    (
        "Hardtanh",
        {"min_val": 3},
        _ROW,
        "The upper bound must lie above the lower one; they are 1 and 3.",
        [{"min_val": 1.0, "max_val": 3.0}],
    ),
    (
        "Hardtanh",
        {"min_val": 2, "max_val": 2},
        _ROW,
        "The upper bound must lie above the lower one; they are 2 and 2.",
        [{"min_val": -1.0, "max_val": 1.0}],
    ),
    ("Sampling", {}, (Signal((4,)), Signal((1,))), "Sampling needs inputs of one shape; it gets 4 and 1.", []),
]

LINES: list[Line] = [
    ("AlphaDropout", {"p": 0.1}, _ROW, "drops 10 %"),
    ("BatchNorm1d", {}, _ROW, ""),
    ("BatchNorm2d", {"bias": False}, _IMAGE, "no shift"),
    ("BatchNorm1d", {"affine": False, "track_running_stats": False}, _ROW, "no scale and shift, no running averages"),
    ("BatchNorm3d", {"track_running_stats": False}, (Signal((4, 8, 8, 8)),), "no running averages"),
    ("Dropout2d", {"p": 0.2}, _IMAGE, "drops 20 % of maps"),
    ("GELU", {}, _ROW, ""),
    ("GELU", {"approximate": "tanh"}, _ROW, "by tanh"),
    ("GLU", {"axis": -1}, _IMAGE, "along axis -1"),
    ("GaussianNoise", {}, _ROW, "σ = 0.1"),
    ("GroupNorm", {"num_groups": 4}, _IMAGE, "4 groups"),
    ("GroupNorm", {"num_groups": 1, "affine": False}, _IMAGE, "1 group, no scale and shift"),
    ("Hardtanh", {"min_val": 0, "max_val": 6}, _ROW, "0 to 6"),
    ("InstanceNorm2d", {}, _IMAGE, ""),
    ("InstanceNorm2d", {"affine": True, "track_running_stats": True}, _IMAGE, "scale and shift, running averages"),
    ("InstanceNorm2d", {"affine": True, "bias": False}, _IMAGE, "scale"),
    ("LayerNorm", {}, _SEQUENCE, ""),
    ("LayerNorm", {"num_axes": 3, "bias": False}, _IMAGE, "last 3 axes, no shift"),
    ("LayerNorm", {"elementwise_affine": False, "bias": False}, _SEQUENCE, "nothing trained"),
    ("LocalResponseNorm", {}, _IMAGE, "5 channels"),
    ("LocalResponseNorm", {"size": 1}, _IMAGE, "1 channel"),
    ("LogSoftmax", {}, _ROW, ""),
    ("PReLU", {}, _SEQUENCE, "one slope"),
    ("PReLU", {"per_channel": True}, _IMAGE, "a slope per channel"),
    ("RMSNorm", {"num_axes": 2, "elementwise_affine": False}, _IMAGE, "last 2 axes, nothing trained"),
    ("Softmax", {"axis": 0}, _ROW, "along axis 0"),
    ("Softplus", {}, _ROW, ""),
    ("Softplus", {"beta": 2.5}, _ROW, "β = 2.5"),
]
