"""LocalResponseNorm: a strong answer damps those of the neighbouring channels at the same place."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.norms import differing
from nnstudio.layers.parameters import Float, Int
from nnstudio.layers.spec import LayerError, LayerSpec, Settings, Signal, shape_text

TITLE = Words("Local response norm", "局部响应归一化")


def shape(_p: Settings, x: Signal) -> Signal:
    """(C, L), (C, H, W) or more axes -> the same shape."""
    if len(x.shape) < 2:
        raise LayerError(
            tr(
                "{layer} compares the channels at each place; it gets {shape}, which has no places.",
                layer=TITLE,
                shape=shape_text(x.shape),
            )
        )
    return x


def line(p: Settings) -> str:
    """How many channels damp each other."""
    return tr("1 channel") if p.size == 1 else tr("{channels} channels", channels=p.size)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.LocalResponseNorm, saying only what differs from torch's defaults."""
    return call("nn.LocalResponseNorm", p.size, **differing(p, alpha=1e-4, beta=0.75, k=1.0))


SPEC = LayerSpec(
    kind="LocalResponseNorm",
    title=TITLE,
    family="norm",
    place=11,
    stem="lrn_",
    summary=Words("Lets neighbouring channels damp each other.", "让相邻通道相互抑制。"),
    help=Words(
        "Each number is divided by a power of what its neighbouring channels answer at the same place, so a strong "
        "answer damps those beside it, as nerve cells do. AlexNet has it, with 5 channels and k = 2; batch norm has "
        "taken its place. Nothing is trained. Like torch, it divides α by the number of channels.",
        "每个数除以同一位置上相邻通道响应的某次幂，因此强响应会抑制旁边的响应，如同神经细胞之间的侧抑制。"
        "AlexNet 用它，取 5 个通道、k = 2；如今已被批归一化取代。没有可训练的参数。与 torch 一样，α 要除以通道数。",
    ),
    formula=r"y_{c} = x_{c} \big( k + \frac{\alpha}{n} \sum_{j \approx c} x_{j}^{2} \big)^{-\beta}",
    source="Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks, 2012",
    params=(
        Int(
            name="size",
            default=5,
            high=1_000,
            label=Words("Channels", "通道数"),
            help=Words("How many neighbouring channels n are added up.", "对多少个相邻通道 n 求和。"),
        ),
        Float(
            name="alpha",
            default=1e-4,
            high=10.0,
            step=1e-4,
            label=Words("Alpha", "α"),
            help=Words("How strongly the neighbours damp.", "相邻通道抑制的强度。"),
        ),
        Float(
            name="beta",
            default=0.75,
            high=10.0,
            step=0.05,
            label=Words("Beta", "β"),
            help=Words("The power that the sum is raised to.", "对和取多少次幂。"),
        ),
        Float(
            name="k",
            default=1.0,
            low=0.01,
            high=100.0,
            step=0.5,
            label=Words("k", "k"),
            help=Words("What the sum starts from, so that nothing is divided by zero.", "求和的起始值，避免除以零。"),
        ),
    ),
    shape=shape,
    line=line,
    module=module,
)
