"""Tables of tensors by name, such as ``state_dict`` gives: copying them, and setting one number."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from nnstudio.core.words import tr


def copies(table: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return copies on the processor."""
    return {name: value.detach().to("cpu", copy=True) for name, value in table.items()}


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
