"""TransformerDecoderLayer: an encoder layer that also looks at what an encoder made of another sequence."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.attention import (
    TRANSFORMER,
    causal,
    same_width,
    transformer_cost,
    transformer_line,
    transformer_said,
)
from nnstudio.layers.code import Call, call
from nnstudio.layers.sequences import sequence_of
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Port, Settings, Signal, shape_text

TITLE = Words("Decoder layer", "解码层")


def shape(p: Settings, target: Signal, memory: Signal) -> Signal:
    """(T, D), (S, D) -> (T, D)."""
    _, features = same_width(TITLE, p, target)
    _, known = sequence_of(TITLE, memory.shape)
    if features != known:
        raise LayerError(
            tr(
                "{layer} needs target and memory of one width; they are {target} and {memory}.",
                layer=TITLE,
                target=shape_text(target.shape),
                memory=shape_text(memory.shape),
            )
        )
    return target


def cost(p: Settings, target: Signal, memory: Signal) -> Cost:
    """Two attentions, two Dense layers, three normalisations."""
    return transformer_cost(p, target, memory)


def module(p: Settings, target: Signal, _memory: Signal) -> Call:
    """torch.nn.TransformerDecoderLayer, batch first; our subclass of it where it must not look ahead."""
    kind = "own.CausalDecoderLayer" if p.is_causal else "nn.TransformerDecoderLayer"
    return call(kind, target.shape[1], p.nhead, **transformer_said(p))


SPEC = LayerSpec(
    kind="TransformerDecoderLayer",
    title=TITLE,
    family="attn",
    place=3,
    stem="decoder_",
    summary=Words("Writes one sequence while reading another.", "边读一个序列，边写另一个序列。"),
    help=Words(
        "The target looks at itself, then at the memory that an encoder made of the source, and two Dense layers work "
        "on each step alone. Each part has a residual path and a normalisation. Causal, as it is from the start, a "
        "step sees only what was written before it, so the whole target can be trained at once. Use it to translate or "
        "to sum up.",
        "目标序列先看自身，再看编码器由源序列得到的记忆，然后两个全连接层逐步处理；每个部分都有残差通路和归一化。"
        "默认打开“因果”：每一步只看得到此前写出的内容，因此整个目标序列可以一次训练。用于翻译和摘要。",
    ),
    formula=r"""\begin{array}{l}
u = \mathrm{norm} (x + \mathrm{attention} (x, x, x)) \\
v = \mathrm{norm} (u + \mathrm{attention} (u, m, m)) \\
y = \mathrm{norm} (v + W_{2} f (W_{1} v + b_{1}) + b_{2})
\end{array}""",
    source="Vaswani and others: Attention Is All You Need, 2017; normalising first: Xiong and others, 2020",
    params=(*TRANSFORMER, causal(default=True)),
    inputs=(Port("target"), Port("memory")),
    shape=shape,
    cost=cost,
    line=transformer_line,
    module=module,
    weights=True,
)
