"""Words for the log: what a run tells, in one line each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from nnstudio.core.words import again, sentences, tr
from nnstudio.ui.figures import grouped, percent

if TYPE_CHECKING:
    from nnstudio.training.diagnosis.finding import Finding
    from nnstudio.training.events import EpochDone, Event, RunEnded, RunFailed

_TOLD_AT_MOST: Final = 5
"""Epochs that are told one by one when they come together."""


def line(event: Event) -> str | None:
    """Return what the log says of an event; None where it is silent, or the bridge knows more."""
    from nnstudio.training import events

    match event:
        case events.PhaseBegan():
            return tr("Epoch {epoch}: {message}", epoch=event.epoch, message=event.message)
        case events.RateChanged():
            return tr("Learning rate {rate:g} from step {step} on.", rate=event.rate, step=grouped(event.step + 1))
        case events.WeightChanged():
            index = list(event.index)
            return tr("{key} at {index} is {value:g} now.", key=event.key, index=index, value=event.value)
        case events.OrderRefused():
            return event.message
    return None


def epoch_line(event: EpochDone) -> str:
    """Return how an epoch went."""
    text = tr(
        "Epoch {epoch}: loss {train:.4f}, validation loss {validation:.4f}",
        epoch=event.epoch,
        train=event.train_loss,
        validation=event.validation_loss,
    )
    if event.validation_accuracy is None:
        return text
    return tr("{text}, validation accuracy {accuracy}", text=text, accuracy=percent(event.validation_accuracy))


def epoch_lines(epochs: Sequence[EpochDone]) -> list[str]:
    """Return how epochs went that came together: of tiny networks that may be dozens, and the last one tells enough."""
    return [epoch_line(event) for event in (epochs if len(epochs) <= _TOLD_AT_MOST else epochs[-1:])]


def finding_lines(findings: Iterable[Finding]) -> list[str]:
    """Return what may be wrong with the run."""
    from nnstudio.training.diagnosis.words import tell

    return [tell(finding).text for finding in findings]


def last_line(ended: RunEnded | None, failed: RunFailed | None, step: int) -> str:
    """Return how a run ended."""
    if failed is not None:
        return tr("Training failed: {message}", message=again(failed.message))
    if ended is None or ended.reason != "finished":
        return tr("Training was stopped at step {step}.", step=grouped(step))
    text = tr(
        "Training ended after {steps} steps in {seconds:.1f} s.", steps=grouped(ended.steps), seconds=ended.seconds
    )
    return sentences(text, again(ended.note))
