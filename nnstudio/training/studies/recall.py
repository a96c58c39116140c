"""Recall: a Hopfield network is shown a damaged pattern, and settles unit by unit while its energy falls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Study

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.training.studies.base import Scene

_MOST_UNITS = 4_096


class RecallSeen(msgspec.Struct, frozen=True, eq=False):
    """One way back.

    Attributes:
        pattern: what was stored, or should come out, ``(N,)`` of −1 and 1.
        states: ``(sweeps + 1, N)``: what it begins with, and the state after each time all units were asked.
        energies: E = −½ sᵀWs at the beginning and after each unit that turned over.
        overlaps: for each state how much of the pattern it shows, from −1 to 1.
        stored: patterns in the training data, and how many of them stay as they are.
        held: see ``stored``.
        settled: whether the last sweep changed nothing.
    """

    pattern: npt.NDArray[np.float32]
    states: npt.NDArray[np.float32]
    energies: npt.NDArray[np.float64]
    overlaps: tuple[float, ...]
    stored: int
    held: int
    settled: bool


class RecallStudy(Study, frozen=True):
    """Damage a pattern and watch it return.

    Attributes:
        row: of the data set; its target is the pattern, its input what is damaged further.
        damage: share of the units that are turned over.
        seed: which ones.
        turned: units that the person has turned over besides.
        sweeps: how often all units are asked at most.
    """

    row: int = 0
    damage: float = 0.0
    seed: int = 0
    turned: frozenset[int] = frozenset()
    sweeps: int = 8

    def see(self, scene: Scene) -> RecallSeen:
        """Let the units settle one after the other.

        Raises:
            ValueError: the drawing has no Hopfield layer, or one that is too large to be followed unit by unit.
        """
        import numpy as np
        import torch

        from nnstudio.training.learners.hebb import hopfield_layer
        from nnstudio.training.learners.parts import arriving

        layer = hopfield_layer(scene.module)
        with torch.no_grad(), scene.untouched():
            inputs, targets = scene.batch((self.row,))
            start = _signs(arriving(scene.module, layer, inputs)[0].cpu().numpy())
            rows = tuple(int(row) for row in scene.dataset.training)
            stored = _signs(arriving(scene.module, layer, scene.batch(rows)[0]).cpu().numpy())
        weight = next(layer.buffers()).detach().cpu().double().numpy().copy()
        if len(weight) > _MOST_UNITS:
            raise ValueError(
                tr(
                    "A network of {count} units is too large to be followed unit by unit; {most} is the most.",
                    count=len(weight),
                    most=_MOST_UNITS,
                )
            )
        wanted = targets[0].detach().cpu().numpy().reshape(-1)
        pattern = _signs(wanted) if wanted.size == start.size else start.copy()
        state = start.copy()
        turned = np.random.default_rng(self.seed).permutation(state.size)[: round(self.damage * state.size)]
        state[turned] *= -1
        state[[unit for unit in self.turned if unit < state.size]] *= -1
        states, energies, settled = settle(weight, state, self.sweeps)
        told = stored @ weight
        held = (np.where(told == 0, stored, np.sign(told)) == stored).all(axis=1).sum()
        return RecallSeen(
            pattern=pattern.astype(np.float32),
            states=states.astype(np.float32),
            energies=energies,
            overlaps=tuple(float(row @ pattern / pattern.size) for row in states),
            stored=len(stored),
            held=int(held),
            settled=settled,
        )


def settle(
    weight: npt.NDArray[np.float64], state: npt.NDArray[np.float64], sweeps: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], bool]:
    """Ask the units from first to last, again and again, until none turns over.

    Args:
        weight: ``(N, N)``, symmetric with a zero diagonal.
        state: ``(N,)`` of −1 and 1.
        sweeps: how often at most.

    Returns:
        The state at the beginning and after each sweep; the energy at the beginning and after each unit that turned
        over, which never rises (Hopfield 1982); and whether the last sweep changed nothing.
    """
    import numpy as np

    state = state.copy()
    states, energy = [state.copy()], float(-(state @ weight @ state) / 2)
    energies = [energy]
    settled = False
    for _ in range(sweeps):
        for unit, ties in enumerate(weight):
            told = float(ties @ state)
            if told * state[unit] < 0:
                energy -= 2 * abs(told)
                energies.append(energy)
                state[unit] = -state[unit]
        settled = bool((state == states[-1]).all())
        if settled:
            break
        states.append(state.copy())
    return np.array(states), np.array(energies), settled


def _signs(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    import numpy as np

    return np.where(values > 0, 1.0, -1.0)
