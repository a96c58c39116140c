"""What convolutions, their transposes, pooling and resizing are tried with."""

from __future__ import annotations

from hypothesis import strategies as st

from nnstudio.core.graph import Value
from nnstudio.layers.spec import Dim, Signal
from tests.layers.oracle import LENGTHS
from tests.layers.strategies import CHANNELS, IMAGE, LENGTH, SMALL, Case, Draw, Line, Working, Wrong, one

Sizes = tuple[int, ...]

MODES = st.sampled_from(["zeros", "zeros", "reflect", "replicate", "circular"])


def sizes(draw: Draw, axes: int, low: int, high: int) -> Sizes:
    return tuple(draw(st.integers(low, high)) for _ in range(axes))


def written(draw: Draw, values: Sizes) -> Value:
    """Write equal numbers as one now and then, as people do."""
    return values[0] if len(set(values)) == 1 and draw(st.booleans()) else values


def lengths(draw: Draw, least: Sizes) -> tuple[Dim, ...]:
    """Return lengths of at least these, now and then free ones that stand for as much."""
    more = 4 if len(least) == 3 else 12
    found: list[Dim] = []
    for low in (max(1, length) for length in least):
        names = [name for name, length in LENGTHS.items() if length >= low and (len(least) < 3 or length < 10)]
        free: st.SearchStrategy[Dim] = st.sampled_from(names) if names else st.just(low)
        found.append(draw(st.one_of(st.integers(low, low + more), st.integers(low, low + more), free)))
    return tuple(found)


def spans(kernel: Sizes, dilation: Sizes) -> Sizes:
    return tuple(gap * (length - 1) + 1 for length, gap in zip(kernel, dilation, strict=True))


@st.composite
def conv(draw: Draw, axes: int) -> Case:
    """A convolution that fits its input."""
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    widest = 3 if axes == 3 else 5
    kernel, gaps, stride = sizes(draw, axes, 1, widest), sizes(draw, axes, 1, 3), sizes(draw, axes, 1, 3)
    window, mode = spans(kernel, gaps), draw(MODES)
    padding: Value = draw(st.sampled_from(["same", "valid", "numbers", "numbers"]))
    added = (0,) * axes
    if padding == "same":
        added, stride = tuple(length // 2 for length in window), (1,) * axes
    elif padding == "numbers":
        added = sizes(draw, axes, 0, 3)
        padding = written(draw, added)
    least = tuple(far - 2 * cells for far, cells in zip(window, added, strict=True))
    if mode in ("reflect", "circular"):
        least = tuple(max(low, cells + 1) for low, cells in zip(least, added, strict=True))
    params: dict[str, Value] = {
        "out_channels": groups * draw(SMALL),
        "kernel_size": written(draw, kernel),
        "stride": written(draw, stride),
        "padding": padding,
        "dilation": written(draw, gaps),
        "groups": groups,
        "padding_mode": mode,
        "bias": draw(st.booleans()),
    }
    return params, (Signal((groups * draw(SMALL), *lengths(draw, least))),)


@st.composite
def transposed(draw: Draw, axes: int) -> Case:
    """A transposed convolution that leaves something of its input."""
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    kernel, gaps, stride = sizes(draw, axes, 1, 4), sizes(draw, axes, 1, 3), sizes(draw, axes, 1, 3)
    extra = tuple(draw(st.integers(0, max(step, gap) - 1)) for step, gap in zip(stride, gaps, strict=True))
    signal = Signal((groups * draw(SMALL), *lengths(draw, (1,) * axes)))
    room = zip(signal.shape[1:], stride, spans(kernel, gaps), extra, strict=True)
    padding = tuple(
        draw(st.integers(0, min(3, (((LENGTHS.get(str(length)) or int(length)) - 1) * step + far + one_more - 1) // 2)))
        for length, step, far, one_more in room
    )
    params: dict[str, Value] = {
        "out_channels": groups * draw(SMALL),
        "kernel_size": written(draw, kernel),
        "stride": written(draw, stride),
        "padding": written(draw, padding),
        "output_padding": written(draw, extra),
        "dilation": written(draw, gaps),
        "groups": groups,
        "bias": draw(st.booleans()),
    }
    return params, (signal,)


@st.composite
def pool(draw: Draw, axes: int, kind: str) -> Case:
    """A pooling window that fits its input."""
    kernel = sizes(draw, axes, 1, 3 if axes == 3 else 5)
    padding = tuple(draw(st.integers(0, length // 2)) for length in kernel)
    params: dict[str, Value] = {
        "kernel_size": written(draw, kernel),
        "padding": written(draw, padding),
        "ceil_mode": draw(st.booleans()),
    }
    if draw(st.booleans()):
        params["stride"] = written(draw, sizes(draw, axes, 1, 4))
    window = kernel
    if kind == "max":
        gaps = sizes(draw, axes, 1, 3)
        params["dilation"] = written(draw, gaps)
        window = spans(kernel, gaps)
    else:
        params["count_include_pad"] = draw(st.booleans())
    bare = kind == "avg" and axes == 3  # torch wants this one to fit without its padding
    least = window if bare else tuple(far - 2 * cells for far, cells in zip(window, padding, strict=True))
    return params, (Signal((draw(CHANNELS), *lengths(draw, least))),)


@st.composite
def unfold(draw: Draw) -> Case:
    """A window that fits its image."""
    kernel, gaps, padding = sizes(draw, 2, 1, 4), sizes(draw, 2, 1, 3), sizes(draw, 2, 0, 3)
    params: dict[str, Value] = {
        "kernel_size": written(draw, kernel),
        "dilation": written(draw, gaps),
        "padding": written(draw, padding),
        "stride": written(draw, sizes(draw, 2, 1, 3)),
    }
    least = tuple(far - 2 * cells for far, cells in zip(spans(kernel, gaps), padding, strict=True))
    return params, (Signal((draw(CHANNELS), *lengths(draw, least))),)


_BLENDS = {1: ["linear"], 2: ["bilinear", "bicubic"], 3: ["trilinear"]}


@st.composite
def upsample(draw: Draw) -> Case:
    """A larger, smaller or given size, by any way of filling it that fits the axes."""
    axes = draw(st.integers(1, 3))
    params: dict[str, Value] = {
        "mode": draw(st.sampled_from(["nearest", *_BLENDS[axes]])),
        "align_corners": draw(st.booleans()),
    }
    found = lengths(draw, (2,) * axes)
    match draw(st.sampled_from(["scale", "fraction", "size"])):
        case "scale":
            params["scale_factor"] = draw(st.one_of(st.integers(1, 4), st.sampled_from([0.5, 1.5, 2.75])))
        case "fraction":
            params["scale_factor"] = draw(st.floats(0.5, 3))
            found = sizes(draw, axes, 2, 9)
        case _:
            params["size"] = draw(st.one_of(SMALL, st.just(sizes(draw, axes, 1, 9))))
            params["scale_factor"] = draw(st.sampled_from([None, 3]))
    return params, (Signal((draw(CHANNELS), *found)),)


@st.composite
def pixel_shuffle(draw: Draw) -> Case:
    """Channels that come out even."""
    factor = draw(st.integers(1, 4))
    channels = draw(SMALL) * factor**2
    return {"upscale_factor": factor}, (Signal((channels, draw(LENGTH), draw(LENGTH))),)


def adaptive(axes: int) -> st.SearchStrategy[Case]:
    shape = st.tuples(CHANNELS, *[LENGTH] * axes) if axes < 3 else st.tuples(CHANNELS, SMALL, LENGTH, SMALL)
    return one({"output_size": st.one_of(SMALL, st.tuples(*[SMALL] * axes))}, shape)


_EDGE = st.integers(0, 4)

WORKING: Working = {
    "AdaptiveAvgPool1d": adaptive(1),
    "AdaptiveAvgPool2d": adaptive(2),
    "AdaptiveAvgPool3d": adaptive(3),
    "AdaptiveMaxPool1d": adaptive(1),
    "AdaptiveMaxPool2d": adaptive(2),
    "AdaptiveMaxPool3d": adaptive(3),
    "AvgPool1d": pool(1, "avg"),
    "AvgPool2d": pool(2, "avg"),
    "AvgPool3d": pool(3, "avg"),
    "Conv1d": conv(1),
    "Conv2d": conv(2),
    "Conv3d": conv(3),
    "ConvTranspose1d": transposed(1),
    "ConvTranspose2d": transposed(2),
    "ConvTranspose3d": transposed(3),
    "GlobalAvgPool2d": one({}, IMAGE),
    "GlobalMaxPool2d": one({}, IMAGE),
    "MaxPool1d": pool(1, "max"),
    "MaxPool2d": pool(2, "max"),
    "MaxPool3d": pool(3, "max"),
    "PixelShuffle": pixel_shuffle(),
    "Unfold": unfold(),
    "Upsample": upsample(),
    "ZeroPad2d": one({"padding": st.one_of(_EDGE, st.tuples(_EDGE, _EDGE, _EDGE, _EDGE))}, IMAGE),
}

_SERIES = (Signal((4, 16)),)
_IMAGE = (Signal((3, 8, 8)),)
_VOLUME = (Signal((2, 4, 8, 8)),)
_ROW = (Signal((120,)),)

WRONG: list[Wrong] = [
    (
        "Conv1d",
        {},
        _ROW,
        "Conv1d needs channels × length; it gets 120 features. A single series has one channel: 1 × 120.",
        [],
    ),
    ("Conv1d", {}, _IMAGE, "Conv1d needs channels × length; it gets 3 × 8 × 8.", []),
    ("Conv1d", {}, (Signal(()),), "Conv1d needs channels × length; it gets one number.", []),
    (
        "Conv1d",
        {},
        (Signal(("T", 16)),),
        "Conv1d needs channels × length; here the channels are free: T × 16. A sequence of steps × features has to be "
        "turned round first: place a Permute before.",
        [],
    ),
    (
        "Conv1d",
        {"kernel_size": 9, "dilation": 4},
        _SERIES,
        "The window of 33 is larger than the input: 16.",
        [{"kernel_size": 4}],
    ),
    (
        "Conv1d",
        {"padding": "same", "stride": 2, "kernel_size": 5},
        _SERIES,
        'Padding "same" keeps the size of the input and a stride of 2 makes it smaller: choose one of them.',
        [{"padding": (2,)}, {"stride": 1}],
    ),
    (
        "Conv1d",
        {"padding": 16, "padding_mode": "reflect"},
        _SERIES,
        "The padding is filled from the input, which is too small for that: 16.",
        [{"padding_mode": "zeros"}],
    ),
    (
        "Conv3d",
        {},
        _IMAGE,
        "Conv3d needs channels × depth × height × width; it gets 3 × 8 × 8. A grey volume has one channel: "
        "1 × 3 × 8 × 8.",
        [],
    ),
    ("Conv3d", {}, _ROW, "Conv3d needs channels × depth × height × width; it gets 120.", []),
    (
        "Conv3d",
        {},
        (Signal(("T", 4, 8, 8)),),
        "Conv3d needs a fixed number of channels; the first length here is free (T).",
        [],
    ),
    (
        "Conv3d",
        {"kernel_size": (7, 3, 3), "padding": 1},
        _VOLUME,
        "The window of 7×3×3 is larger than the input with its padding: 6 × 10 × 10.",
        [{"kernel_size": (6, 3, 3)}],
    ),
    (
        "Conv3d",
        {"groups": 4},
        _VOLUME,
        "4 groups must divide both the 2 input channels and the 16 output channels.",
        [{"groups": 2}],
    ),
    (
        "ConvTranspose2d",
        {},
        (Signal((28, 28)),),
        "ConvTranspose2d needs channels × height × width; it gets 28 × 28. A grey image has one channel: 1 × 28 × 28.",
        [],
    ),
    (
        "ConvTranspose2d",
        {"stride": 2, "output_padding": (1, 2)},
        _IMAGE,
        "The output padding must be smaller than stride or dilation, here at most 1×1; it is 1×2.",
        [{"output_padding": 1}],
    ),
    (
        "ConvTranspose1d",
        {"output_padding": 1},
        _SERIES,
        "The output padding must be smaller than stride or dilation, here at most 0; it is 1.",
        [{"output_padding": 0}],
    ),
    (
        "ConvTranspose2d",
        {"kernel_size": 1, "padding": (0, 4)},
        _IMAGE,
        "The padding of 0×4 cuts off more than there is: 8 × 0 would remain.",
        [{"padding": (0, 3)}],
    ),
    (
        "ConvTranspose3d",
        {"groups": 2, "out_channels": 5},
        _VOLUME,
        "2 groups must divide both the 2 input channels and the 5 output channels.",
        [{"groups": 1}],
    ),
    (
        "Unfold",
        {"kernel_size": (3, 12), "padding": 1},
        _IMAGE,
        "The window of 3×12 pixels is larger than the image with its padding: 10 × 10.",
        [{"kernel_size": (3, 10)}],
    ),
    ("Upsample", {}, _ROW, "Upsample needs channels and one to three lengths; it gets 120.", []),
    (
        "Upsample",
        {"mode": "linear"},
        _IMAGE,
        "linear blends along another number of axes than the 2 behind the channels of 3 × 8 × 8.",
        [{"mode": "bilinear"}],
    ),
    ("Upsample", {"scale_factor": None}, _IMAGE, "Upsample needs a scale or a size.", [{"scale_factor": 2}]),
    ("Upsample", {"size": ("H", 4)}, _IMAGE, "The size asked for is H × 4; only numbers can be asked for.", []),
    (
        "Upsample",
        {"size": (4, 4, 4)},
        _IMAGE,
        "The size asked for, 4×4×4, needs one number for each of 2 axes.",
        [{"size": ()}],
    ),
    (
        "Upsample",
        {"scale_factor": 0.1},
        _IMAGE,
        "A scale of 0.1 leaves nothing of a length of 8.",
        [{"scale_factor": 1}],
    ),
    (
        "Upsample",
        {"scale_factor": 1.3},
        (Signal((3, "H", 8)),),
        "H is free, so the scale must be a number such as 2, 1.5 or 0.25.",
        [{"scale_factor": 1.25}],
    ),
    (
        "PixelShuffle",
        {},
        _IMAGE,
        "Enlarging by 2 takes 4 channels for each one that remains; it gets 3.",
        [],
    ),
    (
        "PixelShuffle",
        {"upscale_factor": 4},
        (Signal((18, 8, 8)),),
        "Enlarging by 4 takes 16 channels for each one that remains; it gets 18.",
        [{"upscale_factor": 3}],
    ),
    (
        "PixelShuffle",
        {},
        (Signal(("T", 8, 8)),),
        "PixelShuffle needs a fixed number of channels; the first length here is free (T).",
        [],
    ),
    (
        "ZeroPad2d",
        {},
        _ROW,
        "ZeroPad2d needs channels × height × width; it gets 120 features: place it before Flatten.",
        [],
    ),
    (
        "MaxPool1d",
        {"kernel_size": 20},
        _SERIES,
        "The window of 20 is larger than the input: 16.",
        [{"kernel_size": 16}],
    ),
    (
        "MaxPool2d",
        {"kernel_size": 5, "dilation": 3},
        _IMAGE,
        "The window of 13×13 pixels is larger than the image: 8 × 8.",
        [{"kernel_size": 3}],
    ),
    (
        "MaxPool3d",
        {"padding": 2},
        _VOLUME,
        "The padding may be at most half the window, here 1×1×1; it is 2×2×2.",
        [{"padding": 1}],
    ),
    ("AvgPool1d", {}, _IMAGE, "Average pool 1d needs channels × length; it gets 3 × 8 × 8.", []),
    (
        "AvgPool3d",
        {"kernel_size": 5, "padding": 1},
        _VOLUME,
        "The window of 5×5×5 is larger than the input: 4 × 8 × 8.",
        [{"kernel_size": (4, 5, 5)}],
    ),
    (
        "AdaptiveAvgPool1d",
        {},
        _ROW,
        "Adaptive avg pool 1d needs channels × length; it gets 120 features. A single series has one channel: 1 × 120.",
        [],
    ),
    (
        "AdaptiveAvgPool3d",
        {},
        _SERIES,
        "Adaptive avg pool 3d needs channels × depth × height × width; it gets 4 × 16.",
        [],
    ),
    ("AdaptiveMaxPool1d", {}, _IMAGE, "Adaptive max pool 1d needs channels × length; it gets 3 × 8 × 8.", []),
    (
        "AdaptiveMaxPool3d",
        {},
        _ROW,
        "Adaptive max pool 3d needs channels × depth × height × width; it gets 120.",
        [],
    ),
    (
        "AdaptiveMaxPool2d",
        {},
        _ROW,
        "Adaptive max pool needs channels × height × width; it gets 120 features: place it before Flatten.",
        [],
    ),
    (
        "GlobalAvgPool2d",
        {},
        _ROW,
        "Global average pool needs channels × height × width; it gets 120 features: place it before Flatten.",
        [],
    ),
    (
        "GlobalMaxPool2d",
        {},
        (Signal((8, 8)),),
        "Global max pool needs channels × height × width; it gets 8 × 8. A grey image has one channel: 1 × 8 × 8.",
        [],
    ),
]
LINES: list[Line] = [
    ("Conv1d", {"kernel_size": 7, "stride": 2}, _SERIES, "16 @ 7, stride 2"),
    ("Conv3d", {"kernel_size": (1, 3, 3), "stride": (1, 2, 2)}, _VOLUME, "16 @ 1×3×3, stride 1×2×2"),
    ("ConvTranspose2d", {"kernel_size": 2, "stride": 2}, _IMAGE, "16 @ 2×2, stride 2"),
    ("MaxPool1d", {"kernel_size": 4}, _SERIES, "largest of 4"),
    ("MaxPool3d", {"kernel_size": (1, 2, 2)}, _VOLUME, "largest of 1×2×2"),
    ("AvgPool1d", {}, _SERIES, "mean of 2"),
    ("AdaptiveAvgPool1d", {}, _SERIES, "mean per map"),
    ("AdaptiveAvgPool3d", {"output_size": (1, 2, 2)}, _VOLUME, "means, 1×2×2"),
    ("AdaptiveMaxPool2d", {}, _IMAGE, "largest per map"),
    ("AdaptiveMaxPool1d", {"output_size": 4}, _SERIES, "largest values, 4"),
    ("AdaptiveMaxPool3d", {}, _VOLUME, "largest per map"),
    ("AdaptiveMaxPool2d", {"output_size": 7}, _IMAGE, "largest values, 7×7"),
    ("GlobalAvgPool2d", {}, _IMAGE, "mean per map"),
    ("GlobalMaxPool2d", {}, _IMAGE, "largest per map"),
    ("Unfold", {}, _IMAGE, "patches of 3×3"),
    ("Upsample", {}, _SERIES, "× 2, nearest"),
    ("Upsample", {"scale_factor": 1.5, "mode": "bilinear"}, _IMAGE, "× 1.5, bilinear"),
    ("Upsample", {"size": 32}, _IMAGE, "to 32, nearest"),
    ("PixelShuffle", {}, (Signal((12, 8, 8)),), "× 2"),
    ("ZeroPad2d", {}, _IMAGE, "1 at every edge"),
    ("ZeroPad2d", {"padding": (0, 1, 0, 1)}, _IMAGE, "left 0, right 1, top 0, bottom 1"),
]
