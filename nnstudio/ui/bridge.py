"""The one place where a training run meets Qt.

The run works in a plain thread that knows no Qt. The bridge steers it, takes its numbers and events on a timer in the
GUI thread, and tells the widgets; as an `Onlooker` it shows them what is inside the network. What a widget shows can
always be read here anew.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import Signal

from nnstudio.core.words import tr
from nnstudio.ui.monitor.pace import Pace
from nnstudio.ui.monitor.track import Track
from nnstudio.ui.onlooker import Onlooker

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.training.control import Order
    from nnstudio.training.course import Course
    from nnstudio.training.diagnosis.finding import Finding
    from nnstudio.training.events import EpochDone, Event, RunEnded, RunFailed, RunStarted
    from nnstudio.training.runner import Runner
    from nnstudio.ui.session import Session

State = Literal["idle", "preparing", "running", "paused", "ended", "failed"]

_PATIENCE: Final = 0.3
"""Seconds that `stop` waits; a run that is still loading libraries is seen off by the timer."""

_QUICK: Final = 500.0
"""Steps per second from which on training keeps the interpreter busy; longer steps are spent in torch, beside it."""


class RunBridge(Onlooker):
    """Starts, steers and shows the runs of one session, one at a time."""

    state_changed = Signal()
    progressed = Signal()
    """New steps or events have come."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._polling.load.hurry = self._hurry
        self._forget("idle")

    def _forget(self, state: State) -> None:
        self._forget_inside()
        self.state: State = state
        self.project = None
        self.started: RunStarted | None = None
        self.ended: RunEnded | None = None
        self.failed: RunFailed | None = None
        self.findings: tuple[Finding, ...] = ()
        """What may be wrong with the run, as far as it is known now."""
        self._faults: list[str] = []
        self._track = Track()
        self._goal: int | None = None
        """The step that it was last told to go to, while it has not been told to go on from there."""
        self._pace = Pace()

    # What is known of the run

    @property
    def is_active(self) -> bool:
        """Whether a run is being prepared, works or is paused."""
        return self.state in ("preparing", "running", "paused")

    @property
    def num_steps(self) -> int:
        """How many training steps are done: where the run is."""
        return self._track.place

    @property
    def reach(self) -> int:
        """The last step that `go_to` can bring the run to."""
        return self.num_steps if self._course is None else self._course.reach

    @property
    def can_go_on(self) -> bool:
        """Whether there is a run that is over and could go on from where it is."""
        return self._runner is None and self._course is not None and not self._course.is_over

    @property
    def can_go_back(self) -> bool:
        """Whether there is a run with steps to go back by."""
        return self._course is not None and self.num_steps > 0

    @property
    def rate(self) -> float | None:
        """The learning rate of the next step; None before the run has begun."""
        return None if self._course is None else self._course.rate

    @property
    def curve(self) -> npt.NDArray[np.float64]:
        """Rows (step, epoch, loss, accuracy, learning rate) of the steps so far, NaN where one has no meaning.

        In runs of hundreds of thousands of steps, old rows are means over neighbours.
        """
        return self._track.curve

    @property
    def validation_curve(self) -> npt.NDArray[np.float64]:
        """Rows (epoch, epoch, loss, accuracy, NaN) on the validation samples, as in `curve`."""
        return self._track.validation_curve

    @property
    def rates_set(self) -> tuple[tuple[float, float], ...]:
        """Where the person set the learning rate of this run, in epochs, and what to, up to where the run is."""
        return self._track.rates

    @property
    def epochs(self) -> list[EpochDone]:
        """The epochs that were done at the step where the run is; of very long runs some, with the newest."""
        return self._track.epochs

    @property
    def share_done(self) -> float:
        """From 0 to 1: how much of the run is done."""
        if self.started is None:
            return 0.0
        return min(1.0, self.num_steps / self.started.num_steps) if self.started.num_steps else 1.0

    @property
    def samples_per_second(self) -> float | None:
        """Training samples per second lately; None before it is known."""
        return self._pace.samples_per_second

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the run ends at the pace so far; None before it is known."""
        if self.started is None or not self.is_active:
            return None
        return self._pace.seconds_left(self.started.num_steps)

    # Steering

    def start(self) -> None:
        """Train the present drawing from new weights. A run that is under way is stopped first."""
        self._begin(paused=False)

    def take_up(self) -> None:
        """Go on with the run of this very project that was left before its end, where it was left."""
        self._begin(paused=False, from_disk=True)

    def pause(self) -> None:
        """Hold the run before its next step."""
        if self._runner is not None and self.state in ("preparing", "running"):
            self._runner.pause()
            self._pace.rest()
            self._become("paused")

    def resume(self) -> None:
        """Let a paused run go on, or one that was stopped."""
        self._goal = None
        if self._runner is not None and self.state == "paused":
            self._runner.resume()
            self._become("running" if self.started else "preparing")
        elif self.can_go_on:
            self._go_on(paused=False)

    def step(self) -> None:
        """Take one training step and hold; begins a run where there is none."""
        self._goal = None
        runner = self._runner_that_holds()
        if runner is not None:
            runner.step()

    def step_epoch(self) -> None:
        """Train to the end of the epoch and hold; begins a run where there is none."""
        self._goal = None
        runner = self._runner_that_holds()
        if runner is not None:
            runner.step_epoch()

    def step_back(self) -> None:
        """Take the last training step back and hold; several times in a row goes back as many steps."""
        self.go_to((self.num_steps if self._goal is None else self._goal) - 1)

    def go_to(self, step: int) -> None:
        """Bring the run to a step between 0 and `reach`, as it was there, and hold."""
        from nnstudio.training.control import GoTo

        goal = min(max(0, step), self.reach)
        if self._give(GoTo(goal)):
            self._goal = goal

    def restart(self) -> None:
        """Bring the run to the start, forget what came after, and hold."""
        from nnstudio.training.control import Reset

        if self._give(Reset()):
            self._goal = 0

    def set_rate(self, rate: float) -> None:
        """Take another learning rate from the next step on; the run goes on.

        Raises:
            ValueError: it is no number from 0 up.
        """
        from nnstudio.training.control import SetRate

        self._give(SetRate(rate), hold=False)

    def set_weight(self, key: str, index: tuple[int, ...], value: float) -> None:
        """Put one number into the weights and hold.

        Args:
            key: of the tensor, as in ``state_dict``.
            index: its place there, one number per axis.
            value: the number.

        Raises:
            ValueError: it is no finite number.
        """
        from nnstudio.training.control import SetWeight

        self._give(SetWeight(key, index, value))

    def stop(self) -> None:
        """End the run and wait for its thread; one that cannot answer yet ends a little later."""
        if self._runner is not None:
            self._runner.stop(_PATIENCE)
            self._polling.look()

    def shutdown(self) -> None:
        """End the run and wait for its thread however long it takes."""
        if self._runner is not None:
            self._runner.stop(None)
            self._polling.look()
        self._end_look()

    def close(self) -> None:
        """End the run for good, with the process it may have, as when its drawing is closed."""
        self.shutdown()
        if self._work is not None:
            self._work.close()

    def reset(self) -> None:
        """End the run and forget it: another document has nothing to do with its curves."""
        self.shutdown()
        self._forget("idle")
        self.state_changed.emit()
        self.progressed.emit()
        self.mapped.emit()

    # Inside

    @property
    def _course(self) -> Course | None:
        """The run itself, once built."""
        return self._work.course if self._work is not None else None

    def _begin(self, *, paused: bool, from_disk: bool = False) -> None:
        self.shutdown()
        self._forget("preparing")
        self.project = self._session.project
        from nnstudio.exports import runs
        from nnstudio.runs.apart import preferred_work

        record = partial(runs.recorder, path=lambda: self._session.path, on_fault=self._faults.append)
        make = preferred_work()
        self._work = make(self.project, self._names(), self._wanted_sample, from_disk=from_disk, record=record)
        self._runner = self._work.runner()
        self._look_into(self._runner.taps)
        self._set_off(self._runner, paused=paused)
        self._session.log(tr("Training “{name}” began.", name=self.project.name))
        self.state_changed.emit()

    def _go_on(self, *, paused: bool) -> None:
        """Take up the run that is over, in a new thread."""
        assert self._work is not None
        self.shutdown()
        self.ended = self.failed = None
        self._runner = self._work.runner(self._taps)
        self._track.begin_ring()
        self._pace = Pace()
        self._set_off(self._runner, paused=paused)
        self._become("paused" if paused else "preparing")

    def _set_off(self, runner: Runner, *, paused: bool) -> None:
        self._polling.begin()
        if paused:
            runner.pause()
        runner.start()

    def _runner_that_holds(self) -> Runner | None:
        """Return a runner that is paused, for steps to be taken; one begins where there is none."""
        if not self.is_active:
            if self.can_go_on and self.project is not None and self.project.trains_like(self._session.project):
                self._go_on(paused=True)
            else:
                self._begin(paused=True)
        self.pause()
        return self._runner if self.state == "paused" else None

    def _give(self, order: Order, *, hold: bool = True) -> bool:
        """Have the run obey an order, also one that is over; return whether there is a run."""
        if self._runner is None and self._course is None:
            return False
        if self._runner is None:
            self._go_on(paused=True)
        elif hold:
            self.pause()
        assert self._runner is not None
        self._runner.control.give(order)
        return True

    def _become(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit()

    def _poll(self) -> None:
        if self._runner is not None:
            self._poll_run(self._runner)
        super()._poll()

    def _poll_run(self, runner: Runner) -> None:
        from nnstudio.training.events import EpochDone

        # Asked first: whatever a finished thread has left is then certainly there to be taken.
        over = not runner.alive
        place = runner.place
        new = self._take_rows(runner)
        for kind, events in groupby(runner.drain(), key=type):
            if kind is EpochDone:
                self._take_epochs([event for event in events if isinstance(event, EpochDone)])
            else:
                for event in events:
                    self._take(event)
            new = True
        if self._track.move(place, self.started.steps_per_epoch if self.started is not None else 1):
            new = True
        if over:
            self._finish()
        if new:
            self._polling.ask(self._show_progress)

    def _hurry(self, yes: bool) -> None:
        """Have a run of quick steps rest while it is shown: both would fight for the interpreter."""
        if self._runner is not None:
            self._runner.give_way(yes=yes and self._pace.steps_per_second > _QUICK)

    def _show_progress(self) -> None:
        self.progressed.emit()

    def _take_rows(self, runner: Runner) -> bool:
        new = self._track.take(runner.ring)
        if self.state == "running" and self.started is not None:
            samples = self._track.last_epoch * self.started.num_training
            self._pace.update(time.perf_counter(), self._track.last_step, samples)
        return new

    def _take(self, event: Event) -> None:
        from nnstudio.training import events
        from nnstudio.ui.monitor import words

        if isinstance(event, events.RunStarted):
            self.started = event
            saved = self._work.take_saved() if self._work is not None else None
            if saved is not None:
                self._track.take_saved(saved)
            if self.state == "preparing":
                self._become("running")
        elif isinstance(event, events.Rewound):
            self._pace = Pace()
            if event.reach == 0:
                self._track.forget_rates()
        elif isinstance(event, events.RateChanged):
            self._track.take_rate(event)
        elif isinstance(event, events.Diagnosed):
            known = {finding.key for finding in self.findings}
            self.findings = event.findings
            self._log(words.finding_lines(finding for finding in event.findings if finding.key not in known))
        elif isinstance(event, events.RunEnded):
            self.ended = event
        elif isinstance(event, events.RunFailed):
            self.failed = event
        self._log(filter(None, (words.line(event),)))

    def _take_epochs(self, epochs: Sequence[EpochDone]) -> None:
        from nnstudio.ui.monitor import words

        self._track.take_epochs(epochs)
        self._log(words.epoch_lines(epochs))

    def _log(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._session.log(line)

    def _finish(self) -> None:
        from nnstudio.ui.monitor import words

        self._polling.end()
        self._runner = None
        self._goal = None
        self._log((*self._faults, words.last_line(self.ended, self.failed, self.num_steps)))
        self._faults.clear()
        self._pace.rest()
        self._become("failed" if self.failed is not None else "ended")
        # The last look of the run may be a few steps old.
        self._look_again()
