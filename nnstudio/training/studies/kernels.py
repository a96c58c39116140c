"""The kernels of a convolution, as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Study
from nnstudio.training.studies.places import parameters

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.training.studies.base import Scene

MOST: Final = 256
"""Kernels and input channels at most; of more, the first ones are shown."""


class KernelsSeen(msgspec.Struct, frozen=True):
    """Kernels of one layer.

    Attributes:
        layer: its name.
        kernels: ``(outputs, inputs, height, width)`` float32; a 1-D kernel has height 1, of a 3-D one its depth is
            laid out downwards.
        shape: as the layer has it.
    """

    layer: str
    kernels: npt.NDArray[np.float32]
    shape: tuple[int, ...]


class Kernels(Study, frozen=True):
    """What do the kernels of this layer look like?"""

    layer: str

    def see(self, scene: Scene) -> KernelsSeen:
        """Copy them.

        Raises:
            ValueError: the layer is no convolution.
        """
        found = [weight for weight in parameters(scene, self.layer).values() if weight.dim() >= 3]
        if not found:
            raise ValueError(tr("{layer} has no kernels. Select a convolution.", layer=self.layer))
        values = found[0].detach()[:MOST, :MOST].to("cpu").float()
        kernels = values.reshape(*values.shape[:2], -1, values.shape[-1]).clone().numpy()
        return KernelsSeen(self.layer, kernels, tuple(found[0].shape))
