"""What a run tells: small frozen values of plain numbers and text, never a tensor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Union

import msgspec

from nnstudio.training.diagnosis.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """Data and module are in place; the first step comes next.

    Attributes:
        device: where it runs, as torch writes it (``cpu``, ``cuda``, ``mps``).
        num_parameters: trained numbers of the module.
        steps_per_epoch, epochs: the length of the run.
        num_training, num_validation: samples of each part.
        step: steps done before; more than 0 where a run goes on.
    """

    device: str
    num_parameters: int
    steps_per_epoch: int
    epochs: int
    num_training: int
    num_validation: int
    step: int = 0

    @property
    def num_steps(self) -> int:
        """Steps of the whole run."""
        return self.steps_per_epoch * self.epochs


@dataclass(frozen=True, slots=True)
class PhaseBegan:
    """The learner has something to say about the epoch that begins, such as which layer it trains alone.

    Attributes:
        epoch: the first is 1.
        message: what it does from now on, in words for the person.
    """

    epoch: int
    message: str


class StepDone(msgspec.Struct, frozen=True):
    """One batch has changed the weights.

    Attributes:
        step: steps done so far; the first is 1.
        epoch: the epoch it belongs to; the first is 1.
        loss: mean over the batch, before the change.
        accuracy: share of the batch that was right, from 0 to 1; None for regression.
        samples: training samples seen so far, over all epochs.
        rate: the learning rate of the step that comes next; NaN where it is not known.
    """

    step: int
    epoch: int
    loss: float
    accuracy: float | None
    samples: int
    rate: float = math.nan


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

    @property
    def measures(self) -> dict[str, float]:
        """All that was measured, by name: losses, accuracies where there are any, then `metrics`, each of them once."""
        return {
            "train_loss": self.train_loss,
            "validation_loss": self.validation_loss,
            **({} if self.train_accuracy is None else {"train_accuracy": self.train_accuracy}),
            **({} if self.validation_accuracy is None else {"validation_accuracy": self.validation_accuracy}),
            **{name: value for name, value in self.metrics.items() if name != "accuracy"},
        }


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


@dataclass(frozen=True, slots=True)
class Replaying:
    """The run is on its way to a step where it has been; it goes on by itself.

    Attributes:
        step: where it is.
        target: where it goes.
    """

    step: int
    target: int


@dataclass(frozen=True, slots=True)
class Rewound:
    """The run is at another step than before, and as it was there.

    Attributes:
        step: steps done.
        reach: the last step that it can be brought to.
    """

    step: int
    reach: int


@dataclass(frozen=True, slots=True)
class RateChanged:
    """The person has set the learning rate.

    Attributes:
        step: steps done when it was set.
        rate: for the steps to come.
    """

    step: int
    rate: float


@dataclass(frozen=True, slots=True)
class WeightChanged:
    """The person has set one number of the weights.

    Attributes:
        step: steps done when it was set.
        key: of the tensor, as in ``state_dict``.
        index: its place there.
        value: what it is now.
        was: what it was before.
    """

    step: int
    key: str
    index: tuple[int, ...]
    value: float
    was: float


@dataclass(frozen=True, slots=True)
class OrderRefused:
    """Something asked for could not be done; the run is as it was.

    Attributes:
        message: why, in words for the person.
    """

    message: str


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """What may be wrong with the run is something else than before.

    Attributes:
        step: steps done when it was seen.
        findings: all that is known now, the weightiest first; empty where nothing is wrong any more.
    """

    step: int
    findings: tuple[Finding, ...]


Event = Union[
    RunStarted,
    PhaseBegan,
    StepDone,
    EpochDone,
    Replaying,
    Rewound,
    RateChanged,
    WeightChanged,
    OrderRefused,
    Diagnosed,
    RunEnded,
    RunFailed,
]
