"""The recorder: writes down what a run tells, and makes a record of it in the end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from nnstudio.training.events import Diagnosed, EpochDone, Event, Rewound, RunEnded, RunFailed, RunStarted, StepDone
from nnstudio.training.history import RunRecord, thin

MOST_ROWS = 100_000
"""Steps kept in memory while a run goes on; beyond that every second one is dropped."""


class Recorder:
    """Follows one run.

    Args:
        blank: the record with all that is known before the run.
        keep: takes the record when the run is over; called in the thread that trains.
    """

    def __init__(self, blank: RunRecord, keep: Callable[[RunRecord], object]) -> None:
        self._record = blank
        self._keep = keep
        self._rows: list[tuple[float, float, float, float | None]] = []
        self._epochs: list[EpochDone] = []
        self._num_training = 1
        self._every = 1

    def follow(self, events: Iterator[Event]) -> Iterator[Event]:
        """Give a run's events, and hand the record over before the last one."""
        for event in events:
            self._take(event)
            if isinstance(event, (RunEnded, RunFailed)) and (self._rows or self._epochs):
                self._keep(self.record)
            yield event

    def take_up(self, rows: Iterable[Sequence[float]], epochs: Iterable[EpochDone]) -> None:
        """Know what a run that goes on has done before: rows of step, epoch, loss, accuracy (NaN for none)."""
        self._rows += [(row[0], row[1], row[2], _finite(row[3])) for row in rows]
        self._epochs += epochs

    @property
    def record(self) -> RunRecord:
        """What is known now."""
        names = dict.fromkeys(name for epoch in self._epochs for name in _measures(epoch))
        curves = {name: [_finite(_measures(epoch).get(name)) for epoch in self._epochs] for name in names}
        return msgspec.structs.replace(
            self._record, epochs=[epoch.epoch for epoch in self._epochs], curves=curves, step_curve=thin(self._rows)
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
                self._rows = [row for row in self._rows if row[0] <= event.step]
                seen = self._rows[-1][1] if self._rows else 0.0
                self._epochs = [epoch for epoch in self._epochs if epoch.epoch <= seen + 1e-9]
            case Diagnosed():
                self._set(findings=[finding.kind for finding in event.findings])
            case RunEnded():
                self._set(state=event.reason, seconds=event.seconds, steps=event.steps, message=event.note)
            case RunFailed():
                steps = int(self._rows[-1][0]) if self._rows else 0
                self._set(state="failed", message=event.message, steps=steps)

    def _take_step(self, event: StepDone) -> None:
        if event.step % self._every:
            return
        self._rows.append((event.step, event.samples / self._num_training, event.loss, event.accuracy))
        if len(self._rows) > MOST_ROWS:
            self._every *= 2
            self._rows = self._rows[1::2]


def blank_record(**known: Any) -> RunRecord:
    """Return a record that begins now; see `RunRecord` for what must be known."""
    now = time.time()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    return RunRecord(id=f"{stamp}-{int(now * 1000) % 1000:03d}", began=now, **known)


def _measures(event: EpochDone) -> dict[str, float | None]:
    return {
        "train_loss": event.train_loss,
        "validation_loss": event.validation_loss,
        **({} if event.train_accuracy is None else {"train_accuracy": event.train_accuracy}),
        **({} if event.validation_accuracy is None else {"validation_accuracy": event.validation_accuracy}),
        **event.metrics,
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
