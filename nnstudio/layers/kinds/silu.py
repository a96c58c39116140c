"""SiLU: a number times its own sigmoid, also called swish."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def module(_p: Settings, _x: Signal) -> Call:
    """torch.nn.SiLU."""
    return call("nn.SiLU")


SPEC = LayerSpec(
    kind="SiLU",
    title=Words("SiLU", "SiLU"),
    family="act",
    place=7,
    stem="silu_",
    summary=Words("A number times its own sigmoid (swish).", "数乘以自身的 sigmoid（即 swish）。"),
    help=Words(
        "Every number is its own gate: large ones pass, very negative ones vanish, and a little below zero the curve "
        "dips to about −0.28. It is smooth everywhere. EfficientNet, diffusion models and newer language models use "
        "it.",
        "每个数充当自己的门：大的通过，很负的消失，零点左侧曲线略微下凹，最低约为 −0.28。它处处光滑。"
        "EfficientNet、扩散模型和较新的语言模型都用它。",
    ),
    formula=r"y = x \, \sigma(x) = \frac{x}{1 + e^{-x}}",
    source="Elfwing, Uchibe, Doya: Sigmoid-Weighted Linear Units, 2017; Ramachandran, Zoph, Le, 2017",
    shape=same_shape,
    module=module,
)
