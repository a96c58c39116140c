"""A laborer: works through an iterator in a thread, and hands on in the GUI thread what comes of it."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.core.words import note_what_is_said
from nnstudio.training.threads import worker_pace

Make = Callable[[Callable[[], bool]], Iterator[object]]
"""``stop -> what comes``; called in the thread."""

_POLL_MS: Final = 60


class Laborer(QObject):
    """Works once.

    Attributes:
        fault: what went wrong, as a sentence; empty where nothing did. Known once `over` comes.
    """

    came = Signal(list)
    """New values, in their order."""
    over = Signal()

    def __init__(self, make: Make, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fault = ""
        self._make = make
        self._box: deque[object] = deque()
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._do, name="nnstudio-experiment", daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._on_polled)

    @property
    def is_at_work(self) -> bool:
        """Whether it has begun and is not over."""
        return self._timer.isActive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._timer.start()

    def stop(self) -> None:
        """Tell it to end within a batch; `over` comes when it has."""
        self._unwanted.set()

    def shutdown(self) -> None:
        """End it and wait; `over` does not come any more."""
        self._timer.stop()
        self.stop()
        if self._thread.ident is not None:
            self._thread.join()

    def _do(self) -> None:
        from nnstudio.training.runner import explain

        note_what_is_said()
        try:
            with worker_pace():
                for value in self._make(self._unwanted.is_set):
                    self._box.append(value)
        except Exception as error:  # whatever it is, the person must be told
            self.fault = explain(error)
            if not isinstance(error, (ValueError, OSError, MemoryError)):
                traceback.print_exc()

    def _on_polled(self) -> None:
        # Asked first: whatever a finished thread has left is then certainly there.
        is_over = not self._thread.is_alive()
        new = [self._box.popleft() for _ in range(len(self._box))]
        if new:
            self.came.emit(new)
        if is_over:
            self._timer.stop()
            self.over.emit()
