"""Reconstruction: the sample itself comes out again, after a way that is too narrow for it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from nnstudio.data.arrays import Indices
from nnstudio.data.dataset import Dataset
from nnstudio.training.losses import expect_three, loss_value, shares
from nnstudio.training.recipe import Recipe
from nnstudio.training.tasks.base import Meter, Objective, Output, expect_shape, first


class Reconstruction(Objective):
    """Compares the output ``(B, *shape)`` with the input."""

    def targets(self, rows: Indices) -> Tensor:
        """Return the samples themselves."""
        return torch.from_numpy(self.dataset.targets[rows])

    def loss(self, output: Output, target: Tensor) -> Tensor:
        """Return the mean over all values of the batch."""
        return loss_value(self.recipe.loss, expect_shape(output, tuple(target.shape)), target, self.recipe)

    def shown(self, output: Output) -> Tensor:
        """Return the sample as it came out; for the binary cross-entropy its shares of ink."""
        return shares(self.recipe.loss, first(output))

    def meter(self) -> Meter:
        """Measure how far off a value is."""
        return ReconstructionMeter(self)


class Variational(Reconstruction):
    """The loss of a variational autoencoder, which has three Outputs: the sample again, mean and log-variance.

    The squared error is added up over the values of a sample and the divergence over the numbers of its code, both are
    means over the batch: Kingma, Welling: Auto-encoding variational Bayes, 2013, equation 10, with β as in Higgins and
    others: beta-VAE, 2017.
    """

    def loss(self, output: Output, target: Tensor) -> Tensor:
        """Return squared error plus β times divergence, per sample."""
        again, mean, log_variance = expect_three(output)
        expect_shape(again, tuple(target.shape))
        return loss_value("vae", (again, mean, log_variance), target, self.recipe)

    def meter(self) -> Meter:
        """Measure the divergence, too."""
        return VariationalMeter(self)


class ReconstructionMeter(Meter):
    """Mean squared error per value."""

    def __init__(self, objective: Objective) -> None:
        super().__init__(objective)
        self._off = 0.0
        self._values = 0

    def add(self, output: Output, target: Tensor) -> None:
        """Take a batch."""
        self._off += functional.mse_loss(self.objective.shown(output), target, reduction="sum").item()
        self._values += target.numel()

    def metrics(self) -> Mapping[str, float]:
        """Return ``mse``."""
        return {"mse": self._off / self._values}


class VariationalMeter(ReconstructionMeter):
    """Mean squared error per value, and divergence per sample."""

    def __init__(self, objective: Objective) -> None:
        super().__init__(objective)
        self._divergence = 0.0
        self._samples = 0

    def add(self, output: Output, target: Tensor) -> None:
        """Take a batch."""
        super().add(output, target)
        _, mean, log_variance = expect_three(output)
        self._divergence += divergence(mean, log_variance).item() * len(target)
        self._samples += len(target)

    def metrics(self) -> Mapping[str, float]:
        """Return ``mse`` and ``kl``."""
        return {**super().metrics(), "kl": self._divergence / self._samples}


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return how far a code's normal distributions ``(B, D)`` are from the standard one: KL divergence in nats.

    -½ Σ (1 + log σ² - μ² - σ²), mean over the batch; Kingma, Welling 2013, appendix B.
    """
    return -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum() / len(mean)


def make_reconstruction(recipe: Recipe, dataset: Dataset) -> Objective:
    """Return plain reconstruction, or that of a variational autoencoder."""
    return (Variational if recipe.loss == "vae" else Reconstruction)(recipe, dataset)
