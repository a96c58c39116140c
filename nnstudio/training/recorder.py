"""The recorder: writes down what a run tells, and makes a record of it in the end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from nnstudio.core.words import how_said
from nnstudio.training.bounds import MOST_ROWS
from nnstudio.training.control import Change, SetRate, SetWeight
from nnstudio.training.epochs import Epochs
from nnstudio.training.events import (
    Diagnosed,
    EpochDone,
    Event,
    RateChanged,
    Rewound,
    RunEnded,
    RunFailed,
    RunStarted,
    StepDone,
    WeightChanged,
)
from nnstudio.training.history import RunRecord, thin


class Recorder:
    """Follows one run.

    Args:
        blank: the record with all that is known before the run.
        keep: takes the record when the run is over; called in the thread that trains.
    """

    def __init__(self, blank: RunRecord, keep: Callable[[RunRecord], object]) -> None:
        self._record = blank
        self._keep = keep
        self._rows: list[tuple[float, float, float, float | None, float | None]] = []
        self._epochs = Epochs()
        self._rates: list[tuple[int, float, float]] = []
        self._weights: list[tuple[int, float, str, list[int], float]] = []
        self._were: dict[tuple[int, str, tuple[int, ...]], float] = {}
        self._place = self._newest = 0
        self._num_training = 1
        self._every = 1

    def follow(self, events: Iterator[Event]) -> Iterator[Event]:
        """Give a run's events, and hand the record over before the last one."""
        for event in events:
            self._take(event)
            if isinstance(event, (RunEnded, RunFailed)) and (self._rows or self._epochs):
                self._keep(self.record)
            yield event

    def take_up(
        self, rows: Iterable[Sequence[float]], epochs: Iterable[EpochDone], changes: Iterable[Change] = ()
    ) -> None:
        """Know what a run that goes on has done before: rows of step, epoch, loss, accuracy (NaN for none) and rate."""
        self._rows += [(row[0], row[1], row[2], _finite(row[3]), _finite(row[4])) for row in rows]
        self._epochs.extend(epochs)
        self._place = self._newest = int(self._rows[-1][0]) if self._rows else 0
        for change in changes:
            match change.order:
                case SetRate(rate):
                    self._set_rate(change.step, rate)
                case SetWeight(key, index, value):
                    self._put(change.step, key, index, value)

    @property
    def record(self) -> RunRecord:
        """What is known now."""
        rows = [row for row in self._rows if row[0] <= self._place]
        epochs = list(self._epochs)
        if self._place < self._newest:
            epochs = self._epochs.until(self._epoch_at(self._place) + 1e-9)
        told = [epoch.measures for epoch in epochs]
        names = dict.fromkeys(name for measures in told for name in measures)
        return msgspec.structs.replace(
            self._record,
            epochs=[epoch.epoch for epoch in epochs],
            curves={name: [_finite(measures.get(name)) for measures in told] for name in names},
            step_curve=thin(rows),
            rates=[rate for rate in self._rates if rate[0] <= self._place],
            weights=[weight for weight in self._weights if weight[0] <= self._place],
        )

    def _set(self, **changes: Any) -> None:
        self._record = msgspec.structs.replace(self._record, **changes)

    def _take(self, event: Event) -> None:
        match event:
            case StepDone():
                self._take_step(event)
            case RunStarted():
                self._num_training = event.num_training
                self._set(num_parameters=event.num_parameters, device=event.device)
            case EpochDone():
                self._epochs.append(event)
            case Rewound():
                self._place = event.step  # what lies ahead stays until other steps take its place
                if event.reach == 0:
                    self._rates.clear()
                    self._weights.clear()
            case RateChanged():
                self._leave_the_old_way(event.step)
                self._set_rate(event.step, event.rate)
            case WeightChanged():
                self._leave_the_old_way(event.step)
                self._put(event.step, event.key, event.index, event.value, event.was)
            case Diagnosed():
                self._set(findings=[finding.kind for finding in event.findings])
            case RunEnded():
                self._set(state=event.reason, seconds=event.seconds, steps=event.steps, **_told(event.note))
            case RunFailed():
                self._set(state="failed", **_told(event.message), steps=self._place)

    def _take_step(self, event: StepDone) -> None:
        self._leave_the_old_way(event.step - 1)
        self._place = self._newest = event.step
        if event.step % self._every:
            return
        self._rows.append((event.step, event.samples / self._num_training, event.loss, event.accuracy, event.rate))
        if len(self._rows) > MOST_ROWS:
            self._every *= 2
            self._rows = self._rows[1::2]

    def _leave_the_old_way(self, step: int) -> None:
        """Forget what was done after a step, when other steps take its place."""
        if self._newest > step:
            self._newest = step
            self._rows = [row for row in self._rows if row[0] <= step]
            self._epochs.cut(self._epoch_at(step) + 1e-9)
        if self._rates and self._rates[-1][0] > step:
            self._rates = [rate for rate in self._rates if rate[0] <= step]
        if self._weights and self._weights[-1][0] > step:
            self._weights = [weight for weight in self._weights if weight[0] <= step]

    def _set_rate(self, step: int, rate: float) -> None:
        """Know that the learning rate was set; one that is set twice at a step counts as it is now."""
        self._rates = [known for known in self._rates if known[0] != step]
        self._rates.append((step, self._epoch_at(step), rate))

    def _put(self, step: int, key: str, index: Sequence[int], value: float, was: float | None = None) -> None:
        """Know that a weight was set; one that is set twice at a step counts as it is now, if it is not as before."""
        place = (step, key, list(index))
        known = [weight for weight in self._weights if (weight[0], weight[2], weight[3]) == place]
        if was is not None and not known:
            self._were[step, key, tuple(index)] = was
        self._weights = [weight for weight in self._weights if weight not in known]
        if value != self._were.get((step, key, tuple(index))):
            self._weights.append((step, self._epoch_at(step), key, list(index), value))

    def _epoch_at(self, step: int) -> float:
        """Return how far the last row up to a step is, in epochs."""
        return next((row[1] for row in reversed(self._rows) if row[0] <= step), 0.0)


def blank_record(**known: Any) -> RunRecord:
    """Return a record that begins now; see `RunRecord` for what must be known."""
    now = time.time()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    return RunRecord(id=f"{stamp}-{int(now * 1000) % 1000:03d}", began=now, **known)


def _told(text: str) -> dict[str, Any]:
    return {"message": "".join(text), "said": how_said(text)}  # what is written down is nothing but text


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
