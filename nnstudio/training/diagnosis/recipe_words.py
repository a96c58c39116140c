"""Words for what the recipe or the drawing does on purpose, and does too much of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from nnstudio.core.words import tr
from nnstudio.training.diagnosis.finding import Finding, Kind
from nnstudio.training.diagnosis.telling import Told, number, percent


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
            "The gradient is {times:.0f} times as long as the {clip_at:g} that it is cut to.",
            times=number(finding, "times"),
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
    return Told(
        tr("The batch is too small for its normalisation"),
        tr(
            "{layers} layers normalise by the batch, and a batch has {size}.",
            layers=int(number(finding, "layers")),
            size=int(number(finding, "size")),
        ),
        tr("Mean and spread of so few samples are chance, and unlike those that validation works with."),
    )


RECIPE_TELLERS: Final[Mapping[Kind, Callable[[Finding], Told]]] = {
    "wrong_loss": _wrong_loss,
    "clipped": _clipped,
    "decayed": _decayed,
    "dropped": _dropped,
    "small_batch": _small_batch,
}
