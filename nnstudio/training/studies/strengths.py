"""How strong the weights of each layer are: one number per layer, for the wires of a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from nnstudio.training.studies.base import Study
from nnstudio.training.studies.owners import weighted_layers

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Scene


class Strengths(msgspec.Struct, frozen=True):
    """The mean of the absolute weights, biases left out, by layer name in the order of the forward pass."""

    layers: Mapping[str, float]


class StrengthStudy(Study, frozen=True):
    """How strong are the weights of each layer?"""

    def see(self, scene: Scene) -> Strengths:
        """Measure them."""
        found: dict[str, float] = {}
        for layer, named in weighted_layers(scene).items():
            weights = [weight.detach() for weight in named.values() if weight.dim() > 1]
            if weights:
                total = sum(float(weight.double().abs().sum()) for weight in weights)
                found[layer] = total / sum(weight.numel() for weight in weights)
        return Strengths(found)
