"""A moment of a run, small enough to be kept: how weights, gradients and values of every layer are spread."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import msgspec

from nnstudio.training.studies.base import Study
from nnstudio.training.studies.gradients import Flow, flow_of, go_back, learning_layers
from nnstudio.training.studies.owners import weighted_layers
from nnstudio.training.studies.units import LayerUnits, units
from nnstudio.training.studies.weights import BARS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

    from nnstudio.training.studies.base import Scene

What = Literal["weights", "gradients", "values"]


class Bars(msgspec.Struct, frozen=True):
    """A histogram over an axis with zero in its middle.

    Attributes:
        reach: where the outermost bars end on both sides; NaN where no value was a finite number.
        counts: ``(BARS,)`` int32.
        mean, deviation: of all finite values.
    """

    reach: float
    counts: npt.NDArray[np.int32]
    mean: float
    deviation: float


class Moment(msgspec.Struct, frozen=True):
    """All layers at one step.

    Attributes:
        flow: the gradient on its way back.
        units: dead and saturated ones.
        weights, gradients, values: by layer name.
    """

    flow: Flow
    units: tuple[LayerUnits, ...]
    weights: Mapping[str, Bars]
    gradients: Mapping[str, Bars]
    values: Mapping[str, Bars]

    def bars(self, what: What) -> Mapping[str, Bars]:
        """Return one kind of histograms, by layer name."""
        return {"weights": self.weights, "gradients": self.gradients, "values": self.values}[what]

    @property
    def num_bytes(self) -> int:
        """About how much memory it takes."""
        tables = (self.weights, self.gradients, self.values)
        bars = sum(found.counts.nbytes + 300 for table in tables for found in table.values())
        return bars + 200 * (len(self.flow.layers) + len(self.flow.signals) + len(self.units)) + sys.getsizeof(self)


class MomentStudy(Study, frozen=True):
    """What does the whole network look like now?"""

    rows: int = 64

    def see(self, scene: Scene) -> Moment:
        """Go forward and back once as in training, and forward as in evaluation.

        Raises:
            ValueError: the loss does not depend on the weights by a derivative.
        """
        layers = learning_layers(scene)
        passed = go_back(scene, self.rows, [weight for found in layers.values() for weight in found])
        gradients = {layer: [passed.weights[id(weight)] for weight in found] for layer, found in layers.items()}
        return Moment(
            flow=flow_of(layers, passed),
            units=units(scene, self.rows),
            weights={layer: bars(list(found.values())) for layer, found in weighted_layers(scene).items()},
            gradients={layer: bars(found) for layer, found in gradients.items()},
            values={name: bars([value]) for name, value in passed.values.items() if value.is_floating_point()},
        )


def bars(tensors: list[Tensor]) -> Bars:
    """Count how often values occur in some tensors together."""
    import torch

    parts = [tensor.detach().reshape(-1).to("cpu", torch.float32) for tensor in tensors]
    flat = parts[0] if len(parts) == 1 else torch.cat(parts)
    low, high = map(float, flat.aminmax()) if len(flat) else (math.nan, math.nan)
    if not (math.isfinite(low) and math.isfinite(high)):
        flat = flat[flat.isfinite()]
        if not len(flat):
            return Bars(math.nan, torch.zeros(BARS, dtype=torch.int32).numpy(), math.nan, math.nan)
        low, high = map(float, flat.aminmax())
    reach = max(-low, high) or 1.0
    deviation, mean = torch.std_mean(flat, correction=0)
    counts = torch.histc(flat, BARS, -reach, reach).to(torch.int32).numpy()
    return Bars(reach, counts, float(mean), float(deviation))
