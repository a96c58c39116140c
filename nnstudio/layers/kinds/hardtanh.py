"""Hardtanh: numbers are cut off below and above."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.norms import differing
from nnstudio.layers.parameters import Float
from nnstudio.layers.spec import LayerError, LayerSpec, ParamFix, Settings, Signal


def shape(p: Settings, x: Signal) -> Signal:
    """Any shape, unchanged."""
    if p.min_val >= p.max_val:
        low, high = (-1.0, 1.0) if p.min_val == p.max_val else (p.max_val, p.min_val)
        raise LayerError(
            tr(
                "The upper bound must lie above the lower one; they are {high} and {low}.",
                high=f"{p.max_val:g}",
                low=f"{p.min_val:g}",
            ),
            ParamFix(
                tr("Bound by {low} and {high}", low=f"{low:g}", high=f"{high:g}"), {"min_val": low, "max_val": high}
            ),
        )
    return x


def line(p: Settings) -> str:
    """The bounds."""
    return tr("{low} to {high}", low=f"{p.min_val:g}", high=f"{p.max_val:g}")


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.Hardtanh, saying only what differs from torch's defaults."""
    return call("nn.Hardtanh", **differing(p, min_val=-1.0, max_val=1.0))


SPEC = LayerSpec(
    kind="Hardtanh",
    title=Words("Hardtanh", "Hardtanh"),
    family="act",
    place=17,
    stem="tanh_",
    summary=Words("Cuts numbers off below and above.", "把数截断在上下界之间。"),
    help=Words(
        "Between its bounds it passes numbers as they are; what lies outside becomes the bound and gets no gradient. "
        "With −1 and 1 it is tanh made of straight pieces, with 0 and 6 it is ReLU6.",
        "界内的数原样通过，界外的取边界值，且没有梯度。取 −1 和 1 时是由直线段构成的 tanh，取 0 和 6 时就是 ReLU6。",
    ),
    formula=r"y = \min(b, \max(a, x))",
    source="Collobert: Large Scale Machine Learning, 2004",
    params=(
        Float(
            name="min_val",
            default=-1.0,
            low=-50.0,
            high=50.0,
            label=Words("Lower bound", "下界"),
            help=Words("Smaller numbers become this one, a.", "更小的数变为此值 a。"),
        ),
        Float(
            name="max_val",
            default=1.0,
            low=-50.0,
            high=50.0,
            label=Words("Upper bound", "上界"),
            help=Words("Larger numbers become this one, b.", "更大的数变为此值 b。"),
        ),
    ),
    shape=shape,
    line=line,
    module=module,
)
