"""SinusoidalPosition: tells every step of a sequence where it stands, by waves of different length."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.sequences import sequence_of
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Sinusoidal position", "正弦位置编码")


def shape(_p: Settings, x: Signal) -> Signal:
    """(T, D) -> (T, D)."""
    sequence_of(TITLE, x.shape)
    return x


def module(_p: Settings, _x: Signal) -> Call:
    """A class of our own; torch.nn has none."""
    return call("own.SinusoidalPosition")


SPEC = LayerSpec(
    kind="SinusoidalPosition",
    title=TITLE,
    family="attn",
    place=5,
    stem="position_",
    summary=Words("Adds fixed waves that tell the place.", "加上表示位置的固定波形。"),
    help=Words(
        "Attention treats a sequence as a heap: it cannot tell first from last. This adds to every step a pattern of "
        "sines and cosines that belongs to its place alone. Quick waves tell neighbours apart, slow ones near from "
        "far. Nothing is trained, and it serves sequences of any length.",
        "注意力把序列当作一堆无序的步，分不清先后。这一层给每一步加上只属于其位置的一组正弦、余弦值："
        "快波区分相邻的步，慢波区分远近。没有可训练的数，适用于任意长度的序列。",
    ),
    formula=r"""\begin{array}{l}
y_{t,2i} = x_{t,2i} + \sin \frac{t}{10000^{2i/D}} \\
y_{t,2i+1} = x_{t,2i+1} + \cos \frac{t}{10000^{2i/D}}
\end{array}""",
    source="Vaswani and others: Attention Is All You Need, 2017, section 3.5",
    shape=shape,
    module=module,
)
