"""LeakyReLU: negative numbers are made small, but not zero."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.parameters import Float
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def line(p: Settings) -> str:
    """The slope on the left."""
    return tr("slope {slope}", slope=f"{p.negative_slope:g}")


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.LeakyReLU."""
    return call("nn.LeakyReLU", p.negative_slope)


SPEC = LayerSpec(
    kind="LeakyReLU",
    title=Words("LeakyReLU", "LeakyReLU"),
    family="act",
    place=6,
    stem="relu_",
    summary=Words("Turns negative numbers into small ones.", "把负数缩小，但不变为零。"),
    help=Words(
        "Like ReLU, but negative numbers keep a small slope. So a unit that is negative for every sample still "
        "gets a gradient and can come back.",
        "与 ReLU 相似，但负数一侧保留很小的斜率。因此即使某个单元对所有样本都为负，它仍能得到梯度，可以恢复。",
    ),
    formula=r"y = \max(0, x) + a \, \min(0, x)",
    source="Maas, Hannun, Ng: Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013",
    params=(
        Float(
            name="negative_slope",
            default=0.01,
            step=0.01,
            label=Words("Negative slope", "负半轴斜率"),
            help=Words("The slope a on the left of zero.", "零点左侧的斜率 a。"),
        ),
    ),
    shape=same_shape,
    line=line,
    module=module,
)
