"""Mish: a smooth ReLU that dips a little below zero."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def module(_p: Settings, _x: Signal) -> Call:
    """torch.nn.Mish."""
    return call("nn.Mish")


SPEC = LayerSpec(
    kind="Mish",
    title=Words("Mish", "Mish"),
    family="act",
    place=11,
    stem="mish_",
    summary=Words("A smooth ReLU with a dip below zero.", "略低于零的平滑 ReLU。"),
    help=Words(
        "A near relative of SiLU: each number is multiplied by the tanh of its softplus. The dip below zero goes down "
        "to about −0.31, and the curve is smooth everywhere. YOLOv4 made it known; it costs more time than ReLU.",
        "SiLU 的近亲：每个数乘以其 softplus 的 tanh。零点左侧最低约为 −0.31，曲线处处光滑。"
        "因 YOLOv4 而为人所知；比 ReLU 费时。",
    ),
    formula=r"y = x \, \tanh(\ln(1 + e^{x}))",
    source="Misra: Mish: A Self Regularized Non-Monotonic Activation Function, 2019",
    shape=same_shape,
    module=module,
)
