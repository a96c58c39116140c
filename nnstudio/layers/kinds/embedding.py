"""Embedding: a table that gives every word, or other thing with a number, a row of trained numbers."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.parameters import Int
from nnstudio.layers.spec import Cost, LayerSpec, Port, Settings, Signal


def shape(p: Settings, x: Signal) -> Signal:
    """(…) positions -> (…, embedding_dim) numbers."""
    return Signal((*x.shape, p.embedding_dim))


def cost(p: Settings, _x: Signal) -> Cost:
    """One number per row and column of the table; looking up multiplies nothing."""
    return Cost(
        parameters=p.num_embeddings * p.embedding_dim,
        arithmetic=f"{p.num_embeddings}·{p.embedding_dim}",
    )


def line(p: Settings) -> str:
    """The size of the table."""
    return f"{p.num_embeddings:,} × {p.embedding_dim}"


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.Embedding."""
    return call("nn.Embedding", p.num_embeddings, p.embedding_dim)


SPEC = LayerSpec(
    kind="Embedding",
    title=Words("Embedding", "嵌入"),
    family="dense",
    place=2,
    stem="embedding_",
    summary=Words("Looks up a trained row for every number.", "按编号查表，得到一行可训练的数。"),
    help=Words(
        "Words and letters come as their numbers in a list, counted from 0. The layer gives each of them a row of "
        "its own, and training moves rows of things that behave alike close to each other. It is what a Dense layer "
        "does with a one-hot row, without the multiplying. The Input before it holds table positions.",
        "词和字母以它们在表中的编号给出，从 0 数起。这一层为每个编号准备一行数，训练会使用法相近者的行彼此靠近。"
        "它等价于对独热向量做全连接，只是省去了乘法。前面的输入层应设为“表中位置”。",
    ),
    formula=r"y_{t} = E_{x_{t}}, \quad E \in \mathbb{R}^{N \times D}",
    source="Bengio, Ducharme, Vincent, Jauvin: A Neural Probabilistic Language Model, 2003",
    params=(
        Int(
            name="num_embeddings",
            default=1_000,
            high=10_000_000,
            label=Words("Rows", "行数"),
            help=Words(
                "How many different words or letters there are; positions go from 0 to one less.",
                "不同的词或字母的个数；编号从 0 到行数减一。",
            ),
        ),
        Int(
            name="embedding_dim",
            default=64,
            high=65_536,
            label=Words("Features", "特征数"),
            help=Words("How many numbers describe each of them.", "用多少个数描述每一个。"),
        ),
    ),
    inputs=(Port("input", element="index"),),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    weights=True,
)
