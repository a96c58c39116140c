"""ClassToken: a trained step before the first, in which attention gathers what is to be said of the whole."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.lengths import add
from nnstudio.layers.sequences import sequence_of
from nnstudio.layers.spec import Cost, LayerSpec, Settings, Signal

TITLE = Words("Class token", "分类标记")


def shape(_p: Settings, x: Signal) -> Signal:
    """(T, D) -> (T + 1, D)."""
    steps, features = sequence_of(TITLE, x.shape)
    return Signal((add((steps, 1)), features))


def cost(_p: Settings, x: Signal) -> Cost:
    """One number per feature."""
    _, features = sequence_of(TITLE, x.shape)
    return Cost(parameters=features, arithmetic=str(features))


def module(_p: Settings, x: Signal) -> Call:
    """A class of our own; torch.nn has none."""
    return call("own.ClassToken", x.shape[1])


SPEC = LayerSpec(
    kind="ClassToken",
    title=TITLE,
    family="attn",
    place=7,
    stem="class_token_",
    summary=Words("Puts a trained step before the sequence.", "在序列最前面加上可训练的一步。"),
    help=Words(
        "The same trained row is put in front of every sequence. In the attention layers behind it this step looks at "
        "all others and gathers what matters for the whole. At the end take the first step alone (Slice, then "
        "Squeeze) and wire it to a Dense layer.",
        "给每个序列的最前面加上同一行可训练的数。在其后的注意力层中，这一步观看其余各步，汇集对整体有用的信息。"
        "最后只取第一步（先切片，再压缩轴），接到全连接层。",
    ),
    formula=r"Y = [c, x_{1}, \ldots, x_{T}]",
    source="Devlin and others: BERT, 2018; Dosovitskiy and others: An Image Is Worth 16x16 Words, 2020",
    shape=shape,
    cost=cost,
    module=module,
)
