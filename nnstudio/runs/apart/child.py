"""The process in which a run works: it obeys messages, and tells thirty times a second what is new.

The first message says what to train; when the line is closed the process ends at once, as when the window is gone.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections import deque
from itertools import groupby
from typing import IO, Any, Final

import numpy as np

from nnstudio.core.words import set_language, tr
from nnstudio.project.reader import decode as decode_project
from nnstudio.runs.apart.line import Message, Sender, read
from nnstudio.runs.apart.plain import encode
from nnstudio.runs.work import Work
from nnstudio.training.events import Event, StepDone
from nnstudio.training.runner import Make, Runner
from nnstudio.training.studies.base import Seen
from nnstudio.training.taps import Taps

PERIOD: Final = 1 / 30
"""Seconds between two looks at what is new."""


class Telling(Runner):
    """Keeps all that happens in its order, to be told.

    Attributes:
        story: what has not been told yet.
    """

    def __init__(self, make: Make, taps: Taps) -> None:
        super().__init__(make, taps)
        self.story: deque[Event] = deque()

    def _take(self, event: Event) -> None:
        super()._take(event)
        self.story.append(event)

    def told(self) -> list[object]:
        """Take the story so far: a tuple of one for each event, and a table ``(n, 6)`` for each row of steps."""
        taken = [self.story.popleft() for _ in range(len(self.story))]
        parts: list[object] = []
        for is_step, events in groupby(taken, key=lambda event: isinstance(event, StepDone)):
            together = list(events)
            parts += [np.array(list(map(_row, together)))] if is_step else [(event,) for event in together]
        self.drain()
        return parts


class Desk:
    """Runs the work and answers for it."""

    def __init__(self, first: Message, sender: Sender) -> None:
        self._sender = sender
        self._work = Work(
            decode_project(first["project"]), first["names"], first["sample"], from_disk=first["from_disk"]
        )
        self._taps = Taps()
        self._runner = Telling(self._work.begin, self._taps)
        self._is_over_told = False
        self._snapshot: object = None
        self._seen: dict[int, Seen | None] = {}
        self._keys: set[int] = set()
        self._refresh: list[int] = []
        self._turn = threading.Lock()

    def obey(self, message: Message) -> None:
        """Do what a message says; in the thread that reads."""
        match message["do"]:
            case "start":
                self._runner.start()
            case "go_on":
                with self._turn:
                    self._runner = Telling(self._work.go_on, self._taps)
                    self._is_over_told = False
            case "pause" | "resume" | "step" | "step_epoch" | "stop" as what:
                getattr(self._runner.control, what)()
            case "give":
                self._runner.control.give(message["order"])
            case "watch":
                self._taps.watch(message["names"], message["sample"])
            case "follow":
                set_language(message["language"])  # views are built anew, and ask again, in another one
                self._keys.add(message["key"])
                self._taps.follow(message["key"], message["study"])
            case "drop":
                self._keys.discard(message["key"])
                self._taps.drop(message["key"])
            case "refresh":
                self._refresh.append(message["ticket"])
            case "weights":
                state = {name: value.numpy() for name, value in self._work.handover.take().items()}
                self._sender.send(weights=state, ticket=message["ticket"])

    def tell(self) -> None:
        """Tell what is new; in the main thread."""
        with self._turn:
            runner, over = self._runner, self._runner.state == "ended"
            tickets, self._refresh = self._refresh, []
            if over and (tickets or self._taps.is_stale):
                self._taps.refresh()
            news: dict[str, Any] = {}
            if story := runner.told():
                news["story"] = story
            if (snapshot := self._taps.latest()) is not self._snapshot:
                self._snapshot = news["snapshot"] = snapshot
            if answers := self._new_answers():
                news["answers"] = answers
            if over and not self._is_over_told:
                news["over"] = self._is_over_told = True
            if tickets and not self._taps.is_stale:
                news["refreshed"] = tickets
            else:
                self._refresh += tickets
            if news:
                course = self._work.course
                news["course"] = None if course is None else (course.reach, course.is_over, course.rate)
                saved = self._work.take_saved()
                if saved is not None:
                    news["saved"] = (saved.head, saved.rows)
                self._sender.send(**news)

    def _new_answers(self) -> list[tuple[int, Seen]]:
        found = {key: self._taps.found(key) for key in tuple(self._keys)}
        new = [(key, seen) for key, seen in found.items() if seen is not None and seen is not self._seen.get(key)]
        self._seen = found
        return [(key, _plain(seen)) for key, seen in new]


def _plain(seen: Seen) -> Seen:
    """Return an answer that can be told: one that holds something else than plain values is refused."""
    try:
        encode(seen)
    except TypeError as error:
        return Seen(seen.step, refusal=tr("This view cannot be had from another process: {error}.", error=error))
    return seen


def _row(event: Event) -> tuple[float, ...]:
    assert isinstance(event, StepDone)
    accuracy = math.nan if event.accuracy is None else event.accuracy
    return event.step, event.epoch, event.loss, accuracy, event.samples, event.rate


def main() -> int:
    """Work until the line is closed."""
    out = own_output()
    first = read(sys.stdin.buffer)
    if first is None:
        return 0
    set_language(first["language"])
    sender = Sender()
    sender.start(out)
    desk = Desk(first, sender)
    threading.Thread(target=_listen, args=(desk,), name="nnstudio-listen", daemon=True).start()
    while True:
        desk.tell()
        time.sleep(PERIOD)


def _listen(desk: Desk) -> None:
    while (message := read(sys.stdin.buffer)) is not None:
        desk.obey(message)
    os._exit(0)  # nobody is there any more; what is on disk is whole at any moment


def own_output() -> IO[bytes]:
    """Keep the way to the other side for ourselves: what libraries print must not come between our messages."""
    ours = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return os.fdopen(ours, "wb")


if __name__ == "__main__":
    sys.exit(main())
