"""What the layers of the classic networks are tried with."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from nnstudio.core.graph import Value
from nnstudio.layers.kinds.table_conv2d import LENET5
from nnstudio.layers.spec import Dim, Signal
from tests.layers.strategies import ANY_SHAPE, CHANNELS, SMALL, Case, Draw, Line, Working, Wrong, one

UNMOVED: Mapping[str, tuple[str, ...]] = {
    "Perceptron": ("weight", "bias"),  # the step is flat: the perceptron rule trains it, not the gradient
    "RestrictedBoltzmann": ("visible_bias",),  # serves reconstruction only: contrastive divergence trains it
}
"""By kind: weights that a step along the gradient leaves as they are, and rightly so."""

ROWS = st.tuples(st.lists(st.one_of(st.integers(1, 4), st.just("T")), max_size=2).map(tuple), CHANNELS).map(
    lambda parts: (*parts[0], parts[1])
)
"""Lists of features, alone or at several places."""


@st.composite
def neuron(draw: Draw) -> Case:
    """A neuron with as many weights as inputs."""
    shape = draw(ROWS)
    weights = draw(st.lists(st.floats(-1000, 1000), min_size=shape[-1], max_size=shape[-1]))
    params: dict[str, Value] = {
        "weights": draw(st.sampled_from([", ", " ", ","])).join(f"{weight:g}" for weight in weights),
        "threshold": draw(st.floats(-99, 99)),
        "inhibition": draw(st.sampled_from(["subtract", "veto"])),
    }
    return params, (Signal(shape),)


@st.composite
def image(draw: Draw, params: dict[str, Value], channels: int, padding: int = 0) -> Case:
    """Settings with a window that sees more than padding, and an image that it fits into."""
    kernel = draw(st.tuples(st.integers(padding + 1, 5), st.integers(padding + 1, 5)))
    params["kernel_size"] = kernel[0] if kernel[0] == kernel[1] else kernel
    sides: list[Dim] = []
    for length, name in zip(kernel, "HW", strict=True):
        least = max(1, length - 2 * padding)
        sides.append(draw(st.one_of(st.integers(least, least + 12), st.just(name))))
    return params, (Signal((channels, *sides)),)


STRIDE = st.one_of(st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4)))


@st.composite
def subsampling(draw: Draw) -> Case:
    """A window that fits its image."""
    params: dict[str, Value] = {
        "stride": draw(st.one_of(st.none(), STRIDE)),
        "mode": draw(st.sampled_from(["sum", "mean"])),
    }
    case: Case = draw(image(params, draw(CHANNELS)))
    return case


@st.composite
def table_convolution(draw: Draw) -> Case:
    """A table with an X in every row, and maps for its columns."""
    padding = draw(st.integers(0, 2))
    params: dict[str, Value] = {"stride": draw(STRIDE), "padding": padding}
    channels = 6
    if draw(st.booleans()):
        params["table"] = "lenet5"
    else:
        channels = draw(SMALL)
        row = st.text("X.", min_size=channels, max_size=channels).filter(lambda text: "X" in text)
        params["table"] = draw(st.lists(row, min_size=1, max_size=6).map(tuple))
    case: Case = draw(image(params, channels, padding))
    return case


@st.composite
def distances(draw: Draw) -> Case:
    """Pictures of digits for 84 numbers, or random codes for any."""
    params: dict[str, Value] = {"trained": draw(st.booleans()), "seed": draw(st.integers(0, 2**31 - 1))}
    shape = draw(ROWS)
    if draw(st.booleans()):
        return params | {"codes": "digits", "out_features": draw(st.integers(1, 10))}, (Signal((*shape[:-1], 84)),)
    return params | {"codes": "random", "out_features": draw(CHANNELS)}, (Signal(shape),)


@st.composite
def memory(draw: Draw) -> Case:
    """Patterns as long as the input."""
    shape = draw(ROWS)
    row = st.text("X.", min_size=shape[-1], max_size=shape[-1])
    params: dict[str, Value] = {
        "patterns": draw(st.lists(row, max_size=4).map(tuple)),
        "steps": draw(st.integers(1, 4)),
        "update": draw(st.sampled_from(["one_by_one", "together"])),
    }
    return params, (Signal(shape),)


WORKING: Working = {
    "Hopfield": memory(),
    "Perceptron": one(
        {"out_features": SMALL, "bias": st.booleans(), "levels": st.sampled_from(["binary", "bipolar"])}, ROWS
    ),
    "RBFOutput": distances(),
    "RestrictedBoltzmann": one({"out_features": SMALL, "gives": st.sampled_from(("hidden", "visible"))}, ROWS),
    "ScaledTanh": one({}, ANY_SHAPE),
    "Subsampling": subsampling(),
    "TableConv2d": table_convolution(),
    "ThresholdNeuron": neuron(),
}

ONE = (Signal(()),)
FREE = (Signal((4, "T")),)
ROW = (Signal((3,)),)
LONG = (Signal((2_000,)),)
PIXELS = (Signal((84,)),)
MAPS = (Signal((6, 14, 14)),)

WRONG: list[Wrong] = [
    ("Perceptron", {}, ONE, "Perceptron needs a list of features; it gets one number.", []),
    (
        "Perceptron",
        {},
        FREE,
        "Perceptron needs a fixed number of features; the last length here is free (T).",
        [],
    ),
    (
        "RestrictedBoltzmann",
        {},
        ONE,
        "Boltzmann machine needs a list of features; it gets one number.",
        [],
    ),
    ("Hopfield", {}, ONE, "Hopfield network needs a list of features; it gets one number.", []),
    (
        "Hopfield",
        {"patterns": ("XX..", ".XX.")},
        ROW,
        "The patterns have length 4; the input has length 3.",
        [{"patterns": ("XX.", ".XX")}, {"patterns": ()}],
    ),
    (
        "Hopfield",
        {"patterns": ("X",)},
        (Signal((2,)),),
        "The patterns have length 1; the input has length 2.",
        [{"patterns": ("X.",)}, {"patterns": ()}],
    ),
    (
        "Hopfield",
        {"patterns": ("XX",)},
        LONG,
        "The patterns have length 2; the input has length 2000.",
        [{"patterns": ()}],
    ),
    (
        "ThresholdNeuron",
        {},
        ROW,
        "This neuron needs one weight per input: it has 2 for 3.",
        [{"weights": "1, 1, 1"}],
    ),
    (
        "ThresholdNeuron",
        {"weights": "0.5 -2 3"},
        (Signal((2,)),),
        "This neuron needs one weight per input: it has 3 for 2.",
        [{"weights": "0.5, -2"}],
    ),
    ("ThresholdNeuron", {}, LONG, "This neuron needs one weight per input: it has 2 for 2000.", []),
    ("ThresholdNeuron", {}, ONE, "Threshold neuron needs a list of features; it gets one number.", []),
    (
        "Subsampling",
        {},
        PIXELS,
        "Subsampling needs channels × height × width; it gets 84 features: place it before Flatten.",
        [],
    ),
    (
        "Subsampling",
        {"kernel_size": 20},
        MAPS,
        "The window of 20×20 pixels is larger than the image: 14 × 14.",
        [{"kernel_size": 14}],
    ),
    (
        "TableConv2d",
        {},
        (Signal((3, 14, 14)),),
        "The table needs one column per input map: it has 6 for 3.",
        [{"table": ("XXX",) * 16}],
    ),
    ("TableConv2d", {}, (Signal((300, 14, 14)),), "The table needs one column per input map: it has 6 for 300.", []),
    (
        "TableConv2d",
        {"padding": 1},
        (Signal((6, 2, 14)),),
        "The window of 5×5 pixels is larger than the image with its padding: 4 × 16.",
        [{"kernel_size": (4, 5)}],
    ),
    (
        "TableConv2d",
        {},
        PIXELS,
        "Table convolution needs channels × height × width; it gets 84 features: place it before Flatten.",
        [],
    ),
    (
        "RBFOutput",
        {},
        ROW,
        "The pictures of digits are 7×12 = 84 numbers; 3 arrive.",
        [{"codes": "random"}],
    ),
    (
        "RBFOutput",
        {"out_features": 26},
        PIXELS,
        "There are pictures of 10 digits only; this layer has 26 classes.",
        [{"out_features": 10}, {"codes": "random"}],
    ),
    ("RBFOutput", {}, ONE, "RBF output needs a list of features; it gets one number.", []),
]

LINES: list[Line] = [
    ("ThresholdNeuron", {}, (Signal((2,)),), "1, 1 ≥ 2"),
    ("ThresholdNeuron", {"weights": "0.5 -1", "threshold": 0.5}, (Signal((2,)),), "0.5, -1 ≥ 0.5"),
    ("Perceptron", {}, ROW, "1 unit"),
    ("Perceptron", {"out_features": 3}, ROW, "3 units"),
    ("Subsampling", {}, MAPS, "sum of 2×2"),
    ("Subsampling", {"mode": "mean", "kernel_size": 3}, MAPS, "mean of 3×3"),
    ("TableConv2d", {}, MAPS, "16 @ 5×5, 60 links"),
    ("TableConv2d", {"table": LENET5[:2], "stride": 2}, MAPS, "2 @ 5×5, 6 links, stride 2"),
    ("ScaledTanh", {}, MAPS, ""),
    ("RBFOutput", {}, PIXELS, "10 classes, digit codes"),
    ("RBFOutput", {"out_features": 1, "codes": "random"}, ROW, "1 class, random codes"),
    ("Hopfield", {}, ROW, "10 steps"),
    ("Hopfield", {"patterns": ("XX.",), "steps": 1}, ROW, "1 pattern, 1 step"),
    ("Hopfield", {"patterns": ("XX.", "X.X")}, ROW, "2 patterns, 10 steps"),
    ("RestrictedBoltzmann", {}, ROW, "64 hidden units"),
    ("RestrictedBoltzmann", {"out_features": 1}, ROW, "1 hidden unit"),
]
