"""Chance: the states of torch's random generators that belong to one run, wherever else they are used in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

import torch
from torch import Tensor

from nnstudio.core.generators import GENERATORS


class Chance:
    """Begins from a seed. Within ``with chance:``, torch's own generators are its, and no other run's.

    Several runs may work at a time and take turns. The generators change hands only when the turn does: a run alone
    finds them as it has left them.
    """

    _last: ClassVar[Chance | None] = None
    """Whose states torch's generators are in."""
    _outside: ClassVar[Mapping[str, Tensor]] = {}
    """What states they were in before the first of these."""

    def __init__(self, seed: int, device: torch.device) -> None:
        self._device = device
        with aside(device):
            torch.manual_seed(seed)
            self._held = self._read()

    def __enter__(self) -> None:
        GENERATORS.acquire()
        last = Chance._last
        if last is not self:
            if last is None:
                Chance._outside = self._read()
            else:
                last._held = last._read()
            self._put(self._held)
            Chance._last = self

    def __exit__(self, *_: object) -> None:
        GENERATORS.release()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Take what the generators have become out of them in the end, and leave them as they were found."""
        try:
            yield
        finally:
            with GENERATORS:
                if Chance._last is self:
                    self._held = self._read()
                    self._put(Chance._outside)
                    Chance._last = None

    def states(self) -> dict[str, Tensor]:
        """Return copies of the states, by generator."""
        with GENERATORS:
            if Chance._last is self:
                return self._read()
            return {name: state.clone() for name, state in self._held.items()}

    def set_states(self, states: Mapping[str, Tensor]) -> None:
        """Go on from what `states` gave."""
        with GENERATORS:
            self._held = dict(states)
            if Chance._last is self:
                self._put(states)

    def _read(self) -> dict[str, Tensor]:
        states = {"torch": torch.get_rng_state()}
        if self._device.type == "cuda":
            states["device"] = torch.cuda.get_rng_state(self._device)
        return states

    def _put(self, states: Mapping[str, Tensor]) -> None:
        torch.set_rng_state(states["torch"])
        if "device" in states and self._device.type == "cuda":
            torch.cuda.set_rng_state(states["device"], self._device)


@contextmanager
def aside(device: torch.device) -> Iterator[None]:
    """Let something else draw from torch's generators, and leave them as they were."""
    with GENERATORS, torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        yield
