"""TransformerEncoderLayer: self-attention, then two Dense layers, each with a residual path and a normalisation."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.attention import (
    IS_CAUSAL,
    TRANSFORMER,
    same_width,
    transformer_cost,
    transformer_line,
    transformer_said,
)
from nnstudio.layers.code import Call, call
from nnstudio.layers.spec import Cost, LayerSpec, Settings, Signal

TITLE = Words("Encoder layer", "编码层")


def shape(p: Settings, x: Signal) -> Signal:
    """(T, D) -> (T, D)."""
    same_width(TITLE, p, x)
    return x


def cost(p: Settings, x: Signal) -> Cost:
    """One attention, two Dense layers, two normalisations."""
    return transformer_cost(p, x)


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.TransformerEncoderLayer, batch first; our subclass of it where it must not look ahead."""
    target = "own.CausalEncoderLayer" if p.is_causal else "nn.TransformerEncoderLayer"
    return call(target, x.shape[1], p.nhead, **transformer_said(p))


SPEC = LayerSpec(
    kind="TransformerEncoderLayer",
    title=TITLE,
    family="attn",
    place=2,
    stem="encoder_",
    summary=Words("Attention and a small network, step by step.", "自注意力加一个逐步作用的小网络。"),
    help=Words(
        "First the steps look at each other (self-attention), then two Dense layers work on each step alone. What each "
        "part finds is added to what came in, and normalised. A Transformer is a stack of such layers; make a block "
        "with repeats of it. BERT and vision Transformers are built so; switched to causal it is the layer of GPT.",
        "先由各步互相观看（自注意力），再由两个全连接层逐步处理；每个部分的结果都加到输入上，并作归一化。"
        "把这样的层叠起来就是 Transformer，可做成可重复的模块。BERT 和视觉 Transformer 都由它组成；"
        "打开“因果”后就是 GPT 的层。",
    ),
    formula=r"""\begin{array}{l}
u = \mathrm{norm} (x + \mathrm{attention} (x, x, x)) \\
y = \mathrm{norm} (u + W_{2} f (W_{1} u + b_{1}) + b_{2})
\end{array}""",
    source="Vaswani and others: Attention Is All You Need, 2017; normalising first: Xiong and others, 2020",
    params=(*TRANSFORMER, IS_CAUSAL),
    shape=shape,
    cost=cost,
    line=transformer_line,
    module=module,
    weights=True,
)
