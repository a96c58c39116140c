"""Handover: the weights of a network while it is being trained, taken between two steps, never in the midst of one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nnstudio.training.events import Event

if TYPE_CHECKING:
    from torch import Tensor, nn


class Handover:
    """Stands between a run and whoever wants its weights. One thread runs; one other asks."""

    def __init__(self) -> None:
        # Taken between any two steps, so it must be quick: a condition's own way in is not.
        self._lock = threading.Lock()
        self._turn = threading.Condition(self._lock)
        self._asked = False
        self._module: nn.Module | None = None

    def follow(self, module: nn.Module, events: Iterator[Event]) -> Iterator[Event]:
        """Give the events of a run that trains ``module``; between two of them its weights can be had."""
        self._module = module
        while True:
            with self._lock:
                if self._asked:
                    self._turn.wait_for(lambda: not self._asked)
                event = next(events, None)
            if event is None:
                return
            yield event

    def take(self) -> dict[str, Tensor]:
        """Return a copy of all numbers by the keys of ``state_dict``, on the processor; waits for the step under way.

        Empty before the network is built.
        """
        if self._module is None:
            return {}
        from nnstudio.training.tables import Copies

        self._asked = True
        with self._turn:
            try:
                return dict(Copies(self._module.state_dict()))
            finally:
                self._asked = False
                self._turn.notify_all()
