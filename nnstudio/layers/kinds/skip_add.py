"""SkipAdd: adds what went around some layers where it has the shape that they give, and leaves it out elsewhere."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Expression, Infix, Input, apply, call
from nnstudio.layers.spec import LayerSpec, Port, Settings, Signal


def shape(_p: Settings, x: Signal, _skip: Signal) -> Signal:
    """The shape of the first input."""
    return x


def line(_p: Settings) -> str:
    """What it does, in a few words."""
    return tr("if shapes agree")


def module(_p: Settings, _x: Signal, _skip: Signal) -> Call:
    """torch.nn.Identity."""
    return call("nn.Identity")


def forward(_p: Settings, x: Signal, skip: Signal) -> Expression:
    """The sum, or the first input alone."""
    layers = apply(Input(0))
    return Infix("+", layers, Input(1)) if x.shape == skip.shape else layers


SPEC = LayerSpec(
    kind="SkipAdd",
    title=Words("Add where it fits", "形状相同则相加"),
    family="merge",
    place=10,
    stem="skip_",
    summary=Words("Adds the way around only where the shapes agree.", "仅在形状相同时加上绕行的信号。"),
    help=Words(
        "The end of a block with a way around it. Where what went around has the shape of what came through the "
        "layers, both are added; where the layers changed channels or size, their result goes on alone. MobileNetV2 "
        "does so; a residual block fits the way around with a Shortcut instead.",
        "用在带绕行通路的模块末尾。绕行的信号与经过各层的结果形状相同时，两者相加；"
        "若各层改变了通道数或大小，则只让结果通过。MobileNetV2 采用这种做法；残差块则用捷径连接使两者形状一致。",
    ),
    formula=r"y = x + s \quad \mathrm{or} \quad y = x",
    source="Sandler, Howard, Zhu, Zhmoginov, Chen: MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018",
    inputs=(Port("input"), Port("skip")),
    shape=shape,
    line=line,
    module=module,
    forward=forward,
)
