"""SELU: a scaled ELU that keeps numbers at mean 0 and variance 1."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def module(_p: Settings, _x: Signal) -> Call:
    """torch.nn.SELU."""
    return call("nn.SELU")


SPEC = LayerSpec(
    kind="SELU",
    title=Words("SELU", "SELU"),
    family="act",
    place=10,
    stem="selu_",
    summary=Words("An ELU that normalises by itself.", "能自行归一化的 ELU。"),
    help=Words(
        "ELU with two fixed constants, λ ≈ 1.0507 and α ≈ 1.6733, chosen so that through many Dense layers the numbers "
        "stay near mean 0 and variance 1 without a normalisation. That holds when the weights start by LeCun's rule; "
        "for dropout take AlphaDropout.",
        "取两个固定常数 λ ≈ 1.0507、α ≈ 1.6733 的 ELU，使数值经过许多全连接层后仍接近均值 0、方差 1，不需要归一化层。"
        "前提是权重按 LeCun 规则初始化；需要随机失活时用 AlphaDropout。",
    ),
    formula=r"y = \lambda \, ( \max(0, x) + \min(0, \alpha (e^{x} - 1)) )",
    source="Klambauer and others: Self-Normalizing Neural Networks, 2017",
    shape=same_shape,
    module=module,
)
