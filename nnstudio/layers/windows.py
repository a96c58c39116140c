"""Windows that slide along one, two or three axes: the rules and settings that convolution and pooling share."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.core.words import Words, tr
from nnstudio.layers.images import channels_of, image_of
from nnstudio.layers.parameters import Size
from nnstudio.layers.spec import Dim, LayerError, ParamFix, Settings, Shape, shape_text

Sizes = tuple[int, ...]
"""One number for each axis that the window slides along."""

Pair = tuple[int, int]


def cells_of(layer: Words, shape: Shape, axes: int) -> tuple[Dim, tuple[Dim, ...]]:
    """Return the channels of a signal, and the lengths of the one, two or three axes behind them.

    Raises:
        LayerError: the shape has more or fewer axes.
    """
    if axes == 2:
        channels, *lengths = image_of(layer, shape)
        return channels, tuple(lengths)
    if len(shape) == axes + 1:
        return shape[0], shape[1:]
    if len(shape) == axes and shape:
        raise LayerError(_without_channels(layer, shape))
    if axes == 1:
        raise LayerError(tr("{layer} needs channels × length; it gets {shape}.", layer=layer, shape=shape_text(shape)))
    raise LayerError(
        tr("{layer} needs channels × depth × height × width; it gets {shape}.", layer=layer, shape=shape_text(shape))
    )


def _without_channels(layer: Words, shape: Shape) -> str:
    if len(shape) == 1:
        return tr(
            "{layer} needs channels × length; it gets {count} features. A single series has one channel: {one}.",
            layer=layer,
            count=shape[0],
            one=shape_text((1, *shape)),
        )
    return tr(
        "{layer} needs channels × depth × height × width; it gets {shape}. A grey volume has one channel: {one}.",
        layer=layer,
        shape=shape_text(shape),
        one=shape_text((1, *shape)),
    )


def channels_in(layer: Words, shape: Shape, axes: int) -> int:
    """Return the number of channels of a signal.

    Raises:
        LayerError: the shape has more or fewer axes, or the number of channels is free.
    """
    if axes == 2:
        return channels_of(layer, shape)
    channels, _ = cells_of(layer, shape, axes)
    if isinstance(channels, int):
        return channels
    if axes == 1:
        raise LayerError(
            tr(
                "{layer} needs channels × length; here the channels are free: {shape}. A sequence of steps × features "
                "has to be turned round first: place a Permute before.",
                layer=layer,
                shape=shape_text(shape),
            )
        )
    raise LayerError(
        tr(
            "{layer} needs a fixed number of channels; the first length here is free ({axis}).",
            layer=layer,
            axis=channels,
        )
    )


def span(kernel: Sizes, dilation: Sizes) -> Sizes:
    """Return how far a kernel reaches with its gaps, from its first cell to its last."""
    if max(dilation) == 1:
        return kernel
    return tuple([gap * (length - 1) + 1 for length, gap in zip(kernel, dilation, strict=True)])


def ones(like: Sizes) -> Sizes:
    """Return 1 for every axis."""
    return (1,) * len(like)


def twice(padding: Sizes) -> Sizes:
    """Return what padding adds to each axis, both ends together."""
    return tuple([2 * cells for cells in padding])


def pair(sizes: Sizes) -> Pair:
    """Return a height and a width."""
    height, width = sizes
    return height, width


def size_text(sizes: Sizes) -> str:
    """Write sizes as people do: ``3×3``."""
    return "×".join(map(str, sizes))


def step_text(sizes: Sizes) -> str:
    """Write a stride: one number where all are equal."""
    return str(sizes[0]) if len(set(sizes)) == 1 else size_text(sizes)


def short(sizes: Sizes) -> int | Sizes:
    """Return one number for equal ones, as torch takes it."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def check_fit(
    size: tuple[Dim, ...],
    kernel: Sizes,
    padding: Sizes,
    dilation: Sizes | None = None,
    overhang: Sizes | None = None,
) -> None:
    """Refuse a kernel that does not fit into the padded input, and offer the largest one that does.

    Args:
        size: the lengths of the input; free ones are trusted.
        kernel: the lengths of the kernel, its gaps not counted.
        padding: cells added to each length, both ends together.
        dilation: distance between neighbours under the kernel.
        overhang: how far the window may stick out all the same.

    Raises:
        LayerError: the kernel is longer than the input along some axis.
    """
    reach = kernel if dilation is None else span(kernel, dilation)
    spare = overhang or (0,) * len(kernel)
    for far, length, cells, more in zip(reach, size, padding, spare, strict=True):
        if isinstance(length, int) and far > length + cells + more:
            break
    else:
        return
    room = tuple(
        cells + length if isinstance(length, int) else length for length, cells in zip(size, padding, strict=True)
    )
    fits = tuple(
        min(cells, (length - 1) // gap + 1) if isinstance(length, int) and far > length + more else cells
        for cells, length, gap, far, more in zip(kernel, room, dilation or ones(kernel), reach, spare, strict=True)
    )
    fix = ParamFix(tr("Make the window {size}", size=size_text(fits)), {"kernel_size": short(fits)})
    raise LayerError(_too_large(reach, size, room), fix)


def _too_large(reach: Sizes, size: tuple[Dim, ...], room: tuple[Dim, ...]) -> str:
    window = size_text(reach)
    if len(size) == 2:
        if room == size:
            return tr(
                "The window of {window} pixels is larger than the image: {size}.",
                window=window,
                size=shape_text(size),
            )
        return tr(
            "The window of {window} pixels is larger than the image with its padding: {size}.",
            window=window,
            size=shape_text(room),
        )
    if room == size:
        return tr("The window of {window} is larger than the input: {size}.", window=window, size=shape_text(size))
    return tr(
        "The window of {window} is larger than the input with its padding: {size}.",
        window=window,
        size=shape_text(room),
    )


def said(p: Settings, *usual: tuple[str, object]) -> dict[str, int | bool | str | Sizes]:
    """Return the settings that differ from torch's defaults, as torch takes them.

    Args:
        p: the settings.
        usual: names, each with torch's default; of sizes with the default for one axis.
    """
    found: dict[str, int | bool | str | Sizes] = {}
    for name, default in usual:
        value = getattr(p, name)
        written = short(value) if isinstance(value, tuple) else value
        if written != default:
            found[name] = written
    return found


_WINDOW_HELP: Mapping[int, Words] = {
    1: Words("Length of the window, in steps.", "窗口的长度，以步计。"),
    2: Words("Height and width of the window, in pixels.", "窗口的高和宽，以像素计。"),
    3: Words("Depth, height and width of the window.", "窗口的深、高和宽。"),
}
_DILATION_HELP: Mapping[int, Words] = {
    1: Words("Distance between the steps under the window; 1 leaves no gaps.", "窗口内相邻步的间距；1 表示没有空隙。"),
    2: Words("Distance between the pixels under the kernel; 1 leaves no gaps.", "核内相邻像素的间距；1 表示没有空隙。"),
    3: Words(
        "Distance between the cells under the window; 1 leaves no gaps.", "窗口内相邻单元的间距；1 表示没有空隙。"
    ),
}


def kernel_size(axes: int, label: Words, default: int = 3) -> Size:
    """Describe the window's size."""
    return Size(name="kernel_size", default=default, high=1_000, axes=axes, label=label, help=_WINDOW_HELP[axes])


def stride(axes: int, help: Words) -> Size:
    """Describe how far the window moves each time."""
    return Size(name="stride", default=1, high=1_000, axes=axes, label=Words("Stride", "步幅"), help=help)


def dilation(axes: int) -> Size:
    """Describe the gaps within the window."""
    return Size(
        name="dilation",
        default=1,
        high=1_000,
        axes=axes,
        label=Words("Dilation", "膨胀"),
        help=_DILATION_HELP[axes],
    )
