"""How a run is looked at: how often, and what is shown in which turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import ismethod
from types import MethodType
from typing import Final
from weakref import WeakMethod

from PySide6.QtCore import QObject, Qt, QTimer
from shiboken6 import isValid

from nnstudio.ui.monitor.collector import Collector

FASTEST_MS: Final = 33
SLOWEST_MS: Final = 250
UNWATCHED_MS: Final = 500
"""How often a run is looked at that nobody sees."""
_GUI_SHARE: Final = 0.02
"""How much of the time the GUI thread may spend on showing a run."""
_NEWEST: Final = 0.2
"""Weight of the newest measurement of that."""


class Turns:
    """Things to show that wait for their turn; who asks twice is called once, and who is gone by then is not."""

    def __init__(self) -> None:
        # Held weakly: a panel that waits here while nobody sees the run must not outlive its window.
        self._waiting: list[WeakMethod[MethodType] | Callable[[], None]] = []

    def ask(self, show: Callable[[], None]) -> None:
        """Wait for a turn."""
        waiting = WeakMethod(show) if ismethod(show) else show
        if waiting not in self._waiting:
            self._waiting.append(waiting)

    @property
    def is_empty(self) -> bool:
        """Whether nobody waits."""
        return not self._waiting

    def give(self, *, everybody: bool) -> None:
        """Call who has waited longest, or all."""
        while self._waiting:
            waiting = self._waiting.pop(0)
            show = waiting() if isinstance(waiting, WeakMethod) else waiting
            if show is None:
                continue
            owner = getattr(show, "__self__", None)
            if isinstance(owner, QObject) and not isValid(owner):
                continue
            show()
            if not everybody:
                break


class Load(QObject):
    """Says how often to look, so that showing a run takes only a small part of the GUI thread's time.

    Attributes:
        hurry: told yes when something begins to be shown, and no when it has been painted.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hurry: Callable[[bool], None] = lambda _yes: None
        self._begun: float | None = None
        self._spent = 0.0
        self._mean = 0.0
        # Repaints wait in the queue of posted events, behind everything else; timers come after that queue. The static
        # QTimer.singleShot(0) would not do: it posts an event itself, which comes before the repaints.
        self._after = QTimer(self)
        self._after.setSingleShot(True)
        self._after.setInterval(0)
        self._after.timeout.connect(self._on_repainted)

    @contextmanager
    def measure(self) -> Iterator[None]:
        """Count the time that this thread works at what is done within, and at the repaints that it asks for."""
        if self._begun is None:
            self._begun = time.thread_time()
            self.hurry(True)
        try:
            yield
        finally:
            self._after.start()

    def next_interval(self) -> int:
        """Return the milliseconds until the next look; to be asked once per look."""
        self._mean += _NEWEST * (self._spent - self._mean)
        self._spent = 0.0
        return max(FASTEST_MS, min(SLOWEST_MS, round(1000.0 * self._mean / _GUI_SHARE)))

    def _on_repainted(self) -> None:
        if self._begun is not None:
            self._spent += time.thread_time() - self._begun
            self._begun = None
            self.hurry(False)


class Polling(QObject):
    """Looks at a run again and again while there is anything to look at.

    Args:
        parent: whose it is.
        look: looks once; it asks for turns to show what has come, and ends the polling when nothing more will.
    """

    def __init__(self, parent: QObject, look: Callable[[], None]) -> None:
        super().__init__(parent)
        self._look = look
        self.load = Load(self)
        self._turns = Turns()
        self._collector = Collector(self)
        self._watched = True
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_time)
        # A look and a turn are two short stops of the window; whatever else is due comes between.
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._give_turn)

    @property
    def is_on(self) -> bool:
        """Whether the run is looked at."""
        return self._timer.isActive()

    def begin(self) -> None:
        """Look from now on, at first as often as ever."""
        self._collector.hold()
        self._timer.start(FASTEST_MS)

    def end(self) -> None:
        """Look no more."""
        self._timer.stop()
        self._collector.release()

    def look(self) -> None:
        """Look and show what has come now, whatever the clock says."""
        with self.load.measure():
            self._look()
            self._give_turn()
        self._plan_next()

    def _on_time(self) -> None:
        with self.load.measure():
            self._look()
        if self.is_on:
            self._turn.start()
        else:
            self._give_turn()
        self._plan_next()

    def _give_turn(self) -> None:
        # One at a time: two short repaints hold the window up less than a long one.
        if self._watched:
            with self.load.measure():
                self._turns.give(everybody=not self.is_on)

    def _plan_next(self) -> None:
        if self.is_on:
            self._timer.setInterval(self.load.next_interval() if self._watched else UNWATCHED_MS)

    def ask(self, show: Callable[[], None]) -> None:
        """Have this shown when its turn comes."""
        self._turns.ask(show)

    def in_turn(self, show: Callable[[], None]) -> None:
        """Have this shown when its turn comes, at once where nothing is looked at again and again."""
        if self.is_on and self._watched:
            self._turns.ask(show)
        else:
            show()

    @property
    def is_shown(self) -> bool:
        """Whether nothing waits for its turn."""
        return self._turns.is_empty

    def forget(self) -> None:
        """Show nothing of what has waited so far."""
        self._turns = Turns()

    def set_watched(self, watched: bool) -> None:
        """Say whether anybody sees the run; unseen it is looked at rarely, and nothing of it gets a turn."""
        if watched != self._watched:
            self._watched = watched
            if watched:
                self._turns.give(everybody=True)
                if self.is_on:
                    self._timer.setInterval(FASTEST_MS)
