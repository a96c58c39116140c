"""The one place where a training run meets Qt.

The run works in a plain thread that knows no Qt. The bridge starts it, looks at its ring of numbers and its newest
snapshot on a timer in the GUI thread, and tells the widgets. What a widget shows can always be read here anew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterable, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal, TypeGuard

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtCore import Qt as QtNames

from nnstudio.core.words import tr
from nnstudio.ui.monitor.collector import Collector
from nnstudio.ui.monitor.pace import Pace
from nnstudio.ui.monitor.polling import FASTEST_MS, UNWATCHED_MS, Load, Track, Turns

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from nnstudio.data.dataset import Dataset
    from nnstudio.project.document import Project
    from nnstudio.runs.work import Work
    from nnstudio.training.control import Order
    from nnstudio.training.diagnosis.finding import Finding
    from nnstudio.training.events import EpochDone, Event, RunEnded, RunFailed, RunStarted
    from nnstudio.training.handover import Handover
    from nnstudio.training.history import RunRecord
    from nnstudio.training.recipe import Recipe
    from nnstudio.training.recorder import Recorder
    from nnstudio.training.runner import Runner
    from nnstudio.training.studies.base import Seen, Study
    from nnstudio.training.taps import Snapshot, Taps
    from nnstudio.ui.session import Session

State = Literal["idle", "preparing", "running", "paused", "ended", "failed"]

_PATIENCE: Final = 0.3
"""Seconds that `stop` waits; a run that is still loading libraries is seen off by the timer."""

_LOGGED_AT_MOST: Final = 5
"""Epochs that are told one by one when they come together."""


class RunBridge(QObject):
    """Starts, steers and shows the runs of one session, one at a time."""

    state_changed = Signal()
    progressed = Signal()
    """New steps or events have come."""
    mapped = Signal()
    """`snapshot` is a new one."""
    studied = Signal()
    """Studies that are followed have new answers."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._runner: Runner | None = None
        self._taps: Taps | None = None
        self._work: Work | None = None
        self._look: threading.Thread | None = None
        self._look_wanted = False
        self._look_over = threading.Event()
        self._load = Load(self)
        self._extra: frozenset[str] = frozenset()
        self._wanted_sample: int | None = None
        self._watched = True
        self._studies: dict[Hashable, Study] = {}
        self._collector = Collector(self)
        self._timer = QTimer(self)
        self._timer.setTimerType(QtNames.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_polled)
        self._forget("idle")

    def _forget(self, state: State) -> None:
        self.state: State = state
        self.project: Project | None = None
        self.started: RunStarted | None = None
        self.ended: RunEnded | None = None
        self.failed: RunFailed | None = None
        self.findings: tuple[Finding, ...] = ()
        """What may be wrong with the run, as far as it is known now."""
        self._faults: list[str] = []
        self.snapshot: Snapshot | None = None
        self._newest: Snapshot | None = None
        self._newest_answers: dict[Hashable, Seen | None] = {}
        self._turns = Turns()
        self._taps = None
        if self._work is not None:
            self._work.close()
        self._work = None
        self._track = Track()
        self._goal: int | None = None
        self._pace = Pace()

    # What is known of the run

    @property
    def dataset(self) -> Dataset | None:
        """The data the run learns from, once they are loaded."""
        return self._work.dataset if self._work is not None else None

    @property
    def handover(self) -> Handover | None:
        """What gives the weights of the run; None before the first."""
        return self._work.handover if self._work is not None else None

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
        course = self._work.course if self._work is not None else None
        return self.num_steps if course is None else course.reach

    @property
    def can_go_on(self) -> bool:
        """Whether there is a run that is over and could go on from where it is."""
        course = self._work.course if self._work is not None else None
        return self._runner is None and course is not None and not course.is_over

    @property
    def can_go_back(self) -> bool:
        """Whether there is a run with steps to go back by."""
        return self._work is not None and self._work.course is not None and self.num_steps > 0

    @property
    def rate(self) -> float | None:
        """The learning rate of the next step; None before the run has begun."""
        course = self._work.course if self._work is not None else None
        return None if course is None else course.rate

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
    def epochs(self) -> list[EpochDone]:
        """The epochs that were done at the step where the run is."""
        return self._track.epochs

    @property
    def share_done(self) -> float:
        """From 0 to 1: how much of the run is done."""
        if self.started is None:
            return 0.0
        total = self.started.steps_per_epoch * self.started.epochs
        return min(1.0, self.num_steps / total) if total else 1.0

    @property
    def samples_per_second(self) -> float | None:
        """Training samples per second lately; None before it is known."""
        return self._pace.samples_per_second

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the run ends at the pace so far; None before it is known."""
        if self.started is None or not self.is_active:
            return None
        return self._pace.seconds_left(self.started.steps_per_epoch * self.started.epochs)

    @property
    def sample(self) -> int | None:
        """Which row of the dataset the maps and predictions are of; None before data are loaded."""
        if self.dataset is None:
            return self._wanted_sample
        from nnstudio.runs.work import valid_sample

        return valid_sample(self._wanted_sample, self.dataset)

    def value(self, node_id: str) -> npt.NDArray[np.float32] | None:
        """Return what a node gave in `snapshot`, without batch axis; None where nothing is known of it.

        The node is found by its id, so that it may be renamed while the run goes on.
        """
        if self.snapshot is None or self.project is None:
            return None
        node = self.project.graph.by_id.get(node_id)
        return None if node is None else self.snapshot.values.get(node.name)

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
        if self._runner is not None and self.state == "paused":
            self._runner.resume()
            self._become("running" if self.started else "preparing")
        elif self.can_go_on:
            self._go_on(paused=False)

    def step(self) -> None:
        """Take one training step and hold; begins a run where there is none."""
        runner = self._runner_that_holds()
        if runner is not None:
            runner.step()

    def step_epoch(self) -> None:
        """Train to the end of the epoch and hold; begins a run where there is none."""
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

        self._give(Reset())

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
            self._on_polled()

    def shutdown(self) -> None:
        """End the run and wait for its thread however long it takes."""
        if self._runner is not None:
            self._runner.stop(None)
            self._on_polled()
        if self._look is not None:
            self._look_wanted = False
            self._look_over.set()
            self._look.join()
            self._on_polled()

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

    def watch(self, names: Iterable[str]) -> None:
        """Watch these too, beside all of the drawing's own layers: such inside blocks, as ``stage1.conv_1``."""
        self._extra = frozenset(names)
        self._tell_taps()

    def set_watched(self, watched: bool) -> None:
        """Say whether anybody sees the run. Unseen it is looked at rarely, and only its state is told to widgets."""
        if watched != self._watched:
            self._watched = watched
            if watched:
                self._turns.give(everybody=True)
                if self._timer.isActive():
                    self._timer.setInterval(FASTEST_MS)

    def set_sample(self, sample: int) -> None:
        """Show another row of the dataset in the maps and predictions."""
        self._wanted_sample = sample
        self._tell_taps()

    def follow(self, key: Hashable, study: Study) -> None:
        """Ask this of the network while it trains, and of what is left of it afterwards; `found` has the answer.

        Args:
            key: whose question it is; a second question takes the place of the first.
            study: the question.
        """
        self._studies[key] = study
        if self._taps is not None:
            self._taps.follow(key, study)
            if self._runner is None:
                self._look_again()

    def drop(self, key: Hashable) -> None:
        """Ask this no more, as when nobody sees the answer."""
        self._studies.pop(key, None)
        self._newest_answers.pop(key, None)
        if self._taps is not None:
            self._taps.drop(key)

    def found(self, key: Hashable) -> Seen | None:
        """Return the newest answer to what ``key`` asks; None where there is none yet."""
        return self._taps.found(key) if self._taps is not None else None

    # Inside

    def _begin(self, *, paused: bool, from_disk: bool = False) -> None:
        self.shutdown()
        self._forget("preparing")
        self.project = self._session.project
        record = partial(_recorder, self._session.path, self._faults)
        make = _kind_of_work()
        self._work = make(self.project, self._names(), self._wanted_sample, from_disk=from_disk, record=record)
        self._runner = self._work.runner()
        self._taps = self._runner.taps
        for key, study in self._studies.items():
            self._taps.follow(key, study)
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
        self._collector.hold()
        if paused:
            runner.pause()
        runner.start()
        self._timer.start(FASTEST_MS)

    def _runner_that_holds(self) -> Runner | None:
        """Return a runner that is paused, for steps to be taken; one begins where there is none."""
        if not self.is_active:
            if self.can_go_on and self._is_of_this_project():
                self._go_on(paused=True)
            else:
                self._begin(paused=True)
        self.pause()
        return self._runner if self.state == "paused" else None

    def _is_of_this_project(self) -> bool:
        now, then = self._session.project, self.project
        return then is not None and (now.graph, now.blocks, now.data, now.recipe) == (
            then.graph,
            then.blocks,
            then.data,
            then.recipe,
        )

    def _give(self, order: Order, *, hold: bool = True) -> bool:
        """Have the run obey an order, also one that is over; return whether there is a run."""
        if self._work is None or (self._runner is None and self._work.course is None):
            return False
        if self._runner is None:
            self._go_on(paused=True)
        elif hold:
            self.pause()
        assert self._runner is not None
        self._runner.control.give(order)
        return True

    def _names(self) -> frozenset[str]:
        assert self.project is not None
        return frozenset(node.name for node in self.project.graph.nodes) | self._extra

    def _tell_taps(self) -> None:
        sample = self.sample
        if self._taps is None or self.dataset is None or sample is None:
            return
        self._taps.watch(self._names(), sample)
        if self._runner is None:
            self._look_again()

    def _look_again(self) -> None:
        """Look inside a network that is not being trained any more, in a thread as a look may take long."""
        self._look_wanted = True
        if self._look is None and self._taps is not None:
            self._look_wanted = False
            self._look_over = threading.Event()
            self._look = threading.Thread(
                target=_look_through, args=(self._taps, self._look_over), name="nnstudio-look", daemon=True
            )
            self._collector.hold()
            self._look.start()
            self._timer.start(FASTEST_MS)

    def _become(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit()

    def _on_polled(self) -> None:
        with self._load.measure():
            if self._runner is not None:
                self._poll_run(self._runner)
            elif self._look is not None:
                self._poll_look(self._look)
            snapshot = self._taps.latest() if self._taps is not None else None
            if snapshot is not None and snapshot is not self._newest:
                self._newest = snapshot
                self._turns.ask(self._show_snapshot)
            answers = {key: self.found(key) for key in self._studies}
            if any(answers[key] is not self._newest_answers.get(key) for key in answers):
                self._newest_answers = answers
                self._turns.ask(self._show_answers)
            # One at a time: two short repaints hold the window up less than a long one.
            if self._watched:
                self._turns.give(everybody=not self._timer.isActive())
        if self._timer.isActive():
            self._timer.setInterval(self._load.next_interval() if self._watched else UNWATCHED_MS)

    def _poll_run(self, runner: Runner) -> None:
        # Asked first: whatever a finished thread has left is then certainly there to be taken.
        over = not runner.alive
        place = runner.place
        new = self._take_rows(runner)
        for is_epoch, events in groupby(runner.drain(), key=_is_epoch):
            if is_epoch:
                self._take_epochs([event for event in events if _is_epoch(event)])
            else:
                for event in events:
                    self._take(event)
            new = True
        if self._track.move(place, self.started.steps_per_epoch if self.started is not None else 1):
            new = True
        if over:
            self._finish()
        if new:
            self._turns.ask(self._show_progress)

    def _show_progress(self) -> None:
        self.progressed.emit()

    def _show_snapshot(self) -> None:
        self.snapshot = self._newest
        self.mapped.emit()

    def _show_answers(self) -> None:
        self.studied.emit()

    def _poll_look(self, look: threading.Thread) -> None:
        if look.is_alive():
            return
        self._look = None
        self._timer.stop()
        self._collector.release()
        if self._look_wanted:
            self._look_again()

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
            self._goal = None
        elif isinstance(event, events.Diagnosed):
            known = {finding.key for finding in self.findings}
            self.findings = event.findings
            self._log_findings([finding for finding in event.findings if finding.key not in known])
        elif isinstance(event, events.RunEnded):
            self.ended = event
        elif isinstance(event, events.RunFailed):
            self.failed = event
        line = words.line(event)
        if line is not None:
            self._session.log(line)

    def _take_epochs(self, epochs: Sequence[EpochDone]) -> None:
        """Take in what came since the last look: of tiny networks that may be dozens, of which the log has the last."""
        from nnstudio.ui.monitor import words

        self._track.take_epochs(epochs)
        for event in epochs if len(epochs) <= _LOGGED_AT_MOST else epochs[-1:]:
            self._session.log(words.epoch_line(event))

    def _log_findings(self, findings: Sequence[Finding]) -> None:
        from nnstudio.training.diagnosis.words import tell

        for finding in findings:
            self._session.log(tell(finding).text)

    def _finish(self) -> None:
        from nnstudio.ui.monitor import words

        self._timer.stop()
        self._collector.release()
        self._runner = None
        self._goal = None
        while self._faults:
            self._session.log(self._faults.pop(0))
        self._pace.rest()
        self._session.log(words.last_line(self.ended, self.failed, self.num_steps))
        self._become("failed" if self.failed is not None else "ended")
        # The last look of the run may be a few steps old.
        self._look_again()


def _look_through(taps: Taps, over: threading.Event) -> None:
    """Look inside until nothing is left to be seen, or it is over: some studies take several looks."""
    taps.refresh()
    while taps.is_stale and not over.is_set():
        taps.refresh()


def _recorder(path: Path | None, faults: list[str], project: Project, recipe: Recipe) -> Recorder:
    """Return what writes a run into the folder of its project; what goes wrong is put into ``faults``."""
    from nnstudio.exports import runs
    from nnstudio.project.errors import FileError
    from nnstudio.training.recorder import Recorder

    folder = runs.folder_of(project, path)

    def keep(record: RunRecord) -> None:
        try:
            runs.keep(folder, record)
        except FileError as error:
            faults.append(str(error))

    return Recorder(runs.begin(project, recipe), keep)


def _kind_of_work() -> type[Work]:
    """Return what works in this process or in another one, as the person prefers."""
    from nnstudio.project.preferences import load_preferences
    from nnstudio.runs.work import Work

    if not load_preferences().apart:
        return Work
    from nnstudio.runs.apart.work import WorkApart

    return WorkApart


def _is_epoch(event: Event) -> TypeGuard[EpochDone]:
    from nnstudio.training.events import EpochDone

    return isinstance(event, EpochDone)
