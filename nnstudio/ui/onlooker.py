"""Looks inside the network of a run for the widgets, while it trains and afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from nnstudio.ui.monitor.polling import Polling

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.data.dataset import Dataset
    from nnstudio.project.document import Project
    from nnstudio.runs.work import Work
    from nnstudio.training.handover import Handover
    from nnstudio.training.runner import Runner
    from nnstudio.training.studies.base import Seen, Study
    from nnstudio.training.taps import Snapshot, Taps


class Onlooker(QObject):
    """Shows one row of the data in every layer, and answers to what views ask; both are renewed as the run goes on.

    The thread that trains does the looking. Where none does any more, one is begun for a new wish.

    Attributes:
        project: what is trained; None before the first run.
        snapshot: what the layers make of `sample`; None before the first look.
    """

    mapped = Signal()
    """`snapshot` is a new one."""
    studied = Signal()
    """Studies that are followed have new answers."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self.snapshot: Snapshot | None = None
        self._work: Work | None = None
        self._runner: Runner | None = None
        """What trains now, and looks inside by itself."""
        self._taps: Taps | None = None
        self._newest: Snapshot | None = None
        self._newest_answers: dict[Hashable, Seen | None] = {}
        self._studies: dict[Hashable, Study] = {}
        self._extra: frozenset[str] = frozenset()
        self._wanted_sample: int | None = None
        self._look: threading.Thread | None = None
        self._look_wanted = False
        self._look_over = threading.Event()
        self._polling = Polling(self, self._poll)

    @property
    def dataset(self) -> Dataset | None:
        """The data the run learns from, once they are loaded."""
        return self._work.dataset if self._work is not None else None

    @property
    def handover(self) -> Handover | None:
        """What gives the weights of the run; None before the first."""
        return self._work.handover if self._work is not None else None

    @property
    def sample(self) -> int | None:
        """Which row of the dataset the maps and predictions are of; None before data are loaded."""
        if self.dataset is None:
            return self._wanted_sample
        from nnstudio.runs.work import valid_sample

        return valid_sample(self._wanted_sample, self.dataset)

    def set_sample(self, sample: int) -> None:
        """Show another row of the dataset in the maps and predictions."""
        self._wanted_sample = sample
        self._tell_taps()

    def watch(self, names: Iterable[str]) -> None:
        """Watch these too, beside all of the drawing's own layers: such inside blocks, as ``stage1.conv_1``."""
        self._extra = frozenset(names)
        self._tell_taps()

    def value(self, node_id: str) -> npt.NDArray[np.float32] | None:
        """Return what a node gave in `snapshot`, without batch axis; None where nothing is known of it.

        The node is found by its id, so that it may be renamed while the run goes on.
        """
        if self.snapshot is None or self.project is None:
            return None
        node = self.project.graph.by_id.get(node_id)
        return None if node is None else self.snapshot.values.get(node.name)

    def follow(self, key: Hashable, study: Study) -> None:
        """Ask this of the network while it trains, and of what is left of it afterwards; `found` has the answer.

        Args:
            key: whose question it is; a second question takes the place of the first.
            study: the question.
        """
        self._studies[key] = study
        if self._taps is not None:
            self._taps.follow(key, study)
            if self._runner is None:
                self._look_again()

    def drop(self, key: Hashable) -> None:
        """Ask this no more, as when nobody sees the answer."""
        self._studies.pop(key, None)
        self._newest_answers.pop(key, None)
        if self._taps is not None:
            self._taps.drop(key)

    def found(self, key: Hashable) -> Seen | None:
        """Return the newest answer to what ``key`` asks; None where there is none yet."""
        return self._taps.found(key) if self._taps is not None else None

    def in_turn(self, show: Callable[[], None]) -> None:
        """Have a widget show what is new, apart from others: several short repaints hold nobody up, one long one does.

        Args:
            show: a widget's method; asked for again before it was called, it is called once.
        """
        self._polling.in_turn(show)

    @property
    def is_shown(self) -> bool:
        """Whether all that has come is shown: no widget waits for its turn."""
        return self._polling.is_shown

    def set_watched(self, watched: bool) -> None:
        """Say whether anybody sees the run. Unseen it is looked at rarely, and only its state is told to widgets."""
        self._polling.set_watched(watched)

    # Inside

    def _forget_inside(self) -> None:
        """Forget the network; wishes and questions stay, for the next one."""
        if self._work is not None:
            self._work.close()
        self._work = self._taps = self.snapshot = self._newest = None
        self._newest_answers = {}
        self._polling.forget()

    def _look_into(self, taps: Taps) -> None:
        """Ask a new network what is asked."""
        self._taps = taps
        for key, study in self._studies.items():
            taps.follow(key, study)

    def _names(self) -> frozenset[str]:
        assert self.project is not None
        return frozenset(node.name for node in self.project.graph.nodes) | self._extra

    def _tell_taps(self) -> None:
        sample = self.sample
        if self._taps is None or self.dataset is None or sample is None:
            return
        self._taps.watch(self._names(), sample)
        if self._runner is None:
            self._look_again()

    def _look_again(self) -> None:
        """Look inside a network that is not being trained any more, in a thread as a look may take long."""
        self._look_wanted = True
        if self._look is None and self._taps is not None:
            self._look_wanted = False
            self._look_over = threading.Event()
            self._look = threading.Thread(
                target=_look_through, args=(self._taps, self._look_over), name="nnstudio-look", daemon=True
            )
            self._polling.begin()
            self._look.start()

    def _end_look(self) -> None:
        """Wait for the thread that looks, which sees that it is over."""
        if self._look is not None:
            self._look_wanted = False
            self._look_over.set()
            self._look.join()
            self._polling.look()

    def _poll(self) -> None:
        """Take what was seen since the last time, and have it shown."""
        if self._look is not None and not self._look.is_alive():
            self._look = None
            self._polling.end()
            if self._look_wanted:
                self._look_again()
        snapshot = self._taps.latest() if self._taps is not None else None
        if snapshot is not None and snapshot is not self._newest:
            self._newest = snapshot
            self._polling.ask(self._show_snapshot)
        answers = {key: self.found(key) for key in self._studies}
        if any(answers[key] is not self._newest_answers.get(key) for key in answers):
            self._newest_answers = answers
            self._polling.ask(self._show_answers)

    def _show_snapshot(self) -> None:
        self.snapshot = self._newest
        self.mapped.emit()

    def _show_answers(self) -> None:
        self.studied.emit()


def _look_through(taps: Taps, over: threading.Event) -> None:
    """Look inside until nothing is left to be seen, or it is over: some studies take several looks."""
    taps.refresh()
    while taps.is_stale and not over.is_set():
        taps.refresh()
