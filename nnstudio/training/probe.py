"""Probe: one look inside a network in training, which leaves no trace there.

A look is a forward pass of its own with one sample, in eval mode and without gradients, so that neither the random
numbers nor the running means of the training are touched.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from nnstudio.data.dataset import Dataset
from nnstudio.training.inside import Inside
from nnstudio.training.taps import Snapshot
from nnstudio.training.tasks.base import Objective


class Probe:
    """Looks at what one module makes of the samples of one data set."""

    def __init__(self, module: nn.Module, dataset: Dataset, objective: Objective, device: torch.device) -> None:
        self._module = module
        self._inside = Inside(module)
        self._dataset = dataset
        self._objective = objective
        self._device = device

    def look(self, names: frozenset[str], sample: int, step: int) -> Snapshot | None:
        """Return what the layers ``names`` make of a row of the data; None where there is no such row."""
        if not 0 <= sample < len(self._dataset.inputs):
            return None
        values: dict[str, npt.NDArray[np.float32]] = {}

        def visit(name: str, value: Tensor) -> None:
            # Copied at once: a layer further on may write over it.
            if name in names:
                values[name] = _copy(value)

        was_training = self._module.training
        self._module.eval()
        try:
            output = self._inside.look(torch.from_numpy(self._dataset.inputs[[sample]]).to(self._device), visit)
        finally:
            self._module.train(was_training)
        target = self._dataset.targets[sample]
        return Snapshot(
            step=step,
            sample=sample,
            values=MappingProxyType(values),
            output=_copy(self._objective.shown(output)),
            truth=int(target) if self._dataset.task == "classification" else target.copy(),
        )


def _copy(value_B: Tensor) -> npt.NDArray[np.float32]:  # noqa: N803 the suffix names the axis
    return value_B.detach()[0].to("cpu", torch.float32, copy=True).numpy()
