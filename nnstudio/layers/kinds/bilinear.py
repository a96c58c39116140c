"""Bilinear: every output is a weighted sum of all products of two inputs."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import fixed_length
from nnstudio.layers.code import Call, call
from nnstudio.layers.parameters import Bool, Int
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Port, Settings, Signal, count_elements, shape_text

TITLE = Words("Bilinear", "双线性")


def shape(p: Settings, x: Signal, other: Signal) -> Signal:
    """(…, in1), (…, in2) -> (…, out_features)."""
    if not x.shape or x.shape[:-1] != other.shape[:-1] or not other.shape:
        raise LayerError(
            tr(
                "Bilinear needs two inputs that are alike but for their last axis; it gets {first} and {other}.",
                first=shape_text(x.shape),
                other=shape_text(other.shape),
            )
        )
    for signal in (x, other):
        fixed_length(TITLE, signal.shape[-1])
    return Signal((*x.shape[:-1], p.out_features))


def cost(p: Settings, x: Signal, other: Signal) -> Cost:
    """in1·in2 weights and one bias per output; one multiply-add per weight and position."""
    first, second = int(x.shape[-1]), int(other.shape[-1])
    positions = count_elements(x.shape[:-1])
    bias = p.out_features if p.bias else 0
    weights = p.out_features * first * second
    return Cost(
        parameters=weights + bias,
        macs=None if positions is None else positions * weights,
        arithmetic=f"{p.out_features}·{first}·{second}" + (f" + {bias}" if bias else ""),
    )


def line(p: Settings) -> str:
    """How many units."""
    return tr("1 unit") if p.out_features == 1 else tr("{count} units", count=p.out_features)


def module(p: Settings, x: Signal, other: Signal) -> Call:
    """torch.nn.Bilinear."""
    return call("nn.Bilinear", x.shape[-1], other.shape[-1], p.out_features, **({} if p.bias else {"bias": False}))


SPEC = LayerSpec(
    kind="Bilinear",
    title=TITLE,
    family="dense",
    place=3,
    stem="bilinear_",
    summary=Words("Weighs every product of two inputs.", "对两个输入的所有乘积加权。"),
    help=Words(
        "Each unit multiplies every number of the first input by every number of the second and weighs all these "
        "products. So it can say how two things stand to each other, such as a question and an answer, where a sum "
        "of both cannot. It has many weights: one for each pair and unit.",
        "每个单元把第一个输入的每个数与第二个输入的每个数相乘，再对所有乘积加权求和。"
        "因此它能表达两者之间的关系（例如问题与回答），而简单相加做不到。权重很多：每个单元、每一对数各有一个。",
    ),
    formula=r"y_{k} = x_1^{T} W_{k} \, x_2 + b_{k}",
    source="Tenenbaum, Freeman: Separating Style and Content with Bilinear Models, 2000",
    params=(
        Int(
            name="out_features",
            default=16,
            high=65_536,
            label=Words("Units", "单元数"),
            help=Words("How many outputs the layer has.", "这一层有多少个输出。"),
        ),
        Bool(
            name="bias",
            default=True,
            label=Words("Bias", "偏置"),
            help=Words("Add a trained number to every output.", "给每个输出加上一个可训练的数。"),
        ),
    ),
    inputs=(Port("input1"), Port("input2")),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    weights=True,
)
