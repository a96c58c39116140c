"""A run in another process, as the window sees it: the same runner, taps and weights as of one in a thread."""

from __future__ import annotations

import itertools
import math
import queue
import subprocess
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nnstudio.core.process import start_module
from nnstudio.core.words import language, tr
from nnstudio.project.document import Project
from nnstudio.project.writer import encode
from nnstudio.runs.apart.line import Message, Sender, read
from nnstudio.runs.work import Work, valid_sample
from nnstudio.training.control import Control, Order
from nnstudio.training.events import Event, RunEnded, RunFailed, StepDone
from nnstudio.training.handover import Handover
from nnstudio.training.runner import Runner
from nnstudio.training.studies.base import Seen, Study
from nnstudio.training.taps import Taps

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

    from nnstudio.runs.work import Record

_PATIENCE: Final = 5.0
"""Seconds to wait for the answer of a process that may be gone."""

Send = Callable[..., None]


class Place(NamedTuple):
    """What is known of the course in the other process, in the words of `nnstudio.training.course.Course`."""

    reach: int
    is_over: bool
    rate: float


class FarControl(Control):
    """Passes all that steers on to the other process."""

    def __init__(self, send: Send) -> None:
        super().__init__()
        self._send = send
        self.on_stop: Callable[[], None] = lambda: None

    def pause(self) -> None:
        """Hold before the next batch."""
        super().pause()
        self._send(do="pause")

    def resume(self) -> None:
        """Go on."""
        super().resume()
        self._send(do="resume")

    def step(self) -> None:
        """Do one batch and hold."""
        super().step()
        self._send(do="step")

    def step_epoch(self) -> None:
        """Go on to the end of the epoch and hold."""
        super().step_epoch()
        self._send(do="step_epoch")

    def stop(self) -> None:
        """End the run within one batch."""
        super().stop()
        self._send(do="stop")
        self.on_stop()

    def give(self, order: Order) -> None:
        """Have this done between two batches."""
        super().give(order)
        self._orders.clear()
        self._send(do="give", order=order)


class FarTaps(Taps):
    """Passes wishes and studies on, and holds what came back."""

    def __init__(self, send: Send, ask: Callable[[str], object]) -> None:
        super().__init__()
        self._send = send
        self._ask = ask
        self._numbers = itertools.count()
        self._keys: dict[int, tuple[Hashable, Study]] = {}

    def watch(self, names: Iterable[str], sample: int) -> None:
        """Look at these layers with this row of the data from now on."""
        self._send(do="watch", names=frozenset(names), sample=sample)

    def follow(self, key: Hashable, study: Study) -> None:
        """Ask this again and again from now on."""
        with self._lock:
            if self._studies.get(key) == study:
                return
            self._studies[key] = study
        self._forget(key)
        number = next(self._numbers)
        self._keys[number] = (key, study)
        self._send(do="follow", key=number, study=study, language=language())

    def drop(self, key: Hashable) -> None:
        """Ask this no more."""
        super().drop(key)
        self._forget(key)

    @property
    def is_stale(self) -> bool:
        """Whether there is anything new to look at: the other process looks by itself."""
        return False

    def refresh(self) -> None:
        """Wait until all that is asked now has been answered."""
        self._ask("refresh")

    def take(self, message: Message) -> None:
        """Take in what came."""
        if "snapshot" in message:
            self._latest = message["snapshot"]
        for number, seen in message.get("answers", ()):
            self._take_answer(number, seen)

    def _take_answer(self, number: int, seen: Seen) -> None:
        key, study = self._keys.get(number, (None, None))
        with self._lock:
            if study is not None and self._studies.get(key) == study:
                self._found[key] = (study, seen)

    def _forget(self, key: Hashable) -> None:
        for number in [number for number, (known, _) in self._keys.items() if known == key]:
            del self._keys[number]
            self._send(do="drop", key=number)


class FarHandover(Handover):
    """Fetches the weights."""

    def __init__(self, ask: Callable[[str], object]) -> None:
        super().__init__()
        self._ask = ask

    def take(self) -> dict[str, Tensor]:
        """Return a copy of all numbers by the keys of ``state_dict``; empty where there is no network."""
        import torch

        state = self._ask("weights")
        return {name: torch.from_numpy(value) for name, value in state.items()} if isinstance(state, dict) else {}


class FarRunner(Runner):
    """Shows what the other process does. Its thread only waits for messages."""

    def __init__(self, make: Callable[[Control, Taps], Iterator[Event]], taps: Taps, control: FarControl) -> None:
        super().__init__(make, taps, control)

    def _pace(self) -> AbstractContextManager[None]:
        return nullcontext()

    def _wait_for_turn(self) -> None:
        """Go on: the other process waits."""


class WorkApart(Work):
    """One run of a project in a process of its own, which ends with `close`, or with this process.

    Arguments and attributes are those of `Work`.
    """

    def __init__(
        self,
        project: Project,
        names: frozenset[str],
        sample: int | None,
        *,
        from_disk: bool = False,
        record: Record | None = None,
    ) -> None:
        super().__init__(project, names, sample, from_disk=from_disk, record=record)
        self._sender = Sender()
        self._inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._tickets = itertools.count()
        self._waiting: dict[int, queue.SimpleQueue[object]] = {}
        self._far_taps = FarTaps(self._sender.send, self._ask)
        self._saved_rows: Any = None
        self.handover = FarHandover(self._ask)
        self._sender.send(project=encode(project), names=names, sample=sample, from_disk=from_disk, language=language())

    def runner(self, taps: Taps | None = None) -> Runner:
        """Return what runs this, first or again."""
        control = FarControl(self._sender.send)
        control.on_stop = lambda: self._inbox.put({"stop": True})
        if taps is None:
            return FarRunner(self.begin, self._far_taps, control)
        self._sender.send(do="go_on")
        return FarRunner(self.go_on, self._far_taps, control)

    def begin(self, control: Control, taps: Taps) -> Iterator[Event]:
        """Start the process, and give what it tells."""
        from nnstudio.data.catalog import load

        self._start()
        self._sender.send(do="start")
        self.dataset = load(self.project.data)
        taps.watch(self._names, valid_sample(self._sample, self.dataset))
        return self._follow(control, "")

    def go_on(self, control: Control, _taps: Taps) -> Iterator[Event]:
        """Give what the process tells from now on."""
        self._sender.send(do="start")
        return self._follow(control, "")

    def take_saved(self) -> Any:
        """Return what the run goes on from, once; None where it began anew."""
        saved, self._saved_rows = self._saved_rows, None
        return saved

    def close(self) -> None:
        """End the process."""
        self._sender.close()
        if self._process is not None and self._listener is not None:
            self._process.kill()
            self._listener.join(_PATIENCE)

    def _follow(self, control: Control, refusal: str) -> Iterator[Event]:
        events = self._events(control)
        if self._record is not None and self._recorder is None:
            from nnstudio.training.recipe import recipe_of

            self._recorder = self._record(self.project, recipe_of(self.project.recipe))
        return events if self._recorder is None else self._recorder.follow(events)

    def _events(self, control: Control) -> Iterator[Event]:
        """Give the events of one run; a stop before the first one ends the process, which may still be loading."""
        has_begun = False
        while True:
            message = self._inbox.get()
            if message is None:
                self.course = None
                yield self._crashed()
                return
            if "stop" in message:
                if not has_begun and self.course is None:
                    self.close()
                    yield RunEnded(reason="stopped", steps=0, epochs=0, seconds=0.0)
                    return
                continue
            has_begun = True
            for part in message.get("story", ()):
                if isinstance(part, tuple):
                    yield part[0]
                else:
                    yield from _steps(part)
            if "over" in message:
                return

    def _crashed(self) -> RunFailed:
        status = self._process.wait() if self._process is not None else None
        return RunFailed(
            message=tr("The process of this training ended before its time, perhaps for want of memory."),
            detail=f"exit status {status}",
        )

    def _start(self) -> None:
        self._process = start_module("nnstudio.runs.apart.child")
        assert self._process.stdin is not None
        self._sender.start(self._process.stdin)
        self._listener = threading.Thread(
            target=self._listen, args=(self._process,), name="nnstudio-listen", daemon=True
        )
        self._listener.start()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Take in all that comes, to the end of the line."""
        assert process.stdout is not None
        with process.stdout, suppress(OSError, ValueError):
            while (message := read(process.stdout)) is not None:
                self._far_taps.take(message)
                if "course" in message and message["course"] is not None:
                    self.course = Place(*message["course"])  # type: ignore[assignment]
                if "saved" in message:
                    self._saved_rows = _Saved(*message["saved"])
                for ticket in (*message.get("refreshed", ()), *([message["ticket"]] if "ticket" in message else ())):
                    waiting = self._waiting.pop(ticket, None)
                    if waiting is not None:
                        waiting.put(message.get("weights"))
                if message.keys() & {"story", "over"}:
                    self._inbox.put(message)
        self._inbox.put(None)
        for waiting in tuple(self._waiting.values()):
            waiting.put(None)
        process.wait()

    def _ask(self, what: str) -> object:
        """Ask and wait for the answer; None where nobody gives one."""
        if self._process is None or self._process.poll() is not None:
            return None
        ticket = next(self._tickets)
        answer = self._waiting[ticket] = queue.SimpleQueue()
        self._sender.send(do=what, ticket=ticket)
        while True:
            try:
                return answer.get(timeout=_PATIENCE)
            except queue.Empty:
                if self._process.poll() is not None:
                    return None


class _Saved(NamedTuple):
    """What a run that was taken up from disk has done before, as `nnstudio.runs.checkpoints.Saved` has it."""

    head: Any
    rows: npt.NDArray[np.float64]


def _steps(rows: npt.NDArray[np.float64]) -> Iterator[StepDone]:
    """Turn the rows that `nnstudio.runs.apart.child` makes of steps into events again."""
    for step, epoch, loss, accuracy, samples, rate in rows.tolist():
        right = None if math.isnan(accuracy) else accuracy
        yield StepDone(int(step), int(epoch), loss, right, int(samples), rate)
