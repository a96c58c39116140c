"""A search for a learning rate: growing rates, tried in a thread on a copy of the drawing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from nnstudio.training.finder import RateTried, advise
from nnstudio.ui.experiments.laborer import Laborer

if TYPE_CHECKING:
    from nnstudio.project.document import Project
    from nnstudio.ui.session import Session


class RateSearch(QObject):
    """Tries rates on a network of its own, so that neither the run nor the drawing changes.

    Attributes:
        project: what is tried, as it was when the search began; None before the first.
        began: when that was, by the clock.
        tried: the steps so far.
        rate: the rate that is advised; None before one is known.
        fault: why it could not be tried; empty where it could.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._laborer: Laborer | None = None
        self.project: Project | None = None
        self.began = 0.0
        self._forget()

    def _forget(self) -> None:
        self.tried: list[RateTried] = []
        self.rate: float | None = None
        self.fault = ""

    @property
    def is_at_work(self) -> bool:
        """Whether rates are being tried."""
        return self._laborer is not None and self._laborer.is_at_work

    def start(self) -> None:
        """Begin with the drawing as it is now; a search under way is ended first."""
        self.shutdown()
        self._forget()
        self.project, self.began = self._session.project, time.time()
        self._laborer = Laborer(_work(self.project), self)
        self._laborer.came.connect(self._on_came)
        self._laborer.over.connect(self._on_over)
        self._laborer.start()
        self.changed.emit()

    def shutdown(self) -> None:
        """End it, and wait."""
        if self._laborer is not None:
            self._laborer.shutdown()
            self._laborer.deleteLater()
            self._laborer = None

    def forget(self) -> None:
        """End it, and know nothing."""
        self.shutdown()
        self._forget()
        self.project = None

    def _on_came(self, new: list[object]) -> None:
        self.tried += [step for step in new if isinstance(step, RateTried)]
        self.changed.emit()

    def _on_over(self) -> None:
        assert self._laborer is not None
        self.fault = self._laborer.fault
        if not self.fault:
            self.rate = advise(self.tried).rate
        self.changed.emit()


def _work(project: Project) -> Callable[[Callable[[], bool]], Iterator[object]]:
    def make(stop: Callable[[], bool]) -> Iterator[object]:
        from nnstudio.compiler.plan import CompileError
        from nnstudio.training.assembly import assemble
        from nnstudio.training.finder import try_rates

        try:
            assembly = assemble(project)
        except CompileError as error:
            raise ValueError(error.problems[0].message) from error
        yield from try_rates(assembly.network(), assembly.dataset, assembly.recipe, stop)

    return make
