"""Settings and inputs for every kind of layer: such that it works, and anything at all for layers with windows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from nnstudio.core.graph import Value
from nnstudio.layers.spec import Dim, Signal

Case = tuple[dict[str, Value], tuple[Signal | None, ...]]
"""Settings, and a signal or None for every input port."""
Working = Mapping[str, st.SearchStrategy[Case]]
Wrong = tuple[str, dict[str, Any], tuple[Signal | None, ...], str, list[dict[str, Any]]]
"""Kind, settings, inputs, the whole message, and the settings of every mend."""
Line = tuple[str, dict[str, Any], tuple[Signal | None, ...], str]
"""Kind, settings, inputs, and the line on the card."""
Draw = Callable[[st.SearchStrategy[Any]], Any]

SMALL = st.integers(1, 6)
CHANNELS = st.integers(1, 8)
LENGTH: st.SearchStrategy[Dim] = st.one_of(st.integers(1, 14), st.sampled_from(["H", "W", "T"]))
ANY_SHAPE = st.lists(LENGTH, max_size=4).map(tuple)


def _pair(draw: Draw, low: int, high: int) -> tuple[int, int]:
    return draw(st.integers(low, high)), draw(st.integers(low, high))


def _written(draw: Draw, pair: tuple[int, int]) -> Value:
    """Write equal numbers as one now and then, as people do."""
    return pair[0] if pair[0] == pair[1] and draw(st.booleans()) else pair


def _size(draw: Draw, least: tuple[int, int]) -> tuple[Dim, Dim]:
    """Return a height and a width of at least this many pixels, or free ones, which stand for many."""
    rows, columns = (max(1, length) for length in least)
    height = draw(st.one_of(st.integers(rows, rows + 12), st.just("H")))
    return height, draw(st.one_of(st.integers(columns, columns + 12), st.just("W")))


@st.composite
def conv2d(draw: Draw) -> Case:
    """A convolution that fits its image."""
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    kernel, dilation, stride = _pair(draw, 1, 5), _pair(draw, 1, 3), _pair(draw, 1, 3)
    window = tuple(gap * (length - 1) + 1 for gap, length in zip(dilation, kernel, strict=True))
    mode = draw(st.sampled_from(["zeros", "zeros", "reflect", "replicate", "circular"]))
    padding: Value = "same"
    added = ((window[0]) // 2, (window[1]) // 2)
    if draw(st.booleans()):
        added = _pair(draw, 0, 3)
        padding = _written(draw, added)
    else:
        stride = (1, 1)
    least = (window[0] - 2 * added[0], window[1] - 2 * added[1])
    if mode in ("reflect", "circular"):
        least = (max(least[0], added[0] + 1), max(least[1], added[1] + 1))
    params: dict[str, Value] = {
        "out_channels": groups * draw(SMALL),
        "kernel_size": _written(draw, kernel),
        "stride": _written(draw, stride),
        "padding": padding,
        "dilation": _written(draw, dilation),
        "groups": groups,
        "padding_mode": mode,
        "bias": draw(st.booleans()),
    }
    return params, (Signal((groups * draw(SMALL), *_size(draw, least))),)


@st.composite
def pool2d(draw: Draw) -> Case:
    """A pooling window that fits its image."""
    kernel = _pair(draw, 1, 5)
    padding = draw(st.integers(0, kernel[0] // 2)), draw(st.integers(0, kernel[1] // 2))
    params: dict[str, Value] = {"kernel_size": _written(draw, kernel), "padding": _written(draw, padding)}
    if draw(st.booleans()):
        params["stride"] = _written(draw, _pair(draw, 1, 4))
    size = _size(draw, (kernel[0] - 2 * padding[0], kernel[1] - 2 * padding[1]))
    return params, (Signal((draw(CHANNELS), *size)),)


@st.composite
def any_conv2d(draw: Draw) -> Case:
    """A convolution on an image, whether it fits or not."""
    params: dict[str, Value] = {
        "out_channels": draw(SMALL),
        "kernel_size": _pair(draw, 1, 6),
        "stride": draw(st.integers(1, 2)),
        "padding": draw(st.one_of(st.just("same"), st.integers(0, 4))),
        "dilation": draw(st.integers(1, 2)),
        "groups": draw(st.sampled_from([1, 1, 2, 3])),
        "padding_mode": draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"])),
    }
    return params, (Signal((draw(SMALL), *_pair(draw, 1, 6))),)


@st.composite
def any_pool2d(draw: Draw) -> Case:
    """A pooling window on an image, whether it fits or not."""
    params: dict[str, Value] = {
        "kernel_size": _pair(draw, 1, 6),
        "stride": draw(st.sampled_from([None, 1, 3])),
        "padding": _pair(draw, 0, 3),
    }
    return params, (Signal((draw(SMALL), *_pair(draw, 1, 6))),)


@st.composite
def concat(draw: Draw) -> Case:
    """Two to four shapes that differ along one axis at most."""
    shape = draw(st.lists(st.one_of(st.integers(1, 5), st.just("T")), min_size=1, max_size=4))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    lengths = draw(st.lists(LENGTH, min_size=2, max_size=4))
    signals = []
    for length in lengths:
        shape[axis] = length
        signals.append(Signal(tuple(shape)))
    return {"axis": axis}, tuple(signals)


@st.composite
def add(draw: Draw) -> Case:
    """Two to five signals of one shape."""
    return {}, (Signal(draw(ANY_SHAPE)),) * draw(st.integers(2, 5))


def one(
    params: Mapping[str, st.SearchStrategy[Any]], shape: st.SearchStrategy[tuple[Dim, ...]], element: Any = "real"
) -> st.SearchStrategy[Case]:
    signal = shape.map(lambda lengths: (Signal(lengths, element),))
    return st.tuples(st.fixed_dictionaries({}, optional=dict(params)), signal)


IMAGE = st.tuples(CHANNELS, LENGTH, LENGTH)
NOT_EMPTY = ANY_SHAPE.filter(len)
STRIDE = st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3)))

BASIC: Working = {
    "AdaptiveAvgPool2d": one({"output_size": st.one_of(SMALL, st.tuples(SMALL, SMALL))}, IMAGE),
    "Add": add(),
    "AvgPool2d": pool2d(),
    "Concat": concat(),
    "Conv2d": conv2d(),
    "Dropout": one({"p": st.floats(0, 1)}, ANY_SHAPE),
    "ELU": one({"alpha": st.floats(0, 10)}, ANY_SHAPE),
    "Embedding": one({"num_embeddings": st.integers(1, 50), "embedding_dim": SMALL}, ANY_SHAPE, "index"),
    "Flatten": st.one_of(one({}, NOT_EMPTY), one({}, NOT_EMPTY, "index")),
    "LastStep": one({}, st.tuples(LENGTH, LENGTH)),
    "LeakyReLU": one({"negative_slope": st.floats(0, 1)}, ANY_SHAPE),
    "Linear": one(
        {"out_features": SMALL, "bias": st.booleans()},
        st.tuples(ANY_SHAPE, CHANNELS).map(lambda parts: (*parts[0], parts[1])),
    ),
    "MaxPool2d": pool2d(),
    "ReLU": one({}, ANY_SHAPE),
    "Sigmoid": one({}, ANY_SHAPE),
    "Tanh": one({}, ANY_SHAPE),
}
"""By kind: settings and inputs with which the layer works; kinds beside these stand in ``cases/``."""
