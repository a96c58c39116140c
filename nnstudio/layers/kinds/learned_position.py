"""LearnedPosition: tells every step of a sequence where it stands, by a trained row for each place."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.parameters import Int
from nnstudio.layers.sequences import sequence_of
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, ParamFix, Settings, Signal

TITLE = Words("Learned position", "可学习位置编码")
MOST = 1_000_000


def shape(p: Settings, x: Signal) -> Signal:
    """(T, D) -> (T, D), for T up to max_length; a free T is trusted."""
    steps, _ = sequence_of(TITLE, x.shape)
    if isinstance(steps, int) and steps > p.max_length:
        fixes = [ParamFix(tr("Make room for {count} steps", count=f"{steps:,}"), {"max_length": steps})]
        raise LayerError(
            tr(
                "The sequence has {steps} steps and the table a row for {count} alone.",
                steps=f"{steps:,}",
                count=f"{p.max_length:,}",
            ),
            *(fixes if steps <= MOST else ()),
        )
    return x


def cost(p: Settings, x: Signal) -> Cost:
    """One number per place and feature."""
    _, features = sequence_of(TITLE, x.shape)
    return Cost(parameters=p.max_length * features, arithmetic=f"{p.max_length}·{features}")


def line(p: Settings) -> str:
    """For how long sequences it has rows."""
    return tr("up to {count} steps", count=f"{p.max_length:,}")


def module(p: Settings, x: Signal) -> Call:
    """A class of our own; torch.nn has none."""
    return call("own.LearnedPosition", p.max_length, x.shape[1])


SPEC = LayerSpec(
    kind="LearnedPosition",
    title=TITLE,
    family="attn",
    place=6,
    stem="position_",
    summary=Words("Adds a trained row for every place.", "给每个位置加上一行可训练的数。"),
    help=Words(
        "Attention treats a sequence as a heap: it cannot tell first from last. This adds to step t row t of a table "
        "that is trained along, as in BERT, GPT and vision Transformers. It learns what order means for the task, but "
        "knows nothing of steps beyond its last row.",
        "注意力把序列当作一堆无序的步，分不清先后。这一层给第 t 步加上表中第 t 行，表随网络一起训练，"
        "BERT、GPT 和视觉 Transformer 都这样做。它能学到次序对任务的意义，但对超出最后一行的步一无所知。",
    ),
    formula=r"y_{t} = x_{t} + P_{t}, \quad P \in \mathbb{R}^{N \times D}",
    source="Gehring and others: Convolutional Sequence to Sequence Learning, 2017; Devlin and others: BERT, 2018",
    params=(
        Int(
            name="max_length",
            default=512,
            high=MOST,
            label=Words("Longest sequence", "最大长度"),
            help=Words("How many places the table has a row for.", "表中有多少个位置的行。"),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    weights=True,
)
