"""Flatten: all numbers of a sample in one row, or those of some neighbouring axes."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import torch_place
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.lengths import multiply
from nnstudio.layers.parameters import MAX_AXES, Int
from nnstudio.layers.spec import LayerError, LayerSpec, ParamFix, Port, Settings, Signal, shape_text


def shape(p: Settings, x: Signal) -> Signal:
    """(a, b, …) -> (a·b·…); axes before start_dim and after end_dim stay."""
    if not x.shape:
        raise LayerError(tr("Flatten needs at least one axis; it gets one number."))
    try:
        first, last = torch_place(x.shape, p.start_dim), torch_place(x.shape, p.end_dim)
    except LayerError as error:
        whole = ParamFix(tr("Flatten the whole sample"), {"start_dim": 1, "end_dim": -1})
        raise LayerError(str(error), whole) from error
    if first > last:
        raise LayerError(
            tr(
                "The first axis to join comes behind the last one: {first} and {last} in {shape}.",
                first=p.start_dim,
                last=p.end_dim,
                shape=shape_text(x.shape),
            ),
            ParamFix(tr("Swap the two"), {"start_dim": p.end_dim, "end_dim": p.start_dim}),
        )
    return Signal((*x.shape[:first], multiply(x.shape[first : last + 1]), *x.shape[last + 1 :]), x.element)


def line(p: Settings) -> str:
    """Which axes, where not all of them."""
    whole = (p.start_dim, p.end_dim) == (1, -1)
    return "" if whole else tr("axes {first} to {last}", first=p.start_dim, last=p.end_dim)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.Flatten, which leaves the batch alone."""
    said: dict[str, Literal] = {}
    if p.start_dim != 1:
        said["start_dim"] = p.start_dim
    if p.end_dim != -1:
        said["end_dim"] = p.end_dim
    return call("nn.Flatten", **said)


SPEC = LayerSpec(
    kind="Flatten",
    title=Words("Flatten", "展平"),
    family="shape",
    place=1,
    stem="flatten_",
    summary=Words("Puts all numbers of a sample in one row.", "把一个样本的所有数排成一行。"),
    help=Words(
        "Stands between layers that work on images and Dense layers, which work on rows. Numbers keep their "
        "order and samples stay apart; only the neighbourhood of pixels is forgotten. With other first and last axes "
        "it joins only those between them.",
        "放在处理图像的层与处理一行数的全连接层之间。数的顺序不变，样本彼此分开；只是像素的相邻关系不再保留。"
        "若另外指定首轴和末轴，则只合并它们之间的各轴。",
    ),
    formula=r"y_{(c H + i) W + j} = x_{c,i,j}",
    source="PyTorch documentation: torch.nn.Flatten",
    params=(
        Int(
            name="start_dim",
            default=1,
            low=-MAX_AXES,
            high=MAX_AXES,
            label=Words("First axis", "首轴"),
            help=Words(
                "The first axis that is joined. Like torch's, it counts the batch as 0, so 1 is the first of a sample.",
                "从哪个轴开始合并。与 torch 一样，批次算第 0 轴，所以 1 是样本的第一个轴。",
            ),
        ),
        Int(
            name="end_dim",
            default=-1,
            low=-MAX_AXES,
            high=MAX_AXES,
            label=Words("Last axis", "末轴"),
            help=Words(
                "The last axis that is joined; -1 is the last of all.",
                "合并到哪个轴为止；-1 是最后一个轴。",
            ),
        ),
    ),
    inputs=(Port("input", element=None),),
    outputs=(Port("output", element=None),),
    shape=shape,
    line=line,
    module=module,
)
