"""Stopping early: what every learner does that goes through many epochs."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nnstudio.core.words import sentences, tr
from nnstudio.training.recipe import Recipe
from nnstudio.training.schedules import Watch

_BEST = "best:"


class Stopping:
    """Ends a run whose validation loss does not fall any more, and puts the best weights back, as the recipe says.

    Prechelt: Early stopping, but when?, 1998. For the perceptron rule the best weights of all epochs are what Gallant
    calls the pocket: Perceptron-based learning algorithms, 1990.

    Args:
        module: whose weights are kept.
        recipe: says whether, with which patience and least gain.
    """

    def __init__(self, module: nn.Module, recipe: Recipe) -> None:
        self._module = module
        self._recipe = recipe
        self._watch = Watch(recipe.min_delta)
        self._best: dict[str, Tensor] = {}
        self._best_epoch = self._epoch = 0

    def begin_epoch(self, epoch: int) -> None:
        """Note the number, from 1."""
        self._epoch = epoch

    def end_epoch(self, validation_loss: float) -> str:
        """Return why to end the run here, empty to go on."""
        if not self._recipe.early_stopping:
            return ""
        if self._watch.see(validation_loss):
            self._best_epoch = self._epoch
            if self._recipe.keep_best:
                self._best = {name: value.detach().clone() for name, value in self._module.state_dict().items()}
        stalls = self._watch.waited >= self._recipe.patience
        if not stalls and self._epoch < self._recipe.epochs:
            return ""
        notes = []
        if stalls:
            notes.append(tr("The validation loss has not fallen for {count} epochs.", count=self._watch.waited))
        if self._best and self._best_epoch < self._epoch:
            self._module.load_state_dict(self._best)
            notes.append(tr("The weights are those of epoch {epoch}, the best.", epoch=self._best_epoch))
        return sentences(*notes)

    def state(self) -> dict[str, Tensor]:
        """Return what decides when to stop, and the best weights as ``best:<name>``; nothing where it never does."""
        if not self._recipe.early_stopping:
            return {}
        numbers = {
            "epoch": self._epoch,
            "best": self._watch.best,
            "waited": self._watch.waited,
            "best epoch": self._best_epoch,
        }
        return {
            **{name: torch.tensor(value, dtype=torch.float64) for name, value in numbers.items()},
            **{_BEST + name: value.clone() for name, value in self._best.items()},
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave, which may stand among what a learner remembers beside it."""
        if not self._recipe.early_stopping:
            return
        self._watch.best, self._watch.waited = state["best"].item(), int(state["waited"])
        self._best_epoch, self._epoch = int(state["best epoch"]), int(state["epoch"])
        self._best = {key.removeprefix(_BEST): value.clone() for key, value in state.items() if key.startswith(_BEST)}
