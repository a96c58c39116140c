"""ScaledTanh: the squashing function of LeNet-5, a tanh stretched so that 1 stays 1."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Expression, Infix, Input, call
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def forward(_p: Settings, _x: Signal) -> Expression:
    """``1.7159 * torch.tanh(2 * x / 3)``."""
    return Infix("*", 1.7159, call("torch.tanh", Infix("/", Infix("*", 2, Input(0)), 3)))


SPEC = LayerSpec(
    kind="ScaledTanh",
    title=Words("Scaled tanh", "缩放 tanh"),
    family="classic",
    place=5,
    stem="squash_",
    summary=Words("A tanh stretched so that 1 stays 1.", "拉伸后的 tanh，使 1 仍为 1。"),
    help=Words(
        "The squashing function of LeNet-5. It runs from −1.7159 to 1.7159, and gives 1 for 1 and −1 for −1, where the "
        "curve bends most. Targets of ±1 then lie where units still learn, while those of a plain tanh lie at "
        "its ends, which only endless weights reach.",
        "LeNet-5 的挤压函数。取值从 −1.7159 到 1.7159，输入 1 得 1，输入 −1 得 −1，曲线在这两点弯曲得最厉害。"
        "因此目标 ±1 处的单元仍能学习；而普通 tanh 的 ±1 在曲线两端，权重无穷大才能达到。",
    ),
    formula=r"y = 1.7159 \tanh \left( \frac{2}{3} x \right)",
    source="LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998, appendix A",
    shape=same_shape,
    forward=forward,
)
