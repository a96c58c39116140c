"""A process of a crew: it says that it is there, and works the trials that it is given until the line is closed."""

from __future__ import annotations

import os
import queue
import sys
import threading

from nnstudio.core.words import note_what_is_said, set_language
from nnstudio.project.reader import decode
from nnstudio.runs.apart.child import own_output
from nnstudio.runs.apart.line import Message, Sender, read
from nnstudio.training.sweep import work_trial


def main() -> int:
    """Work until the line is closed; when that happens in the middle of a trial, the process ends at once."""
    sender = Sender()
    sender.start(own_output())
    first = read(sys.stdin.buffer)
    if first is None:
        return 0
    set_language(first["language"])
    note_what_is_said()
    project, plan = decode(first["project"]), first["plan"]
    from nnstudio.training import loop  # what takes long is there before the first trial comes

    assert loop.run is not None
    sender.send(ready=True)
    waiting: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(waiting,), name="nnstudio-listen", daemon=True).start()
    while True:
        for event in work_trial(project, plan, waiting.get()["trial"], lambda: False):
            sender.send(event=event)


def _listen(waiting: queue.SimpleQueue[Message]) -> None:
    while (message := read(sys.stdin.buffer)) is not None:
        waiting.put(message)
    os._exit(0)  # nobody is there any more


if __name__ == "__main__":
    sys.exit(main())
