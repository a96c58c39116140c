"""The weights of one layer: the numbers themselves, and how they are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Study
from nnstudio.training.studies.owners import parameters

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

    from nnstudio.training.studies.base import Scene

BARS = 61
"""Bars of a distribution: odd, so that zero has one of its own."""

LONGEST = 512
"""Rows and columns of a picture at most; of larger matrices the first ones are shown."""


class Spread(msgspec.Struct, frozen=True):
    """How the numbers of a tensor are spread.

    Attributes:
        edges: of the bars, ``(BARS + 1,)``, the same distance to both sides of zero.
        counts: numbers in each bar, ``(BARS,)``.
        mean, deviation, low, high: over all finite numbers.
        zeros: share of numbers that are exactly 0.
        broken: how many are no finite numbers.
    """

    edges: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    mean: float
    deviation: float
    low: float
    high: float
    zeros: float
    broken: int = 0


class Numbers(msgspec.Struct, frozen=True):
    """One tensor of a layer.

    Attributes:
        name: as the layer calls it, such as ``weight``.
        shape: its shape.
        matrix: the numbers as rows and columns, float32: a vector is one row, further axes lie side by side
            in a row, as ``(out, in × kernel)``; at most `LONGEST` of each.
        is_cut: whether there are more numbers than ``matrix`` has.
        spread: of all numbers.
    """

    name: str
    shape: tuple[int, ...]
    matrix: npt.NDArray[np.float32]
    is_cut: bool
    spread: Spread


class LayerNumbers(msgspec.Struct, frozen=True):
    """All tensors of one layer, by the layer's own order."""

    layer: str
    tensors: tuple[Numbers, ...]


class Weights(Study, frozen=True):
    """What are the weights of this layer?"""

    layer: str

    def see(self, scene: Scene) -> LayerNumbers:
        """Copy them.

        Raises:
            ValueError: the layer has no weights.
        """
        found = parameters(scene, self.layer)
        return LayerNumbers(self.layer, tuple(numbers(name, weight) for name, weight in found.items()))


def numbers(name: str, tensor: Tensor) -> Numbers:
    """Copy a tensor."""
    import numpy as np

    values = tensor.detach().to("cpu").double().numpy()
    matrix = values.reshape(1, -1) if values.ndim < 2 else values.reshape(len(values), -1)
    shown = np.array(matrix[:LONGEST, :LONGEST], dtype=np.float32)
    return Numbers(name, tuple(tensor.shape), shown, shown.shape != matrix.shape, spread(values))


def spread(values: npt.NDArray[np.float64], reach: float | None = None) -> Spread:
    """Count how often values occur.

    Args:
        values: any shape.
        reach: where the outermost bars end on both sides; the largest absolute value where None.

    Raises:
        ValueError: there is no finite number among them.
    """
    import numpy as np

    flat = values.reshape(-1)
    known = flat[np.isfinite(flat)]
    if not known.size:
        raise ValueError(tr("None of the values is a finite number."))
    low, high = float(known.min()), float(known.max())
    reach = max(-low, high) if reach is None else reach
    edges = np.linspace(-1.0, 1.0, BARS + 1) * (reach or 1.0)
    counts, _ = np.histogram(known, edges)
    return Spread(
        edges=edges,
        counts=counts.astype(np.int64),
        mean=float(known.mean()),
        deviation=float(known.std()),
        low=low,
        high=high,
        zeros=float((known == 0.0).mean()),
        broken=int(flat.size - known.size),
    )
