"""The convolution of LeNet-5's layer C3, 1998."""

from __future__ import annotations

import torch
from torch import nn


class TableConv2d(nn.Module):
    """A convolution in which each output map looks at some input maps only: (N, C, H, W) -> (N, P, H′, W′).

    ``table`` has a row for each of the P output maps, with an X for every input map it looks at. Only these have
    kernels: ``weight[p]`` is (1, links of row p, height, width), and begins as torch's Conv2d would for as many
    channels.
    """

    places: torch.Tensor

    def __init__(
        self,
        table: tuple[str, ...],
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.stride, self.padding = stride, padding
        self.weight = nn.ParameterList(torch.empty(1, row.count("X"), *size) for row in table)
        self.bias = nn.Parameter(torch.empty(len(table)))
        for weight, bias in zip(self.weight, self.bias.detach(), strict=True):
            nn.init.kaiming_uniform_(weight, a=5**0.5)
            bound = weight.numel() ** -0.5
            nn.init.uniform_(bias, -bound, bound)
        # Where each kernel belongs; -1 stands for the kernel of zeros behind the last.
        numbers = iter(range(sum(row.count("X") for row in table)))
        places = [[next(numbers) if sign == "X" else -1 for sign in row] for row in table]
        self.register_buffer("places", torch.tensor(places), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Put the kernels into their places and convolve."""
        kernels = torch.cat([weight[0] for weight in self.weight])
        kernels = nn.functional.pad(kernels, (0, 0, 0, 0, 0, 1))
        return nn.functional.conv2d(x, kernels[self.places], self.bias, self.stride, self.padding)
