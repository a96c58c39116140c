"""The recipe: every setting of a run, checked and frozen, and the form that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from nnstudio.core.graph import Value
from nnstudio.core.words import Words
from nnstudio.data.settings import check_settings
from nnstudio.layers.parameters import Choice, Float, Int, Parameter

Loss = Literal["cross_entropy", "mse"]
Optimizer = Literal["sgd", "adam", "adamw"]
Device = Literal["cpu", "cuda", "mps"]


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """How a network is trained; the meaning and the limits of each setting stand in `RECIPE_FIELDS`."""

    loss: Loss = "cross_entropy"
    optimizer: Optimizer = "adam"
    learning_rate: float = 0.003
    momentum: float = 0.9
    weight_decay: float = 0.0
    batch_size: int = 64
    epochs: int = 20
    seed: int = 0
    device: Device = "cpu"


_DEFAULT = Recipe()

RECIPE_FIELDS: tuple[Parameter, ...] = (
    Choice(
        name="loss",
        default=_DEFAULT.loss,
        options=("cross_entropy", "mse"),
        titles=(Words("cross-entropy", "交叉熵"), Words("mean squared error", "均方误差")),
        label=Words("Loss", "损失函数"),
        help=Words(
            "What training makes small. Cross-entropy is for classes: it compares raw scores (no Softmax before it) "
            "with the right class. The mean squared error is for numbers; with classes it compares the outputs with "
            "1 for the right class and 0 for the others.",
            "训练要减小的量。交叉熵用于分类：它把原始得分（前面不要加 Softmax）与正确类别比较。"
            "均方误差用于数值；用于分类时，正确类别的目标是 1，其余是 0。",
        ),
    ),
    Choice(
        name="optimizer",
        default=_DEFAULT.optimizer,
        options=("sgd", "adam", "adamw"),
        titles=(Words("SGD", "SGD"), Words("Adam", "Adam"), Words("AdamW", "AdamW")),
        label=Words("Optimizer", "优化器"),
        help=Words(
            "The rule that turns gradients into changes of the weights. SGD takes a step along the gradient; Adam "
            "gives every weight a step size of its own; AdamW is Adam with weight decay kept apart from the gradient.",
            "把梯度变成权重改变量的规则。SGD 沿梯度方向走一步；Adam 为每个权重单独调节步长；"
            "AdamW 是把权重衰减与梯度分开的 Adam。",
        ),
    ),
    Float(
        name="learning_rate",
        default=_DEFAULT.learning_rate,
        low=0.0,
        high=10.0,
        step=0.0005,
        label=Words("Learning rate", "学习率"),
        help=Words(
            "How far one step goes. Too small learns slowly, too large makes the loss jump or blow up. "
            "Adam likes 0.001 to 0.003, SGD 0.01 to 0.1.",
            "每一步走多远。太小学得慢，太大会让损失跳动甚至发散。Adam 常用 0.001 到 0.003，SGD 常用 0.01 到 0.1。",
        ),
    ),
    Float(
        name="momentum",
        default=_DEFAULT.momentum,
        low=0.0,
        high=0.999,
        step=0.05,
        label=Words("Momentum", "动量"),
        help=Words(
            "For SGD: how much of the last step goes on into the next one, as a heavy ball keeps rolling. "
            "Adam and AdamW do not use it.",
            "用于 SGD：上一步有多少延续到下一步，就像沉重的球会继续滚动。Adam 和 AdamW 不使用它。",
        ),
    ),
    Float(
        name="weight_decay",
        default=_DEFAULT.weight_decay,
        low=0.0,
        high=1.0,
        step=0.0001,
        label=Words("Weight decay", "权重衰减"),
        help=Words(
            "Pulls every weight a little towards 0 at each step, which holds back learning by heart. "
            "0 switches it off; 0.0001 to 0.01 is usual.",
            "每一步把所有权重略微拉向 0，抑制死记硬背（过拟合）。0 表示关闭；常用 0.0001 到 0.01。",
        ),
    ),
    Int(
        name="batch_size",
        default=_DEFAULT.batch_size,
        high=65_536,
        label=Words("Batch size", "批大小"),
        help=Words(
            "How many samples are looked at for one step. Small batches give noisy steps, large ones need memory.",
            "每一步使用多少个样本。批小则步子带噪声，批大则占用更多内存。",
        ),
    ),
    Int(
        name="epochs",
        default=_DEFAULT.epochs,
        high=100_000,
        label=Words("Epochs", "轮数"),
        help=Words("How many times the training data is gone through.", "把训练数据完整过多少遍。"),
    ),
    Int(
        name="seed",
        default=_DEFAULT.seed,
        low=0,
        high=2**31 - 1,
        label=Words("Seed", "随机种子"),
        help=Words(
            "Where chance starts: first weights, order of the samples, dropout. The same seed gives the same run.",
            "随机性的起点：初始权重、样本顺序、随机失活。同一个种子得到同样的训练过程。",
        ),
    ),
    Choice(
        name="device",
        default=_DEFAULT.device,
        options=("cpu", "cuda", "mps"),
        titles=(
            Words("processor (CPU)", "处理器（CPU）"),
            Words("NVIDIA graphics card (CUDA)", "NVIDIA 显卡（CUDA）"),
            Words("Apple graphics (MPS)", "Apple 图形处理器（MPS）"),
        ),
        label=Words("Device", "设备"),
        help=Words(
            "Where the numbers are worked out. Small networks are fastest on the processor.",
            "在哪里计算。小网络在处理器上最快。",
        ),
    ),
)
"""The form of the Train page, in its order."""


def recipe_of(settings: Mapping[str, Value]) -> Recipe:
    """Check what a project says about training and fill in the defaults.

    Raises:
        ValueError: a setting is unknown or has a value that cannot be; says what was expected and what came.
    """
    return msgspec.convert(check_settings(RECIPE_FIELDS, settings), Recipe)
