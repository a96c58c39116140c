"""Dataset: samples, what they should become, and which of them train and which validate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnstudio.core.words import Words, tr
from nnstudio.layers.spec import Element, Shape, Signal

if TYPE_CHECKING:
    from nnstudio.data.arrays import Array, Indices

Task = Literal["classification", "regression", "sequence", "next_token", "reconstruction", "segmentation", "detection"]

NUMBERED: frozenset[Task] = frozenset({"classification", "sequence", "next_token", "segmentation"})
"""Tasks whose targets are class numbers: one for a sample, or one for each of its places."""

BOX = 5
"""Numbers that say where an object is: how sure that there is one, its middle (x, y), its width and its height."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """A whole data set in memory; its arrays are read-only.

    Attributes:
        name: key in the catalogue.
        title: what a person calls it.
        inputs: ``(N, *shape)``, float32 for real and int64 for index elements, C order.
        targets: class numbers int64, ``(N,)``, ``(N, T)`` for each place of a sequence or ``(N, H, W)`` for each pixel;
            or float32: values ``(N, K)``, ``(N, *shape)`` for reconstruction, or boxes ``(N, M, 5)`` for detection:
            class number, -1 for none, then middle x, y, width and height as shares of the picture.
        shape: shape of one sample.
        element: ``real`` numbers, or ``index``: positions in a table of ``vocabulary`` entries.
        vocabulary: how many different indices there are; 0 for real elements.
        task: what the network has to say of a sample.
        classes: names of the classes by number, for next_token the signs of the text; empty where there are none.
        training, validation: row numbers ``(n,)``, disjoint.
        whole: whether the samples are all there are, as of a gate, and each is in both parts.

    Raises:
        ValueError: a part is empty, rows are none of the samples, or targets none of the classes.
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
    whole: bool = False

    def __post_init__(self) -> None:
        for array in (self.inputs, self.targets, self.training, self.validation):
            array.flags.writeable = False
        assert self.inputs.shape == (len(self.targets), *self.shape), (self.inputs.shape, self.shape)
        assert self.inputs.dtype == ("float32" if self.element == "real" else "int64"), self.inputs.dtype
        assert self.targets.dtype == ("int64" if self.task in NUMBERED else "float32"), self.targets.dtype
        if not len(self.training) or not len(self.validation):
            raise ValueError(tr("{data} has no samples to train with, or none to validate with.", data=self.title))
        for rows in (self.training, self.validation):
            if rows.min() < 0 or rows.max() >= len(self.inputs):
                text = tr("{data} has {count} samples, and asks for others.", data=self.title, count=len(self.inputs))
                raise ValueError(text)
        if self.task in NUMBERED and len(self.targets):
            low, high = int(self.targets.min()), int(self.targets.max())
            if low < 0 or high >= len(self.classes):
                raise ValueError(
                    tr(
                        "The classes of {data} go from 0 to {most}; its targets go from {low} to {high}.",
                        data=self.title,
                        most=len(self.classes) - 1,
                        low=low,
                        high=high,
                    )
                )

    @property
    def signal(self) -> Signal:
        """What the drawing's Input has to give."""
        return Signal(self.shape, self.element)

    @property
    def num_shared(self) -> int:
        """How many samples are in training and in validation by mistake; they make the validation figures too good."""
        return 0 if self.whole else len(set(self.training.tolist()) & set(self.validation.tolist()))

    @property
    def num_outputs(self) -> int:
        """How many numbers the drawing's Output has to give for one sample, or for each place of it."""
        return len(self.classes) or int(self.targets.shape[-1])

    @property
    def output_shape(self) -> Shape:
        """Shape of what the drawing's Output has to give for one sample; a letter stands for any length."""
        return output_shape(self.task, self.shape, self.num_outputs)


def output_shape(task: Task, shape: tuple[int, ...], count: int) -> Shape:
    """Return the shape of what a network has to give for one sample.

    Args:
        task: what it has to say of a sample.
        shape: of the sample.
        count: classes, or values.
    """
    if task in ("sequence", "next_token"):
        return (*shape, count)
    if task == "reconstruction":
        return shape
    if task == "segmentation":
        return (count, *shape[-2:])
    if task == "detection":
        return (BOX + count, "S", "S")
    return (count,)
