"""A crew: processes that work the runs of a sweep side by side, with the results of one that works them in a row.

Each process has a torch, and so a chance, of its own. To start them takes a second or two, so the first runs are worked
here: a sweep that is over by then never waits for a process.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final

from nnstudio.core.process import start_module
from nnstudio.core.words import how_said, language, tr
from nnstudio.project.writer import encode
from nnstudio.runs.apart.line import Message, Sender, read
from nnstudio.training.sweep import (
    AT_A_TIME,
    Outcome,
    SweepEvent,
    SweepPlan,
    Trial,
    TrialBegan,
    TrialWent,
    check,
    num_cores,
    sweep,
    work_trial,
)

if TYPE_CHECKING:
    from nnstudio.project.document import Project

PATIENCE: Final = 1.0
"""Seconds after which a sweep is long enough to be worth other processes."""
_LOOK: Final = 0.05
"""Seconds between two looks at whether the work is still wanted."""
_GRACE: Final = 5.0
"""Seconds to wait for the thread that listens to a process that was killed."""


def work(
    project: Project,
    plan: SweepPlan,
    done: Sequence[Outcome] = (),
    stop: Callable[[], bool] = lambda: False,
    *,
    hands: int | None = None,
    patience: float = PATIENCE,
) -> Iterator[SweepEvent]:
    """Do what `nnstudio.training.sweep.sweep` does, several runs at a time; their outcomes come as they are over.

    A run whose process dies has that as its failure, and another process takes over.

    Args:
        project: as there.
        plan: as there.
        done: as there.
        stop: as there; what is under way is then ended within a batch.
        hands: processes; None for `AT_A_TIME`, as far as there are cores.
        patience: seconds before they are started.

    Raises:
        ValueError: the plan cannot be worked.
    """
    check(project, plan)
    known = {outcome.trial for outcome in done}
    left = deque(trial for trial in plan.trials if trial not in known)
    hands = min(AT_A_TIME, num_cores()) if hands is None else hands
    if hands < 2 or len(left) < 2:
        yield from sweep(project, plan, done, stop)
        return
    with closing(Crew(project, plan, hands, patience)) as crew:
        over, own = len(plan.trials) - len(left), None
        while (left or own or crew.trials) and not stop():
            while left and (trial := crew.give(left[0])):
                left.popleft()
                yield TrialBegan(trial, over, len(plan.trials))
            if own is None and left and not crew.is_ready:
                trial = left.popleft()
                own = work_trial(project, plan, trial, stop)
                yield TrialBegan(trial, over, len(plan.trials))
            events = crew.news(0.0 if own else _LOOK)
            if own is not None:
                event = next(own, None)
                own = own if isinstance(event, TrialWent) else None
                events += [event] if event is not None else []
            for event in events:
                over += isinstance(event, Outcome)
                yield event
            if left:
                crew.start_when_due()


class Crew:
    """Processes that work trials, one at a time each."""

    def __init__(self, project: Project, plan: SweepPlan, size: int, patience: float) -> None:
        self._first = {"project": encode(project), "plan": plan, "language": language()}
        self._size = size
        self._due = time.monotonic() + patience
        self._has_started = False
        self._inbox: queue.SimpleQueue[tuple[_Hand, Message | None]] = queue.SimpleQueue()
        self._hands: list[_Hand] = []

    def start_when_due(self) -> None:
        """Start the processes once they are worth it."""
        if not self._has_started and time.monotonic() >= self._due:
            self._has_started = True
            self._hands = [_Hand(self._first, self._inbox) for _ in range(self._size)]

    @property
    def is_ready(self) -> bool:
        """Whether at least one process takes trials."""
        return any(hand.is_ready for hand in self._hands)

    @property
    def trials(self) -> tuple[Trial, ...]:
        """What is under way."""
        return tuple(hand.trial for hand in self._hands if hand.trial is not None)

    def give(self, trial: Trial) -> Trial | None:
        """Have a trial worked, and return it; None where all have something to do."""
        free = next((hand for hand in self._hands if hand.is_ready and hand.trial is None), None)
        if free is None:
            return None
        free.give(trial)
        return trial

    def news(self, wait: float) -> list[TrialWent | Outcome]:
        """Return what has come, waiting so many seconds for the first."""
        found: list[TrialWent | Outcome] = []
        with suppress(queue.Empty):
            hand, message = self._inbox.get(timeout=wait) if wait else self._inbox.get_nowait()
            while True:
                found += self._take(hand, message)
                hand, message = self._inbox.get_nowait()
        return found

    def close(self) -> None:
        """End all processes at once: nothing of theirs is kept but what they have told."""
        for hand in self._hands:
            hand.close()
        self._hands = []

    def _take(self, hand: _Hand, message: Message | None) -> list[TrialWent | Outcome]:
        if hand not in self._hands:
            return []
        if message is None:
            return self._replace(hand)
        hand.is_ready = True
        event = message.get("event")
        if isinstance(event, Outcome):
            hand.trial = None
        return [] if event is None else [event]

    def _replace(self, hand: _Hand) -> list[TrialWent | Outcome]:
        """See to a process that is gone: one that had work is followed by another."""
        self._hands.remove(hand)
        hand.close()
        if hand.trial is None:
            return []
        self._hands.append(_Hand(self._first, self._inbox))
        text = tr("The process of this training ended before its time, perhaps for want of memory.")
        return [Outcome(trial=hand.trial, failure="".join(text), said=how_said(text))]


class _Hand:
    """One process."""

    def __init__(self, first: Message, inbox: queue.SimpleQueue[tuple[_Hand, Message | None]]) -> None:
        self.trial: Trial | None = None
        self.is_ready = False
        self._inbox = inbox
        self._process = start_module("nnstudio.runs.crew_child")
        assert self._process.stdin is not None
        self._sender = Sender()
        self._sender.send(**first)
        self._sender.start(self._process.stdin)
        self._listener = threading.Thread(target=self._listen, name="nnstudio-listen", daemon=True)
        self._listener.start()

    def give(self, trial: Trial) -> None:
        """Have a trial worked."""
        self.trial = trial
        self._sender.send(trial=trial)

    def close(self) -> None:
        """End the process."""
        self._sender.close()
        self._process.kill()
        self._listener.join(_GRACE)

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        with stream, suppress(OSError, ValueError):
            while (message := read(stream)) is not None:
                self._inbox.put((self, message))
        self._process.wait()
        self._inbox.put((self, None))
