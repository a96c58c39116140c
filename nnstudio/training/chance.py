"""Chance: the states of torch's random generators that belong to one run, wherever else they are used in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor


class Chance:
    """Begins from a seed. While the run works, torch's own generators are its; else it holds their states."""

    def __init__(self, seed: int, device: torch.device) -> None:
        self._device = device
        self._held: dict[str, Tensor] | None = None
        torch.manual_seed(seed)
        self._held = self.states()

    def states(self) -> dict[str, Tensor]:
        """Return copies of the states, by generator."""
        if self._held is not None:
            return {name: state.clone() for name, state in self._held.items()}
        states = {"torch": torch.get_rng_state()}
        if self._device.type == "cuda":
            states["device"] = torch.cuda.get_rng_state(self._device)
        return states

    def set_states(self, states: Mapping[str, Tensor]) -> None:
        """Go on from what `states` gave."""
        if self._held is None:
            self._put(states)
        else:
            self._held = dict(states)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Put the states into torch's generators, and hold what they have become in the end."""
        assert self._held is not None
        self._put(self._held)
        self._held = None
        try:
            yield
        finally:
            self._held = self.states()

    def _put(self, states: Mapping[str, Tensor]) -> None:
        torch.set_rng_state(states["torch"])
        if "device" in states and self._device.type == "cuda":
            torch.cuda.set_rng_state(states["device"], self._device)
