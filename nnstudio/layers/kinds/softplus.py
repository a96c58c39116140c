"""Softplus: a smooth ReLU that is always positive."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.norms import differing
from nnstudio.layers.parameters import Float
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def line(p: Settings) -> str:
    """How sharp the bend is, where it is not the usual."""
    return "" if p.beta == 1 else f"β = {p.beta:g}"


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.Softplus, saying only what differs from torch's defaults."""
    return call("nn.Softplus", **differing(p, beta=1.0, threshold=20.0))


SPEC = LayerSpec(
    kind="Softplus",
    title=Words("Softplus", "Softplus"),
    family="act",
    place=14,
    stem="softplus_",
    summary=Words("Bends smoothly from zero into a line.", "从零平滑地弯成一条直线。"),
    help=Words(
        "The smooth original of ReLU; its slope is the sigmoid. What comes out is always above zero, so it stands "
        "where a positive number is wanted, such as a variance. The larger β, the sharper the bend.",
        "ReLU 的平滑原型，其斜率就是 sigmoid。输出总大于零，所以用在需要正数的地方，例如方差。β 越大，弯折越锐利。",
    ),
    formula=r"y = \frac{1}{\beta} \ln(1 + e^{\beta x})",
    source="Dugas and others: Incorporating Second-Order Functional Knowledge for Better Option Pricing, 2000",
    params=(
        Float(
            name="beta",
            default=1.0,
            low=0.01,
            high=100.0,
            label=Words("Beta", "β"),
            help=Words("How sharp the bend at zero is.", "零点处弯折的锐利程度。"),
        ),
        Float(
            name="threshold",
            default=20.0,
            low=0.0,
            high=100.0,
            step=1.0,
            label=Words("Threshold", "阈值"),
            help=Words(
                "Where β·x is above it the line itself is taken, so that the exponential does not overflow.",
                "β·x 超过它时直接取直线，避免指数溢出。",
            ),
        ),
    ),
    shape=same_shape,
    line=line,
    module=module,
)
