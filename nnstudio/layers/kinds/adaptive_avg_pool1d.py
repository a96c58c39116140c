"""AdaptiveAvgPool1d: averages a signal down to a length that is asked for."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.pooling import adaptive_mean_line, adaptive_module, adaptive_params, adaptive_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Adaptive avg pool 1d", "一维自适应平均池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, L) -> (C, output_size), whatever L is."""
    return adaptive_shape(TITLE, p, x)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.AdaptiveAvgPool1d."""
    return adaptive_module("nn.AdaptiveAvgPool1d", p)


SPEC = LayerSpec(
    kind="AdaptiveAvgPool1d",
    title=TITLE,
    family="pool",
    place=9,
    stem="pool_",
    summary=Words("Averages a signal of any length to a length you choose.", "把任意长度的信号平均到指定长度。"),
    help=Words(
        "The signal is cut into as many parts as are asked for, as equal as can be, and each becomes its mean. So "
        "series of different lengths can end in the same Dense layer.",
        "把信号尽量均匀地分成所要的段数，每段取平均。这样长度不同的序列可以接同一个全连接层。",
    ),
    formula=r"y_{c,i} = \frac{1}{b_{i} - a_{i}} \sum_{u=a_{i}}^{b_{i}-1} x_{c,u}, \quad "
    r"a_{i} = \left\lfloor \frac{i L}{n} \right\rfloor, \; b_{i} = \left\lceil \frac{(i+1) L}{n} \right\rceil",
    source="PyTorch documentation: torch.nn.AdaptiveAvgPool1d",
    params=adaptive_params(1),
    shape=shape,
    line=adaptive_mean_line,
    module=module,
)
