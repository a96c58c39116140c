"""Windows, convolutions and resizing: where torch refuses them, what they cost, and what they mean."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from nnstudio.core.graph import Value
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import LayerError, Signal
from tests.layers import oracle
from tests.layers.cases.spatial import MODES, WORKING, sizes
from tests.layers.strategies import SMALL, Case, Draw

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")

hunt = settings(max_examples=200, deadline=None, derandomize=True)


@st.composite
def any_conv(draw: Draw, axes: int) -> Case:
    """A convolution on an input, whether it fits or not."""
    params: dict[str, Value] = {
        "out_channels": draw(SMALL),
        "kernel_size": sizes(draw, axes, 1, 6),
        "stride": draw(st.integers(1, 2)),
        "padding": draw(st.one_of(st.sampled_from(["same", "valid"]), st.integers(0, 4))),
        "dilation": draw(st.integers(1, 2)),
        "groups": draw(st.sampled_from([1, 1, 2, 3])),
        "padding_mode": draw(MODES),
    }
    return params, (Signal((draw(SMALL), *sizes(draw, axes, 1, 6))),)


@st.composite
def any_transposed(draw: Draw, axes: int) -> Case:
    """A transposed convolution, whether anything remains or not."""
    params: dict[str, Value] = {
        "out_channels": draw(SMALL),
        "kernel_size": sizes(draw, axes, 1, 3),
        "stride": sizes(draw, axes, 1, 2),
        "padding": sizes(draw, axes, 0, 4),
        "output_padding": draw(st.integers(0, 2)),
        "dilation": draw(st.integers(1, 2)),
        "groups": draw(st.sampled_from([1, 1, 2])),
    }
    return params, (Signal((draw(SMALL), *sizes(draw, axes, 1, 4))),)


@st.composite
def any_pool(draw: Draw, axes: int, kind: str) -> Case:
    """A pooling window on an input, whether it fits or not."""
    params: dict[str, Value] = {
        "kernel_size": sizes(draw, axes, 1, 6),
        "stride": draw(st.sampled_from([None, 1, 3])),
        "padding": sizes(draw, axes, 0, 3),
        "ceil_mode": draw(st.booleans()),
    }
    if kind == "max":
        params["dilation"] = draw(st.integers(1, 2))
    return params, (Signal((draw(SMALL), *sizes(draw, axes, 1, 6))),)


@st.composite
def any_unfold(draw: Draw) -> Case:
    """A window on an image, whether it fits or not."""
    params: dict[str, Value] = {
        "kernel_size": sizes(draw, 2, 1, 6),
        "dilation": draw(st.integers(1, 2)),
        "padding": draw(st.integers(0, 2)),
        "stride": draw(st.integers(1, 3)),
    }
    return params, (Signal((draw(SMALL), *sizes(draw, 2, 1, 6))),)


@st.composite
def any_upsample(draw: Draw) -> Case:
    """A scale and a way of filling it, on any number of axes."""
    params: dict[str, Value] = {
        "scale_factor": draw(st.floats(0.05, 2)),
        "mode": draw(st.sampled_from(["nearest", "linear", "bilinear", "bicubic", "trilinear"])),
    }
    return params, (Signal(sizes(draw, draw(st.integers(1, 5)), 1, 5)),)


@st.composite
def any_shuffle(draw: Draw) -> Case:
    """A scale and any number of channels."""
    return {"upscale_factor": draw(st.integers(1, 4))}, (Signal((draw(st.integers(1, 40)), 2, 3)),)


ANYTHING: dict[str, st.SearchStrategy[Case]] = {
    **{f"Conv{axes}d": any_conv(axes) for axes in (1, 2, 3)},
    **{f"ConvTranspose{axes}d": any_transposed(axes) for axes in (1, 2, 3)},
    **{f"MaxPool{axes}d": any_pool(axes, "max") for axes in (1, 2, 3)},
    **{f"AvgPool{axes}d": any_pool(axes, "avg") for axes in (1, 2, 3)},
    "Unfold": any_unfold(),
    "Upsample": any_upsample(),
    "PixelShuffle": any_shuffle(),
}
WITHOUT_MENDS = ("Upsample", "PixelShuffle")


def attempt(kind: str, params: dict[str, Any], signal: Signal) -> Signal | LayerError:
    """Return the shape that a layer gives, or its complaint."""
    spec = catalog()[kind]
    try:
        shape = spec.shape(spec.settings(params), signal)
    except LayerError as error:
        return error
    assert isinstance(shape, Signal)
    return shape


class Nothing(Exception):  # noqa: N818  it is no error to torch
    """A tensor without any number."""


def check_something(tensors: list[torch.Tensor]) -> None:
    """Refuse empty tensors, which torch's transposed convolutions now and then give instead of an error."""
    if any(tensor.numel() == 0 for tensor in tensors):
        raise Nothing


def only(signals: tuple[Signal | None, ...]) -> Signal:
    """Return the one signal of a layer with one input."""
    (signal,) = signals
    assert signal is not None
    return signal


@pytest.mark.parametrize("kind", ANYTHING)
@hunt
@given(data=st.data())
def test_layers_refuse_just_what_torch_refuses(kind: str, data: st.DataObject) -> None:
    params, signals = data.draw(ANYTHING[kind])
    signal = only(signals)
    values, shape = catalog()[kind].settings(params), attempt(kind, params, signal)
    tensors = [torch.zeros(2, *map(oracle.length_of, signal.shape))]
    if isinstance(shape, Signal):
        assert (shape,) == oracle.judge(kind, values, tensors, "cpu")[1].signals
        return
    with pytest.raises((RuntimeError, ValueError, NotImplementedError, Nothing)):
        check_something(oracle.judge(kind, values, tensors, "cpu")[0])
    assert shape.fixes or kind in WITHOUT_MENDS
    for fix in shape.fixes:
        mended = attempt(kind, {**params, **fix.params}, signal)
        assert str(mended) != str(shape), fix


@pytest.mark.parametrize(
    "kind", ["Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]
)
@hunt
@given(data=st.data())
def test_multiply_adds_are_those_that_torch_does(kind: str, data: st.DataObject) -> None:
    params, signals = data.draw(WORKING[kind])
    spec, signal = catalog()[kind], only(signals)
    values, fixed = spec.settings(params), oracle.numbers(signal)
    counted = FlopCounterMode(display=False)
    with counted:
        oracle.ask(kind, values, (signal,))
    assert 2 * oracle.BATCH * (spec.cost(values, fixed).macs or 0) == counted.get_total_flops()
    if fixed != signal:
        assert spec.cost(values, signal).macs is None


def run(kind: str, params: dict[str, Any], x: torch.Tensor) -> torch.Tensor:
    """Compute a layer without weights."""
    (y,), _ = oracle.judge(kind, catalog()[kind].settings(params), [x], "cpu")
    return y


def image(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_a_transposed_convolution_undoes_the_shape_of_a_convolution() -> None:
    told = {"kernel_size": 3, "stride": 2, "padding": 1, "out_channels": 3}
    smaller = attempt("Conv2d", told, Signal((3, 16, "H")))
    assert smaller == Signal((3, 8, "⌊(H+1)/2⌋"))
    assert attempt("ConvTranspose2d", {**told, "output_padding": 1}, smaller) == Signal((3, 16, "2·(⌊(H+1)/2⌋)"))
    assert attempt("ConvTranspose2d", {"kernel_size": 2, "stride": 2}, Signal((3, "H", "W"))) == Signal(
        (16, "2·H", "2·W")
    )


def test_a_convolution_is_unfolding_and_a_dense_layer_on_every_patch() -> None:
    x, conv = image(2, 3, 6, 7), nn.Conv2d(3, 4, 3, stride=2, bias=False)
    patches = run("Unfold", {"kernel_size": 3, "stride": 2}, x)
    maps = (conv.weight.reshape(4, -1) @ patches).reshape(2, 4, 2, 3)
    torch.testing.assert_close(maps, conv(x))


def test_rounding_up_keeps_the_rest_of_the_image() -> None:
    x = torch.arange(25.0).reshape(1, 1, 5, 5)
    assert run("MaxPool2d", {}, x).tolist() == [[[[6, 8], [16, 18]]]]
    assert run("MaxPool2d", {"ceil_mode": True}, x).tolist() == [[[[6, 8, 9], [16, 18, 19], [21, 23, 24]]]]


def test_zeros_at_the_edges_count_in_a_mean_unless_told_otherwise() -> None:
    x = torch.ones(1, 1, 4)
    assert run("AvgPool1d", {"padding": 1}, x).tolist() == [[[0.5, 1, 0.5]]]
    assert run("AvgPool1d", {"padding": 1, "count_include_pad": False}, x).tolist() == [[[1, 1, 1]]]


def test_global_pooling_gives_one_number_per_channel() -> None:
    x = image(2, 3, 4, 5)
    torch.testing.assert_close(run("GlobalAvgPool2d", {}, x), nn.AdaptiveAvgPool2d(1)(x).flatten(1))
    assert torch.equal(run("GlobalMaxPool2d", {}, x), nn.AdaptiveMaxPool2d(1)(x).flatten(1))


def test_padding_goes_left_right_top_bottom() -> None:
    padded = run("ZeroPad2d", {"padding": (1, 0, 0, 2)}, torch.ones(1, 1, 1, 2))
    assert padded.tolist() == [[[[0, 1, 1], [0, 0, 0], [0, 0, 0]]]]


def test_nearest_repeats_and_linear_blends() -> None:
    x = torch.tensor([[[0.0, 4.0]]])
    assert run("Upsample", {}, x).tolist() == [[[0, 0, 4, 4]]]
    assert run("Upsample", {"mode": "linear"}, x).tolist() == [[[0, 1, 3, 4]]]
    ends = run("Upsample", {"mode": "linear", "size": (5,), "align_corners": True}, x)
    assert ends.tolist() == [[[0, 1, 2, 3, 4]]]


def test_shuffled_pixels_come_from_the_channels() -> None:
    x = torch.arange(4.0).reshape(1, 4, 1, 1)
    assert run("PixelShuffle", {}, x).tolist() == [[[[0, 1], [2, 3]]]]


def test_only_layers_on_images_have_receptive_fields() -> None:
    windows = {kind for kind in WORKING if catalog()[kind].window is not None}
    assert windows == {"Conv2d", "MaxPool2d", "AvgPool2d", "ZeroPad2d"}
    dilated = catalog()["MaxPool2d"].settings({"kernel_size": (2, 3), "dilation": 2, "stride": 1})
    rule = catalog()["MaxPool2d"].window
    assert rule is not None
    assert rule(dilated) == ((3, 5), (1, 1))
