"""RestrictedBoltzmann: hidden units that explain what the visible ones show, learned without answers."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.parameters import Choice, Int
from nnstudio.layers.spec import Cost, LayerSpec, Settings, Signal
from nnstudio.layers.vectors import at_every_place, features_of

TITLE = Words("Boltzmann machine", "受限玻尔兹曼机")


def shape(p: Settings, x: Signal) -> Signal:
    """(…, visible) -> (…, out_features), or (…, visible) again."""
    features_of(TITLE, x.shape)
    if p.gives == "visible":
        return x
    return Signal((*x.shape[:-1], p.out_features))


def cost(p: Settings, x: Signal) -> Cost:
    """A weight between each visible and each hidden unit, and a bias for every unit of both sides."""
    visible, hidden = int(x.shape[-1]), p.out_features
    return Cost(
        parameters=hidden * visible + visible + hidden,
        macs=at_every_place(x.shape, hidden * visible * (2 if p.gives == "visible" else 1)),
        arithmetic=f"{hidden}·{visible} + {visible} + {hidden}",
    )


def line(p: Settings) -> str:
    """How many hidden units."""
    return tr("1 hidden unit") if p.out_features == 1 else tr("{count} hidden units", count=p.out_features)


def module(p: Settings, x: Signal) -> Call:
    """Construct our own class, saying only what differs from its defaults."""
    said: dict[str, Literal] = {"again": True} if p.gives == "visible" else {}
    return call("own.RestrictedBoltzmann", x.shape[-1], p.out_features, **said)


SPEC = LayerSpec(
    kind="RestrictedBoltzmann",
    title=TITLE,
    family="classic",
    place=8,
    stem="rbm_",
    summary=Words("Learns what its inputs have in common.", "学习输入的共同规律。"),
    help=Words(
        "Every visible unit, one per input, is tied to every hidden unit, and none to one of its own side. The layer "
        "gives the probability that each hidden unit is on. Contrastive divergence trains it without answers: what the "
        "data show becomes more likely, what the machine makes of it less. Inputs lie between 0 and 1. By "
        "back-propagation it learns as a Dense layer with a sigmoid would, and the biases of the visible units, "
        "which only serve to paint inputs back, stay as they are. Stacked machines were the first way to "
        "train deep networks, in 2006.",
        "每个输入对应一个可见单元，它与所有隐藏单元相连，同一侧的单元互不相连。这一层给出每个隐藏单元为 1 的概率。"
        "它用对比散度训练，不需要答案：使数据中出现的更可能，使机器自己想象的更不可能。输入应在 0 与 1 之间。"
        "若用反向传播，它就像带 sigmoid 的全连接层一样学习，而可见单元的偏置只用于还原输入，不会改变。"
        "2006 年，逐层堆叠这种机器是训练深层网络的最初办法。",
    ),
    formula=r"""\begin{array}{l}
p(h_{j} = 1 \mid v) = \sigma ( b_{j} + \sum_{i} w_{j,i} v_{i} ) \\
E(v, h) = - a \cdot v - b \cdot h - h^{\mathsf{T}} W v
\end{array}""",
    source="Hinton: Training Products of Experts by Minimizing Contrastive Divergence, 2002; Smolensky, 1986",
    params=(
        Int(
            name="out_features",
            default=64,
            high=65_536,
            label=Words("Hidden units", "隐藏单元数"),
            help=Words("How many features are looked for.", "要寻找多少个特征。"),
        ),
        Choice(
            name="gives",
            default="hidden",
            options=("hidden", "visible"),
            titles=(Words("hidden units", "隐藏单元"), Words("its inputs, painted again", "重建的输入")),
            label=Words("Gives", "输出"),
            help=Words(
                "The probabilities of the hidden units, for layers that follow; or those of the visible units that "
                "the hidden ones lead to, to be compared with the inputs.",
                "输出隐藏单元的概率，供后面的层使用；或输出由隐藏单元还原的可见单元的概率，与输入比较。",
            ),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    weights=True,
)
