"""EmbeddingBag: a whole text as one row: the sum, mean or maximum of what its words look up."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.parameters import Choice, Int
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Port, Settings, Signal, shape_text

_MODES = {"sum": Words("Sum", "求和"), "mean": Words("Mean", "平均"), "max": Words("Maximum", "最大值")}


def shape(p: Settings, x: Signal) -> Signal:
    """(T,) positions -> (embedding_dim,) numbers."""
    if len(x.shape) != 1:
        raise LayerError(
            tr("Embedding bag needs one row of table positions; it gets {shape}.", shape=shape_text(x.shape))
        )
    return Signal((p.embedding_dim,))


def cost(p: Settings, _x: Signal) -> Cost:
    """One number per row and column of the table; looking up multiplies nothing."""
    return Cost(
        parameters=p.num_embeddings * p.embedding_dim,
        arithmetic=f"{p.num_embeddings}·{p.embedding_dim}",
    )


def line(p: Settings) -> str:
    """The size of the table, and what becomes of the rows."""
    return tr("{rows} × {columns}, {mode}", rows=f"{p.num_embeddings:,}", columns=p.embedding_dim, mode=_MODES[p.mode])


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.EmbeddingBag."""
    return call(
        "nn.EmbeddingBag",
        p.num_embeddings,
        p.embedding_dim,
        **({} if p.mode == "mean" else {"mode": p.mode}),
    )


SPEC = LayerSpec(
    kind="EmbeddingBag",
    title=Words("Embedding bag", "嵌入袋"),
    family="dense",
    place=4,
    stem="bag_",
    summary=Words("Turns a text of any length into one row.", "把任意长度的文本变成一行数。"),
    help=Words(
        "Looks up a trained row for every word, like Embedding, and puts the rows together in one: their mean, sum or "
        "largest numbers. The order of the words is lost, and yet a Dense layer behind it often sorts texts as well "
        "as far larger networks, and very fast.",
        "与嵌入层一样为每个词查出一行可训练的数，再把各行合成一行：取平均、求和或取最大值。词序不再保留，"
        "但后面接一个全连接层，文本分类往往不逊于大得多的网络，而且很快。",
    ),
    formula=r"y = \frac{1}{T} \sum_{t=1}^{T} E_{x_{t}}",
    source="Joulin, Grave, Bojanowski, Mikolov: Bag of Tricks for Efficient Text Classification, 2016",
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
        Choice(
            name="mode",
            default="mean",
            options=("sum", "mean", "max"),
            titles=(_MODES["sum"], _MODES["mean"], _MODES["max"]),
            label=Words("Put together by", "合并方式"),
            help=Words("What becomes of the rows of a text.", "一段文本的各行如何合成一行。"),
        ),
    ),
    inputs=(Port("input", element="index"),),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    weights=True,
)
