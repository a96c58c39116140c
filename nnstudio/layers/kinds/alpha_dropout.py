"""AlphaDropout: dropout that keeps mean and variance, for networks of SELU."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.parameters import Float
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def line(p: Settings) -> str:
    """How much is left out."""
    return tr("drops {share} %", share=f"{100 * p.p:g}")


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.AlphaDropout."""
    return call("nn.AlphaDropout", p.p)


SPEC = LayerSpec(
    kind="AlphaDropout",
    title=Words("Alpha dropout", "Alpha 随机失活"),
    family="norm",
    place=9,
    stem="dropout_",
    summary=Words("Dropout for SELU: keeps mean and variance.", "配合 SELU 的随机失活：保持均值和方差。"),
    help=Words(
        "Networks of SELU keep their numbers at mean 0 and variance 1 by themselves, and plain dropout would disturb "
        "that. Here a dropped number becomes the lowest value α′ of SELU, and then everything is scaled and shifted "
        "so that mean and variance stay. After training nothing is dropped.",
        "SELU 网络能自行保持均值为 0、方差为 1，普通的随机失活会破坏这一点。这里被丢弃的数变为 SELU 的最低值 α′，"
        "然后整体缩放和平移，使均值和方差不变。训练结束后不丢弃。",
    ),
    formula=r"y = a \, (m \, x + (1 - m) \, \alpha') + b, \quad m \sim \mathrm{Bernoulli}(1 - p)",
    source="Klambauer and others: Self-Normalizing Neural Networks, 2017",
    params=(
        Float(
            name="p",
            default=0.5,
            label=Words("Probability", "概率"),
            help=Words("The share of numbers that is left out.", "被丢弃的数所占的比例。"),
        ),
    ),
    shape=same_shape,
    line=line,
    module=module,
)
