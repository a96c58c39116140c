"""Tables of tensors by name, such as ``state_dict`` gives: copying them, and setting one number."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from itertools import accumulate

import torch
from torch import Tensor, nn

from nnstudio.core.words import tr

_LINE = 64
"""Bytes to whose multiples tensors are laid, a line of the cache."""


def copies(table: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return copies on the processor, all in one block of memory that goes back to the system with the last of them.

    The block is no part of the heap: what is kept for long would leave holes there among what comes and goes.
    """
    sizes = [-(-value.nbytes // _LINE) * _LINE for value in table.values()]
    starts = accumulate(sizes, initial=0)
    block = mmap.mmap(-1, max(1, sum(sizes)), access=mmap.ACCESS_COPY)
    return {name: _copy(value, block, start) for (name, value), start in zip(table.items(), starts, strict=False)}


def _copy(value: Tensor, block: mmap.mmap, start: int) -> Tensor:
    if not value.numel():
        return torch.empty(value.shape, dtype=value.dtype)
    room = torch.frombuffer(block, dtype=value.dtype, count=value.numel(), offset=start)
    return room.view(value.shape).copy_(value.detach())


def set_number(module: nn.Module, key: str, index: tuple[int, ...], value: float) -> None:
    """Put one number into the weights or buffers of ``module``.

    Raises:
        ValueError: there is no such tensor, or no such place in it.
    """
    tensor = module.state_dict().get(key)
    if tensor is None:
        raise ValueError(tr("The network has no weights {key}.", key=key))
    shape = tuple(tensor.shape)
    if len(index) != len(shape) or any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise ValueError(tr("{key} has no place {index}: its shape is {shape}.", key=key, index=index, shape=shape))
    with torch.no_grad():
        tensor[index] = value
