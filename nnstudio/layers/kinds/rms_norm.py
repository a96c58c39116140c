"""RMSNorm: the features of each step are divided by their root mean square."""

from __future__ import annotations

from math import prod

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.norms import NUM_AXES, differing, last_axes, last_axes_line, short_lengths
from nnstudio.layers.parameters import Bool, Float
from nnstudio.layers.spec import Cost, LayerSpec, Settings, Signal

TITLE = Words("RMS norm", "均方根归一化")


def shape(p: Settings, x: Signal) -> Signal:
    """(…, last axes) -> the same shape."""
    last_axes(TITLE, p, x.shape)
    return x


def cost(p: Settings, x: Signal) -> Cost:
    """A scale is trained for every place on the last axes."""
    lengths = last_axes(TITLE, p, x.shape)
    if not p.elementwise_affine:
        return Cost()
    return Cost(parameters=prod(lengths), arithmetic="·".join(map(str, lengths)))


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.RMSNorm, saying only what differs from torch's defaults."""
    said = differing(p, eps=None, elementwise_affine=True)
    return call("nn.RMSNorm", short_lengths(last_axes(TITLE, p, x.shape)), **said)


SPEC = LayerSpec(
    kind="RMSNorm",
    title=TITLE,
    family="norm",
    place=6,
    stem="norm_",
    summary=Words("Divides each sample's features by their root mean square.", "用均方根去除每个样本的特征。"),
    help=Words(
        "Layer norm without the mean: the features of a step are only scaled, so that their squares are 1 on average. "
        "It is cheaper and works as well, so newer language models have it. Every feature has a trained scale.",
        "不减均值的层归一化：只缩放一步之内的特征，使其平方的平均值为 1。它计算更省而效果相当，"
        "较新的语言模型多用它。每个特征有可训练的缩放。",
    ),
    formula=r"y_{i} = \gamma_{i} \, \frac{x_{i}}{\sqrt{\frac{1}{d} \sum_{j} x_{j}^{2} + \varepsilon}}",
    source="Zhang, Sennrich: Root Mean Square Layer Normalization, 2019",
    params=(
        NUM_AXES,
        Float(
            name="eps",
            default=None,
            low=1e-12,
            step=1e-6,
            empty=True,
            label=Words("Epsilon", "ε"),
            help=Words(
                "Added to the mean square so that nothing is divided by zero. Left empty, it is the smallest step "
                "between numbers near 1: 1.19e-7.",
                "加到均方上，避免除以零。留空时取 1 附近相邻两数的最小间隔：1.19e-7。",
            ),
        ),
        Bool(
            name="elementwise_affine",
            default=True,
            label=Words("Scale", "缩放"),
            help=Words("Train a scale for every feature.", "为每个特征训练缩放。"),
        ),
    ),
    shape=shape,
    cost=cost,
    line=last_axes_line,
    module=module,
)
