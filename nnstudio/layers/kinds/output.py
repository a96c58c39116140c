"""Output: where answers leave the drawing."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.spec import LayerSpec, Port, same_shape

SPEC = LayerSpec(
    kind="Output",
    title=Words("Output", "输出"),
    family="io",
    place=2,
    stem="output_",
    summary=Words("What the network answers.", "网络给出的结果。"),
    help=Words(
        "What is wired here is the network's answer and what training compares with the truth. For classes, wire "
        "the raw scores of the last Dense layer: the cross-entropy loss applies Softmax itself. Layers that "
        "lead to no output are no part of the network.",
        "接到这里的就是网络的结果，训练时用它与真实值比较。做分类时请接最后一个全连接层的原始得分："
        "交叉熵损失会自行施加 Softmax。不通向任何输出的层不属于网络。",
    ),
    inputs=(Port("input", element=None),),
    outputs=(),
    shape=same_shape,
)
