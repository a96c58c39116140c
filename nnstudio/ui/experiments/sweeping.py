"""The sweep of a drawing: worked on a copy, kept after each run, and gone on with where it was left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from nnstudio.exports import runs, sweeps
from nnstudio.exports.moving import SWEEPS
from nnstudio.exports.sweeps import SweepRecord
from nnstudio.training.sweep import Outcome, SweepPlan, Trial, TrialBegan, TrialWent
from nnstudio.ui.experiments.laborer import Laborer

if TYPE_CHECKING:
    from nnstudio.ui.session import Session


class Sweeping(QObject):
    """Works a sweep beside the window.

    Attributes:
        record: the sweep that is known; None before the first.
        under_way: the runs that are being worked, and how much of each is done, from 0 to 1.
        fault: why it could not go on; empty where it could.
    """

    changed = Signal()
    """`record` is another one, or it is worked or not."""
    went = Signal()
    """Runs under way have got on."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._laborer: Laborer | None = None
        self._folder: Path | None = None
        self.record: SweepRecord | None = None
        self.under_way: dict[Trial, float] = {}
        self.fault = ""

    @property
    def is_at_work(self) -> bool:
        """Whether runs are being worked."""
        return self._laborer is not None and self._laborer.is_at_work

    @property
    def share(self) -> float:
        """How much of all runs is done, from 0 to 1."""
        if self.record is None:
            return 0.0
        done = len(self.record.outcomes) + sum(self.under_way.values())
        return min(1.0, done / len(self.record.plan.trials))

    def look(self) -> None:
        """Bring the newest sweep of the drawing's file up, unless one is being worked."""
        folder = self._present_folder()
        if not self.is_at_work and folder != self._folder:
            self._folder = folder
            self.record = sweeps.latest(folder)
            self.fault = ""
            self.changed.emit()

    def start(self, plan: SweepPlan) -> None:
        """Begin a sweep of the drawing as it is now."""
        self.look()
        self.record = sweeps.begin(self._session.project, plan)
        self.go_on()

    def go_on(self) -> None:
        """Work what is left, on the drawing as it was when the sweep began."""
        if self.record is None or self.is_at_work:
            return
        self.fault = ""
        self._laborer = Laborer(_worker(self.record, self._present_folder), self)
        self._laborer.came.connect(self._on_came)
        self._laborer.over.connect(self._on_over)
        self._laborer.start()
        self.changed.emit()

    def stop(self) -> None:
        """End within one batch; runs under way are not kept, those that are done are."""
        if self._laborer is not None:
            self._laborer.stop()

    def shutdown(self) -> None:
        """End it, and wait."""
        if self._laborer is not None:
            self._laborer.shutdown()
            self._laborer.deleteLater()
            self._laborer = None
            self.under_way = {}
            self.changed.emit()

    def _present_folder(self) -> Path:
        """Return where sweeps of the drawing are kept; asked in the thread that works, too."""
        return runs.folder_of(self._session.project, self._session.path) / SWEEPS

    def _on_came(self, new: list[object]) -> None:
        news = False
        for event in new:
            match event:
                case TrialBegan():
                    self.under_way[event.trial] = 0.0
                case TrialWent():
                    self.under_way[event.trial] = event.share
                case Outcome():
                    self.under_way.pop(event.trial, None)
                case SweepRecord():
                    self.record, news = event, True
        (self.changed if news else self.went).emit()

    def _on_over(self) -> None:
        assert self._laborer is not None
        self.fault = self._laborer.fault
        self.under_way = {}
        self.changed.emit()


def _worker(record: SweepRecord, folder: Callable[[], Path]) -> Callable[[Callable[[], bool]], Iterator[object]]:
    return lambda stop: sweeps.work(record, lambda: folder() / f"{record.id}.json", stop)
