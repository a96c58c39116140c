"""Concat: two or more signals put side by side along one axis."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Expression, Input, Sequence, call
from nnstudio.layers.lengths import add
from nnstudio.layers.parameters import Int
from nnstudio.layers.spec import LayerError, LayerSpec, ParamFix, Port, Settings, Shape, Signal, shape_text


def shape(p: Settings, *xs: Signal) -> Signal:
    """(a, b, …), (a′, b, …) -> (a + a′, b, …) for axis 0; all other lengths are equal."""
    first = xs[0].shape
    for x in xs[1:]:
        if len(x.shape) != len(first):
            raise LayerError(
                tr(
                    "Concatenate needs inputs with equally many axes; it gets {first} and {other}.",
                    first=shape_text(first),
                    other=shape_text(x.shape),
                )
            )
    if not first:
        raise LayerError(tr("Concatenate needs inputs with at least one axis; it gets single numbers."))
    if not -len(first) <= p.axis < len(first):
        raise LayerError(
            tr(
                "There is no axis {axis}: {shape} has axes 0 to {last}.",
                axis=p.axis,
                shape=shape_text(first),
                last=len(first) - 1,
            ),
            fix(len(first) - 1 if p.axis > 0 else 0),
        )
    axis = p.axis % len(first)
    for x in xs[1:]:
        if not agree(first, x.shape, axis):
            raise LayerError(
                tr(
                    "All lengths but that of axis {axis} must be equal; they are {first} and {other}.",
                    axis=axis,
                    first=shape_text(first),
                    other=shape_text(x.shape),
                ),
                *(fix(other) for other in range(len(first)) if all(agree(first, y.shape, other) for y in xs)),
            )
    return Signal((*first[:axis], add(x.shape[axis] for x in xs), *first[axis + 1 :]))


def agree(first: Shape, other: Shape, axis: int) -> bool:
    """Tell whether two shapes are equal everywhere but at ``axis``."""
    return first[:axis] == other[:axis] and first[axis + 1 :] == other[axis + 1 :]


def fix(axis: int) -> ParamFix:
    """Offer to join along another axis."""
    return ParamFix(tr("Join along axis {axis}", axis=axis), {"axis": axis})


def line(p: Settings) -> str:
    """The axis."""
    return tr("along axis {axis}", axis=p.axis)


def forward(p: Settings, *xs: Signal) -> Call:
    """torch.cat; torch counts the batch as axis 0."""
    parts: tuple[Expression, ...] = tuple(Input(index) for index in range(len(xs)))
    return call("torch.cat", Sequence(parts), dim=p.axis + 1 if p.axis >= 0 else p.axis)


SPEC = LayerSpec(
    kind="Concat",
    title=Words("Concatenate", "拼接"),
    family="merge",
    place=2,
    stem="concat_",
    summary=Words("Puts its inputs side by side.", "把各个输入并排拼在一起。"),
    help=Words(
        "Nothing is added up: the result has the numbers of all inputs. Axes are those of one sample, so 0 is the "
        "first: the channels of an image, the features of a row, the steps of a sequence. -1 is the last: the "
        "features of a sequence. All other lengths must be equal.",
        "不做加法：结果包含所有输入的数。轴按单个样本来数，0 是第一个轴：图像的通道、一行数的特征、序列的步。"
        "-1 是最后一个轴：序列的特征。其余各轴的长度必须相等。",
    ),
    formula=r"y = [\, x_1 ; \; x_2 ; \; \ldots \,]",
    source="Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks, 2016",
    params=(
        Int(
            name="axis",
            default=0,
            low=-6,
            high=5,
            label=Words("Axis", "轴"),
            help=Words(
                "Which axis of a sample grows: 0 is the channels of an image, -1 the features of a sequence.",
                "样本的哪个轴变长：0 是图像的通道，-1 是序列的特征。",
            ),
        ),
    ),
    inputs=(Port("input", many=True),),
    shape=shape,
    line=line,
    forward=forward,
)
