"""ScaledDotProductAttention: the heart of attention without weights of its own, for drawing attention by hand."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.attention import IS_CAUSAL, check_pairs
from nnstudio.layers.code import Expression, Input, Literal, call, method
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Port, Settings, Signal, count_elements, shape_text

TITLE = Words("Scaled dot product", "缩放点积注意力")


def shape(_p: Settings, query: Signal, key: Signal, value: Signal) -> Signal:
    """(L, E), (S, E), (S, V) -> (L, V), all with the same heads before them or none."""
    for port, signal in (("query", query), ("key", key), ("value", value)):
        if len(signal.shape) not in (2, 3):
            raise LayerError(
                tr(
                    "{layer} needs steps × features, or heads × steps × features; {port} gets {shape}.",
                    layer=TITLE,
                    port=port,
                    shape=shape_text(signal.shape),
                )
            )
    heads = query.shape[:-2]
    if key.shape[:-2] != heads or value.shape[:-2] != heads:
        raise LayerError(
            tr(
                "{layer} needs equally many heads in query, key and value; it gets {query}, {key} and {value}.",
                layer=TITLE,
                query=shape_text(query.shape),
                key=shape_text(key.shape),
                value=shape_text(value.shape),
            )
        )
    if query.shape[-1] != key.shape[-1]:
        raise LayerError(
            tr(
                "Queries are compared with keys number by number, so both need one width; they are {query} and {key}.",
                query=shape_text(query.shape),
                key=shape_text(key.shape),
            )
        )
    check_pairs(TITLE, key.shape[-2], value.shape[-2])
    return Signal((*query.shape[:-1], value.shape[-1]))


def cost(_p: Settings, query: Signal, key: Signal, value: Signal) -> Cost:
    """Every query times every key, then every weight times every value."""
    compared = count_elements((*query.shape, key.shape[-2]))
    mixed = count_elements((*query.shape[:-1], *value.shape[-2:]))
    return Cost(macs=None if compared is None or mixed is None else compared + mixed)


def line(p: Settings) -> str:
    """Whether it looks ahead."""
    return tr("causal") if p.is_causal else ""


def forward(p: Settings, query: Signal, _key: Signal, _value: Signal) -> Expression:
    """torch's function; one head is told to it as such, for its quick ways and ONNX ask for an axis of heads."""
    said: dict[str, Literal] = {"is_causal": True} if p.is_causal else {}
    inputs: list[Expression] = [Input(0), Input(1), Input(2)]
    if len(query.shape) == 3:
        return call("nn.functional.scaled_dot_product_attention", *inputs, **said)
    heads = (method(given, "unsqueeze", 1) for given in inputs)
    return method(call("nn.functional.scaled_dot_product_attention", *heads, **said), "squeeze", 1)


SPEC = LayerSpec(
    kind="ScaledDotProductAttention",
    title=TITLE,
    family="attn",
    place=4,
    stem="dot_attention_",
    summary=Words("Attention without weights of its own.", "不带权重的注意力。"),
    help=Words(
        "Every query is compared with every key by their dot product, divided by the square root of their width. "
        "Softmax makes shares of that, and by these shares the values are mixed. Nothing is trained here: draw Dense "
        "layers before it to make queries, keys and values, and attention is built by hand. Several heads stand as a "
        "first axis.",
        "每个查询与每个键作点积，再除以宽度的平方根；经 Softmax 变成份额，按份额混合各个值。这里没有可训练的数："
        "在前面画几个全连接层产生查询、键和值，就亲手搭出了注意力。多个头时，头排在第一个轴。",
    ),
    formula=r"Y = \mathrm{softmax} \left( \frac{Q K^{T}}{\sqrt{E}} \right) V",
    source="Vaswani and others: Attention Is All You Need, 2017, section 3.2.1",
    params=(IS_CAUSAL,),
    inputs=(Port("query"), Port("key"), Port("value")),
    shape=shape,
    cost=cost,
    line=line,
    forward=forward,
)
