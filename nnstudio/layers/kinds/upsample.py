"""Upsample: makes maps larger without anything to learn, by repeating or by blending numbers."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.lengths import multiply, slide
from nnstudio.layers.parameters import Axes, Bool, Choice, Float
from nnstudio.layers.spec import Dim, LayerError, LayerSpec, ParamFix, Settings, Signal, shape_text
from nnstudio.layers.windows import short, size_text

_BLENDS: Mapping[int, tuple[str, ...]] = {1: ("linear",), 2: ("bilinear", "bicubic"), 3: ("trilinear",)}
"""Modes beside nearest, by the number of axes behind the channels."""
_FINEST = 64
"""Free lengths grow by fractions of at most this denominator: torch computes with these exactly."""


def shape(p: Settings, x: Signal) -> Signal:
    """(C, *lengths) -> (C, ⌊length · scale_factor⌋ for every length), or (C, *size)."""
    axes = len(x.shape) - 1
    if axes not in _BLENDS:
        raise LayerError(
            tr("Upsample needs channels and one to three lengths; it gets {shape}.", shape=shape_text(x.shape))
        )
    if p.mode not in ("nearest", *_BLENDS[axes]):
        fits = _BLENDS[axes][0]
        raise LayerError(
            tr(
                "{mode} blends along another number of axes than the {axes} behind the channels of {shape}.",
                mode=p.mode,
                axes=axes,
                shape=shape_text(x.shape),
            ),
            ParamFix(tr("Set the mode to {mode}", mode=fits), {"mode": fits}),
        )
    if p.scale_factor is None and not p.size:
        raise LayerError(
            tr("Upsample needs a scale or a size."),
            ParamFix(tr("Set the scale to {scale}", scale=2), {"scale_factor": 2}),
        )
    return Signal((x.shape[0], *(_asked(p, axes) if p.size else (_scaled(length, p) for length in x.shape[1:]))))


def _asked(p: Settings, axes: int) -> tuple[int, ...]:
    size = tuple(length for length in p.size if isinstance(length, int))
    if len(size) < len(p.size):
        raise LayerError(tr("The size asked for is {size}; only numbers can be asked for.", size=shape_text(p.size)))
    if len(size) not in (1, axes):
        raise LayerError(
            tr(
                "The size asked for, {size}, needs one number for each of {axes} axes.", size=size_text(size), axes=axes
            ),
            ParamFix(tr("Go by the scale instead"), {"size": ()}),
        )
    return size * axes if len(size) == 1 else size


def _scaled(length: Dim, p: Settings) -> Dim:
    if isinstance(length, int):
        larger = int(length * p.scale_factor)
        if larger < 1:
            raise LayerError(
                tr("A scale of {scale} leaves nothing of a length of {length}.", scale=p.scale_factor, length=length),
                ParamFix(tr("Set the scale to {scale}", scale=1), {"scale_factor": 1}),
            )
        return larger
    whole, part = p.scale_factor.as_integer_ratio()
    if part > _FINEST:
        near = max(1, round(whole / part * 4)) / 4
        raise LayerError(
            tr("{length} is free, so the scale must be a number such as 2, 1.5 or 0.25.", length=length),
            ParamFix(tr("Set the scale to {scale}", scale=f"{near:g}"), {"scale_factor": near}),
        )
    return slide(multiply([whole, length]), part, part)


def line(p: Settings) -> str:
    """How much larger, or how large, and how what lies between is filled."""
    if p.size:
        return tr("to {size}, {mode}", size="×".join(map(str, p.size)), mode=p.mode)
    if p.scale_factor is None:
        return str(p.mode)
    return tr("× {scale}, {mode}", scale=f"{p.scale_factor:g}", mode=p.mode)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.Upsample, saying only what differs from torch's defaults."""
    said: dict[str, Literal] = {}
    if p.size:
        said["size"] = short(p.size)
    else:
        said["scale_factor"] = int(p.scale_factor) if p.scale_factor.is_integer() else p.scale_factor
    if p.mode != "nearest":
        said["mode"] = p.mode
        if p.align_corners:
            said["align_corners"] = True
    return call("nn.Upsample", **said)


SPEC = LayerSpec(
    kind="Upsample",
    title=Words("Upsample", "上采样"),
    family="conv",
    place=7,
    stem="upsample_",
    summary=Words("Makes maps larger by repeating or blending.", "用重复或插值放大特征图。"),
    help=Words(
        "Nearest repeats every number; the other modes blend neighbours, which looks smoother. There is nothing to "
        "train. Followed by a convolution it is the usual way up in a decoder, and leaves no chequered pattern as a "
        "transposed convolution may. It works on series, images and volumes.",
        "最近邻重复每个数；其他方式在相邻的数之间插值，结果更平滑。没有可训练的参数。"
        "解码器中常在其后接卷积来放大，不会像转置卷积那样出现棋盘格。适用于序列、图像和体数据。",
    ),
    formula=r"y_{c,i,j} = x_{c,\, \lfloor i / s \rfloor,\, \lfloor j / s \rfloor} \quad (\mathrm{nearest})",
    source="Odena, Dumoulin, Olah: Deconvolution and Checkerboard Artifacts, 2016",
    params=(
        Float(
            name="scale_factor",
            default=2.0,
            low=0.01,
            high=64.0,
            step=0.5,
            empty=True,
            label=Words("Scale", "放大倍数"),
            help=Words(
                "How many times as long every axis becomes; counts where no size is asked for.",
                "每个轴变为原来的多少倍；未指定大小时起作用。",
            ),
        ),
        Axes(
            name="size",
            default=(),
            most=3,
            label=Words("Size instead", "指定大小"),
            help=Words(
                "The lengths to come to, such as 64, 64; left empty, the scale decides.",
                "要得到的各边长，如 64, 64；留空则由放大倍数决定。",
            ),
        ),
        Choice(
            name="mode",
            default="nearest",
            options=("nearest", "linear", "bilinear", "bicubic", "trilinear"),
            titles=(
                Words("Nearest", "最近邻"),
                Words("Linear (series)", "线性（序列）"),
                Words("Bilinear (images)", "双线性（图像）"),
                Words("Bicubic (images)", "双三次（图像）"),
                Words("Trilinear (volumes)", "三线性（体数据）"),
            ),
            label=Words("Mode", "方式"),
            help=Words("How the numbers in between come about.", "中间的数如何得到。"),
        ),
        Bool(
            name="align_corners",
            default=False,
            label=Words("Align corners", "对齐角点"),
            help=Words(
                "Put the first and last numbers exactly on the corners; means nothing to nearest.",
                "让首尾的数恰好落在角点上；对最近邻不起作用。",
            ),
        ),
    ),
    shape=shape,
    line=line,
    module=module,
)
