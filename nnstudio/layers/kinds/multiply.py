"""Multiply: the product of two or more signals, number by number, as where a gate lets a signal through."""

from __future__ import annotations

from functools import reduce

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import require_one_shape
from nnstudio.layers.code import Expression, Infix, Input
from nnstudio.layers.parameters import Bool
from nnstudio.layers.spec import Dim, LayerError, LayerSpec, ParamFix, Port, Settings, Shape, Signal, shape_text

TITLE = Words("Multiply", "相乘")


def shape(p: Settings, *xs: Signal) -> Signal:
    """All shapes are equal; with ``stretch`` a length of 1 goes with any other: (C, 1, 1), (C, H, W) -> (C, H, W)."""
    if p.stretch:
        return Signal(stretched([x.shape for x in xs]))
    try:
        stretched([x.shape for x in xs])
    except LayerError:
        return require_one_shape(TITLE, xs)
    return require_one_shape(TITLE, xs, ParamFix(tr("Stretch lengths of 1"), {"stretch": True}))


def stretched(shapes: list[Shape]) -> Shape:
    """Return the shape that all others stretch to.

    Raises:
        LayerError: they do not fit even so.
    """
    first = shapes[0]
    for other in shapes[1:]:
        if len(other) != len(first):
            raise LayerError(
                tr(
                    "To be stretched, inputs need equally many axes; they are {first} and {other}: put an Unsqueeze "
                    "before one of them.",
                    first=shape_text(first),
                    other=shape_text(other),
                )
            )
        first = tuple(_longer(a, b, first, other) for a, b in zip(first, other, strict=True))
    return first


def _longer(a: Dim, b: Dim, first: Shape, other: Shape) -> Dim:
    if a == 1 or a == b:
        return b
    if b == 1:
        return a
    raise LayerError(
        tr(
            "Only lengths of 1 are stretched; {first} and {other} differ otherwise.",
            first=shape_text(first),
            other=shape_text(other),
        )
    )


def line(p: Settings) -> str:
    """What it does, in a word."""
    return tr("product, stretched") if p.stretch else tr("product of its inputs")


def forward(_p: Settings, *xs: Signal) -> Expression:
    """Multiply from left to right."""
    factors: list[Expression] = [Input(index) for index in range(len(xs))]
    return reduce(lambda left, right: Infix("*", left, right), factors)


SPEC = LayerSpec(
    kind="Multiply",
    title=TITLE,
    family="merge",
    place=3,
    stem="multiply_",
    summary=Words("Multiplies its inputs, number by number.", "把各个输入逐元素相乘。"),
    help=Words(
        "Where one input lies between 0 and 1, as after Sigmoid, it is a gate: it lets the other through or holds it "
        "back. All inputs must have one shape. To weigh whole maps, as in squeeze and excitation, give the gate "
        "axes of length 1 (16 × 1 × 1) and let it be stretched.",
        "若一个输入在 0 到 1 之间（例如经过 Sigmoid），它就是门：决定另一个输入通过多少。各输入的形状必须相同。"
        "要像 SE 模块那样给整张图加权，请让门带长度为 1 的轴（如 16 × 1 × 1），并开启扩展。",
    ),
    formula=r"y = x_1 \odot x_2 \odot \cdots",
    source="Hu, Shen, Sun: Squeeze-and-Excitation Networks, 2018",
    params=(
        Bool(
            name="stretch",
            default=False,
            label=Words("Stretch", "扩展"),
            help=Words(
                "Repeat what has a length of 1 along an axis until it is as long as the others.",
                "某个轴长度为 1 时，沿该轴重复到与其他输入一样长。",
            ),
        ),
    ),
    inputs=(Port("input", many=True),),
    shape=shape,
    line=line,
    forward=forward,
)
