"""Settings and inputs with which layers work, and what the groups of kinds in ``cases`` make theirs from."""

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
    "Add": add(),
    "Concat": concat(),
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
    "ReLU": one({}, ANY_SHAPE),
    "Sigmoid": one({}, ANY_SHAPE),
    "Tanh": one({}, ANY_SHAPE),
}
"""By kind: settings and inputs with which the layer works; kinds beside these stand in ``cases/``."""
