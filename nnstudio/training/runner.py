"""Runner: the one thread in which a run works, and the switches that start, hold and end it.

Neither torch nor Qt is known here. Numbers of single steps go into a ring, all other events into a box; whoever
shows the run comes by and takes them, at a pace of their own.
"""

from __future__ import annotations

import math
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Literal

from nnstudio.core.heap import Heap
from nnstudio.core.words import tr
from nnstudio.layers.parameters import told
from nnstudio.training.control import Control
from nnstudio.training.events import EpochDone, Event, Replaying, Rewound, RunEnded, RunFailed, RunStarted, StepDone
from nnstudio.training.ring import Ring
from nnstudio.training.taps import Taps
from nnstudio.training.threads import worker_pace

State = Literal["ready", "running", "paused", "ended"]
_OUT_OF_MEMORY = ("out of memory", "not enough memory", "can't allocate memory")
"""What torch's own errors say on graphics cards and on processors."""

Make = Callable[[Control, Taps], Iterator[Event]]


class Runner:
    """Works through ``make(control, taps)`` in a thread of its own; the call itself is made there too.

    A pause, a step and a stop take hold between two batches; before the first one, data and module are still made
    ready. One thread steers; any thread may read.

    Attributes:
        control: the switches, and orders that the run obeys between two batches.
        place: training steps done, of which all rows are in the ring.
        ring: the newest steps as rows of step, finished epochs, loss and accuracy (NaN where there is none).
        taps: what is looked at inside. While the run is paused, a new wish is answered at once.
    """

    def __init__(self, make: Make, taps: Taps | None = None, control: Control | None = None) -> None:
        self.control = Control() if control is None else control
        self.place = 0
        self.ring = Ring()
        self.taps = Taps() if taps is None else taps
        self.taps.on_watch = self.control.wake
        self._make = make
        self._box: deque[Event] = deque()
        self._num_training = 1
        self._stopping = False
        self._heap = Heap()
        self._thread = threading.Thread(target=self._work, name="nnstudio-run", daemon=True)

    @property
    def state(self) -> State:
        """``paused`` begins when it is asked for, even if the last batch is not through yet."""
        if self._thread.ident is None:
            return "ended" if self._stopping else "ready"
        if not self._thread.is_alive():
            return "ended"
        return "paused" if self.control.held else "running"

    @property
    def alive(self) -> bool:
        """Whether the thread works or waits."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin; after `pause` the run stops before its first batch. Does nothing the second time or after `stop`."""
        if self.state == "ready":
            self._thread.start()

    def pause(self) -> None:
        """Hold before the next batch."""
        self.control.pause()

    def resume(self) -> None:
        """Go on."""
        self.control.resume()

    def step(self) -> None:
        """Do one batch and hold."""
        self.control.step()

    def step_epoch(self) -> None:
        """Go on to the end of the epoch and hold."""
        self.control.step_epoch()

    def stop(self, timeout: float | None = None) -> bool:
        """End the run within one batch and wait for the thread.

        Args:
            timeout: seconds to wait at most; None waits as long as it takes.

        Returns:
            Whether the thread is gone.
        """
        self._stopping = True
        self.control.stop()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def give_way(self, *, yes: bool) -> None:
        """Rest between two batches, for a moment at most, while another thread needs the interpreter."""
        self.control.give_way(yes=yes)

    def drain(self) -> list[Event]:
        """Take all events that have come, except `StepDone`, which the ring holds."""
        taken: list[Event] = []
        while self._box:
            taken.append(self._box.popleft())
        return taken

    def _work(self) -> None:
        try:
            with self._pace():
                for event in self._make(self.control, self.taps):
                    self._take(event)
                    if not isinstance(event, (RunEnded, RunFailed, Replaying)):
                        self._wait_for_turn()
        except Exception as error:  # whatever it is, the person must be told
            self._take(RunFailed(message=explain(error), detail=traceback.format_exc()))

    def _take(self, event: Event) -> None:
        if isinstance(event, StepDone):
            accuracy = math.nan if event.accuracy is None else event.accuracy
            self.ring.append((event.step, event.samples / self._num_training, event.loss, accuracy, event.rate))
            self.place = event.step
            self.control.on_step_done()
            return
        if isinstance(event, RunStarted):
            self._num_training = event.num_training
            self.place = event.step
        elif isinstance(event, EpochDone):
            self.control.on_epoch_done()
            self._heap.tidy()
        elif isinstance(event, (Replaying, Rewound)):
            self.place = event.step
        self._box.append(event)

    def _pace(self) -> AbstractContextManager[None]:
        """Share the computer with the window."""
        return worker_pace()

    def _wait_for_turn(self) -> None:
        """Wait while held; look inside whenever there is something new to see."""
        if self.control.gives_way:
            self.control.let_pass()
        while self.control.waits:
            self.taps.refresh()
            self.control.wait(lambda: self.taps.is_stale)


def explain(error: Exception) -> str:
    """Put what a run raised into words for the person."""
    text = str(error).strip()
    if isinstance(error, MemoryError) or any(sign in text for sign in _OUT_OF_MEMORY):
        return tr("There is not enough memory for this run. A smaller batch or a smaller network needs less.")
    if "InvalidCxxCompiler" in text:
        return tr("Compiling needs a C++ compiler such as g++, and none was found. Without it, leave “Compile” off.")
    if isinstance(error, (ValueError, OSError)) and text:
        return told(error) if isinstance(error, ValueError) else str(error)
    first = text.splitlines()[0] if text else ""
    return tr("Training came upon an error: {error}", error=f"{type(error).__name__}: {first}".rstrip(": "))
