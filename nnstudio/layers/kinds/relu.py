"""ReLU: negative numbers become zero."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def module(_p: Settings, _x: Signal) -> Call:
    """torch.nn.ReLU."""
    return call("nn.ReLU")


SPEC = LayerSpec(
    kind="ReLU",
    title=Words("ReLU", "ReLU"),
    family="act",
    place=1,
    stem="relu_",
    summary=Words("Turns negative numbers into zero.", "把负数变为零。"),
    help=Words(
        "Without an activation between them, two layers are no more than one. ReLU is the usual choice: it is cheap, "
        "and where it lets a number through its gradient is 1, so deep networks still learn. A unit that is negative "
        "for every sample gets no gradient any more; LeakyReLU and ELU avoid that.",
        "两层之间若没有激活函数，就只相当于一层。ReLU 是最常用的选择：计算简单，放行时梯度为 1，"
        "深层网络仍能学习。若某个单元对所有样本都为负，它就不再得到梯度；LeakyReLU 和 ELU 可避免这种情况。",
    ),
    formula=r"y = \max(0, x)",
    source="Nair, Hinton: Rectified Linear Units Improve Restricted Boltzmann Machines, 2010",
    shape=same_shape,
    module=module,
)
