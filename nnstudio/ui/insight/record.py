"""What a run looked like, moment by moment: recorded from when a view first asks, within a memory budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from nnstudio.training.studies.moments import Moment, MomentStudy

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Seen
    from nnstudio.ui.session import Session

BUDGET: Final = 8_000_000
"""Bytes that the moments of one run may take."""


class Moments:
    """Moments in the order of their steps. When they outgrow their budget every second one goes."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._num_bytes = 0
        self._taken = 0
        self._stride = 1
        self.steps: list[int] = []
        self.values: list[Moment] = []

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def num_bytes(self) -> int:
        """About how much memory they take."""
        return self._num_bytes

    def add(self, step: int, moment: Moment) -> None:
        """Take one more; one of an earlier step means that the run went back, and what came after it goes."""
        while self.steps and self.steps[-1] >= step:
            self.steps.pop()
            self._num_bytes -= self.values.pop().num_bytes
        # Once thinned, the newest one is only kept for good at every so many; it is replaced until then.
        if self._taken % self._stride and len(self.steps) > 1:
            self.steps.pop()
            self._num_bytes -= self.values.pop().num_bytes
        self._taken += 1
        self.steps.append(step)
        self.values.append(moment)
        self._num_bytes += moment.num_bytes
        if self._num_bytes > self._budget and len(self.steps) > 2:
            self._thin()

    def at(self, step: int) -> Moment | None:
        """Return the last moment at or before a step; the first one where there is none before."""
        if not self.steps:
            return None
        index = sum(known <= step for known in self.steps) - 1
        return self.values[max(0, index)]

    def _thin(self) -> None:
        kept = [*range(0, len(self.steps) - 1, 2), len(self.steps) - 1]
        self.steps = [self.steps[index] for index in kept]
        self.values = [self.values[index] for index in kept]
        self._num_bytes = sum(value.num_bytes for value in self.values)
        self._stride *= 2


class Record(QObject):
    """The moments of the session's present run. It goes on while nobody looks, so that no part of a run is missing."""

    grown = Signal()
    """There is one more moment, or a new run has none yet."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.setObjectName("record")
        self._bridge = session.bridge
        self.moments = Moments()
        self.refusal = ""
        self._newest: Seen | None = None
        self._bridge.studied.connect(self._on_studied)
        self._bridge.state_changed.connect(self._on_state_changed)
        self._bridge.follow(self, MomentStudy())

    def _on_state_changed(self) -> None:
        if self._bridge.state in ("preparing", "idle"):
            self.moments = Moments()
            self.refusal = ""
            self._newest = None
            self.grown.emit()

    def _on_studied(self) -> None:
        seen = self._bridge.found(self)
        if seen is None or seen is self._newest:
            return
        self._newest = seen
        self.refusal = seen.refusal
        if isinstance(seen.value, Moment) and (not self.moments.steps or self.moments.steps[-1] != seen.step):
            self.moments.add(seen.step, seen.value)
        self.grown.emit()


def record_of(session: Session) -> Record:
    """Return the record of a session; it begins when first asked for."""
    found = session.findChild(Record, "record")
    return found if found is not None else Record(session)
