"""Rules: from a chart to findings. Each rule looks for one illness and gives what it saw, or nothing.

The limits are far from both sides: what healthy runs of the examples show lies at least three times below them, what
ill runs show above. tests/training/illnesses.py prints the figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from nnstudio.training.diagnosis.chart import Chart
from nnstudio.training.diagnosis.data_signs import NUM_NEIGHBOURS
from nnstudio.training.diagnosis.finding import Finding, Kind
from nnstudio.training.diagnosis.recipe_rules import (
    POOR,
    clipped,
    decayed,
    dropped,
    momentum,
    schedule,
    small_batch,
    unshuffled,
    wrong_loss,
)
from nnstudio.training.events import EpochDone

LARGE_INPUTS: Final = 10.0
UNEVEN_INPUTS: Final = 100.0
DOUBLES: Final = 0.1
HASTE: Final = 0.25
"""A step that takes a matrix further than this share of its own size forgets what it has learned."""
GOOD_TIME: Final = 0.15
"""After this share of the run something should have been learned."""
SLOTH: Final = 3e-4
SLOW: Final = 1.5e-3
DEAD: Final = 0.9
SATURATED: Final = 0.6
VANISHED: Final = 1e-4
STILL: Final = 1e-5
"""The largest gradient, by the weight it is for, of a network that hardly lets a signal through."""
HUGE_TARGETS: Final = 30.0
ROOM: Final = 0.02
"""How far targets may lie beyond what answers can be, as a share of their range."""
EXPLODED: Final = 30.0
"""A gradient so many times as large as the weight it is for."""
LEARNED: Final = 0.8
"""Whoever has learned so much of what there is to learn is well, whatever the figures say."""
LATELY: Final = 5
"""Epochs that are looked at together: what is said for one alone would be taken back in the next."""
ORDERLY: Final = 0.3
"""Neighbours that agree so much more often than by chance show that labels follow from inputs."""


def diagnose(chart: Chart) -> tuple[Finding, ...]:
    """Return what may be wrong, the weightiest first.

    What the data bring along stands beside the rest. Of the illnesses of learning only the first is told, as those
    further down mostly follow from it.
    """
    found = [finding for rule in _OF_DATA if (finding := rule(chart)) is not None]
    if not any(finding.kind in _HIDE_THE_REST for finding in found) and chart.data.non_finite == 0:
        rules = _OF_LEARNING if chart.recipe.learner == "backprop" else _OF_ALL_LEARNERS
        first = next((finding for rule in rules if (finding := rule(chart)) is not None), None)
        found += [] if first is None else [first]
    return tuple(found)


def _find(chart: Chart, kind: Kind, node: str | None = None, **facts: float | int | str) -> Finding:
    if chart.rate_set is not None:
        facts["live"] = chart.rate_set
    return Finding(kind=kind, node=node, step=chart.step, facts=facts)


# What the data bring along


def frozen(chart: Chart) -> Finding | None:
    """Nothing may change."""
    if chart.recipe.learner in ("hebb", "pseudo_inverse"):  # what they change are no trained numbers
        return None
    if chart.num_trained == 0 or chart.rate == 0:
        return _find(chart, "frozen", rate=chart.rate)
    return None


def broken_data(chart: Chart) -> Finding | None:
    """Samples hold NaN or infinities, those that train or only those that validate."""
    share, held = chart.data.non_finite, chart.data.non_finite_held
    return _find(chart, "broken_data", share=share, held=held) if max(share, held) > 0 else None


def leak(chart: Chart) -> Finding | None:
    """Samples that validate are trained on as well."""
    return _find(chart, "leak", share=chart.data.doubles) if chart.data.doubles >= DOUBLES else None


def single_class(chart: Chart) -> Finding | None:
    """All training samples are of one class."""
    return _find(chart, "single_class") if chart.data.shares and chart.data.largest >= 1.0 else None


def constant(chart: Chart) -> Finding | None:
    """All samples are the same."""
    return _find(chart, "constant") if chart.data.constant else None


def unscaled(chart: Chart) -> Finding | None:
    """Inputs are large, or some columns much larger than others, and no normalisation comes first."""
    data, look = chart.data, chart.last
    if look is None or look.normed or max(data.scale / LARGE_INPUTS, data.spread / UNEVEN_INPUTS) <= 1:
        return None
    return _find(chart, "unscaled", scale=data.scale, spread=data.spread)


def targets(chart: Chart) -> Finding | None:
    """What is to be answered is far larger than what a fresh network says."""
    known = chart.data.targets
    if known is None or math.hypot(known[0], known[1]) < HUGE_TARGETS or chart.learned >= LEARNED:
        return None
    return _find(chart, "targets", mean=known[0], deviation=known[1])


def range_(chart: Chart) -> Finding | None:
    """Targets lie beyond what the last layer can give."""
    known, bounds = chart.data.targets, chart.bounds
    if known is None or bounds is None:
        return None
    *_, low, high = known
    room = ROOM * (high - low)
    if low >= bounds[0] - room and high <= bounds[1] + room:
        return None
    return _find(chart, "range", low=low, high=high, least=bounds[0], most=bounds[1])


# How learning goes


def rate_high(chart: Chart) -> Finding | None:
    """Steps are so long that they throw away what was learned."""
    hasty = [signs for signs in chart.signs if signs.step > 0 and (signs.moved or 0.0) > HASTE]
    if not hasty or not (chart.failed_at is not None or _is_lost(chart)):
        return None
    return _find(
        chart,
        "rate_high",
        chart.failed_at or None,
        moved=max(signs.moved or 0.0 for signs in hasty),
        rate=chart.rate,
    )


def _is_lost(chart: Chart) -> bool:
    """Whether the loss is far worse than at the start, or little was learned in good time."""
    if chart.step < (20 if chart.over else 50):
        return False
    in_time = chart.over or chart.step >= GOOD_TIME * chart.num_steps
    return chart.loss > 3 * max(chart.guess, chart.first_loss) or (in_time and chart.learned < 0.5)


def symmetric(chart: Chart) -> Finding | None:
    """All units of a hidden layer have the same weights, and so the same gradients."""
    look = chart.last
    if look is None or look.step < 1:
        return None
    hidden = [weight for weight in look.weights[:-1] if weight.alike and weight.trained]
    if not hidden:
        return None
    return _find(chart, "symmetric", hidden[0].layer, layers=len(hidden), size=hidden[0].size)


def exploding(chart: Chart) -> Finding | None:
    """At the start already, gradients are far larger than the weights they are for."""
    if not chart.signs:
        return None
    look = chart.signs[0]
    shares = {w.layer: w.gradient / w.size for w in look.weights if w.gradient is not None and w.size > 0}
    worst = max(shares, key=lambda layer: _number(shares[layer]), default=None)
    if worst is None or _number(shares[worst]) < EXPLODED:
        return None
    if chart.over and chart.failed_at is None and chart.learned >= LEARNED and chart.loss < chart.guess:
        return None
    return _find(chart, "exploding", worst, ratio=_number(shares[worst]), loss=look.loss)


def blow_up(chart: Chart) -> Finding | None:
    """A number stopped being finite, and nothing before says why."""
    return None if chart.failed_at is None else _find(chart, "blow_up", chart.failed_at or None)


def dead(chart: Chart) -> Finding | None:
    """Most units of a rectifier give 0 for every sample."""
    look = chart.last
    if look is None or chart.step < 20 or chart.learned >= LEARNED:
        return None
    silent = [unit for unit in look.units if unit.cut and unit.dead >= DEAD]
    if not silent:
        return None
    return _find(chart, "dead", silent[0].layer, share=silent[0].dead, layers=len(silent))


def saturated(chart: Chart) -> Finding | None:
    """At the start already, most units are at the flat ends of their curve."""
    if not chart.signs or chart.learned >= 0.95:
        return None
    full = [unit for unit in chart.signs[0].units if (unit.saturated or 0.0) >= SATURATED]
    return _find(chart, "saturated", full[0].layer, share=full[0].saturated or 0.0, layers=len(full)) if full else None


def vanishing(chart: Chart) -> Finding | None:
    """The gradient that reaches the first layer is next to nothing."""
    if not chart.signs or not chart.epochs or chart.learned >= 0.5:
        return None
    known = [weight for weight in chart.signs[0].weights if weight.gradient is not None]
    if len(known) < 2 or not known[-1].gradient:
        return None
    largest = max((weight.gradient or 0.0) / weight.size for weight in known if weight.size > 0)
    if largest < STILL:
        return _find(chart, "vanishing", known[0].layer, largest=largest)
    ratio = (known[0].gradient or 0.0) / known[-1].gradient
    if chart.learned >= POOR or not 0 < ratio < VANISHED:
        return None
    return _find(chart, "vanishing", known[0].layer, ratio=ratio, last=known[-1].layer)


def imbalance(chart: Chart) -> Finding | None:
    """One class is so frequent that the network leans towards it."""
    look, data = chart.last, chart.data
    known = [share for share in data.shares if share > 0]
    if look is None or look.answers is None or not chart.epochs or len(known) < 2:
        return None
    if data.largest < max(0.5, 10 * min(known)) or look.answers < (1 + data.largest) / 2:
        return None
    return _find(chart, "imbalance", largest=data.largest, smallest=min(known), answers=look.answers)


def rate_low(chart: Chart) -> Finding | None:
    """Steps are so short that nothing comes of them."""
    pace = chart.pace
    if pace is None or not chart.epochs or chart.learned >= POOR or chart.worst_pace > HASTE:
        return None
    if 0 < pace < SLOTH or (chart.over and 0 < pace < SLOW and chart.loss < chart.first_loss):
        return _find(chart, "rate_low", moved=pace, rate=chart.rate)
    return None


def labels(chart: Chart) -> Finding | None:
    """Answers have nothing to do with the inputs: neighbours disagree, and validation stays at chance."""
    data = chart.data
    count = chart.epochs[-1].epoch if chart.epochs else 0
    if not data.shares or count < min(3, chart.epochs_planned):
        return None
    held, by_heart = chart.epochs[-1].validation_accuracy, chart.learned >= POOR
    if held is None or held > data.largest + 0.08:
        return None
    if data.neighbours is not None:
        chance = math.sqrt(data.agreement * (1 - data.agreement) / NUM_NEIGHBOURS)
        if data.neighbours > data.agreement + 3 * chance:
            return None
    if not by_heart and (data.neighbours is None or count < 0.5 * chart.epochs_planned):
        return None
    return _find(
        chart, "labels", held=held, chance=data.largest, learned=max(0.0, chart.learned), by_heart=int(by_heart)
    )


def mismatch(chart: Chart) -> Finding | None:
    """Labels of validation mean something else than those of training.

    Either its samples disagree with their neighbours in training, which agree among themselves; or training is learned,
    and validation is right far less often than guessing is.
    """
    data = chart.data
    if not chart.epochs or not data.shares:
        return None
    if data.neighbours is not None and data.across is not None:
        order = data.neighbours - data.agreement
        if order > ORDERLY and data.across < data.agreement + order / 4:
            return _find(chart, "mismatch", neighbours=data.neighbours, across=data.across)
    held = chart.epochs[-1].validation_accuracy
    if chart.learned < LEARNED or held is None or held > 0.5 * data.agreement:
        return None
    return _find(chart, "mismatch", held=held, chance=data.agreement)


def one_answer(chart: Chart) -> Finding | None:
    """Every sample gets the same answer."""
    look = chart.last
    if look is None or look.answers is None or chart.step < 150 or len(chart.epochs) < 4 or chart.learned >= 0.1:
        return None
    return (
        _find(chart, "one_answer", answers=look.answers) if look.answers >= 0.98 and chart.data.largest < 0.9 else None
    )


def overfitting(chart: Chart) -> Finding | None:
    """Validation was better once, and training is far ahead of it."""
    if len(chart.epochs) < 5:
        return None
    losses = [_number(epoch.validation_loss) for epoch in chart.epochs]
    best = min(losses)
    now = min(losses[-LATELY:])
    last = chart.epochs[-1]
    if not math.isfinite(now) or now < 1.25 * best or last.train_loss > 0.5 * now:
        return None
    gap = _gap(chart.epochs[-LATELY:])
    if gap is not None and gap < 0.07:
        return None
    return _find(
        chart,
        "overfitting",
        best=best,
        best_epoch=chart.epochs[losses.index(best)].epoch,
        now=now,
        train=last.train_loss,
        gap=-1.0 if gap is None else gap,
    )


def _gap(epochs: tuple[EpochDone, ...]) -> float | None:
    """Return how much more of training than of validation was right, as a mean; None without classes."""
    gaps = [
        epoch.train_accuracy - epoch.validation_accuracy
        for epoch in epochs
        if epoch.train_accuracy is not None and epoch.validation_accuracy is not None
    ]
    return sum(gaps) / len(gaps) if gaps else None


def stuck(chart: Chart) -> Finding | None:
    """At the end of a run nothing was learned, and nothing else says why."""
    if not chart.over or chart.step < 50 or len(chart.epochs) < 3 or chart.learned >= 0.1:
        return None
    return _find(chart, "stuck", loss=chart.loss, guess=chart.guess)


def _number(value: float) -> float:
    """Put what is no number above all numbers."""
    return value if math.isfinite(value) else math.inf


_OF_DATA: Final[tuple[Callable[[Chart], Finding | None], ...]] = (
    frozen,
    broken_data,
    single_class,
    constant,
    leak,
    unscaled,
    small_batch,
    range_,
)
_HIDE_THE_REST: Final[frozenset[Kind]] = frozenset(
    {"frozen", "single_class", "constant", "unscaled", "small_batch", "range"}
)
_OF_LEARNING: Final[tuple[Callable[[Chart], Finding | None], ...]] = (
    wrong_loss,
    unshuffled,
    targets,
    clipped,
    decayed,
    momentum,
    schedule,
    rate_high,
    symmetric,
    exploding,
    blow_up,
    saturated,
    dropped,
    dead,
    vanishing,
    imbalance,
    rate_low,
    mismatch,
    labels,
    one_answer,
    overfitting,
    stuck,
)
_OF_ALL_LEARNERS: Final[tuple[Callable[[Chart], Finding | None], ...]] = (blow_up, labels)
"""What does not ask for gradients."""
