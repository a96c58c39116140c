"""Settings that all layers with weights share: what the weights start from, and whether training changes them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from nnstudio.core.words import Words
from nnstudio.layers.code import Literal
from nnstudio.layers.parameters import Bool, Choice, Float

_RULES: Mapping[str, tuple[str, Words]] = MappingProxyType(
    {
        "torch": ("", Words("PyTorch's own", "PyTorch 默认")),
        "he": ("nn.init.kaiming_normal_", Words("He, normal", "He 正态")),
        "xavier": ("nn.init.xavier_uniform_", Words("Xavier, uniform", "Xavier 均匀")),
        "lecun": ("nn.init.kaiming_normal_", Words("LeCun, normal", "LeCun 正态")),
        "orthogonal": ("nn.init.orthogonal_", Words("Orthogonal", "正交")),
        "normal": ("nn.init.normal_", Words("Normal", "正态")),
        "uniform": ("nn.init.uniform_", Words("Uniform", "均匀")),
        "zeros": ("nn.init.zeros_", Words("Zeros", "全零")),
    }
)

START = Choice(
    name="start",
    default="torch",
    options=tuple(_RULES),
    titles=tuple(title for _, title in _RULES.values()),
    label=Words("Starting weights", "初始权重"),
    help=Words(
        "What the weights are before training: He suits ReLU, Xavier suits tanh and sigmoid, LeCun suits SELU. "
        "Biases then start at zero. With zeros all units stay alike, which is worth seeing once.",
        "训练前权重的取值：He 适合 ReLU，Xavier 适合 tanh 和 sigmoid，LeCun 适合 SELU；此时偏置从零开始。"
        "若全为零，所有单元将始终相同，值得看一次。",
    ),
)
START_SCALE = Float(
    name="start_scale",
    default=0.05,
    low=0.0,
    high=100.0,
    step=0.01,
    label=Words("Size of the start", "初始幅度"),
    help=Words(
        "Standard deviation of normal starting weights, or the largest of uniform ones; other rules work it out.",
        "正态初始权重的标准差，或均匀初始权重的最大绝对值；其他规则会自行计算。",
    ),
)
FROZEN = Bool(
    name="frozen",
    default=False,
    label=Words("Frozen", "冻结"),
    help=Words(
        "Training leaves the weights as they are, as when a part that has learned already is used again.",
        "训练时不改变这些权重，例如重用已经学好的部分时。",
    ),
)


class Start(msgspec.Struct, frozen=True):
    """What is done to a layer's weights once they are there.

    Every matrix gets ``target(weight, *args, **kwargs)``, every bias zeros; other vectors, such as the scales of a
    normalisation, are left as they are. At the end the module's method ``then`` is called, where one is named.
    """

    target: str
    args: tuple[Literal, ...] = ()
    kwargs: tuple[tuple[str, Literal], ...] = ()
    then: str = ""


def start_of(rule: str, scale: float, then: str = "") -> Start | None:
    """Return the start that a value of `START` stands for; None where torch's own is meant.

    Sources: He and others, 2015; Glorot, Bengio, 2010; LeCun and others, 1998; Saxe and others, 2014.
    """
    target = _RULES[rule][0]
    match rule:
        case "torch":
            return None
        case "lecun":  # gain 1, so the variance is 1 / fan in
            return Start(target, kwargs=(("nonlinearity", "linear"),), then=then)
        case "normal":
            return Start(target, kwargs=(("std", scale),), then=then)
        case "uniform":
            return Start(target, (-scale, scale), then=then)
        case _:
            return Start(target, then=then)
