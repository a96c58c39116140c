"""Rules on what the recipe or the drawing does on purpose, and does too much of."""

from __future__ import annotations

from typing import Final

from nnstudio.training.diagnosis.chart import Chart
from nnstudio.training.diagnosis.finding import Finding
from nnstudio.training.schedules import share_of_rate

WELL: Final = 0.8
"""Whoever has learned so much of what there is to learn is well, whatever the figures say."""
POOR: Final = 0.3
"""Whoever has learned less of what there is to learn has learned little."""
MUCH_DROPPED: Final = 0.75
MUCH_CLIPPED: Final = 100.0
"""A gradient so many times as long as what it is clipped to."""
SHRUNK: Final = 0.5
FEW_FOR_NORMS: Final = 2
MANY_IN_ORDER: Final = 50
"""Samples; fewer are a table that is gone through by hand."""
IN_ORDER: Final = 0.5
LONG_MEMORY: Final = 0.98
RUN_PAST: Final = 1.2
"""So many times the lowest loss so far is a good place left behind."""
SOME_EPOCHS: Final = 3
FADED: Final = 1e-3
HALF_LEARNED: Final = 0.5


def wrong_loss(chart: Chart) -> Finding | None:
    """The loss is worked out of numbers that it is not meant for."""
    loss, look = chart.recipe.loss, chart.last
    if loss in ("nll", "kl") and chart.recent and min(chart.loss, chart.recent[-1]) < 0:
        return Finding(kind="wrong_loss", step=chart.step, facts={"loss": chart.loss, "below": 1})
    if loss == "cross_entropy" and look is not None and look.squeezed and chart.epochs:
        return Finding(kind="wrong_loss", step=chart.step, facts={"loss": chart.loss, "below": 0})
    return None


def decayed(chart: Chart) -> Finding | None:
    """What pulls weights towards zero is stronger than what is to be learned."""
    recipe = chart.recipe
    if recipe.weight_decay + recipe.l1 == 0 or not chart.epochs or len(chart.signs) < 2 or chart.learned >= POOR:
        return None
    pairs = zip(chart.signs[0].weights, chart.signs[-1].weights, strict=True)
    left = sorted(now.size / before.size for before, now in pairs if before.size > 0 and before.trained)
    if not left or left[len(left) // 2] > SHRUNK:
        return None
    facts = {"left": left[len(left) // 2], "decay": recipe.weight_decay, "l1": recipe.l1}
    return Finding(kind="decayed", step=chart.step, facts=facts)


def clipped(chart: Chart) -> Finding | None:
    """Gradients are cut down to next to nothing, and steps with them."""
    recipe, lengths = chart.recipe, sorted(look.gradient for look in chart.signs if look.gradient is not None)
    if recipe.clipping == "none" or not lengths or not chart.epochs or chart.learned >= POOR:
        return None
    count = chart.num_trained if recipe.clipping == "value" else 1
    times = lengths[len(lengths) // 2] / (recipe.clip_at * count**0.5)
    if times < MUCH_CLIPPED:
        return None
    return Finding(kind="clipped", step=chart.step, facts={"times": times, "clip_at": recipe.clip_at})


def unshuffled(chart: Chart) -> Finding | None:
    """Samples come sorted by what they should become, and keep that order."""
    recipe, count = chart.recipe, chart.steps_per_epoch * chart.recipe.batch_size
    if recipe.shuffle or chart.data.order < IN_ORDER or count < MANY_IN_ORDER or chart.steps_per_epoch < 2:
        return None
    if len(chart.epochs) < SOME_EPOCHS or chart.learned >= WELL:
        return None
    return Finding(kind="unshuffled", step=chart.step, facts={"order": chart.data.order})


def momentum(chart: Chart) -> Finding | None:
    """Old gradients go on so long that the weights run past every good place."""
    recipe, lowest = chart.recipe, min((epoch.train_loss for epoch in chart.epochs), default=0.0)
    if recipe.optimizer != "sgd" or recipe.momentum < LONG_MEMORY or len(chart.epochs) < SOME_EPOCHS:
        return None
    if chart.learned >= HALF_LEARNED or chart.loss < RUN_PAST * lowest:
        return None
    facts = {"momentum": recipe.momentum, "steps": 1 / (1 - recipe.momentum)}
    return Finding(kind="momentum", step=chart.step, facts=facts)


def schedule(chart: Chart) -> Finding | None:
    """The schedule keeps the learning rate next to nothing for most of the run."""
    recipe, facts = chart.recipe, {"rate": chart.rate_now, "warm": chart.recipe.warmup_steps, "steps": chart.num_steps}
    if not chart.epochs or chart.learned >= HALF_LEARNED or recipe.learning_rate == 0 or chart.rate_set is not None:
        return None
    if recipe.warmup_steps >= chart.num_steps:
        return Finding(kind="schedule", step=chart.step, facts={**facts, "long": 1})
    half = chart.num_steps // 2
    share = share_of_rate(half, recipe, chart.steps_per_epoch)
    if recipe.schedule == "plateau" and chart.step <= half:
        share = chart.rate_now / recipe.learning_rate if chart.step >= recipe.warmup_steps else 1.0
    return Finding(kind="schedule", step=chart.step, facts=facts) if share < FADED else None


def dropped(chart: Chart) -> Finding | None:
    """So much is dropped out that hardly anything comes through."""
    if chart.dropout < MUCH_DROPPED or not chart.epochs or chart.learned >= POOR:
        return None
    return Finding(kind="dropped", node=chart.dropout_at, step=chart.step, facts={"share": chart.dropout})


def small_batch(chart: Chart) -> Finding | None:
    """Layers normalise by the batch, and the batch is one sample or two."""
    if not chart.batch_norms or chart.recipe.batch_size > FEW_FOR_NORMS or chart.recipe.learner != "backprop":
        return None
    facts = {"size": chart.recipe.batch_size, "layers": chart.batch_norms}
    return Finding(kind="small_batch", step=chart.step, facts=facts)
