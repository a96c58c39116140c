"""The axis that holds a sample's features: the channels of an image, else the last axis, unless one is chosen."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import place, torch_dim
from nnstudio.layers.parameters import Axis
from nnstudio.layers.spec import LayerError, Settings, Shape

FEATURE_AXIS = Axis(
    name="axis",
    label=Words("Axis", "轴"),
    help=Words(
        "Which axis of a sample; 0 is the first, -1 the last. Left empty: the channels of an image, else the last.",
        "样本的哪个轴；0 是第一个，-1 是最后一个。留空时：图像取通道，其他取最后一个轴。",
    ),
)


def feature_axis(layer: Words, p: Settings, shape: Shape) -> int:
    """Return the number of the axis, counted from 0.

    Raises:
        LayerError: there is no such axis.
    """
    if not shape:
        raise LayerError(tr("{layer} works on several numbers together; it gets one number.", layer=layer))
    if p.axis is not None:
        return place(shape, p.axis)
    return 0 if len(shape) >= 3 else len(shape) - 1


def feature_dim(p: Settings, shape: Shape) -> int:
    """Return torch's number of the axis."""
    if p.axis is not None:
        return torch_dim(p.axis)
    return 1 if len(shape) >= 3 else -1


def feature_line(p: Settings) -> str:
    """The axis, where one is chosen."""
    return "" if p.axis is None else tr("along axis {axis}", axis=p.axis)
