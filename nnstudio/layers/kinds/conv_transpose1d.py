"""ConvTranspose1d: stamps learned kernels one after the other, which makes a signal longer."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.convolution import (
    conv_line,
    transposed_cost,
    transposed_module,
    transposed_params,
    transposed_shape,
)
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("ConvTranspose1d", "一维转置卷积")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, L) -> (out_channels, (L − 1)·stride − 2·padding + window + output_padding)."""
    return transposed_shape(TITLE, p, x)


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.ConvTranspose1d, saying only what differs from torch's defaults."""
    return transposed_module("nn.ConvTranspose1d", p, x)


SPEC = LayerSpec(
    kind="ConvTranspose1d",
    title=TITLE,
    family="conv",
    place=5,
    stem="upconv_",
    summary=Words("Makes a signal longer with learned kernels.", "用学到的卷积核加长信号。"),
    help=Words(
        "Every number of the signal is multiplied by a kernel, and the kernels are laid down one stride apart; where "
        "they overlap they add up. A stride of 2 with a kernel of 2 doubles the length. Networks that write sound use "
        "it to come from few steps to many.",
        "信号中的每个数乘以一个卷积核，各结果按步幅的间距叠放，重叠处相加。步幅和核都为 2 时长度加倍。"
        "生成声音的网络用它把少数几步展开为许多步。",
    ),
    formula=r"y_{p,j} = b_{p} + \sum_{d} \sum_{i} w_{d,p,\, j - i s} \; x_{d,i}",
    source="Dumoulin, Visin: A guide to convolution arithmetic for deep learning, 2016",
    params=transposed_params(1),
    shape=shape,
    cost=transposed_cost,
    line=conv_line,
    module=module,
    weights=True,
)
