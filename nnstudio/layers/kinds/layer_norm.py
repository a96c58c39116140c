"""LayerNorm: the features of each step are brought to mean 0 and variance 1, every sample by itself."""

from __future__ import annotations

from math import prod

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.norms import BIAS, EPS, NUM_AXES, differing, last_axes, last_axes_line, short_lengths
from nnstudio.layers.parameters import Bool
from nnstudio.layers.spec import Cost, LayerSpec, Settings, Signal

TITLE = Words("Layer norm", "层归一化")


def shape(p: Settings, x: Signal) -> Signal:
    """(…, last axes) -> the same shape."""
    last_axes(TITLE, p, x.shape)
    return x


def cost(p: Settings, x: Signal) -> Cost:
    """A scale and a shift are trained for every place on the last axes."""
    lengths = last_axes(TITLE, p, x.shape)
    if not p.elementwise_affine:
        return Cost()
    places = "·".join(map(str, lengths))
    return Cost(parameters=prod(lengths) * (1 + p.bias), arithmetic=f"2·{places}" if p.bias else places)


def line(p: Settings) -> str:
    """How many axes, where it is more than the features, and what is not trained."""
    text = last_axes_line(p)
    return ", ".join(filter(None, (text, tr("no shift")))) if p.elementwise_affine and not p.bias else text


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.LayerNorm, saying only what differs from torch's defaults."""
    said = differing(p, eps=1e-5, elementwise_affine=True, bias=True)
    return call("nn.LayerNorm", short_lengths(last_axes(TITLE, p, x.shape)), **said)


SPEC = LayerSpec(
    kind="LayerNorm",
    title=TITLE,
    family="norm",
    place=3,
    stem="norm_",
    summary=Words("Brings each sample's features to mean 0 and variance 1.", "使每个样本的特征均值为 0、方差为 1。"),
    help=Words(
        "Mean and variance are taken over the features of one step of one sample, so neither the other samples of the "
        "batch nor the other steps matter, and it does the same while training and in use. Transformers and recurrent "
        "networks have it where convolutional ones have batch norm. Every feature has a trained scale and shift.",
        "在一个样本的一步之内对各特征求均值和方差，与同批的其他样本和其他步无关，训练与使用时做法相同。"
        "卷积网络用批归一化的地方，Transformer 和循环网络用它。每个特征有可训练的缩放和平移。",
    ),
    formula=r"y_{i} = \gamma_{i} \, \frac{x_{i} - \mu}{\sqrt{\sigma^{2} + \varepsilon}} + \beta_{i}",
    source="Ba, Kiros, Hinton: Layer Normalization, 2016",
    params=(
        NUM_AXES,
        EPS,
        Bool(
            name="elementwise_affine",
            default=True,
            label=Words("Scale and shift", "缩放与平移"),
            help=Words("Train a scale and a shift for every feature.", "为每个特征训练缩放和平移。"),
        ),
        BIAS,
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
)
