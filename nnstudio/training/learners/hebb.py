"""Storing patterns in a Hopfield network: Hebb's rule, and the pseudo-inverse."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nnstudio.core.words import tr
from nnstudio.layers.own import own_class
from nnstudio.training.learners.base import Step
from nnstudio.training.learners.parts import arriving, layers_of
from nnstudio.training.recipe import Recipe

_SAME = 1e-6
"""A pattern of which less than this share is new is taken as known."""


class PatternStore:
    """Stores every training sample in the first Hopfield layer, once, as a pattern ξ of −1 and 1.

    Hebb's rule adds ξ ξᵀ / N to the weights (Hebb 1949; Hopfield 1982). The pseudo-inverse adds r rᵀ / r·r, with r what
    the patterns before cannot compose, which comes to Ξ (ΞᵀΞ)⁻¹ Ξᵀ (Personnaz, Guyon, Dreyfus 1986). No unit is tied
    to itself: the diagonal is zero. There is no learning rate; 1 stands for the whole pattern.

    Args:
        module: its weights are on their device already; patterns that the drawing brings are kept.
        recipe: says which of the two rules.

    Raises:
        ValueError: the module has no Hopfield layer.
    """

    def __init__(self, module: nn.Module, recipe: Recipe) -> None:
        self._module = module
        self._layer = hopfield_layer(module)
        self._by_projection = recipe.learner == "pseudo_inverse"
        self._stored = 0
        self._complete = False
        weight = self._layer.weight
        assert isinstance(weight, Tensor)
        self._weight = weight
        # On the processor: not every graphics card knows float64.
        self._projection = torch.zeros(weight.shape, dtype=torch.float64)

    @property
    def rate(self) -> float:
        """How much of a pattern is stored: the whole."""
        return 1.0

    def set_rate(self, rate: float) -> None:
        """Do nothing: a pattern is stored or it is not."""

    def begin_epoch(self, epoch: int) -> str:
        """Store in the first epoch; later ones would add nothing."""
        return tr("storing patterns") if epoch == 1 else ""

    def step(self, inputs: Tensor, targets: Tensor) -> Step:
        """Store the samples; the loss is the share of their units that would leave the pattern at once afterwards."""
        rows = arriving(self._module, self._layer, inputs)
        patterns = torch.where(rows > 0, 1.0, -1.0)
        with torch.no_grad():
            if not self._complete:
                self._store(patterns)
            told = patterns @ self._weight
            wrong = torch.where(told == 0, patterns, torch.sign(told)) != patterns
        return Step(float(wrong.float().mean()), int((~wrong).all(1).sum()))

    def end_epoch(self, validation_loss: float) -> str:
        """End the run: every pattern has been stored."""
        self._complete = True
        return tr("Stored {count} patterns.", count=self._stored)

    def state(self) -> dict[str, Tensor]:
        """Return how many patterns are stored, whether they are all, and what they compose."""
        return {
            "stored": torch.tensor([self._stored, int(self._complete)]),
            "projection": self._projection.detach().clone(),
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave, bit for bit."""
        self._stored = int(state["stored"][0])
        self._complete = bool(state["stored"][1])
        self._projection = state["projection"].to("cpu", copy=True)

    def _store(self, patterns: Tensor) -> None:
        self._stored += len(patterns)
        if not self._by_projection:
            self._weight += (patterns.T @ patterns / len(self._weight)).fill_diagonal_(0)
            return
        before = self._projection.clone()
        for pattern in patterns.cpu().double():
            rest = pattern - self._projection @ pattern
            size = rest @ rest
            if size > _SAME * len(pattern):
                self._projection += torch.outer(rest, rest) / size
        self._weight += (self._projection - before).fill_diagonal_(0).to(self._weight)


def hopfield_layer(module: nn.Module) -> nn.Module:
    """Return the first Hopfield layer of a network.

    Raises:
        ValueError: there is none.
    """
    kind: type[nn.Module] = own_class("Hopfield")
    found = layers_of(module, kind)
    if not found:
        raise ValueError(tr("Hebb's rule and the pseudo-inverse store patterns in a Hopfield layer: add one."))
    return found[0]
