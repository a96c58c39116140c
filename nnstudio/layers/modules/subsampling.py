"""The trained subsampling of LeNet-5, 1998."""

from __future__ import annotations

import torch
from torch import nn


class Subsampling(nn.Module):
    """The sum (or mean) of every window, times a coefficient, plus a bias: (N, C, H, W) -> (N, C, H′, W′).

    Each of the C maps has one coefficient and one bias. Before training, what comes out are the windows' means.
    """

    def __init__(
        self,
        channels: int,
        kernel_size: int | tuple[int, int] = 2,
        stride: int | tuple[int, int] | None = None,
        mean: bool = False,
    ) -> None:
        super().__init__()
        height, width = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.kernel_size = (height, width)
        self.stride = stride
        self.count = 1 if mean else height * width
        self.weight = nn.Parameter(torch.full((channels,), 1 / self.count))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add up, scale and shift."""
        windows = self.count * nn.functional.avg_pool2d(x, self.kernel_size, self.stride)
        return windows * self.weight[:, None, None] + self.bias[:, None, None]
