"""What the arithmetic of one kind of layer is given: its settings, weights, and the numbers that come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, Protocol

from nnstudio.training.drill.sheet import Number, Sheet

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Index = tuple[int, ...]


class Work(Protocol):
    """One operation of the drawing at work on one sample. Indices leave the batch out.

    Attributes:
        sheet: where the lines go.
        module: the layer's settings; None for plain functions.
        options: keyword arguments of plain functions.
        counted: how many inputs there are.
        memo: what has been worked out already and is needed again.
    """

    sheet: Sheet
    module: Any
    options: dict[str, Any]
    counted: int
    memo: dict[Any, Any]

    def get(self, position: int, index: Index) -> Number:
        """Return a number that comes in; along axes of length 1 every index is the first."""
        ...

    def shape(self, position: int) -> Index:
        """Return the shape of what comes in."""
        ...

    def raw(self, position: int) -> Any:
        """Return an argument that is no tensor, as it was given; of a tensor, its values."""
        ...

    def weight(self, name: str, index: Index, symbol: str = "w") -> Number:
        """Return a number that the layer keeps."""
        ...

    def kept(self, name: str) -> npt.NDArray[np.float64] | None:
        """Return a tensor that the layer keeps; None where it has none of this name."""
        ...


Worker = Callable[[Work, Index], Number]
"""``(work, index)`` -> the number at this place of the output, with its lines written on the sheet."""


class Inner:
    """A layer within a layer, as `Work` has it: its inputs are numbers of the sheet, its weights the outer one's.

    Args:
        outer: the layer around it.
        name: what the outer layer calls it.
        inputs: shape, and the number at each place.
        options: beside the layer's own settings.
    """

    def __init__(
        self, outer: Work, name: str, inputs: Sequence[tuple[Index, Callable[[Index], Number]]], **options: Any
    ) -> None:
        self._outer, self._name, self._inputs = outer, name, tuple(inputs)
        self.sheet = outer.sheet
        self.module = getattr(outer.module, name)
        self.options = options
        self.counted = len(inputs)
        self.memo: dict[Any, Any] = {}

    def get(self, position: int, index: Index) -> Number:
        """Return a number that comes in."""
        return self._inputs[position][1](index)

    def shape(self, position: int) -> Index:
        """Return the shape of what comes in."""
        return self._inputs[position][0]

    def raw(self, position: int) -> Any:
        """Refuse: all inputs are tensors."""
        raise TypeError(position)

    def weight(self, name: str, index: Index, symbol: str = "w") -> Number:
        """Return a number that the layer keeps."""
        return self._outer.weight(f"{self._name}.{name}", index, symbol)

    def kept(self, name: str) -> npt.NDArray[np.float64] | None:
        """Return a tensor that the layer keeps."""
        return self._outer.kept(f"{self._name}.{name}")


def places(shape: Sequence[int]) -> list[Index]:
    """Return all indices of a shape, the last axis fastest."""
    return list(product(*map(range, shape)))
