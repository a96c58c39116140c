"""Mean: the average over some axes of a sample."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import places, torch_dim
from nnstudio.layers.code import Expression, Input, method
from nnstudio.layers.parameters import AxisNumbers, Bool
from nnstudio.layers.spec import LayerSpec, Settings, Signal


def shape(p: Settings, x: Signal) -> Signal:
    """(T, D) -> (D,) for axis 0; with ``keepdim`` (1, D)."""
    gone = places(x.shape, p.axes)
    kept = [1 if at in gone else length for at, length in enumerate(x.shape) if p.keepdim or at not in gone]
    return Signal(tuple(kept))


def line(p: Settings) -> str:
    """The axes."""
    if len(p.axes) == 1:
        return tr("over axis {axis}", axis=p.axes[0])
    return tr("over axes {axes}", axes=", ".join(map(str, p.axes)))


def forward(p: Settings, _x: Signal) -> Expression:
    """``x.mean(dim)``; the batch stays."""
    dims = tuple(map(torch_dim, p.axes))
    said = {"keepdim": True} if p.keepdim else {}
    return method(Input(), "mean", dims[0] if len(dims) == 1 else dims, **said)


SPEC = LayerSpec(
    kind="Mean",
    title=Words("Mean", "均值"),
    family="merge",
    place=5,
    stem="mean_",
    summary=Words("Averages over some axes.", "沿若干个轴取平均。"),
    help=Words(
        "Over axis 0 it sums up a sequence of any length in one row; over axes -2, -1 it leaves one number of each "
        "map of an image. Kept as lengths of 1, the axes let the result be stretched again. Samples are never mixed.",
        "沿第 0 轴，把任意长度的序列概括成一行数；沿第 -2, -1 轴，图像的每张图只剩一个数。"
        "若把这些轴保留为长度 1，结果便可再扩展回去。样本之间从不混合。",
    ),
    formula=r"y_{d} = \frac{1}{T} \sum_{t=1}^{T} x_{t,d}",
    source="Lin, Chen, Yan: Network In Network, 2013",
    params=(
        AxisNumbers(
            name="axes",
            default=(0,),
            label=Words("Axes", "轴"),
            help=Words(
                "Which axes of a sample are averaged over: 0 is the first; -2, -1 are the last two.",
                "沿样本的哪些轴取平均：0 是第一个；-2, -1 是最后两个。",
            ),
        ),
        Bool(
            name="keepdim",
            default=False,
            label=Words("Keep axes", "保留轴"),
            help=Words("Leave the axes there with a length of 1.", "保留这些轴，长度变为 1。"),
        ),
    ),
    shape=shape,
    line=line,
    forward=forward,
)
