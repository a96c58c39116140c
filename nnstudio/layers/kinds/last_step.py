"""LastStep: of a sequence the last step alone."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Expression, Input, Last
from nnstudio.layers.spec import LayerError, LayerSpec, Settings, Signal, shape_text


def shape(_p: Settings, x: Signal) -> Signal:
    """(T, D) -> (D,)."""
    if len(x.shape) != 2:
        raise LayerError(
            tr("Last step needs a sequence, steps × features; it gets {shape}.", shape=shape_text(x.shape))
        )
    return Signal(x.shape[1:])


def forward(_p: Settings, _x: Signal) -> Expression:
    """``x[:, -1]``."""
    return Last(Input())


SPEC = LayerSpec(
    kind="LastStep",
    title=Words("Last step", "最后一步"),
    family="rec",
    place=4,
    stem="last_",
    summary=Words("Keeps the last step of a sequence.", "只保留序列的最后一步。"),
    help=Words(
        "After a recurrent layer, the last step has seen the whole sequence, so it is what a Dense layer needs to "
        "judge it. Steps before it are left out.",
        "经过循环层之后，最后一步已看过整个序列，全连接层据此就能作判断。前面各步都舍去。",
    ),
    formula=r"y = x_{T}",
    source="Goodfellow, Bengio, Courville: Deep Learning, chapter 10",
    shape=shape,
    forward=forward,
)
