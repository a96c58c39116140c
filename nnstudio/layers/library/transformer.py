"""The block that Transformers are made of."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.library.parts import BlockSpec, block, labels, layer, parameter

ENCODER_BLOCK = BlockSpec(
    block=block(
        "EncoderBlock",
        (parameter("heads", 4), parameter("ratio", 4), parameter("dropout", 0.1), parameter("causal", False)),
        (
            layer("x", "Input", 0, shape=(16, 64)),
            layer("norm1", "LayerNorm", 1, 1),
            layer("attention", "MultiheadAttention", 2, 1, num_heads="=heads", is_causal="=causal"),
            layer("drop1", "Dropout", 3, 1, p="=dropout"),
            layer("add1", "Add", 4),
            layer("norm2", "LayerNorm", 5, 1),
            layer("widen", "Linear", 6, 1, out_features="=ratio*in_features"),
            layer("gelu", "GELU", 7, 1),
            layer("narrow", "Linear", 8, 1, out_features="=in_features"),
            layer("drop2", "Dropout", 9, 1, p="=dropout"),
            layer("add2", "Add", 10),
            layer("y", "Output", 11),
        ),
        "x > norm1 > attention.query",
        "attention > drop1 > add1.input_2",
        "x > add1.input_1",
        "add1 > norm2 > widen > gelu > narrow > drop2 > add2.input_2",
        "add1 > add2.input_1",
        "add2 > y",
    ),
    title=Words("Encoder block", "编码器块"),
    summary=Words("Attention, then two dense layers, each with a way around.", "注意力与两个全连接层，各带绕行通路。"),
    help=Words(
        "First every step looks at the others (attention), then two dense layers think about each step by itself; both "
        "times what came in is added again. The signal is normalised before each part, as GPT-2 and vision "
        "Transformers do. Repeated six to a hundred times it is a Transformer; causal, where no step may "
        "look ahead, it is one that writes texts.",
        "先让每一步去看其他各步（注意力），再用两个全连接层分别处理每一步；两处都把原输入加回来。"
        "每一部分之前先做归一化，与 GPT-2 和视觉 Transformer 相同。重复六份到上百份，就是 Transformer；"
        "设为因果（任何一步都不能向后看）时，可用来生成文本。",
    ),
    source="Vaswani and others: Attention Is All You Need, 2017; Xiong and others: On Layer Normalization, 2020",
    labels=labels(
        heads=Words("Heads", "头数"),
        ratio=Words("Widening", "扩展倍数"),
        dropout=Words("Dropout", "随机失活"),
        causal=Words("Causal", "因果"),
    ),
    family="attn",
)

SPECS = (ENCODER_BLOCK,)
