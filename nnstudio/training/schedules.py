"""Schedules: how the learning rate changes while a run lasts."""

from __future__ import annotations

import math

from nnstudio.training.recipe import Recipe


def share_of_rate(step: int, recipe: Recipe, steps_per_epoch: int) -> float:
    """Return which share of the recipe's learning rate a step takes.

    The warm-up comes first and rises evenly: share (t + 1) / W at step t of W. The schedule begins after it. Formulas
    stand with the settings of the recipe; they are those of `torch.optim.lr_scheduler`.

    Args:
        step: steps done before; the first step is 0. Beyond the end of the run the last share stays.
        recipe: names the schedule and its settings. ``plateau`` is 1 here, for it follows the validation loss.
        steps_per_epoch: how many batches make an epoch.
    """
    warm = recipe.warmup_steps
    if step < warm:
        return (step + 1) / warm
    done = step - warm
    epoch = done // steps_per_epoch
    whole = max(1, recipe.epochs * steps_per_epoch - warm)
    match recipe.schedule:
        case "step":
            return float(recipe.step_factor ** (epoch // recipe.step_every))
        case "exponential":
            return float(recipe.decay_rate**epoch)
        case "cosine":
            low = recipe.lowest_share
            return low + (1 - low) * (1 + math.cos(math.pi * min(1.0, done / whole))) / 2
        case "one_cycle":
            return _one_cycle(min(done, whole - 1), whole, recipe)
        case "constant" | "plateau":
            return 1.0


def _one_cycle(done: int, whole: int, recipe: Recipe) -> float:
    """Rise from 1/d along half a cosine, then fall to 1/(d·f) along another."""
    start = 1 / recipe.start_divisor
    top = recipe.rise_share * whole - 1
    if done <= top:
        return _between(start, 1.0, done / top if top else 1.0)
    return _between(1.0, start / recipe.end_divisor, (done - top) / (whole - 1 - top) if whole - 1 > top else 1.0)


def _between(first: float, last: float, part: float) -> float:
    return last + (first - last) / 2 * (1 + math.cos(math.pi * part))


class Watch:
    """Watches a loss from epoch to epoch, for plateaus and for stopping early.

    Attributes:
        best: the lowest loss that counted as lower; infinite at first.
        waited: epochs since.
    """

    def __init__(self, min_delta: float = 0.0) -> None:
        self._min_delta = min_delta
        self.best = math.inf
        self.waited = 0

    def see(self, loss: float) -> bool:
        """Take the loss of an epoch and say whether it is lower than all before, by more than the least gain."""
        if loss < self.best - self._min_delta:
            self.best, self.waited = loss, 0
            return True
        self.waited += 1
        return False


class Plateau:
    """Makes the rate smaller when a loss stalls, as `torch.optim.lr_scheduler.ReduceLROnPlateau` without a threshold.

    Attributes:
        watch: on the validation loss.
        share: of the rate that is left.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._patience = recipe.plateau_patience
        self._factor = recipe.plateau_factor
        self.watch = Watch()
        self.share = 1.0

    def see(self, loss: float) -> None:
        """Take the validation loss of an epoch."""
        self.watch.see(loss)
        if self.watch.waited > self._patience:
            self.share *= self._factor
            self.watch.waited = 0
