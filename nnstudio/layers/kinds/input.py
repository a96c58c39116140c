"""Input: where samples enter the drawing."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.parameters import Axes, Choice
from nnstudio.layers.spec import LayerSpec, Port, Settings, Signal, shape_text


def shape(p: Settings) -> Signal:
    """What the settings say; inside a block the compiler puts the shape of the instance's input in its place."""
    return Signal(p.shape, p.element)


def line(p: Settings) -> str:
    """The shape of one sample."""
    return tr("table positions") if p.element == "index" else shape_text(p.shape)


SPEC = LayerSpec(
    kind="Input",
    title=Words("Input", "输入"),
    family="io",
    place=1,
    stem="input_",
    summary=Words("Where samples enter the network.", "样本由此进入网络。"),
    help=Words(
        "The shape is that of one sample, without the batch: a grey image of 32 by 32 pixels is 1, 32, 32 "
        "(channels, height, width), four measurements are 4, a text of any length is T. Inside a block "
        "the shape comes from the layer that the block is wired to.",
        "这里填写单个样本的形状，不含批次：32×32 的灰度图像是 1, 32, 32（通道、高、宽），四个测量值是 4，"
        "任意长度的文本是 T。在模块内部，形状来自与模块相连的层。",
    ),
    params=(
        Axes(
            name="shape",
            default=(1, 32, 32),
            label=Words("Shape of a sample", "样本形状"),
            help=Words(
                "Lengths without the batch; a name such as T stands for a length that may vary.",
                "各轴的长度，不含批次；用 T 之类的名字表示可变的长度。",
            ),
        ),
        Choice(
            name="element",
            default="real",
            options=("real", "index"),
            titles=(Words("Numbers", "实数"), Words("Table positions", "表中位置")),
            label=Words("Holds", "内容"),
            help=Words(
                "Numbers are pixels or measurements; table positions are whole numbers, one per word, for Embedding.",
                "实数用于像素或测量值；表中位置是词编号之类的整数，供嵌入层使用。",
            ),
        ),
    ),
    inputs=(),
    outputs=(Port("output", element=None),),
    shape=shape,
    line=line,
)
