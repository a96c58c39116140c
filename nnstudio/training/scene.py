"""The scene: a network in training, as studies may look at it between two steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from nnstudio.data.dataset import Dataset
from nnstudio.training.chance import aside
from nnstudio.training.inside import Inside
from nnstudio.training.learners.base import Learner
from nnstudio.training.studies.base import Study
from nnstudio.training.tasks.base import Objective


class Scene:
    """Lends a module to studies, and takes it back as it was.

    Attributes:
        module, dataset, objective, device: of the run.
        inside: gives every layer's values on the way through a forward pass.
        step: training steps done.
        desk: where studies keep what they have worked out so far.
        learner: what changes the weights; None outside of a run.
    """

    def __init__(self, module: nn.Module, dataset: Dataset, objective: Objective, device: torch.device) -> None:
        self.module = module
        self.inside = Inside(module)
        self.dataset = dataset
        self.objective = objective
        self.device = device
        self.step = 0
        self.desk: dict[Study, object] = {}
        self.learner: Learner | None = None

    def batch(self, rows: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        """Return inputs ``(B, …)`` and targets ``(B, …)`` of these rows of the data set, on the device.

        Raises:
            IndexError: the data set has no such row.
        """
        inputs = torch.from_numpy(self.dataset.inputs[list(rows)]).to(self.device)
        return inputs, self.objective.targets(torch.tensor(rows).numpy()).to(self.device)

    @contextmanager
    def untouched(self, *, training: bool = False) -> Iterator[None]:
        """Put mode, chance, running means and gradients back at the end; within, the mode is eval or ``training``."""
        modes = [(part, part.training) for part in self.module.modules()]
        buffers = [(buffer, buffer.clone()) for buffer in self.module.buffers()] if training else []
        gradients = [(weight, weight.grad) for weight in self.module.parameters()]
        with aside(self.device):
            self.module.train(training)
            for weight, _ in gradients:
                weight.grad = None
            try:
                yield
            finally:
                for part, mode in modes:
                    part.training = mode
                with torch.no_grad():
                    for buffer, before in buffers:
                        buffer.copy_(before)
                for weight, gradient in gradients:
                    weight.grad = gradient
