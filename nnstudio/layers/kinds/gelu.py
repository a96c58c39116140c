"""GELU: lets a number through as far as it stands out among others."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.parameters import Choice
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def line(p: Settings) -> str:
    """The quicker curve, where it is chosen."""
    return "" if p.approximate == "none" else tr("by tanh")


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.GELU, saying only what differs from torch's default."""
    return call("nn.GELU", **({} if p.approximate == "none" else {"approximate": p.approximate}))


SPEC = LayerSpec(
    kind="GELU",
    title=Words("GELU", "GELU"),
    family="act",
    place=2,
    stem="gelu_",
    summary=Words("A smooth ReLU, as in Transformers.", "平滑的 ReLU，Transformer 中常用。"),
    help=Words(
        "Each number is multiplied by the probability that a normally distributed one is smaller. Large numbers pass, "
        "very negative ones vanish, and between them the curve is smooth. Most Transformers use it where older "
        "networks have ReLU.",
        "每个数乘以标准正态变量小于它的概率。大的数通过，很负的数消失，中间平滑过渡。"
        "早期网络用 ReLU 的地方，多数 Transformer 用它。",
    ),
    formula=r"y = x \, \Phi(x)",
    source="Hendrycks, Gimpel: Gaussian Error Linear Units (GELUs), 2016",
    params=(
        Choice(
            name="approximate",
            default="none",
            options=("none", "tanh"),
            titles=(Words("exact", "精确"), Words("by tanh", "用 tanh 近似")),
            label=Words("Curve", "曲线"),
            help=Words(
                "Exact, or the approximation by tanh with which GPT-2 and others were trained.",
                "精确计算，或使用 GPT-2 等模型训练时采用的 tanh 近似。",
            ),
        ),
    ),
    shape=same_shape,
    line=line,
    module=module,
)
