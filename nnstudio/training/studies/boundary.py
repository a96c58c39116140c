"""The plane of 2-D data: what the network answers at every place, and what each of its units says there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Scene, Study

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

    from nnstudio.data.dataset import Dataset

_MARGIN = 0.15
_MOST_UNITS = 64
_MOST_LAYERS = 8


class Units(msgspec.Struct, frozen=True, eq=False):
    """What the units of one layer say over the plane: ``values (units, n, n)``, rows from the lowest y up."""

    layer: str
    values: npt.NDArray[np.float32]


class Plane(msgspec.Struct, frozen=True, eq=False):
    """The answers over a square.

    Attributes:
        left, bottom, side: the square in the data's own units.
        answers: ``(K, n, n)``: shares or scores of the classes, or values; rows from the lowest y up, the centres of
            ``n × n`` equal cells.
        units: of the layers on the way, in order.
    """

    left: float
    bottom: float
    side: float
    answers: npt.NDArray[np.float32]
    units: tuple[Units, ...]


class Boundary(Study, frozen=True):
    """Asks the network for its answer at every place of the plane.

    Attributes:
        size: cells along each side.
        inner: cells along each side for the units of layers.
    """

    size: int = 80
    inner: int = 40

    def see(self, scene: Scene) -> object:
        """Return `Plane`.

        Raises:
            ValueError: the data are not points in a plane.
        """
        import torch

        dataset = scene.dataset
        if dataset.shape != (2,) or dataset.element != "real":
            raise ValueError(
                tr("This view needs points in a plane, such as the two moons; {data} has others.", data=dataset.title)
            )
        left, bottom, side = square(dataset)
        found: list[Units] = []
        sources: list[Tensor] = []

        def visit(name: str, value: Tensor) -> None:
            sources.append(value)
            if value.ndim == 2 and len(sources) > 1 and value.shape[1] <= _MOST_UNITS:
                units = value.T.reshape(-1, self.inner, self.inner)
                found.append(Units(name, units.to("cpu", torch.float32, copy=True).numpy()))

        with scene.untouched(), torch.no_grad():
            output = scene.module(_places(left, bottom, side, self.size).to(scene.device))
            shown = scene.objective.shown(output)
            if shown.ndim != 2:
                raise ValueError(tr("This view needs a network that gives one row of numbers per sample."))
            scene.inside.look(_places(left, bottom, side, self.inner).to(scene.device), visit)
        answers = shown.T.reshape(-1, self.size, self.size).to("cpu", torch.float32, copy=True).numpy()
        return Plane(left=left, bottom=bottom, side=side, answers=answers, units=tuple(found[:_MOST_LAYERS]))


def square(dataset: Dataset) -> tuple[float, float, float]:
    """Return left, bottom and side of a square around all points of the data, with a margin."""
    low, high = dataset.inputs.min(axis=0), dataset.inputs.max(axis=0)
    side = float((high - low).max()) * (1.0 + 2.0 * _MARGIN) or 1.0
    left, bottom = (float(number) for number in (low + high) / 2.0 - side / 2.0)
    return left, bottom, side


def _places(left: float, bottom: float, side: float, size: int) -> Tensor:
    """Return the centres of ``size × size`` cells ``(size², 2)``, from the lowest row up, each from the left."""
    import torch

    steps = (torch.arange(size, dtype=torch.float64) + 0.5) * (side / size)
    y, x = torch.meshgrid(bottom + steps, left + steps, indexing="ij")
    return torch.stack((x.flatten(), y.flatten()), dim=1).float()
