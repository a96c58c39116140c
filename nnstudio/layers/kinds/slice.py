"""Slice: a part of one axis."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers import code
from nnstudio.layers.axes import axis_setting, place
from nnstudio.layers.lengths import slide
from nnstudio.layers.parameters import Int
from nnstudio.layers.spec import Dim, LayerError, LayerSpec, ParamFix, Port, Settings, Signal

_MOST = 1_000_000


def shape(p: Settings, x: Signal) -> Signal:
    """(…, T, …) -> (…, ⌊(stop − start − 1) / step⌋ + 1, …)."""
    at = place(x.shape, p.axis)
    kept = _kept(p, x.shape[at])
    if isinstance(kept, int) and kept < 1:
        raise LayerError(
            tr(
                "Nothing is left between {start} and {stop} of length {length}.",
                start=p.start,
                stop=p.stop or tr("the end"),
                length=x.shape[at],
            ),
            ParamFix(tr("Take the whole axis"), {"start": 0, "stop": 0}),
        )
    return Signal((*x.shape[:at], kept, *x.shape[at + 1 :]), x.element)


def _kept(p: Settings, length: Dim) -> Dim:
    """Return how many places are left; a free length is trusted to be long enough."""
    if isinstance(length, int):
        return len(range(length)[p.start : p.stop or None : p.step])
    if p.start >= 0 and p.stop <= 0:
        return slide(length, 1, p.step, p.stop - p.start)
    if p.start < 0 < p.stop:
        raise LayerError(
            tr(
                "How much lies between {start} and {stop} is not known for the free length {length}: count both from "
                "the same end.",
                start=p.start,
                stop=p.stop,
                length=length,
            ),
            ParamFix(tr("Take all up to {stop}", stop=p.stop), {"start": 0}),
        )
    count: int = (p.stop - p.start - 1) // p.step + 1
    return max(0, count)


def line(p: Settings) -> str:
    """The part as Python writes it, and the axis."""
    part = f"{p.start or ''}:{p.stop or ''}" + (f":{p.step}" if p.step > 1 else "")
    return tr("{part} of axis {axis}", part=part, axis=p.axis)


def forward(p: Settings, x: Signal) -> code.Expression:
    """``x[:, start:stop:step]``."""
    return code.Slice(
        code.Input(),
        place(x.shape, p.axis) + 1,
        p.start or None,
        p.stop or None,
        p.step if p.step > 1 else None,
    )


SPEC = LayerSpec(
    kind="Slice",
    title=Words("Slice", "切片"),
    family="shape",
    place=7,
    stem="slice_",
    summary=Words("Keeps a part of one axis.", "只保留某个轴的一部分。"),
    help=Words(
        "Counts as Python does: from start up to, but not including, stop; negative numbers count from the end, and "
        "with a step of 2 every second one is kept. So 0 to 3 on axis 0 keeps three channels of an image, and 1 to "
        "the end on a sequence leaves out its first step. A free length is trusted to be long enough.",
        "计数方式与 Python 相同：从起点到终点，不含终点；负数从末尾数起，步长为 2 时隔一个取一个。"
        "第 0 轴上的 0 到 3 保留图像的三个通道；序列上的 1 到末尾去掉第一步。可变的长度视为足够长。",
    ),
    formula=r"y_{i} = x_{s + i k}, \quad s + i k < e",
    source="Harris and others: Array programming with NumPy, 2020",
    params=(
        axis_setting(
            Words("Axis", "轴"),
            Words(
                "Which axis of a sample is cut: 0 is the first, -1 the last.",
                "切样本的哪个轴：0 是第一个，-1 是最后一个。",
            ),
        ),
        Int(
            name="start",
            default=0,
            low=-_MOST,
            label=Words("Start", "起点"),
            help=Words(
                "The first place that is kept; negative numbers count from the end.",
                "保留的第一个位置；负数从末尾数起。",
            ),
        ),
        Int(
            name="stop",
            default=0,
            low=-_MOST,
            label=Words("Stop", "终点"),
            help=Words(
                "The first place that is left out again; 0 keeps all up to the end.",
                "不再保留的第一个位置；0 表示一直保留到末尾。",
            ),
        ),
        Int(
            name="step",
            default=1,
            label=Words("Step", "步长"),
            help=Words("Keeps every so many places.", "每隔多少个位置取一个。"),
        ),
    ),
    inputs=(Port("input", element=None),),
    outputs=(Port("output", element=None),),
    shape=shape,
    line=line,
    forward=forward,
)
