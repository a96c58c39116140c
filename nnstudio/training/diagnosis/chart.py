"""The chart: all that is known of a run so far, as one value that rules read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from nnstudio.training.events import EpochDone
from nnstudio.training.recipe import Recipe

if TYPE_CHECKING:
    from nnstudio.training.diagnosis.data_signs import DataSigns
    from nnstudio.training.diagnosis.signs import Signs


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """What rules look at.

    Attributes:
        recipe: how the network is trained.
        data: what was seen of the data.
        epochs_planned: the length of the run.
        steps_per_epoch: batches that make an epoch.
        num_trained: numbers that training may change.
        bounds: between which values all answers lie; None where they are not bound.
        rate_set: the learning rate that the person has set on the way; None while the recipe's counts.
        rate_now: the learning rate of the next step.
        dropout: the largest share of values that a layer drops out.
        dropout_at: the layer that does; empty where none drops out anything.
        batch_norms: how many layers normalise by the batch.
        first_loss: of the first batch; NaN before it.
        recent: losses of the latest batches, oldest first.
        right: shares of the latest batches that were right, oldest first; empty without classes.
        epochs: whole epochs so far; of very long runs some, with the first and the newest.
        signs: looks so far, oldest first.
        failed_at: the layer at which numbers stopped being finite; empty where none is named, None while all is well.
        step: training steps done.
        over: whether the run has ended.
    """

    recipe: Recipe
    data: DataSigns
    epochs_planned: int = 1
    steps_per_epoch: int = 1
    num_trained: int = 1
    bounds: tuple[float, float] | None = None
    dropout: float = 0.0
    dropout_at: str = ""
    batch_norms: int = 0
    first_loss: float = float("nan")
    recent: tuple[float, ...] = ()
    right: tuple[float, ...] = ()
    epochs: tuple[EpochDone, ...] = ()
    signs: tuple[Signs, ...] = ()
    failed_at: str | None = None
    step: int = 0
    rate_set: float | None = None
    rate_now: float = 0.0
    over: bool = False

    @property
    def rate(self) -> float:
        """The learning rate that counts: the recipe's, or the one that the person has set since."""
        return self.recipe.learning_rate if self.rate_set is None else self.rate_set

    @property
    def num_steps(self) -> int:
        """Training steps of the whole run."""
        return self.epochs_planned * self.steps_per_epoch

    @property
    def guess(self) -> float:
        """Loss of who always gives the same best answer; the first loss where that is not known."""
        return self.data.guess.get(self.recipe.loss, self.first_loss)

    @property
    def loss(self) -> float:
        """Training loss now: the mean of the latest batches; after a jump, before the next batch, of the epoch."""
        if self.recent:
            return sum(self.recent) / len(self.recent)
        return self.epochs[-1].train_loss if self.epochs else self.first_loss

    @property
    def learned(self) -> float:
        """How much of what guessing leaves open was learned, from 0 to 1; below 0 is worse than guessing."""
        share = 1.0 - self.loss / self.guess if self.guess > 0 else 0.0
        accuracy = self._accuracy
        if accuracy is not None and self.data.largest < 1:
            share = max(share, (accuracy - self.data.largest) / (1.0 - self.data.largest))
        return share

    @property
    def _accuracy(self) -> float | None:
        """Share of the same samples as `loss` that was right; None without classes."""
        if self.right:
            return sum(self.right) / len(self.right)
        return self.epochs[-1].train_accuracy if self.epochs and not self.recent else None

    @property
    def pace(self) -> float | None:
        """How far one step takes a weight matrix, by its size: the newest that was measured."""
        return next((signs.moved for signs in reversed(self.signs) if signs.moved is not None), None)

    @property
    def worst_pace(self) -> float:
        """The largest `pace` so far; 0 before any."""
        return max((signs.moved for signs in self.signs if signs.moved is not None), default=0.0)

    @property
    def last(self) -> Signs | None:
        """The newest look."""
        return self.signs[-1] if self.signs else None
