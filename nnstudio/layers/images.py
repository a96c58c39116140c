"""Images and the windows that slide over them: what convolution and pooling share."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.lengths import slide
from nnstudio.layers.spec import Dim, LayerError, ParamFix, Settings, Shape, Signal, shape_text

Pair = tuple[int, int]


def image_of(layer: Words, shape: Shape) -> tuple[Dim, Dim, Dim]:
    """Return channels, height and width.

    Raises:
        LayerError: the shape is not one of an image.
    """
    if len(shape) == 3:
        return shape
    if len(shape) == 1:
        raise LayerError(
            tr(
                "{layer} needs channels × height × width; it gets {count} features: place it before Flatten.",
                layer=layer,
                count=shape[0],
            )
        )
    if len(shape) == 2:
        raise LayerError(
            tr(
                "{layer} needs channels × height × width; it gets {shape}. A grey image has one channel: {grey}.",
                layer=layer,
                shape=shape_text(shape),
                grey=shape_text((1, *shape)),
            )
        )
    raise LayerError(
        tr("{layer} needs channels × height × width; it gets {shape}.", layer=layer, shape=shape_text(shape))
    )


def channels_of(layer: Words, shape: Shape) -> int:
    """Return the number of channels of an image.

    Raises:
        LayerError: the shape is not one of an image, or the number of channels is free.
    """
    channels = image_of(layer, shape)[0]
    if isinstance(channels, str):
        raise LayerError(
            tr(
                "{layer} needs a fixed number of channels; the first length here is free ({axis}).",
                layer=layer,
                axis=channels,
            )
        )
    return channels


def reach(kernel: Pair, dilation: Pair) -> Pair:
    """Return how many pixels a kernel spans with its gaps."""
    return (dilation[0] * (kernel[0] - 1) + 1, dilation[1] * (kernel[1] - 1) + 1)


def pair_text(pair: Pair) -> str:
    """Write a height and a width as people do: ``3×3``."""
    return f"{pair[0]}×{pair[1]}"


def step_text(pair: Pair) -> str:
    """Write a stride: one number where both are equal."""
    return str(pair[0]) if pair[0] == pair[1] else pair_text(pair)


def short(pair: Pair) -> int | Pair:
    """Return one number for a pair of equal ones, as torch takes it."""
    return pair[0] if pair[0] == pair[1] else pair


def check_fit(size: tuple[Dim, Dim], kernel: Pair, padding: Pair, dilation: Pair = (1, 1)) -> None:
    """Refuse a kernel that does not fit into the padded image, and offer the largest one that does.

    Args:
        size: height and width of the image; free lengths are trusted.
        kernel: height and width of the kernel, its gaps not counted.
        padding: pixels added to height and width, both ends together.
        dilation: distance between neighbours under the kernel.

    Raises:
        LayerError: the kernel is higher or wider than the image.
    """
    largest, room = list(kernel), list(size)
    for axis, length in enumerate(size):
        if isinstance(length, int):
            room[axis] = length + padding[axis]
            largest[axis] = min(kernel[axis], (length + padding[axis] - 1) // dilation[axis] + 1)
    fits = (largest[0], largest[1])
    if fits != kernel:
        message = (
            tr(
                "The window of {window} pixels is larger than the image with its padding: {size}.",
                window=pair_text(reach(kernel, dilation)),
                size=shape_text(tuple(room)),
            )
            if any(padding)
            else tr(
                "The window of {window} pixels is larger than the image: {size}.",
                window=pair_text(reach(kernel, dilation)),
                size=shape_text(size),
            )
        )
        fix = ParamFix(tr("Make the window {size}", size=pair_text(fits)), {"kernel_size": short(fits)})
        raise LayerError(message, fix)


def pool_stride(p: Settings) -> Pair:
    """Return a pooling layer's stride: the size of its window where none is said."""
    stride: Pair = p.kernel_size if p.stride is None else p.stride
    return stride


def pool_shape(layer: Words, p: Settings, x: Signal) -> Signal:
    """Return what pooling leaves of an image, channel by channel.

    Raises:
        LayerError: no image comes in, the padding exceeds half the window, or the window exceeds the image.
    """
    channels, height, width = image_of(layer, x.shape)
    half = (p.kernel_size[0] // 2, p.kernel_size[1] // 2)
    if p.padding[0] > half[0] or p.padding[1] > half[1]:
        fits = (min(p.padding[0], half[0]), min(p.padding[1], half[1]))
        raise LayerError(
            tr(
                "The padding may be at most half the window, here {most}; it is {padding}.",
                most=pair_text(half),
                padding=pair_text(p.padding),
            ),
            ParamFix(tr("Set the padding to {size}", size=pair_text(fits)), {"padding": short(fits)}),
        )
    added = (2 * p.padding[0], 2 * p.padding[1])
    check_fit((height, width), p.kernel_size, added)
    stride = pool_stride(p)
    return Signal(
        (
            channels,
            slide(height, p.kernel_size[0], stride[0], added[0]),
            slide(width, p.kernel_size[1], stride[1], added[1]),
        )
    )


def pool_module(target: str, p: Settings) -> Call:
    """Construct a pooling module, saying only what differs from torch's defaults."""
    said: dict[str, Literal] = {"kernel_size": short(p.kernel_size)}
    if pool_stride(p) != p.kernel_size:
        said["stride"] = short(p.stride)
    if any(p.padding):
        said["padding"] = short(p.padding)
    return call(target, **said)
