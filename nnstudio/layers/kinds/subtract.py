"""Subtract: one signal less another."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import require_one_shape
from nnstudio.layers.code import Expression, Infix, Input
from nnstudio.layers.spec import LayerSpec, Port, Settings, Signal

TITLE = Words("Subtract", "相减")


def shape(_p: Settings, x: Signal, other: Signal) -> Signal:
    """Both shapes are equal."""
    return require_one_shape(TITLE, (x, other))


def line(_p: Settings) -> str:
    """What it does, in a word."""
    return tr("input minus other")


def forward(_p: Settings, _x: Signal, _other: Signal) -> Expression:
    """``x - other``."""
    return Infix("-", Input(0), Input(1))


SPEC = LayerSpec(
    kind="Subtract",
    title=TITLE,
    family="merge",
    place=4,
    stem="subtract_",
    summary=Words("Takes the second input from the first.", "从第一个输入减去第二个输入。"),
    help=Words(
        "Number by number, so both must have one shape. The difference of what two branches with shared weights say "
        "tells how much two pictures differ; the difference of a noisy picture and its noise is the picture.",
        "逐元素计算，两个输入的形状必须相同。两条共享权重的支路之差，说明两幅图像相差多少；"
        "含噪图像减去噪声，就得到图像。",
    ),
    formula=r"y = x_1 - x_2",
    source="Bromley and others: Signature Verification using a Siamese Time Delay Neural Network, 1993 (such branches)",
    inputs=(Port("input"), Port("other")),
    shape=shape,
    line=line,
    forward=forward,
)
