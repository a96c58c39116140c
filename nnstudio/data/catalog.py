"""The data sets that come with the program: what each is, known without loading it, and how it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.graph import Value
from nnstudio.core.words import Words
from nnstudio.data.dataset import Dataset, Task
from nnstudio.data.settings import check_settings
from nnstudio.layers.parameters import Choice, Float, Int, Parameter
from nnstudio.layers.spec import Element, Signal

if TYPE_CHECKING:
    from nnstudio.data.arrays import Array

DIGITS = tuple("0123456789")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a data set before it is loaded; the fields mean what they mean in `Dataset`.

    Attributes:
        num_samples: training and validation samples together.
        num_values: numbers that a regression asks for; 0 for classes.
        standardised: whether `load` brings every input column to mean 0 and standard deviation 1.
    """

    name: str
    title: Words
    summary: Words
    shape: tuple[int, ...]
    element: Element = "real"
    vocabulary: int = 0
    task: Task = "classification"
    classes: tuple[str, ...] = ()
    num_values: int = 0
    num_samples: int
    standardised: bool = False

    @property
    def signal(self) -> Signal:
        """What the drawing's Input has to give."""
        return Signal(self.shape, self.element)

    @property
    def num_outputs(self) -> int:
        """How many numbers the drawing's Output has to give for one sample."""
        return len(self.classes) or self.num_values


_ENTRIES = (
    Entry(
        name="digits32",
        title=Words("Handwritten digits, 32 × 32", "手写数字，32 × 32"),
        summary=Words(
            "1,797 digits written by 13 people, enlarged to the size LeNet-5 was made for.",
            "13 人手写的 1,797 个数字，放大到 LeNet-5 所用的尺寸。",
        ),
        shape=(1, 32, 32),
        classes=DIGITS,
        num_samples=1797,
    ),
    Entry(
        name="digits8",
        title=Words("Handwritten digits, 8 × 8", "手写数字，8 × 8"),
        summary=Words(
            "The same 1,797 digits at their own size: small and quick.",
            "同样的 1,797 个数字，保持原始尺寸：小而快。",
        ),
        shape=(1, 8, 8),
        classes=DIGITS,
        num_samples=1797,
    ),
    Entry(
        name="iris",
        title=Words("Iris flowers", "鸢尾花"),
        summary=Words(
            "150 flowers of three species; four lengths of leaves tell which.",
            "三个品种的 150 朵花；根据花萼和花瓣的四个长度判断品种。",
        ),
        shape=(4,),
        classes=("setosa", "versicolor", "virginica"),
        num_samples=150,
        standardised=True,
    ),
    Entry(
        name="moons",
        title=Words("Two moons", "双月"),
        summary=Words(
            "Points in the plane on two half circles that reach into each other; no straight line parts them.",
            "平面上的点分布在两个互相嵌入的半圆上；没有一条直线能分开它们。",
        ),
        shape=(2,),
        classes=("A", "B"),
        num_samples=1000,
    ),
    Entry(
        name="xor",
        title=Words("Exclusive or", "异或"),
        summary=Words(
            "Points around the four corners of a square; the answer is 1 where exactly one coordinate is positive.",
            "分布在正方形四角附近的点；恰有一个坐标为正时答案是 1，否则是 0。",
        ),
        shape=(2,),
        task="regression",
        num_values=1,
        num_samples=400,
    ),
    Entry(
        name="memory",
        title=Words("Remember the letter", "记住字母"),
        summary=Words(
            "Rows of 24 signs. One of the first sixteen is a letter, and the letter is the answer; all other signs "
            "mean nothing, so only a network with a memory still knows it at the end.",
            "由 24 个符号组成的序列。前十六个符号中有一个字母，它就是答案；其余符号毫无意义，"
            "所以到了末尾，只有有记忆的网络才知道答案。",
        ),
        shape=(24,),
        element="index",
        vocabulary=8,
        classes=tuple("ABCD"),
        num_samples=4000,
    ),
)


@cache
def entries() -> Mapping[str, Entry]:
    """Return every data set by name, in the order in which they are offered."""
    return MappingProxyType({entry.name: entry for entry in _ENTRIES})


DATA_FIELDS: tuple[Parameter, ...] = (
    Choice(
        name="name",
        default=_ENTRIES[0].name,
        options=tuple(entry.name for entry in _ENTRIES),
        titles=tuple(entry.title for entry in _ENTRIES),
        label=Words("Data", "数据"),
        help=Words("What the network learns from.", "网络从什么数据中学习。"),
    ),
    Float(
        name="validation",
        default=0.2,
        low=0.05,
        high=0.9,
        step=0.05,
        label=Words("Validation share", "验证集比例"),
        help=Words(
            "This share of the samples is never trained on: it shows how the network does on what it has not seen.",
            "这一部分样本从不参加训练：用来看网络如何对待没见过的样本。",
        ),
    ),
    Int(
        name="seed",
        default=0,
        low=0,
        high=2**31 - 1,
        label=Words("Data seed", "数据种子"),
        help=Words(
            "Decides by chance which samples validate, and how generated samples come out.",
            "随机决定哪些样本用于验证，以及生成的样本是什么样。",
        ),
    ),
)
"""The form for choosing data, in its order."""


def load(choice: Mapping[str, Value]) -> Dataset:
    """Load or generate a data set and split it; ``choice`` holds settings of `DATA_FIELDS`, defaults are filled in.

    Raises:
        ValueError: a setting is unknown or has a value that cannot be; says what was expected and what came.
        OSError: the program's data file is missing.
    """
    # numpy loads only now, so that the window can come first.
    from nnstudio.data import bundled, generated
    from nnstudio.data.scaling import standardise
    from nnstudio.data.splits import split

    checked = msgspec.convert(check_settings(DATA_FIELDS, choice), _Choice)
    entry = entries()[checked.name]
    make: Mapping[str, Callable[[], tuple[Array, Array]]] = {
        "digits32": bundled.digits32,
        "digits8": bundled.digits8,
        "iris": bundled.iris,
        "moons": lambda: generated.moons(entry.num_samples, checked.seed),
        "xor": lambda: generated.xor(entry.num_samples, checked.seed),
        "memory": lambda: generated.memory(entry.num_samples, checked.seed),
    }
    inputs, targets = make[checked.name]()
    training, validation = split(targets, entry.task, checked.validation, checked.seed)
    return Dataset(
        name=entry.name,
        title=entry.title,
        inputs=standardise(inputs.astype("float32"), training) if entry.standardised else inputs,
        targets=targets,
        shape=entry.shape,
        element=entry.element,
        vocabulary=entry.vocabulary,
        task=entry.task,
        classes=entry.classes,
        training=training,
        validation=validation,
    )


class _Choice(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    validation: float
    seed: int
