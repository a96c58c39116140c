"""Step: 1 for positive numbers, 0 for all others."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Expression, Infix, Input, method
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def forward(_p: Settings, _x: Signal) -> Expression:
    """Compare with zero; the answer is a number again."""
    return method(Infix(">", Input(0), 0), "type_as", Input(0))


SPEC = LayerSpec(
    kind="Step",
    title=Words("Step", "阶跃函数"),
    family="act",
    place=18,
    stem="step_",
    summary=Words("1 for positive numbers, else 0.", "正数得 1，其余得 0。"),
    help=Words(
        "The activation of the first artificial neurons: a unit fires or it does not. The curve is flat nearly "
        "everywhere, so no gradient comes through: what lies before it cannot be trained by back-propagation. Use it "
        "to show how threshold units compute, with weights set by hand or by the perceptron rule; to learn, replace "
        "it by Sigmoid.",
        "最早的人工神经元的激活函数：单元要么激活，要么不激活。曲线几乎处处平坦，梯度无法通过，"
        "它前面的层不能用反向传播训练。可用它展示阈值单元如何计算，权重由手工设定或由感知器规则得到；"
        "若要学习，请换成 Sigmoid。",
    ),
    formula=r"y = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
    source="McCulloch, Pitts: A Logical Calculus of the Ideas Immanent in Nervous Activity, 1943",
    shape=same_shape,
    forward=forward,
)
