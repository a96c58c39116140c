"""Words for what the recipe or the drawing does on purpose, and does too much of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from nnstudio.core.words import tr
from nnstudio.training.diagnosis.finding import Finding, Kind
from nnstudio.training.diagnosis.telling import Told, number, percent, times


def _wrong_loss(finding: Finding) -> Told:
    if number(finding, "below"):
        seen = tr(
            "The loss is {loss:.3g}, which the logarithm of a share can never give.", loss=number(finding, "loss")
        )
        why = tr(
            "This loss wants what LogSoftmax gives; raw scores can make it as small as you like, and mean nothing."
        )
    else:
        seen = tr("The outputs are shares already: none is below 0, and they add up to 1.")
        why = tr("Cross-entropy makes shares of them once more, so that no answer can be sure, and learning is slow.")
    return Told(tr("The loss does not suit the last layer"), seen, why)


def _clipped(finding: Finding) -> Told:
    return Told(
        tr("Gradients are clipped too much"),
        tr(
            "The gradient is {times} times as long as the {clip_at:g} that it is cut to.",
            times=times(number(finding, "times")),
            clip_at=number(finding, "clip_at"),
        ),
        tr("Clipping is for the few that are too long. When all are cut, all steps are short and little moves."),
    )


def _decayed(finding: Finding) -> Told:
    if number(finding, "decay") > 0:
        seen = tr(
            "With a weight decay of {decay:g} the weights have shrunk to {left} of their size.",
            decay=number(finding, "decay"),
            left=percent(finding, "left"),
        )
    else:
        seen = tr(
            "With an L1 of {l1:g} the weights have shrunk to {left} of their size.",
            l1=number(finding, "l1"),
            left=percent(finding, "left"),
        )
    return Told(
        tr("Weights are pulled to zero"),
        seen,
        tr("The pull towards 0 is stronger than what the data ask for, so that nothing can be learned against it."),
    )


def _dropped(finding: Finding) -> Told:
    return Told(
        tr("Too much is dropped out"),
        tr("{node} drops out {share} of its values.", node=finding.node, share=percent(finding, "share")),
        tr("What is left differs from step to step so much that the layers behind it have nothing to rely on."),
    )


def _small_batch(finding: Finding) -> Told:
    layers, size = int(number(finding, "layers")), int(number(finding, "size"))
    return Told(
        tr("The batch is too small for its normalisation"),
        tr(
            "{layers} layers normalise by the batch, and a batch has {size}.",
            layers=layers,
            size=size,
        )
        if layers != 1
        else tr("One layer normalises by the batch, and a batch has {size}.", size=size),
        tr("Mean and spread of so few samples are chance, and unlike those that validation works with."),
    )


def _unshuffled(_finding: Finding) -> Told:
    return Told(
        tr("Samples come in order"),
        tr("Training samples that follow each other mostly have the same answer, and they are not shuffled."),
        tr("Each batch then asks for another answer than the last one, and the network forgets what it had learned."),
    )


def _momentum(finding: Finding) -> Told:
    return Told(
        tr("Momentum is too high"),
        tr(
            "With a momentum of {momentum:g} each gradient still counts for {steps} steps.",
            momentum=number(finding, "momentum"),
            steps=times(number(finding, "steps")),
        ),
        tr("Together they make steps as long as a rate so many times as high, and weights run past every good place."),
    )


def _schedule(finding: Finding) -> Told:
    if finding.facts.get("long"):
        seen = tr(
            "The warm-up takes {warm:,} steps, and the run has {steps:,}.",
            warm=int(number(finding, "warm")),
            steps=int(number(finding, "steps")),
        )
    else:
        seen = tr(
            "Halfway through the run less than a thousandth of the rate is left; it is {rate:.1g} now.",
            rate=number(finding, "rate"),
        )
    return Told(
        tr("The schedule leaves too small a rate"),
        seen,
        tr("Steps so short change nothing, however long the run goes on."),
    )


RECIPE_TELLERS: Final[Mapping[Kind, Callable[[Finding], Told]]] = {
    "wrong_loss": _wrong_loss,
    "clipped": _clipped,
    "decayed": _decayed,
    "dropped": _dropped,
    "small_batch": _small_batch,
    "unshuffled": _unshuffled,
    "momentum": _momentum,
    "schedule": _schedule,
}
