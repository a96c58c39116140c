"""What an optimizer remembers, as tensors by flat keys: for keeping, and for going on bit for bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor


def memory_of(optimizer: torch.optim.Optimizer, weights: Sequence[Tensor]) -> dict[str, Tensor]:
    """Return copies of all that ``optimizer`` remembers of each weight, by ``<number>.<name>``.

    Whole numbers, fractions and lists bear a mark behind their name: L-BFGS has them.
    """
    return {
        f"{number}.{key}": value
        for number, weight in enumerate(weights)
        for name, given in optimizer.state.get(weight, {}).items()
        for key, value in _written(name, given)
    }


def put_back_memory(optimizer: torch.optim.Optimizer, weights: Sequence[Tensor], memory: dict[str, Tensor]) -> None:
    """Let ``optimizer`` remember what `memory_of` gave, and nothing else."""
    optimizer.state.clear()
    parts: dict[int, dict[str, Tensor]] = {}
    for key, value in memory.items():
        number, _, name = key.partition(".")
        parts.setdefault(int(number), {})[name] = value
    for index, part in parts.items():
        weight = weights[index]
        optimizer.state[weight].update(_read(part, weight))


def _written(name: str, value: Any) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield name, value.detach().clone()
    elif isinstance(value, int):
        yield f"{name}#int", torch.tensor(value)
    elif isinstance(value, float):
        yield f"{name}#float", torch.tensor(value, dtype=torch.float64)
    elif isinstance(value, list):
        yield f"{name}#list", torch.tensor(len(value))
        for index, item in enumerate(value):
            yield from _written(f"{name}/{index}", item)
    else:
        assert value is None, (name, type(value))


def _read(part: dict[str, Tensor], weight: Tensor) -> dict[str, Any]:
    lists = {key.removesuffix("#list"): int(value) for key, value in part.items() if key.endswith("#list")}
    single = dict(_values((item for item in part.items() if not item[0].endswith("#list")), weight))
    found = {name: value for name, value in single.items() if "/" not in name}
    for name, length in lists.items():
        found[name] = [single.get(f"{name}/{index}") for index in range(length)]
    return found


def _values(items: Iterable[tuple[str, Tensor]], weight: Tensor) -> Iterator[tuple[str, Any]]:
    for key, value in items:
        name, _, mark = key.partition("#")
        if mark:
            yield name, value.item()
        elif value.shape == weight.shape and value.ndim:
            # In the weight's own order of memory, which a file does not keep.
            yield name, torch.empty_like(weight, dtype=value.dtype, requires_grad=False).copy_(value)
        else:
            yield name, value.clone()
