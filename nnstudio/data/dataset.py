"""Dataset: samples, what they should become, and which of them train and which validate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnstudio.core.words import Words
from nnstudio.layers.spec import Element, Signal

if TYPE_CHECKING:
    from nnstudio.data.arrays import Array, Indices

Task = Literal["classification", "regression"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """A whole data set in memory; its arrays are read-only.

    Attributes:
        name: key in the catalogue.
        title: what a person calls it.
        inputs: ``(N, *shape)``, float32 for real and int64 for index elements, C order.
        targets: class numbers ``(N,)`` int64, or values ``(N, K)`` float32.
        shape: shape of one sample.
        element: ``real`` numbers, or ``index``: positions in a table of ``vocabulary`` entries.
        vocabulary: how many different indices there are; 0 for real elements.
        task: classification or regression.
        classes: names of the classes by number; empty for regression.
        training, validation: row numbers ``(n,)``, disjoint.
    """

    name: str
    title: Words
    inputs: Array
    targets: Array
    shape: tuple[int, ...]
    element: Element
    vocabulary: int
    task: Task
    classes: tuple[str, ...]
    training: Indices
    validation: Indices

    def __post_init__(self) -> None:
        for array in (self.inputs, self.targets, self.training, self.validation):
            array.flags.writeable = False
        assert self.inputs.shape == (len(self.targets), *self.shape), (self.inputs.shape, self.shape)
        assert self.inputs.dtype == ("float32" if self.element == "real" else "int64"), self.inputs.dtype
        assert self.targets.dtype == ("int64" if self.task == "classification" else "float32"), self.targets.dtype
        assert min(len(self.training), len(self.validation)) > 0, (len(self.training), len(self.validation))

    @property
    def signal(self) -> Signal:
        """What the drawing's Input has to give."""
        return Signal(self.shape, self.element)

    @property
    def num_shared(self) -> int:
        """How many samples are in training and in validation; any make the validation figures too good."""
        return len(set(self.training.tolist()) & set(self.validation.tolist()))

    @property
    def num_outputs(self) -> int:
        """How many numbers the drawing's Output has to give for one sample."""
        return len(self.classes) if self.task == "classification" else int(self.targets.shape[1])
