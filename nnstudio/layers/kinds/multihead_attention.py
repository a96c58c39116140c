"""MultiheadAttention: every step looks at others, and takes from each as much as it matters."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.attention import HEADS_HELP, IS_CAUSAL, attention_macs, check_pairs, heads_line
from nnstudio.layers.code import Apply, Call, Expression, Input, Item, Literal, apply, call
from nnstudio.layers.parameters import Bool, Float, Int
from nnstudio.layers.sequences import check_heads, sequence_of
from nnstudio.layers.spec import Cost, Dim, LayerSpec, Port, Settings, Signal

TITLE = Words("Multi-head attention", "多头注意力")


def shape(p: Settings, query: Signal, key: Signal | None = None, value: Signal | None = None) -> tuple[Signal, Signal]:
    """(L, D), (S, K), (S, V) -> (L, D), and of every query its weight for every key: (L, S)."""
    steps, features = sequence_of(TITLE, query.shape)
    seen, _, mixed, _ = _seen(query, key, value)
    check_heads("num_heads", p.num_heads, features)
    check_pairs(TITLE, seen, mixed)
    return Signal((steps, features)), Signal((steps, seen))


def _seen(query: Signal, key: Signal | None, value: Signal | None) -> tuple[Dim, int, Dim, int]:
    """Return number and width of the keys, then of the values; what has no wire is what stands before it."""
    key = key or query
    return (*sequence_of(TITLE, key.shape), *sequence_of(TITLE, (value or key).shape))


def cost(p: Settings, query: Signal, key: Signal | None = None, value: Signal | None = None) -> Cost:
    """Matrices for queries (D × D), keys (D × K), values (D × V) and for what leaves (D × D), each with a bias."""
    steps, width = sequence_of(TITLE, query.shape)
    seen, keys, _, values = _seen(query, key, value)
    return Cost(
        parameters=width * (2 * width + keys + values + (4 if p.bias else 0)),
        macs=None
        if isinstance(steps, str) or isinstance(seen, str)
        else attention_macs(steps, seen, width, keys, values),
        arithmetic=f"{width}·({width} + {keys} + {values} + {width}" + (" + 4)" if p.bias else ")"),
    )


def line(p: Settings) -> str:
    """How many heads, and whether they look ahead."""
    return heads_line(p.num_heads, p.is_causal)


def module(p: Settings, query: Signal, key: Signal | None = None, value: Signal | None = None) -> Call:
    """torch.nn.MultiheadAttention, batch first; our subclass of it where it must not look ahead."""
    width = query.shape[1]
    _, keys, _, values = _seen(query, key, value)
    said: dict[str, Literal] = {}
    if p.dropout:
        said["dropout"] = p.dropout
    if not p.bias:
        said["bias"] = False
    if keys != width or values != width:
        said |= {"kdim": keys, "vdim": values}
    return call(
        "own.CausalAttention" if p.is_causal else "nn.MultiheadAttention", width, p.num_heads, **said, batch_first=True
    )


def forward(
    _p: Settings, _query: Signal, key: Signal | None = None, value: Signal | None = None
) -> tuple[Expression, Expression]:
    """What is mixed, and the weights as the mean over the heads."""
    whole = Apply(_given(key, value))
    return Item(whole, 0), Item(whole, 1)


def alone(_p: Settings, _query: Signal, key: Signal | None = None, value: Signal | None = None) -> Expression:
    """What is mixed alone: torch has a quicker way when nobody wants to see the weights."""
    return Item(apply(*_given(key, value), need_weights=False), 0)


def _given(key: Signal | None, value: Signal | None) -> tuple[Input, Input, Input]:
    keys = Input(0) if key is None else Input(1)
    return Input(0), keys, keys if value is None else Input(2)


SPEC = LayerSpec(
    kind="MultiheadAttention",
    title=TITLE,
    family="attn",
    place=1,
    stem="attention_",
    summary=Words("Every step looks at the others.", "每一步都去看其他各步。"),
    help=Words(
        "From each step three rows are computed: a query that asks, a key that answers, and a value that is passed "
        "on. A step gets the mean of all values, each weighted by how well its key fits the query. Several heads do "
        "so side by side, each on its share of the features. With one wire the sequence looks at itself "
        "(self-attention). Wire key to another sequence and it looks at that one (cross-attention), as a decoder does; "
        "value follows key unless it has a wire of its own. The output weights shows who looks at whom, as the mean "
        "over the heads; it is computed only where it has a wire. Attention does not know the order of the steps: add "
        "positions before it.",
        "由每一步算出三行数：查询负责提问，键负责应答，值供人取用。每一步得到所有值的加权平均，键与查询越相符，权重越大。"
        "多个头并行，各处理一份特征。只接一根线时，序列看自身（自注意力）；key 接另一个序列，就去看那个序列"
        "（交叉注意力），解码器就是这样做的；value 不单独接线时与 key 相同。"
        "输出 weights 是各头的平均权重，显示谁在看谁，接了线才计算。"
        "注意力本身不知道各步的次序，请在它之前加上位置编码。",
    ),
    formula=r"""\begin{array}{l}
A_{i} = \mathrm{softmax} \left( \frac{Q W_{i}^{Q} (K W_{i}^{K})^{T}}{\sqrt{D / h}} \right) \\
Y = [A_{1} V W_{1}^{V}, \ldots, A_{h} V W_{h}^{V}] W^{O}
\end{array}""",
    source="Vaswani and others: Attention Is All You Need, 2017, section 3.2",
    params=(
        Int(name="num_heads", default=4, high=1_024, label=Words("Heads", "头数"), help=HEADS_HELP),
        Float(
            name="dropout",
            default=0.0,
            label=Words("Dropout", "随机失活"),
            help=Words("Share of the weights left out while training.", "训练时被丢弃的权重的比例。"),
        ),
        Bool(
            name="bias",
            default=True,
            label=Words("Bias", "偏置"),
            help=Words(
                "Add trained numbers to queries, keys, values and output.", "给查询、键、值和输出加上可训练的数。"
            ),
        ),
        IS_CAUSAL,
    ),
    inputs=(Port("query"), Port("key", optional=True), Port("value", optional=True)),
    outputs=(Port("output"), Port("weights")),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    forward=forward,
    alone=alone,
    weights=True,
)
