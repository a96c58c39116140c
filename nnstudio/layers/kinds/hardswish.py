"""Hardswish: SiLU made of straight pieces, for phones."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def module(_p: Settings, _x: Signal) -> Call:
    """torch.nn.Hardswish."""
    return call("nn.Hardswish")


SPEC = LayerSpec(
    kind="Hardswish",
    title=Words("Hardswish", "Hardswish"),
    family="act",
    place=12,
    stem="swish_",
    summary=Words("A cheap SiLU without an exponential.", "不用指数的廉价 SiLU。"),
    help=Words(
        "The sigmoid of SiLU is replaced by a straight ramp from −3 to 3. Below −3 all is zero, above 3 all passes. "
        "Without an exponential it is quick on small processors, and MobileNetV3 uses it in its deeper half.",
        "把 SiLU 中的 sigmoid 换成从 −3 到 3 的直线斜坡：小于 −3 时为零，大于 3 时原样通过。"
        "不需要计算指数，在小处理器上很快，MobileNetV3 在较深的一半中使用它。",
    ),
    formula=r"y = x \, \frac{\min(6, \max(0, x + 3))}{6}",
    source="Howard and others: Searching for MobileNetV3, 2019",
    shape=same_shape,
    module=module,
)
