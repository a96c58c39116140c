"""Tables of tensors by name, such as ``state_dict`` gives: copying them, and setting one number."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import torch
from torch import Tensor, nn

from nnstudio.core.words import tr

_LINE = 64
"""Bytes to whose multiples tensors are laid, a line of the cache."""


class Copies(Mapping[str, Tensor]):
    """Copies of tensors on the processor, all in one block of memory that goes back to the system with the last one.

    What is kept for long while much else comes and goes would leave holes in the heap: the block is no part of it, and
    there are no tensors before they are asked for. Each of these shares its numbers with the block.

    Args:
        table: tensors by name.
    """

    __slots__ = ("_block", "_layout")

    def __init__(self, table: Mapping[str, Tensor]) -> None:
        self._layout = _lay_out(tuple((name, value.dtype, value.shape) for name, value in table.items()))
        self._block = mmap.mmap(-1, self._layout.size, access=mmap.ACCESS_COPY)
        for name, value in table.items():
            self[name].copy_(value.detach())

    def __getitem__(self, name: str) -> Tensor:
        dtype, shape, start = self._layout.places[name]
        if not (count := prod(shape)):
            return torch.empty(shape, dtype=dtype)
        return torch.frombuffer(self._block, dtype=dtype, count=count, offset=start).view(shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self._layout.places)

    def __len__(self) -> int:
        return len(self._layout.places)

    @property
    def num_bytes(self) -> int:
        """Memory of the block, in whole pages."""
        return self._layout.size


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where tensors lie in a block: by name, what they are of, their shape and their first byte."""

    places: Mapping[str, tuple[torch.dtype, torch.Size, int]]
    size: int


@lru_cache(maxsize=16)
def _lay_out(table: tuple[tuple[str, torch.dtype, torch.Size], ...]) -> _Layout:
    """Return the layout; copies of the same tables share it."""
    places, start = {}, 0
    for name, dtype, shape in table:
        places[name] = dtype, shape, start
        start += -(-prod(shape) * dtype.itemsize // _LINE) * _LINE
    return _Layout(places, max(1, -(-start // mmap.PAGESIZE)) * mmap.PAGESIZE)


def set_number(module: nn.Module, key: str, index: tuple[int, ...], value: float) -> float:
    """Put one number into the weights or buffers of ``module``, and return the one that was there.

    Raises:
        ValueError: there is no such tensor, or no such place in it.
    """
    tensor = module.state_dict().get(key)
    if tensor is None:
        raise ValueError(tr("The network has no weights {key}.", key=key))
    shape = tuple(tensor.shape)
    if len(index) != len(shape) or any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise ValueError(tr("{key} has no place {index}: its shape is {shape}.", key=key, index=index, shape=shape))
    was = float(tensor[index])
    with torch.no_grad():
        tensor[index] = value
    return was
