"""What layers are tried with that blocks are made of."""

from __future__ import annotations

from hypothesis import strategies as st

from nnstudio.core.graph import Value
from nnstudio.layers.spec import Signal
from tests.layers.strategies import LENGTH, STRIDE, Case, Draw, Line, Working, Wrong


@st.composite
def shortcut(draw: Draw) -> Case:
    """Images of a few channels; padding takes none away."""
    fit = draw(st.sampled_from(["projection", "padding"]))
    channels = draw(st.integers(1, 4))
    out = draw(st.integers(1 if fit == "projection" else channels, 6))
    params: dict[str, Value] = {"out_channels": out, "stride": draw(STRIDE), "fit": fit}
    return params, (Signal((channels, draw(LENGTH), draw(LENGTH))),)


@st.composite
def skip_add(draw: Draw) -> Case:
    """Two signals of one shape or of two."""
    shape = tuple(draw(st.lists(LENGTH, max_size=3)))
    other = draw(st.one_of(st.just(shape), st.lists(LENGTH, max_size=3).map(tuple)))
    return {}, (Signal(shape), Signal(other))


WORKING: Working = {"Shortcut": shortcut(), "SkipAdd": skip_add()}

WRONG: list[Wrong] = [
    (
        "Shortcut",
        {"out_channels": 4, "fit": "padding"},
        (Signal((8, 6, 6)),),
        "Padding adds channels and takes none away: 8 channels arrive, 4 are asked for.",
        [{"fit": "projection"}],
    ),
]

LINES: list[Line] = [("SkipAdd", {}, (Signal((4,)), Signal((2,))), "if shapes agree")]
