"""Words: what a finding is called, what was seen, and why it happens."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypedDict

from nnstudio.core.words import sentences, tr
from nnstudio.training.diagnosis.finding import Finding, Kind
from nnstudio.training.diagnosis.mends import mends_of
from nnstudio.training.diagnosis.recipe_words import RECIPE_TELLERS
from nnstudio.training.diagnosis.telling import Told, number, percent, times

if TYPE_CHECKING:
    from nnstudio.project.document import Project


class Report(TypedDict):
    """A finding for programs and for lines of text."""

    kind: str
    node: str | None
    step: int
    title: str
    seen: str
    why: str
    facts: dict[str, float | int | str]
    mends: list[str]


def report_of(finding: Finding, project: Project) -> Report:
    """Return a finding as plain values, with what may help."""
    told = tell(finding)
    return Report(
        kind=finding.kind,
        node=finding.node,
        step=finding.step,
        title=told.title,
        seen=told.seen,
        why=told.why,
        facts={name: _plain(value) for name, value in finding.facts.items()},
        mends=[mend.label for mend in mends_of(finding, project)],
    )


def _plain(value: float | int | str) -> float | int | str:
    """JSON knows no infinity."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def tell(finding: Finding) -> Told:
    """Put a finding into words, in the language that is current now."""
    return _TELLERS[finding.kind](finding)


def _frozen(finding: Finding) -> Told:
    if finding.facts.get("rate") == 0:
        seen = tr("The learning rate is 0.")
        why = tr("Each step moves the weights by the rate times their gradient, so all of them stay where they are.")
    else:
        seen = tr("No number of this network may change.")
        why = tr("Frozen layers keep their weights, so training can change nothing. At least one layer has to be free.")
    return Told(tr("Nothing can learn"), seen, why)


def _broken_data(finding: Finding) -> Told:
    if number(finding, "share") == 0 and number(finding, "held") > 0:
        return Told(
            tr("Numbers are missing in the validation data"),
            tr("{share} of the validation samples hold a NaN or an infinity.", share=percent(finding, "held")),
            tr("Training does without them, but what is measured on validation is no number any more. Mend the data."),
        )
    return Told(
        tr("Numbers are missing in the data"),
        tr("{share} of the training samples hold a NaN or an infinity.", share=percent(finding, "share")),
        tr("One such number makes every sum it enters unusable, and with the next step all weights. Mend the data."),
    )


def _leak(finding: Finding) -> Told:
    return Told(
        tr("Validation samples are trained on"),
        tr("{share} of the validation samples are in training, too.", share=percent(finding, "share")),
        tr("The network may know them by heart, so validation looks better than it is. Take doubles out of the data."),
    )


def _single_class(_finding: Finding) -> Told:
    return Told(
        tr("There is only one class"),
        tr("All training samples have the same class."),
        tr("Always giving that answer is right every time, so there is nothing to learn. Check the labels."),
    )


def _constant(_finding: Finding) -> Told:
    return Told(
        tr("All inputs are the same"),
        tr("No number of a sample differs from sample to sample."),
        tr("Equal inputs get equal answers, whatever the network is. Check how the data are read and scaled."),
    )


def _unscaled(finding: Finding) -> Told:
    if number(finding, "scale") > 10:
        seen = tr("The inputs are about {scale} in size.", scale=times(number(finding, "scale")))
    else:
        seen = tr("Some inputs vary {spread} times as much as others.", spread=times(number(finding, "spread")))
    return Told(
        tr("The inputs are not scaled"),
        seen,
        tr(
            "Starting weights suit inputs of about 1. Larger ones make sums huge, gradients rough and steps wild; "
            "uneven ones make one direction steep and the others flat."
        ),
    )


def _blow_up(finding: Finding) -> Told:
    if finding.node:
        seen = tr("The first number that is not finite was in {node}.", node=finding.node)
    else:
        seen = tr("The loss was no finite number any more.")
    return Told(
        tr("The numbers blew up"),
        seen,
        tr("Sums grew beyond what a number can hold. The weights are those of the last whole epoch."),
    )


def _rate_high(finding: Finding) -> Told:
    moved = number(finding, "moved")
    if moved < 10:
        share = f"{100 * moved:.0f} %"
        seen = tr("One step moved the weights by {moved} of their size.", moved=share)
    else:
        seen = tr("One step moved the weights by {times} times their size.", times=times(moved))
    if finding.node:
        seen = sentences(seen, tr("Then the numbers blew up in {node}.", node=finding.node))
    return Told(
        tr("The learning rate is too high"),
        seen,
        tr("Steps so long jump across the valley they should go down into, and forget what was learned."),
    )


def _rate_low(finding: Finding) -> Told:
    return Told(
        tr("The learning rate is too low"),
        tr("One step moves the weights by only {moved:.1g} of their size.", moved=number(finding, "moved")),
        tr("The direction is right, but at this pace the loss hardly falls before the run ends."),
    )


def _symmetric(finding: Finding) -> Told:
    if number(finding, "size") == 0:
        seen = tr("All weights of {node} are zero.", node=finding.node)
    else:
        seen = tr("All units of {node} have the same weights.", node=finding.node)
    return Told(
        tr("All units are alike"),
        seen,
        tr("Equal units get equal gradients and stay equal for ever, so many work like one. Chance must part them."),
    )


def _exploding(finding: Finding) -> Told:
    return Told(
        tr("Gradients explode"),
        tr(
            "The gradient at {node} is {ratio} times as large as its weights; the loss began at {loss:.3g}.",
            node=finding.node,
            ratio=times(number(finding, "ratio")),
            loss=number(finding, "loss"),
        ),
        tr("Every layer makes numbers larger, and the way back multiplies them again, so deep networks start wild."),
    )


def _dead(finding: Finding) -> Told:
    return Told(
        tr("Units are dead"),
        tr(
            "{share} of the units in {node} give 0 for every sample.",
            share=percent(finding, "share"),
            node=finding.node,
        ),
        tr("A ReLU that is 0 passes no gradient, so its weights never change again. A long step or a bias did it."),
    )


def _saturated(finding: Finding) -> Told:
    return Told(
        tr("Units are saturated"),
        tr(
            "{share} of the units in {node} lay mostly at the flat ends of their curve when training began.",
            share=percent(finding, "share"),
            node=finding.node,
        ),
        tr("There the slope is nearly 0, so hardly any gradient comes through. Smaller starting weights help."),
    )


def _range(finding: Finding) -> Told:
    least, most = number(finding, "least"), number(finding, "most")
    low, high = number(finding, "low"), number(finding, "high")
    if math.isinf(most):
        seen = tr(
            "Targets go down to {low:.3g}, but the last layer gives {least:.3g} and more only.", low=low, least=least
        )
    else:
        seen = tr(
            "Targets go from {low:.3g} to {high:.3g}, but the last layer gives {least:.3g} to {most:.3g} only.",
            low=low,
            high=high,
            least=least,
            most=most,
        )
    return Told(
        tr("The last layer cannot reach the targets"),
        seen,
        tr("What lies beyond can never be answered, so the loss stays high. Values want a last layer without a curve."),
    )


def _targets(finding: Finding) -> Told:
    return Told(
        tr("The targets are not scaled"),
        tr(
            "They lie around {mean:.3g} and vary by {deviation:.3g}.",
            mean=number(finding, "mean"),
            deviation=number(finding, "deviation"),
        ),
        tr("A fresh network answers with numbers of about 1. It takes long to grow them, and gradients are huge."),
    )


def _vanishing(finding: Finding) -> Told:
    if "largest" in finding.facts:
        seen = tr(
            "The largest gradient was {ratio:.0e} of the weights it is for when training began.",
            ratio=number(finding, "largest"),
        )
    else:
        seen = tr(
            "The gradient at {node} is {ratio:.0e} of that at {last}.",
            node=finding.node,
            ratio=number(finding, "ratio"),
            last=finding.facts.get("last", ""),
        )
    return Told(
        tr("Gradients vanish"),
        seen,
        tr("Each layer on the way back multiplies it by slopes below 1, so the first layers learn nothing."),
    )


def _imbalance(finding: Finding) -> Told:
    return Told(
        tr("One class is far more frequent"),
        tr(
            "{largest} of the training samples are of one class, and {answers} of the answers.",
            largest=percent(finding, "largest"),
            answers=percent(finding, "answers"),
        ),
        tr("Mostly giving the frequent answer makes the loss small, so rare classes are hardly learned."),
    )


def _one_answer(finding: Finding) -> Told:
    return Told(
        tr("Every sample gets the same answer"),
        tr("{answers} of the answers are one class.", answers=percent(finding, "answers")),
        tr("The network ignores its inputs. Often a learning rate that does not suit is behind it."),
    )


def _labels(finding: Finding) -> Told:
    if finding.facts.get("by_heart"):
        seen = tr(
            "Training is learned, but validation stays at {held}, where guessing gives {chance}.",
            held=percent(finding, "held"),
            chance=percent(finding, "chance"),
        )
    else:
        seen = tr(
            "The loss stays where guessing is, and validation at {held}; samples that look alike have unlike labels.",
            held=percent(finding, "held"),
        )
    return Told(
        tr("The labels look shuffled"),
        seen,
        tr("Answers that have nothing to do with the inputs can only be learned by heart. Check which label is whose."),
    )


def _mismatch(finding: Finding) -> Told:
    if "across" in finding.facts:
        seen = tr(
            "In training neighbours agree in {neighbours}; validation samples agree with their neighbours there in "
            "{across} only.",
            neighbours=percent(finding, "neighbours"),
            across=percent(finding, "across"),
        )
    else:
        seen = tr(
            "Training is learned, but validation is right in {held} only, where guessing gives {chance}.",
            held=percent(finding, "held"),
            chance=percent(finding, "chance"),
        )
    return Told(
        tr("Validation has other labels than training"),
        seen,
        tr("Then the answers are called otherwise there, such as counted from 1 instead of from 0. Compare the two."),
    )


def _overfitting(finding: Finding) -> Told:
    return Told(
        tr("The network learns by heart"),
        tr(
            "Validation loss was {best:.3g} in epoch {epoch} and is {now:.3g} now, training loss {train:.3g}.",
            best=number(finding, "best"),
            epoch=finding.facts.get("best_epoch", 0),
            now=number(finding, "now"),
            train=number(finding, "train"),
        ),
        tr("It has room enough to remember single samples, and what it remembers does not hold for new ones."),
    )


def _stuck(finding: Finding) -> Told:
    return Told(
        tr("Nothing was learned"),
        tr(
            "The loss is {loss:.3g}, guessing gives {guess:.3g}.",
            loss=number(finding, "loss"),
            guess=number(finding, "guess"),
        ),
        tr("Nothing that is known here explains it. Try another learning rate, or a network of another depth."),
    )


_TELLERS: Final[Mapping[Kind, Callable[[Finding], Told]]] = {
    "frozen": _frozen,
    "broken_data": _broken_data,
    "leak": _leak,
    "unscaled": _unscaled,
    "blow_up": _blow_up,
    "rate_high": _rate_high,
    "symmetric": _symmetric,
    "dead": _dead,
    "exploding": _exploding,
    "saturated": _saturated,
    "vanishing": _vanishing,
    "single_class": _single_class,
    "imbalance": _imbalance,
    "one_answer": _one_answer,
    "rate_low": _rate_low,
    "labels": _labels,
    "overfitting": _overfitting,
    "stuck": _stuck,
    "constant": _constant,
    "mismatch": _mismatch,
    "range": _range,
    "targets": _targets,
    **RECIPE_TELLERS,
}
