"""What a run tells: small frozen values of plain numbers and text, never a tensor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Union


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """Data and module are in place; the first step comes next.

    Attributes:
        device: where it runs, as torch writes it (``cpu``, ``cuda``, ``mps``).
        num_parameters: trained numbers of the module.
        steps_per_epoch, epochs: the length of the run.
        num_training, num_validation: samples of each part.
    """

    device: str
    num_parameters: int
    steps_per_epoch: int
    epochs: int
    num_training: int
    num_validation: int


@dataclass(frozen=True, slots=True)
class PhaseBegan:
    """The learner has something to say about the epoch that begins, such as which layer it trains alone.

    Attributes:
        epoch: the first is 1.
        message: what it does from now on, in words for the person.
    """

    epoch: int
    message: str


@dataclass(frozen=True, slots=True)
class StepDone:
    """One batch has changed the weights.

    Attributes:
        step: steps done so far; the first is 1.
        epoch: the epoch it belongs to; the first is 1.
        loss: mean over the batch, before the change.
        accuracy: share of the batch that was right, from 0 to 1; None for regression.
        samples: training samples seen so far, over all epochs.
    """

    step: int
    epoch: int
    loss: float
    accuracy: float | None
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochDone:
    """All training samples were seen once more, and the validation samples were tried.

    Attributes:
        epoch: the first is 1.
        train_loss, train_accuracy: means over the epoch's batches, while the weights were changing.
        validation_loss, validation_accuracy: means over the validation samples, in eval mode.
        seconds: time spent on the epoch with its validation; pauses do not count.
        metrics: further measures of the validation samples, by the names of `nnstudio.training.metrics`.

    Accuracies go from 0 to 1 and are None for regression.
    """

    epoch: int
    train_loss: float
    train_accuracy: float | None
    validation_loss: float
    validation_accuracy: float | None
    seconds: float
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The run is over: all epochs done, or stopped by the person.

    Attributes:
        reason: ``finished`` or ``stopped``.
        steps, epochs: how many were completed.
        seconds: time spent; pauses do not count.
        note: why the learner ended it before all epochs were done, in words for the person; else empty.
    """

    reason: Literal["finished", "stopped"]
    steps: int
    epochs: int
    seconds: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFailed:
    """The run could not go on.

    Attributes:
        message: what happened, in words for the person.
        node: name of the layer it happened at, if one is known.
        detail: the full report for the log, such as a traceback; may be empty.
    """

    message: str
    node: str | None = None
    detail: str = ""


Event = Union[RunStarted, PhaseBegan, StepDone, EpochDone, RunEnded, RunFailed]
