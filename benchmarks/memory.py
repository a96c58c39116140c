"""How much memory training takes at its peak: drawn networks beside the same networks written by hand.

Counted are the bytes of all tensors alive at once, in forward pass, backward pass and optimizer: what the system
reports of a process changes from run to run with how the allocator cuts its pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from benchmarks.common import Row, at_most
from benchmarks.twins import TWINS
from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.data.catalog import load
from nnstudio.project.examples import ALL
from nnstudio.training.optimizers import make_optimizer
from nnstudio.training.recipe import Recipe

_reference: Any = StorageWeakRef  # torch gives it no types

MOST = 1.02
BATCH = 64
STEPS = 3


def rows() -> Iterator[Row]:
    """Yield one ratio per network, and what its twin takes."""
    for title, example, make_twin in TWINS:
        project = ALL[example]()
        data = load(project.data or {"name": "digits8"})
        x = torch.from_numpy(data.inputs[data.training[:BATCH]])
        drawn = peak_bytes(link(make_plan(project.graph, project.blocks_by_name), seed=0), x)
        by_hand = peak_bytes(make_twin(), x)
        yield at_most("memory", f"{title}: peak in training drawn / by hand", drawn / by_hand, MOST)
        yield Row("memory", f"{title}: by hand, MB", by_hand / 1e6)


def peak_bytes(module: nn.Module, x: Tensor) -> int:
    """Train a module for a few steps; return the most bytes that its tensors held at once, weights included."""
    optimizer = make_optimizer(module, Recipe())
    alive = _Alive()
    alive.look_at([*module.parameters(), *module.buffers(), x])
    with _watching(alive):
        for _ in range(STEPS):
            optimizer.zero_grad()
            torch.autograd.backward(module(x).square().mean())
            optimizer.step()
    return alive.peak


class _Alive:
    """Follows tensors until their memory is free again."""

    def __init__(self) -> None:
        self._storages: dict[int, tuple[Any, int]] = {}
        self.peak = 0

    def look_at(self, tensors: Sequence[Tensor]) -> None:
        """Take up new tensors, drop those that are gone, and add up."""
        for tensor in tensors:
            storage = tensor.untyped_storage()
            self._storages[storage.data_ptr()] = (_reference(storage), storage.nbytes())
        self._storages = {key: entry for key, entry in self._storages.items() if not entry[0].expired()}
        self.peak = max(self.peak, sum(size for _, size in self._storages.values()))


def _watching(alive: _Alive) -> Any:
    """Return a context in which every tensor that an operation gives is looked at."""

    def dispatch(_mode: Any, function: Any, _types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        result = function(*args, **(kwargs or {}))
        alive.look_at([leaf for leaf in tree_leaves(result) if isinstance(leaf, Tensor)])
        return result

    # Made by hand: torch's class has no types to inherit from.
    return type("Watching", (TorchDispatchMode,), {"__torch_dispatch__": dispatch})()
