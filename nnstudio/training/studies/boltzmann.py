"""What a Boltzmann machine has learned: its filters, its reconstructions, and how likely it makes the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Study

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

    from nnstudio.training.learners.contrastive import Machine
    from nnstudio.training.studies.base import Scene

_MOST = 16
"""Units of one side whose states are all gone through."""

_ROWS = 256
"""Rows of the data at most that the likelihood is taken over."""


class BoltzmannSeen(msgspec.Struct, frozen=True, eq=False):
    """What is to be seen of one machine.

    Attributes:
        filters: the weights of each hidden unit, ``(H, V)``.
        shown: samples as they arrive, ``(n, V)``.
        again: what the hidden units make of them, ``(n, V)``, from 0 to 1.
        hidden: probabilities of the hidden units, ``(n, H)``.
        likelihood: mean log-likelihood of the training data in nats; None for machines that are too large for it.
        best: what it would be if the machine gave just the training data, each as often as it occurs.
    """

    filters: npt.NDArray[np.float32]
    shown: npt.NDArray[np.float32]
    again: npt.NDArray[np.float32]
    hidden: npt.NDArray[np.float32]
    likelihood: float | None
    best: float


class BoltzmannStudy(Study, frozen=True):
    """Look at a Boltzmann machine.

    Attributes:
        layer: its name; empty for the first.
        rows: rows of the data set that are painted again.
    """

    layer: str = ""
    rows: tuple[int, ...] = ()

    def see(self, scene: Scene) -> BoltzmannSeen:
        """Paint samples again, and add up all states of the smaller side if they are not too many.

        Raises:
            ValueError: the drawing has no Boltzmann machine.
        """
        import torch

        from nnstudio.layers.own import own_class
        from nnstudio.training.learners.contrastive import machine_of
        from nnstudio.training.learners.parts import arriving, layers_of
        from nnstudio.training.studies.owners import module_paths

        kind = own_class("RestrictedBoltzmann")
        found = [scene.module.get_submodule(path) for path in module_paths(scene, self.layer)] if self.layer else []
        machines = [layer for layer in found if isinstance(layer, kind)] or layers_of(scene.module, kind)
        if not machines:
            raise ValueError(tr("No layer of this drawing is a Boltzmann machine."))
        layer = machines[0]
        with torch.no_grad(), scene.untouched():
            machine = machine_of(layer)
            shown = arriving(scene.module, layer, scene.batch(self.rows)[0])
            hidden = machine.hidden(shown)
            again = machine.visible(hidden)
            rows = tuple(int(row) for row in scene.dataset.training[:_ROWS])
            data = arriving(scene.module, layer, scene.batch(rows)[0])
            small = min(machine.weight.shape) <= _MOST
            return BoltzmannSeen(
                filters=machine.weight.cpu().float().numpy().copy(),
                shown=shown.cpu().float().numpy().copy(),
                again=again.cpu().float().numpy().copy(),
                hidden=hidden.cpu().float().numpy().copy(),
                likelihood=log_likelihood(machine, data) if small else None,
                best=best_likelihood(data),
            )


def log_likelihood(machine: Machine, visible: Tensor) -> float:
    """Return the mean log-likelihood of ``visible (B, V)`` in nats, exactly.

    log p(v) = −F(v) − log Z with F(v) = −a·v − Σ log(1 + e^(b + Wv)); Z adds up all states of the smaller side
    (Smolensky 1986; Hinton's practical guide, 2010). The work is done in float64.

    Args:
        machine: at least one side with few units.
        visible: samples of 0 and 1.
    """
    import torch
    from torch.nn.functional import softplus

    weight, hidden, seen = (part.cpu().double() for part in machine.parts)
    few, far = (hidden, seen) if len(hidden) <= len(seen) else (seen, hidden)
    ties = weight if len(hidden) <= len(seen) else weight.T
    count = len(few)
    states = ((torch.arange(2**count)[:, None] >> torch.arange(count)) & 1).double()
    every = torch.logsumexp(states @ few + softplus(states @ ties + far).sum(1), 0)
    shown = visible.cpu().double()
    likely = shown @ seen + softplus(shown @ weight.T + hidden).sum(1)
    return float(likely.mean() - every)


def best_likelihood(visible: Tensor) -> float:
    """Return the mean log-likelihood under the samples' own shares: minus their entropy, in nats."""
    import torch

    _, counts = torch.unique(visible, dim=0, return_counts=True)
    shares = counts.double() / len(visible)
    return float((shares * shares.log()).sum())
