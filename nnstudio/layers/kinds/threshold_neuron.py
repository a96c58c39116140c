"""ThresholdNeuron: fires when enough of its inputs do, with weights that a person sets by hand."""

from __future__ import annotations

import math
from functools import cache

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.parameters import Choice, Float, Text
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, ParamFix, Settings, Signal
from nnstudio.layers.vectors import at_every_place, features_of

TITLE = Words("Threshold neuron", "阈值神经元")
_MOST = 64
_LARGEST = 1_000.0


@cache
def read_weights(text: str) -> tuple[float, ...]:
    """Read ``1, 1, -1``.

    Raises:
        ValueError: it cannot be read.
    """
    numbers: list[float] = []
    for part in text.replace(",", " ").split():
        try:
            number = float(part)
        except ValueError:
            number = math.nan
        if not abs(number) <= _LARGEST:
            raise ValueError(tr("{part} is no number from {low} to {high}", part=part, low=-1_000, high="1,000"))
        numbers.append(number)
    if not 0 < len(numbers) <= _MOST:
        raise ValueError(tr("1 to {most} weights are needed", most=_MOST))
    return tuple(numbers)


def shape(p: Settings, x: Signal) -> Signal:
    """(…, n) -> (…, 1), for n weights."""
    count, weights = features_of(TITLE, x.shape), read_weights(p.weights)
    if count != len(weights):
        fixes = []
        if count <= _MOST:
            kept = [*(f"{weight:g}" for weight in weights), *["1"] * count][:count]
            text = ", ".join(kept)
            fixes.append(ParamFix(tr("Set the weights to {weights}", weights=text), {"weights": text}))
        raise LayerError(
            tr(
                "This neuron needs one weight per input: it has {weights} for {count}.",
                weights=len(weights),
                count=count,
            ),
            *fixes,
        )
    return Signal((*x.shape[:-1], 1))


def cost(_p: Settings, x: Signal) -> Cost:
    """Nothing is trained; n weights and the threshold are kept."""
    count = int(x.shape[-1])
    return Cost(buffers=count + 1, macs=at_every_place(x.shape, count))


def line(p: Settings) -> str:
    """The weights and the threshold."""
    weights = ", ".join(f"{weight:g}" for weight in read_weights(p.weights))
    return f"{weights} ≥ {p.threshold:g}"


def module(p: Settings, _x: Signal) -> Call:
    """Construct our own class with its numbers."""
    said: dict[str, Literal] = {"veto": True} if p.inhibition == "veto" else {}
    return call("own.ThresholdNeuron", read_weights(p.weights), p.threshold, **said)


SPEC = LayerSpec(
    kind="ThresholdNeuron",
    title=TITLE,
    family="classic",
    place=1,
    stem="neuron_",
    summary=Words("Fires when its inputs reach a threshold.", "输入之和达到阈值时激活。"),
    help=Words(
        "The first model of a nerve cell: inputs are 0 or 1, and the output is 1 where their weighted sum reaches the "
        "threshold. Weights 1, 1 with threshold 2 make AND, with threshold 1 OR; 14 of the 16 functions of two inputs "
        "can be had from one neuron, XOR needs three. You set the numbers; nothing is trained. In the paper "
        "an inhibitory input, here one of negative weight, silences the neuron altogether: choose that under "
        "Inhibition.",
        "最早的神经细胞模型：输入为 0 或 1，加权和达到阈值时输出 1。权重 1, 1 配阈值 2 得到“与”，配阈值 1 得到“或”；"
        "两个输入的 16 种函数中，单个神经元能实现 14 种，异或则需要三个。这些数由你设定，不参与训练。"
        "在原论文中，抑制性输入（这里指权重为负的输入）会使神经元完全不激活：可在“抑制”中选择。",
    ),
    formula=r"y = \begin{cases} 1 & \sum_{j} w_{j} x_{j} \geq \theta \\ 0 & \text{otherwise} \end{cases}",
    source="McCulloch, Pitts: A Logical Calculus of the Ideas Immanent in Nervous Activity, 1943",
    params=(
        Text(
            name="weights",
            default="1, 1",
            read=read_weights,
            label=Words("Weights", "权重"),
            help=Words(
                "One number for each input, such as 1, 1, -1; negative ones inhibit.",
                "每个输入一个数，例如 1, 1, -1；负数表示抑制。",
            ),
        ),
        Float(
            name="threshold",
            default=2.0,
            low=-99.0,
            high=99.0,
            step=0.5,
            label=Words("Threshold", "阈值"),
            help=Words("What the sum must reach for the neuron to fire.", "加权和达到此值时神经元激活。"),
        ),
        Choice(
            name="inhibition",
            default="subtract",
            options=("subtract", "veto"),
            titles=(Words("counts against", "从和中减去"), Words("silences (1943)", "完全抑制（1943）")),
            label=Words("Inhibition", "抑制"),
            help=Words(
                "Whether an active input of negative weight makes the sum smaller, or keeps the neuron silent whatever "
                "the others do.",
                "权重为负的输入激活时，是使加权和变小，还是无论其他输入如何都不让神经元激活。",
            ),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
)
