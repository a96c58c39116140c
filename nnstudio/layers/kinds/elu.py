"""ELU: negative numbers follow an exponential curve down to −α."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.parameters import Float
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def line(p: Settings) -> str:
    """Where the curve ends on the left."""
    return f"α = {p.alpha:g}"


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.ELU, saying only what differs from torch's default."""
    return call("nn.ELU", **({} if p.alpha == 1 else {"alpha": p.alpha}))


SPEC = LayerSpec(
    kind="ELU",
    title=Words("ELU", "ELU"),
    family="act",
    place=8,
    stem="elu_",
    summary=Words("Bends negative numbers smoothly towards −α.", "使负数平滑地趋近 −α。"),
    help=Words(
        "Positive numbers pass; negative ones bend smoothly towards −α instead of stopping at zero. The mean "
        "of the answers stays nearer to zero, which helps the next layer learn.",
        "正数原样通过；负数平滑地趋近 −α，而不是停在零。输出的均值更接近零，有助于下一层学习。",
    ),
    formula=r"y = \max(0, x) + \min(0, \alpha (e^{x} - 1))",
    source="Clevert and others: Fast and Accurate Deep Network Learning by Exponential Linear Units (ELUs), 2015",
    params=(
        Float(
            name="alpha",
            default=1.0,
            high=10.0,
            label=Words("Alpha", "α"),
            help=Words("How far below zero the curve goes.", "曲线低于零的幅度。"),
        ),
    ),
    shape=same_shape,
    line=line,
    module=module,
)
