"""The kernels of a convolution, as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Study
from nnstudio.training.studies.owners import module_paths, parameters

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
        parameters(scene, self.layer)
        inside = [
            part for path in module_paths(scene, self.layer) for part in scene.module.get_submodule(path).modules()
        ]
        for part in inside:
            weight = getattr(part, "weight", None)
            if weight is not None and weight.dim() >= 3:
                # A transposed convolution has its inputs first.
                turned = (
                    weight.detach().transpose(0, 1) if type(part).__name__.startswith("ConvTr") else weight.detach()
                )
                values = turned[:MOST, :MOST].to("cpu").float()
                kernels = values.reshape(*values.shape[:2], -1, values.shape[-1]).clone().numpy()
                return KernelsSeen(self.layer, kernels, tuple(weight.shape))
        raise ValueError(tr("{layer} has no kernels. Select a convolution.", layer=self.layer))
