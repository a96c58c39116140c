"""The doctor: stands beside a run, looks at it now and then between two steps, and tells what may be wrong."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from nnstudio.training.diagnosis.chart import Chart
from nnstudio.training.diagnosis.data_signs import measure
from nnstudio.training.diagnosis.finding import Finding
from nnstudio.training.diagnosis.rules import diagnose
from nnstudio.training.diagnosis.signs import bounds_of, copy_weights, count_batch_norms, largest_dropout, look, moved
from nnstudio.training.diagnosis.words import tell
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
)
from nnstudio.training.recipe import Recipe

if TYPE_CHECKING:
    from torch import Tensor, nn

    from nnstudio.data.dataset import Dataset
    from nnstudio.training.taps import Taps

GROWTH = 2.2
"""The next look comes after so many times the steps of the last one, so that a long run has few."""
EPOCHS_GROWTH = 0.02
"""After so much more of the epochs so far they are judged anew: each of the first fifty, then ever fewer."""
RECENT = 30
"""Batches that count as the present."""


class Doctor:
    """Follows one run.

    A look is a pass forward and back with a few training samples. Looks are taken before the first step, after it, and
    then ever more rarely, counted in steps: the same run gets the same looks.

    Args:
        module: what is trained.
        dataset: what it learns from.
        recipe: how it learns.
        taps: has the scene, once the run has begun.
    """

    def __init__(self, module: nn.Module, dataset: Dataset, recipe: Recipe, taps: Taps) -> None:
        self._module = module
        self._taps = taps
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._right: deque[float] = deque(maxlen=RECENT)
        self._next_look = 0
        self._epochs = Epochs()
        self._next_epoch = 0
        self._before: list[Tensor] | None = None
        self._step = 0
        self._is_fresh = False
        self._told: tuple[Finding, ...] = ()
        self._rates: list[RateChanged] = []
        self._rate = recipe.learning_rate
        dropout, dropout_at = largest_dropout(module)
        self.chart = Chart(
            recipe=recipe,
            data=measure(dataset),
            dropout=dropout,
            dropout_at=dropout_at,
            batch_norms=count_batch_norms(module),
            bounds=bounds_of(module),
            num_trained=sum(weight.numel() for weight in module.parameters() if weight.requires_grad),
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What may be wrong, as far as it is known now."""
        return self._told

    @property
    def is_hopeless(self) -> bool:
        """Whether a run would be in vain, as nothing may change; `refuse` says so."""
        stores = self.chart.recipe.learner in ("hebb", "pseudo_inverse")  # what they change are no trained numbers
        return self.chart.num_trained == 0 and not stores

    def refuse(self) -> Iterator[Event]:
        """Give a run that fails at once, and why."""
        yield from self._tell()
        yield RunFailed(message=tell(self._told[0]).text)

    def follow(self, events: Iterator[Event]) -> Iterator[Event]:
        """Give a run's events and, between them, what may be wrong whenever that is something new."""
        yield from self._tell()
        for event in events:
            self._take(event)
            if isinstance(event, (RunEnded, RunFailed)):  # the last word is the run's
                yield from self._tell()
            yield event
            if isinstance(event, (RunStarted, StepDone)):
                self._look_if_due(event)
            if not isinstance(event, (StepDone, EpochDone)) or self._is_fresh:
                yield from self._tell()

    def _take(self, event: Event) -> None:
        replace = msgspec.structs.replace
        match event:
            case RunStarted():
                known = {"epochs_planned": event.epochs, "steps_per_epoch": event.steps_per_epoch}
                self.chart = replace(self.chart, over=False, failed_at=None, **known)
            case StepDone():
                self._take_step(event)
            case EpochDone():
                self._epochs.append(event)
                self._is_fresh = event.epoch >= self._next_epoch
                if self._is_fresh:
                    self._next_epoch = math.ceil(event.epoch * (1 + EPOCHS_GROWTH))
                    self._sum_up()
            case RateChanged():
                self._rates.append(event)
                self._rate = event.rate
                if self.chart.signs:
                    self._before = copy_weights(self._module)  # how far the next step goes is news
                self._sum_up(rate_set=event.rate)
            case Rewound():
                self._go_back(event.step)
            case RunEnded():
                self._sum_up(over=True)
            case RunFailed():
                self._sum_up(over=True, failed_at=event.node or "")

    def _take_step(self, event: StepDone) -> None:
        if event.step == 1 or math.isnan(self.chart.first_loss):  # a run that has gone back keeps what it began with
            self.chart = msgspec.structs.replace(self.chart, first_loss=event.loss)
        self._recent.append(event.loss)
        if event.accuracy is not None:
            self._right.append(event.accuracy)
        if self._before is not None:
            *earlier, last = self.chart.signs
            last = msgspec.structs.replace(last, moved=moved(self._module, self._before))
            self._before = None
            self.chart = msgspec.structs.replace(self.chart, signs=(*earlier, last))
        self._step, self._rate = event.step, event.rate

    def _sum_up(self, **changes: object) -> None:
        self.chart = msgspec.structs.replace(
            self.chart,
            epochs=tuple(self._epochs),
            recent=tuple(self._recent),
            right=tuple(self._right),
            step=self._step,
            rate_now=self._rate,
            **changes,
        )

    def _go_back(self, step: int) -> None:
        """Forget what comes after a step."""
        self._step, self._before = step, None
        self._next_look = min(self._next_look, step + 1)
        self._recent.clear()
        self._right.clear()
        done = step // max(1, self.chart.steps_per_epoch)
        self._epochs.cut(done)
        self._next_epoch = min(self._next_epoch, done + 1)
        self._rates = [change for change in self._rates if change.step <= step]
        self._sum_up(
            rate_set=self._rates[-1].rate if self._rates else None,
            signs=tuple(signs for signs in self.chart.signs if signs.step <= step),
            over=False,
            failed_at=None,
        )

    def _look_if_due(self, event: RunStarted | StepDone) -> None:
        self._is_fresh = False
        step = event.step
        scene = self._taps.scene
        if step < self._next_look or scene is None:
            return
        self._next_look = max(step + 1, math.ceil(step * GROWTH))
        scene.step = step
        signs = look(scene, gradients=self.chart.recipe.learner == "backprop")
        self._before = copy_weights(self._module)
        self._sum_up(signs=(*self.chart.signs, signs))
        self._is_fresh = True

    def _tell(self) -> Iterator[Event]:
        findings = diagnose(self.chart)
        if [finding.key for finding in findings] != [finding.key for finding in self._told]:
            self._told = findings
            yield Diagnosed(self._step, findings)
