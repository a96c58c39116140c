"""Normalisation: settings, costs and words of the layers that bring numbers to one scale."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.parameters import Bool, Float, Int
from nnstudio.layers.spec import Cost, Dim, LayerError, ParamFix, Settings, Shape, shape_text

EPS = Float(
    name="eps",
    default=1e-5,
    low=1e-12,
    step=1e-5,
    label=Words("Epsilon", "ε"),
    help=Words("Added to the variance so that nothing is divided by zero.", "加到方差上，避免除以零。"),
)
BIAS = Bool(
    name="bias",
    default=True,
    label=Words("With shift", "含平移"),
    help=Words("The shift is trained too; without it there is only the scale.", "平移也参与训练；关闭后只有缩放。"),
)
CUMULATIVE_MOMENTUM = Float(
    name="momentum",
    default=0.1,
    step=0.01,
    empty=True,
    label=Words("Momentum", "动量"),
    help=Words(
        "How much of the new mean enters the running average with every batch. Left empty, all batches so far count "
        "the same.",
        "每批的新均值以多大比例计入滑动平均。留空时，至今所有批次权重相同。",
    ),
)


def affine(default: bool = True) -> Bool:
    """Return the setting for a scale and a shift per channel."""
    return Bool(
        name="affine",
        default=default,
        label=Words("Scale and shift", "缩放与平移"),
        help=Words("Train a scale and a shift for every channel.", "为每个通道训练缩放和平移。"),
    )


def running_statistics(default: bool, text: Words) -> Bool:
    """Return the setting for keeping averages of means and variances while training."""
    return Bool(name="track_running_stats", default=default, label=Words("Running averages", "滑动平均"), help=text)


BATCH_PARAMS = (
    CUMULATIVE_MOMENTUM,
    EPS,
    affine(),
    BIAS,
    running_statistics(
        True,
        Words(
            "Keep averages of means and variances for use after training. Without them every batch is normalised by "
            "its own, always.",
            "保存均值和方差的滑动平均，供训练后使用。若不保存，则始终用每批自己的均值和方差。",
        ),
    ),
)
"""Settings of batch normalisation, over however many axes."""

NUM_AXES = Int(
    name="num_axes",
    default=1,
    high=6,
    label=Words("Last axes", "末尾轴数"),
    help=Words(
        "How many of the last axes are normalised together: 1 is the features of each step, 3 a whole image.",
        "末尾多少个轴一起归一化：1 是每一步的特征，3 是整幅图像。",
    ),
)


def fixed_channels(layer: Words, channels: Dim) -> int:
    """Return the number of channels.

    Raises:
        LayerError: it is free.
    """
    if isinstance(channels, str):
        raise LayerError(
            tr(
                "{layer} needs a fixed number of channels; the first length here is free ({axis}).",
                layer=layer,
                axis=channels,
            )
        )
    return channels


def channel_cost(p: Settings, channels: int, *, tracked: bool = False) -> Cost:
    """A scale and a shift per channel are trained; where tracked, means, variances and a count of batches are kept.

    No multiply-adds are counted: in use, scale and shift can be merged into the layer before.
    """
    return Cost(
        parameters=channels * (1 + p.bias) if p.affine else 0,
        buffers=2 * channels + 1 if tracked else 0,
        arithmetic="" if not p.affine else f"2·{channels}" if p.bias else str(channels),
    )


def affine_line(p: Settings) -> str:
    """Nothing, unless scale or shift are missing."""
    if not p.affine:
        return tr("no scale and shift")
    return "" if p.bias else tr("no shift")


def batch_cost(p: Settings, channels: int) -> Cost:
    """Return the cost of batch normalisation."""
    return channel_cost(p, channels, tracked=p.track_running_stats)


def batch_line(p: Settings) -> str:
    """Nothing, unless it differs from the usual."""
    return ", ".join(filter(None, (affine_line(p), "" if p.track_running_stats else tr("no running averages"))))


def batch_module(target: str, p: Settings, channels: Dim) -> Call:
    """Construct batch normalisation, saying only what differs from torch's defaults."""
    said = differing(p, momentum=0.1, eps=1e-5, affine=True, bias=True, track_running_stats=True)
    return call(target, channels, **said)


def differing(p: Settings, **usual: Literal) -> dict[str, Literal]:
    """Return the settings that differ from torch's defaults, given as ``usual``."""
    return {name: getattr(p, name) for name, value in usual.items() if getattr(p, name) != value}


def last_axes(layer: Words, p: Settings, shape: Shape) -> tuple[int, ...]:
    """Return the lengths of the last axes that are normalised together.

    Raises:
        LayerError: there are fewer axes, or a length is free; offers as many axes as work.
    """
    if not shape:
        raise LayerError(tr("{layer} needs at least one axis; it gets one number.", layer=layer))
    fixed = 0
    while fixed < len(shape) and not isinstance(shape[-1 - fixed], str):
        fixed += 1
    most = min(p.num_axes, fixed)
    fixes = (ParamFix(_fewer(most), {"num_axes": most}),) if most else ()
    if p.num_axes > len(shape):
        raise LayerError(
            tr(
                "{layer} is told to work over the last {count} axes; {shape} has {has}.",
                layer=layer,
                count=p.num_axes,
                shape=shape_text(shape),
                has=len(shape),
            ),
            *fixes,
        )
    if p.num_axes > fixed:
        raise LayerError(
            tr(
                "{layer} has a number for every place on the axes it works over; one of them is free ({axis}).",
                layer=layer,
                axis=shape[-1 - fixed],
            ),
            *fixes,
        )
    return tuple(int(length) for length in shape[-p.num_axes :])


def _fewer(axes: int) -> str:
    return tr("Work over the last axis") if axes == 1 else tr("Work over the last {count} axes", count=axes)


def last_axes_line(p: Settings) -> str:
    """How many axes, where it is more than the features, and that nothing is trained."""
    parts = [tr("last {count} axes", count=p.num_axes)] if p.num_axes > 1 else []
    return ", ".join(parts if p.elementwise_affine else [*parts, tr("nothing trained")])


def short_lengths(lengths: tuple[int, ...]) -> int | tuple[int, ...]:
    """Return one number for one length, as torch takes it."""
    return lengths[0] if len(lengths) == 1 else lengths
