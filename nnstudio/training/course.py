"""Course: one run as an object, which can be stepped, kept, put back and gone on with.

A run is a chain of batches, and between two of them nothing is hidden: weights, what the learner remembers, the
states of chance and the place in the epoch decide all that comes. So a moment can be kept and put back, and what was
between two moments comes out again bit for bit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Sequence

import torch
from torch import Tensor, nn

from nnstudio.data.dataset import Dataset
from nnstudio.training.batches import Deal, Tally, cut, make_part, validate
from nnstudio.training.chance import Chance
from nnstudio.training.control import Change, Control, GoTo, Order, Reset, SetRate, SetWeight
from nnstudio.training.devices import find_device
from nnstudio.training.events import (
    EpochDone,
    Event,
    OrderRefused,
    PhaseBegan,
    RateChanged,
    Replaying,
    Rewound,
    RunEnded,
    RunFailed,
    RunStarted,
    StepDone,
    WeightChanged,
)
from nnstudio.training.failure import blown_up
from nnstudio.training.learners.make import make_learner
from nnstudio.training.learners.program import Shortcut
from nnstudio.training.past import Moment, Past
from nnstudio.training.probe import Probe
from nnstudio.training.recipe import Recipe
from nnstudio.training.scene import Scene
from nnstudio.training.tables import Copies, set_number
from nnstudio.training.taps import Taps
from nnstudio.training.tasks.make import make_objective

_TOLD_EVERY = 0.05
"""Seconds between two words on how far a replay is."""


class Course:
    """A run of one module on one data set. One thread works it.

    Args:
        module: takes ``(B, *dataset.shape)`` and gives what the data ask for; its weights are where it starts.
        dataset: what it learns from.
        recipe: how it learns.
        taps: looks inside between the steps, without a trace in the run.
        past: keeps the moments to go back to; as it stands only what a run that blows up needs.

    Attributes:
        module: what is trained, in place.
        step: batches done.
        changes: what was changed by orders so far, in order.

    Raises:
        ValueError: the device is missing, or module, data and recipe do not fit together.
    """

    def __init__(
        self,
        module: nn.Module,
        dataset: Dataset,
        recipe: Recipe,
        taps: Taps | None = None,
        past: Past | None = None,
    ) -> None:
        self.module = module
        self.recipe = recipe
        self._device = find_device(recipe.device)
        self._objective = make_objective(recipe, dataset)
        self._training = make_part(dataset, self._objective, dataset.training, self._device)
        self._validation = make_part(dataset, self._objective, dataset.validation, self._device)
        module.to(self._device)
        self._steps_per_epoch = len(cut(torch.arange(self._training.size), recipe.batch_size))
        self._learner = make_learner(module, self._objective, recipe, self._steps_per_epoch)
        self._answer = Shortcut(module)
        self._shuffler = torch.Generator().manual_seed(recipe.seed)
        self._chance = Chance(recipe.seed, self._device)
        self._taps = taps
        self._probe = Probe(module, dataset, self._objective, self._device)
        self._scene = Scene(module, dataset, self._objective, self._device)
        self._scene.learner = self._learner
        self._past = Past(budget=0) if past is None else past
        self.step = self._samples = self._batch = 0
        self._epoch = 1
        self._batches = Deal(self._training, recipe.batch_size)
        self._drawn_from = self._shuffler.get_state()
        self._tally = Tally()
        self._seconds = self._spent = 0.0
        self._note = ""
        self._furthest = self._resumed_at = self._place
        self.changes: list[Change] = []
        self._start = self.state()
        self._past.keep(self._start)

    # A run

    def run(self, control: Control) -> Iterator[Event]:
        """Go on to the end, or until ``control`` says stop, and yield what happens; obey its orders between batches.

        The last event is `RunEnded` or `RunFailed`; after either the course can be run again. When a loss is no
        finite number the run fails and is again where the last whole epoch ended.
        """
        if self._taps is not None:
            self._taps.attach(self._probe.look, self._scene)
            self._taps.moved(self.step)
        yield RunStarted(
            device=self._device.type,
            num_parameters=sum(weight.numel() for weight in self.module.parameters()),
            steps_per_epoch=self._steps_per_epoch,
            epochs=self.recipe.epochs,
            num_training=self._training.size,
            num_validation=self._validation.size,
            step=self.step,
        )
        with self._chance.at_work():
            last = yield from self._work(control)
        yield last

    def _work(self, control: Control) -> Generator[Event, None, RunEnded | RunFailed]:
        """Yield what happens; return what happens last."""
        while True:
            order = control.take()
            if order is not None:
                yield from self._obey(order, control)
                continue
            if control.stopping or self.is_over:
                return RunEnded(
                    reason="finished" if self.is_over else "stopped",
                    steps=self.step,
                    epochs=self._epoch - 1,
                    seconds=self._seconds + self._spent,
                    note=self._note,
                )
            if self._furthest > self._place:
                self._forget_what_came_after()
            event: Event | None
            if self._batch < self._steps_per_epoch:
                if self._batch == 0 and (phase := self._begin_epoch()):
                    yield PhaseBegan(self._epoch, phase)
                with self._chance:
                    event = self._train()
            else:
                with self._chance:
                    event = self._finish_epoch(control)
            if isinstance(event, RunFailed):
                self._return_to_good()
                return event
            if event is not None:
                yield event

    @property
    def reach(self) -> int:
        """The last step that `GoTo` can bring it to."""
        return self._furthest[0]

    @property
    def is_over(self) -> bool:
        """Whether all epochs are done, or the learner has ended the run."""
        return self._epoch > self.recipe.epochs or bool(self._note)

    @property
    def _place(self) -> tuple[int, int]:
        """Batches done and the epoch being worked at: at the end of an epoch, validation comes between two places."""
        return self.step, self._epoch

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        return self._learner.rate

    def _begin_epoch(self) -> str:
        """Draw the order of an epoch's samples; return what the learner has to say."""
        self.module.train()
        self._tally, self._spent = Tally(), 0.0
        phase = self._learner.begin_epoch(self._epoch)
        self._drawn_from = self._shuffler.get_state()
        self._draw()
        return phase

    def _draw(self) -> None:
        order = torch.randperm(self._training.size, generator=self._shuffler)
        if not self.recipe.shuffle:
            order = torch.arange(self._training.size)
        self._batches.lay_out(order)

    def _train(self, *, glances: bool = True) -> StepDone | RunFailed:
        """Do one batch."""
        began = time.perf_counter()
        x, y = self._batches[self._batch]
        done = self._learner.step(x, y)
        if not math.isfinite(done.loss):
            return self._failure(x)
        size = x.shape[0]
        self._tally.add(done.loss, done.right, size)
        self.step += 1
        self._batch += 1
        self._samples += size
        if self._place > self._furthest:
            self._furthest = self._place
        if self._taps is not None and glances:
            self._taps.glance(self.step)
        if self._past.is_due():
            self._keep()
        self._spent += time.perf_counter() - began
        share = None if done.right is None else done.right / size
        return StepDone(self.step, self._epoch, done.loss, share, self._samples, self._learner.rate)

    def _finish_epoch(self, control: Control) -> EpochDone | RunFailed | None:
        """Try the validation samples and get ready for the next epoch; None where it is to be stopped."""
        began = time.perf_counter()
        held = validate(
            self.module,
            self._validation,
            self._objective,
            self.recipe.batch_size,
            lambda: control.stopping,
            self._answer,
        )
        spent = time.perf_counter() - began
        self._spent += spent
        if held is None:
            return None
        loss, meter = held
        if not math.isfinite(loss):
            return self._failure(self._validation.inputs)
        metrics = meter.metrics()
        done = EpochDone(
            epoch=self._epoch,
            train_loss=self._tally.loss,
            train_accuracy=self._tally.accuracy,
            validation_loss=loss,
            validation_accuracy=metrics.get("accuracy"),
            seconds=self._spent,
            metrics=metrics,
        )
        self._note = self._learner.end_epoch(loss)
        self._seconds += self._spent
        self._spent, self._tally = 0.0, Tally()
        self._epoch += 1
        self._batch = 0
        self._furthest = max(self._furthest, self._place)
        self._drawn_from = self._shuffler.get_state()
        if self._past.is_affordable():
            self._keep(pinned=True)
        return done

    def _failure(self, inputs: Tensor) -> RunFailed:
        """Find where the numbers stopped being finite, in the module's present mode, and put it into words."""
        later = self._resumed_at > self._end_of_last_epoch
        return blown_up(self.module, inputs, self._epoch, back_to=self._resumed_at[0] if later else None)

    @property
    def _end_of_last_epoch(self) -> tuple[int, int]:
        return (self._epoch - 1) * self._steps_per_epoch, self._epoch

    # Moments

    def state(self) -> Moment:
        """Return all that decides how it goes on."""
        return Moment(
            step=self.step,
            epoch=self._epoch,
            batch=self._batch,
            samples=self._samples,
            seconds=self._seconds,
            spent=self._spent,
            total=self._tally.total,
            right=self._tally.right,
            count=self._tally.count,
            note=self._note,
            weights=Copies(self.module.state_dict()),
            learner=Copies(self._learner.state()),
            chance=Copies({**self._chance.states(), "shuffler": self._drawn_from}),
        )

    def restore(self, moment: Moment) -> None:
        """Be as at ``moment``, bit for bit."""
        self.module.load_state_dict(dict(moment.weights))
        self._learner.load_state(dict(moment.learner))
        self._drawn_from = moment.chance["shuffler"].clone()
        self._shuffler.set_state(self._drawn_from)
        self.step, self._epoch, self._batch = moment.step, moment.epoch, moment.batch
        self._samples, self._seconds, self._spent = moment.samples, moment.seconds, moment.spent
        self._tally = Tally(moment.total, moment.right, moment.count)
        self._note = moment.note
        if self._batch:
            self._draw()
            self.module.train()
        self._chance.set_states(moment.chance)

    def go_on_from(self, moment: Moment, changes: Sequence[Change]) -> None:
        """Take up a run that another process has left; ``changes`` are those that it made."""
        self.restore(moment)
        self.changes = list(changes)
        self._furthest = self._resumed_at = self._place
        self._past.keep(moment)

    def _keep(self, *, pinned: bool = False) -> None:
        began = time.perf_counter()
        moment = self.state()
        self._past.keep(moment, time.perf_counter() - began, pinned=pinned)

    # Orders

    def _obey(self, order: Order, control: Control) -> Iterator[Event]:
        if isinstance(order, GoTo):
            yield from self._go_to(order.step, control)
        elif isinstance(order, Reset):
            self._past.clear()
            self._past.keep(self._start)
            self.restore(self._start)
            self.changes.clear()
            self._furthest = self._resumed_at = self._place
            yield self._arrived()
        else:
            try:
                was = self._change(order)
            except ValueError as error:
                yield OrderRefused(str(error))
                return
            self._forget_what_came_after()
            self.changes.append(Change(self.step, self._epoch, order))
            self._keep()
            if self._taps is not None:
                self._taps.moved(self.step)
            if isinstance(order, SetRate):
                yield RateChanged(self.step, order.rate)
            else:
                yield WeightChanged(self.step, order.key, order.index, order.value, was)

    def _change(self, order: SetRate | SetWeight) -> float:
        """Do it, and return the number that was there before; of a rate the new one."""
        if isinstance(order, SetRate):
            self._learner.set_rate(order.rate)
            return order.rate
        return set_number(self.module, order.key, order.index, order.value)

    def _forget_what_came_after(self) -> None:
        """Have nothing lie ahead: a step trained in the past begins a new way, though it may go as the old one did."""
        self.changes = [change for change in self.changes if (change.step, change.epoch) <= self._place]
        self._past.drop_after(self.step)
        self._furthest = self._place

    def _go_to(self, step: int, control: Control) -> Iterator[Event]:
        """Go back to the nearest moment before ``step``, and from there on as it went then."""
        target = min((step, step // self._steps_per_epoch + 1), self._furthest)
        told = time.perf_counter()
        for _ in self._way_to(target):
            if control.stopping or control.is_overtaken:
                break
            now = time.perf_counter()
            if now - told > _TOLD_EVERY:
                told = now
                yield Replaying(self.step, target[0])
        yield self._arrived()

    def _way_to(self, target: tuple[int, int]) -> Iterator[None]:
        """Restore the nearest moment before a place and do again, batch by batch, what was done up to there."""
        self.restore(self._past.before(target[0]))
        changes: dict[tuple[int, int], list[SetRate | SetWeight]] = {}
        for change in self.changes:
            changes.setdefault((change.step, change.epoch), []).append(change.order)
        while self._place < target:
            yield
            with self._chance:
                event = self._repeat()
            if isinstance(event, RunFailed):  # a graphics card may give other numbers the second time
                self.restore(self._past.before(self.step))
                return
            for order in changes.get(self._place, ()):
                self._change(order)

    def _repeat(self) -> Event | None:
        """Do the next thing of a way that was gone before."""
        if self._batch == self._steps_per_epoch:
            return self._finish_epoch(Control())
        if self._batch == 0:
            self._begin_epoch()
        return self._train(glances=False)

    def _return_to_good(self) -> None:
        """Be where the last whole epoch ended, or where the run was taken up if that was later."""
        for _ in self._way_to(max(self._end_of_last_epoch, self._resumed_at)):
            pass

    def _arrived(self) -> Rewound:
        if self._taps is not None:
            self._taps.moved(self.step)
        return Rewound(self.step, self.reach)
