"""Dropout: while training, some numbers are left out by chance."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.parameters import Float
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def line(p: Settings) -> str:
    """How much is left out."""
    return tr("drops {share} %", share=f"{100 * p.p:g}")


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.Dropout."""
    return call("nn.Dropout", p.p)


SPEC = LayerSpec(
    kind="Dropout",
    title=Words("Dropout", "随机失活"),
    family="norm",
    place=2,
    stem="dropout_",
    summary=Words("Leaves out numbers by chance while training.", "训练时随机丢弃一些数。"),
    help=Words(
        "Every number becomes zero with the given probability, and the others grow to make up for it. So no unit can "
        "rely on a single other one, and the network learns less by heart. In use, after training, nothing is "
        "dropped.",
        "每个数以给定的概率变为零，其余的数相应放大。这样任何单元都不能只依赖另一个单元，网络就不易死记硬背。"
        "训练结束后使用时不丢弃。",
    ),
    formula=r"y = \frac{m \, x}{1 - p}, \quad m \sim \mathrm{Bernoulli}(1 - p)",
    source="Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov: Dropout, 2014",
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
