"""GLU: one half of the features is a gate for the other."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.features import FEATURE_AXIS, feature_axis, feature_dim, feature_line
from nnstudio.layers.spec import LayerError, LayerSpec, Settings, Signal, shape_text

TITLE = Words("GLU", "GLU")


def shape(p: Settings, x: Signal) -> Signal:
    """(…, 2·n, …) -> (…, n, …) along the axis of the features."""
    axis = feature_axis(TITLE, p, x.shape)
    length = x.shape[axis]
    if isinstance(length, str):
        raise LayerError(
            tr(
                "GLU halves axis {axis}, so its length must be fixed; here it is free ({length}).",
                axis=axis,
                length=length,
            )
        )
    if length % 2:
        raise LayerError(
            tr(
                "GLU halves axis {axis}, so its length must be even; it gets {shape}.",
                axis=axis,
                shape=shape_text(x.shape),
            )
        )
    return Signal((*x.shape[:axis], length // 2, *x.shape[axis + 1 :]))


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.GLU, by default over the channels of an image, else over the last axis."""
    dim = feature_dim(p, x.shape)
    return call("nn.GLU", **({} if dim == -1 else {"dim": dim}))


SPEC = LayerSpec(
    kind="GLU",
    title=TITLE,
    family="act",
    place=16,
    stem="glu_",
    summary=Words("Lets one half of the features gate the other.", "用一半特征控制另一半。"),
    help=Words(
        "The features are cut into two halves. The second goes through a sigmoid and becomes a gate between 0 and 1 "
        "that the first is multiplied by. So the layer before gives twice as many features as are wanted behind. "
        "Where the gate is open the gradient passes unchanged.",
        "把特征分成两半，后一半经过 sigmoid 变成 0 到 1 之间的门，与前一半相乘。"
        "因此前一层给出的特征数应是所需的两倍。门打开的地方，梯度可以原样通过。",
    ),
    formula=r"y = a \odot \sigma(b), \quad x = [\, a \, ; \; b \,]",
    source="Dauphin, Fan, Auli, Grangier: Language Modeling with Gated Convolutional Networks, 2017",
    params=(FEATURE_AXIS,),
    shape=shape,
    line=feature_line,
    module=module,
)
