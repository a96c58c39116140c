"""MatMul: the product of two matrices, both computed by the network."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Expression, Infix, Input, method
from nnstudio.layers.parameters import Bool
from nnstudio.layers.spec import (
    Cost,
    LayerError,
    LayerSpec,
    ParamFix,
    Port,
    Settings,
    Signal,
    count_elements,
    shape_text,
)

TITLE = Words("Matrix product", "矩阵乘积")


def shape(p: Settings, x: Signal, other: Signal) -> Signal:
    """(…, n, k), (…, k, m) -> (…, n, m); the second is (…, m, k) where it is transposed."""
    if len(x.shape) != len(other.shape) or len(x.shape) < 2:
        raise LayerError(
            tr(
                "Matrix product needs two matrices, rows × columns, with equally many axes; it gets {first} and "
                "{other}.",
                first=shape_text(x.shape),
                other=shape_text(other.shape),
            )
        )
    if x.shape[:-2] != other.shape[:-2]:
        raise LayerError(
            tr(
                "Before rows and columns, the axes must be alike; they are {first} and {other}.",
                first=shape_text(x.shape),
                other=shape_text(other.shape),
            )
        )
    inner, outer = other.shape[-2:][::-1] if p.transpose else other.shape[-2:]
    if x.shape[-1] != inner:
        turned = ParamFix(
            tr("Take the second as it is") if p.transpose else tr("Transpose the second"),
            {"transpose": not p.transpose},
        )
        raise LayerError(
            tr(
                "The rows of the first are {columns} long and the columns of the second {rows}; they must be equal.",
                columns=x.shape[-1],
                rows=inner,
            ),
            *((turned,) if x.shape[-1] == outer else ()),
        )
    return Signal((*x.shape[:-1], outer))


def cost(p: Settings, x: Signal, other: Signal) -> Cost:
    """One multiply-add for each place of the inner axis and each number that comes out."""
    return Cost(macs=count_elements((*shape(p, x, other).shape, x.shape[-1])))


def line(p: Settings) -> str:
    """Whether the second is transposed."""
    return "A · Bᵀ" if p.transpose else "A · B"


def forward(p: Settings, _x: Signal, _other: Signal) -> Expression:
    """``x @ other``; samples are multiplied each by itself."""
    return Infix("@", Input(0), method(Input(1), "transpose", -2, -1) if p.transpose else Input(1))


SPEC = LayerSpec(
    kind="MatMul",
    title=TITLE,
    family="merge",
    place=7,
    stem="matmul_",
    summary=Words("Multiplies two matrices.", "把两个矩阵相乘。"),
    help=Words(
        "Both matrices come from the network, unlike in a Dense layer, whose matrix is trained. It is the heart of "
        "attention: queries times transposed keys say how well every step fits every other, and these shares times "
        "values mix the steps. Axes before rows and columns, such as heads, are gone through one by one.",
        "两个矩阵都由网络算出，而全连接层的矩阵是训练得到的。它是注意力的核心：查询乘以键的转置，"
        "得到各步之间的匹配程度；再用这些比例乘以值，就把各步混合起来。行和列之前的轴（例如头）逐一处理。",
    ),
    formula=r"y_{i,j} = \sum_{k} a_{i,k} \, b_{k,j}",
    source="Vaswani and others: Attention Is All You Need, 2017",
    params=(
        Bool(
            name="transpose",
            default=False,
            label=Words("Transpose second", "转置第二个"),
            help=Words("Swap rows and columns of the second matrix first.", "先交换第二个矩阵的行和列。"),
        ),
    ),
    inputs=(Port("input"), Port("other")),
    shape=shape,
    cost=cost,
    line=line,
    forward=forward,
)
