"""Taps: what the layers make of one sample, and whatever studies ask, looked at now and then between training steps.

This is the place where the thread that trains and those who watch meet; it knows no torch, so that it can be made
before torch is loaded. How a look is taken stands in `nnstudio.training.probe`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnstudio.training.studies.base import Scene, Seen, Study, Unfinished

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PERIOD = 0.1
"""Seconds from one look to the next, at least."""

SHARE = 0.012
"""Part of the time that looking may take, at most."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """What was seen in one look; every array is a copy.

    Attributes:
        step: training steps done at that time.
        sample: row of the dataset.
        values: by layer name the value it gave, float32 without batch axis; of several outputs the first.
        output: class scores that add up to 1 with cross-entropy, else the values the network gave; ``(K,)`` float32.
        truth: the right class number, or the right values ``(K,)``.
    """

    step: int
    sample: int
    values: Mapping[str, npt.NDArray[np.float32]]
    output: npt.NDArray[np.float32]
    truth: int | npt.NDArray[np.float32]


Look = Callable[[frozenset[str], int, int], "Snapshot | None"]
"""``(names, sample, step)`` -> what was seen; None where the data have no such sample."""


@dataclass(frozen=True, slots=True)
class _Wish:
    names: frozenset[str]
    sample: int


class Taps:
    """A slot that always holds the newest `Snapshot`, and one for each study; what nobody took is forgotten.

    Any thread may call `watch`, `latest`, `follow`, `drop` and `found`; the thread that trains calls the rest. Once
    the run is over another thread may call `refresh` in its place.

    Attributes:
        on_watch: called after each `watch` and `follow`, in the thread that called it.
    """

    def __init__(self, on_watch: Callable[[], None] = lambda: None) -> None:
        self.on_watch = on_watch
        self._wish: _Wish | None = None
        self._look: Look | None = None
        self._scene: Scene | None = None
        self._latest: Snapshot | None = None
        self._step = 0
        self._seen: tuple[_Wish, int] | None = None
        self._due = 0.0
        self._turn = 0
        # Guards the two tables below, which are short and read as a whole.
        self._lock = threading.Lock()
        self._studies: dict[Hashable, Study] = {}
        self._found: dict[Hashable, tuple[Study, Seen]] = {}
        self._stale: set[Hashable] = set()

    def watch(self, names: Iterable[str], sample: int) -> None:
        """Look at these layers with this row of the data from now on; names that do not exist are ignored."""
        self._wish = _Wish(frozenset(names), sample)
        self.on_watch()

    def latest(self) -> Snapshot | None:
        """Return the newest snapshot; None before the first."""
        return self._latest

    def follow(self, key: Hashable, study: Study) -> None:
        """Ask this again and again from now on, in place of what ``key`` asked before."""
        with self._lock:
            if self._studies.get(key) == study:
                return
            self._studies[key] = study
        self.on_watch()

    def drop(self, key: Hashable) -> None:
        """Ask this no more."""
        with self._lock:
            self._studies.pop(key, None)
            self._found.pop(key, None)

    def found(self, key: Hashable) -> Seen | None:
        """Return the newest answer to what ``key`` asks now; None before the first."""
        with self._lock:
            study, seen = self._found.get(key, (None, None))
            return seen if study is not None and study == self._studies.get(key) else None

    @property
    def scene(self) -> Scene | None:
        """What studies look at, for the thread that trains; None before the first step is near."""
        return self._scene

    def attach(self, look: Look, scene: Scene | None = None) -> None:
        """Say how a look is taken and what studies look at, before the first step."""
        self._look = look
        self._scene = scene

    def moved(self, step: int) -> None:
        """Say that the network is at another place now, or was changed by hand: what was seen is out of date."""
        self._step = step
        self._seen = None
        with self._lock:
            self._stale = set(self._found)
        if self._scene is not None:
            self._scene.desk.clear()
        self.on_watch()

    def glance(self, step: int) -> None:
        """Look inside after ``step`` steps if the last look is long enough ago: at one thing, in turn."""
        self._step = step
        began = time.monotonic()
        if began < self._due:
            return
        with self._lock:
            keys = tuple(self._studies)
        self._turn = (self._turn + 1) % (1 + len(keys))
        if self._turn:
            self._answer(keys[self._turn - 1])
        else:
            self._take_snapshot()
        now = time.monotonic()
        self._due = now + max(PERIOD / (1 + len(keys)), (now - began) / SHARE)

    @property
    def is_stale(self) -> bool:
        """Whether `refresh` has anything new to look at."""
        wish = self._wish
        snapshot = self._look is not None and wish is not None and self._seen != (wish, self._step)
        return snapshot or bool(self._unanswered())

    def refresh(self) -> None:
        """Look inside now, unless what was found last shows just this already."""
        self._take_snapshot()
        for key in self._unanswered():
            self._answer(key)

    def _take_snapshot(self) -> None:
        wish, look = self._wish, self._look
        if wish is None or look is None or self._seen == (wish, self._step):
            return
        self._seen = (wish, self._step)
        self._latest = look(wish.names, wish.sample, self._step) or self._latest

    def _unanswered(self) -> tuple[Hashable, ...]:
        """Return the keys of studies that have no answer of this step."""
        if self._scene is None:
            return ()
        with self._lock:
            return tuple(key for key in self._studies if self._is_unanswered(key))

    def _is_unanswered(self, key: Hashable) -> bool:
        study, seen = self._found.get(key, (None, None))
        if key in self._stale:
            return True
        return seen is None or not seen.finished or seen.step != self._step or study != self._studies[key]

    def _answer(self, key: Hashable) -> None:
        scene = self._scene
        with self._lock:
            study = self._studies.get(key)
            if scene is None or study is None or not self._is_unanswered(key):
                return
            asked = set(self._studies.values())
        for left in scene.desk.keys() - asked:
            del scene.desk[left]
        scene.step = self._step
        try:
            value = study.see(scene)
            if isinstance(value, Unfinished):
                seen = Seen(self._step, value.value, finished=False)
            else:
                seen = Seen(self._step, value)
        except (ValueError, RuntimeError, MemoryError) as error:
            # Nothing that somebody wants to see is worth the run: also what torch cannot do is told in the view.
            seen = Seen(self._step, refusal=str(error).strip().partition("\n")[0] or type(error).__name__)
        with self._lock:
            if self._studies.get(key) == study:
                self._found[key] = (study, seen)
                self._stale.discard(key)
