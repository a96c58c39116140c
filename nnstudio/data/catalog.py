"""The data sets that come with the program: which there are, how one is chosen, and how it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import msgspec

from nnstudio.core.graph import Value
from nnstudio.core.words import Words
from nnstudio.data.dataset import Dataset
from nnstudio.data.entries import ENTRIES
from nnstudio.data.entries import Entry as Entry
from nnstudio.data.settings import check_settings
from nnstudio.layers.parameters import Choice, Float, Int, Parameter


@cache
def entries() -> Mapping[str, Entry]:
    """Return every data set by name, in the order in which they are offered."""
    return MappingProxyType({entry.name: entry for entry in ENTRIES})


DATA_FIELDS: tuple[Parameter, ...] = (
    Choice(
        name="name",
        default=ENTRIES[0].name,
        options=tuple(entry.name for entry in ENTRIES),
        titles=tuple(entry.title for entry in ENTRIES),
        label=Words("Data set", "数据集"),
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
    from nnstudio.data.making import make
    from nnstudio.data.scaling import standardise
    from nnstudio.data.splits import split, split_by_groups

    checked = msgspec.convert(check_settings(DATA_FIELDS, choice), _Choice)
    entry = entries()[checked.name]
    made = make(entry, checked.seed)
    if made.parts is not None:
        training, validation = made.parts
    elif made.groups is not None:
        training, validation = split_by_groups(made.groups, checked.validation, checked.seed)
    else:
        training, validation = split(made.targets, entry.task, checked.validation, checked.seed)
    return Dataset(
        name=entry.name,
        title=entry.title,
        inputs=standardise(made.inputs.astype("float32"), training) if entry.standardised else made.inputs,
        targets=made.targets,
        shape=entry.shape,
        element=entry.element,
        vocabulary=entry.vocabulary,
        task=entry.task,
        classes=made.classes or entry.classes,
        training=training,
        validation=validation,
        whole=entry.whole,
    )


class _Choice(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    validation: float
    seed: int
