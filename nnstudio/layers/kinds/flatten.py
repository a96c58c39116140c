"""Flatten: all numbers of a sample in one row."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.lengths import multiply
from nnstudio.layers.spec import LayerError, LayerSpec, Port, Settings, Signal


def shape(_p: Settings, x: Signal) -> Signal:
    """(a, b, …) -> (a·b·…)."""
    if not x.shape:
        raise LayerError(tr("Flatten needs at least one axis; it gets one number."))
    return Signal((multiply(x.shape),), x.element)


def module(_p: Settings, _x: Signal) -> Call:
    """torch.nn.Flatten, which leaves the batch alone."""
    return call("nn.Flatten")


SPEC = LayerSpec(
    kind="Flatten",
    title=Words("Flatten", "展平"),
    family="shape",
    place=1,
    stem="flatten_",
    summary=Words("Puts all numbers of a sample in one row.", "把一个样本的所有数排成一行。"),
    help=Words(
        "Stands between layers that work on images and Dense layers, which work on rows. Numbers keep their "
        "order and samples stay apart; only the neighbourhood of pixels is forgotten.",
        "放在处理图像的层与处理一行数的全连接层之间。数的顺序不变，样本彼此分开；只是像素的相邻关系不再保留。",
    ),
    formula=r"y_{(c H + i) W + j} = x_{c,i,j}",
    source="PyTorch documentation: torch.nn.Flatten",
    inputs=(Port("input", element=None),),
    outputs=(Port("output", element=None),),
    shape=shape,
    module=module,
)
