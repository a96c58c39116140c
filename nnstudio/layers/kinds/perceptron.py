"""Perceptron: units that answer yes or no, the first that learned from examples."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.parameters import Bool, Choice, Int
from nnstudio.layers.spec import Cost, LayerSpec, Settings, Signal
from nnstudio.layers.vectors import at_every_place, features_of

TITLE = Words("Perceptron", "感知器")


def shape(p: Settings, x: Signal) -> Signal:
    """(…, in) -> (…, out_features)."""
    features_of(TITLE, x.shape)
    return Signal((*x.shape[:-1], p.out_features))


def cost(p: Settings, x: Signal) -> Cost:
    """in·out weights and out biases; one multiply-add per weight and position."""
    features = int(x.shape[-1])
    weights = p.out_features * features
    bias = p.out_features if p.bias else 0
    return Cost(
        parameters=weights + bias,
        macs=at_every_place(x.shape, weights),
        arithmetic=f"{p.out_features}·{features}" + (f" + {bias}" if bias else ""),
    )


def line(p: Settings) -> str:
    """How many units."""
    return tr("1 unit") if p.out_features == 1 else tr("{count} units", count=p.out_features)


def module(p: Settings, x: Signal) -> Call:
    """Construct our own class, saying only what differs from its defaults."""
    said: dict[str, Literal] = {}
    if not p.bias:
        said["bias"] = False
    if p.levels == "bipolar":
        said["bipolar"] = True
    return call("own.Perceptron", x.shape[-1], p.out_features, **said)


SPEC = LayerSpec(
    kind="Perceptron",
    title=TITLE,
    family="classic",
    place=2,
    stem="perceptron_",
    summary=Words("Answers yes or no by a weighted sum.", "根据加权和回答是或否。"),
    help=Words(
        "Each unit cuts the space of its inputs in two with a line (a plane, in more dimensions) and says on which "
        "side an example lies. The step from no to yes is hard, so its gradient is zero everywhere: training by "
        "gradients leaves these weights, and all before them, as they are. The perceptron rule trains them instead: "
        "for every mistake, add the input times the right answer to the weights. It ends without mistakes "
        "where a line can separate the classes, and never where none can, as with XOR.",
        "每个单元用一条直线（高维时是超平面）把输入空间分成两半，并回答样本在哪一侧。"
        "从否到是的阶跃是硬的，梯度处处为零：用梯度训练时，这些权重以及它们之前的权重都不会改变。"
        "它要用感知器规则训练：每犯一次错，就把输入乘以正确答案加到权重上。"
        "若有直线能分开两类，最终不再犯错；若没有（如异或），则永远停不下来。",
    ),
    formula=r"y_{i} = \begin{cases} 1 & w_{i} \cdot x + b_{i} > 0 \\ 0 & \text{otherwise} \end{cases}",
    source="Rosenblatt: The Perceptron, Psychological Review 65, 1958; the limits: Minsky, Papert: Perceptrons, 1969",
    params=(
        Int(
            name="out_features",
            default=1,
            label=Words("Units", "单元数"),
            help=Words("How many questions are answered at once.", "同时回答多少个问题。"),
        ),
        Choice(
            name="levels",
            default="binary",
            options=("binary", "bipolar"),
            titles=(Words("0 and 1", "0 和 1"), Words("−1 and 1", "−1 和 1")),
            label=Words("Answers", "输出取值"),
            help=Words("Which two numbers stand for no and yes.", "用哪两个数表示否和是。"),
        ),
        Bool(
            name="bias",
            default=True,
            label=Words("Bias", "偏置"),
            help=Words(
                "Add a number to every sum; without it, each cut goes through zero.",
                "给每个和加上一个数；没有它，分界都经过原点。",
            ),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    weights=True,
)
