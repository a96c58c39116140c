"""Single numbers that are trained, as in a formula."""

from __future__ import annotations

import torch
from torch import nn


class Scalars(nn.Module):
    """Numbers that training changes, each under its name."""

    def __init__(self, **values: float) -> None:
        super().__init__()
        for name, value in values.items():
            self.register_parameter(name, nn.Parameter(torch.tensor(float(value))))
