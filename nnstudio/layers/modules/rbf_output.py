"""The output layer of LeNet-5, 1998."""

from __future__ import annotations

import torch
from torch import nn

DIGITS = """
....... ....... ....... ....... ....... ....... ....... ....... ....... .......
..XXX.. ...XX.. .XXXXX. .XXXXX. ....XX. XXXXXXX ..XXXX. XXXXXXX .XXXXX. .XXXXX.
.XX.XX. ..XXX.. XX...XX XX...XX ...XXX. XX..... .XX.... .....XX XX...XX XX...XX
XX...XX .XXXX.. XX...XX .....XX ..XXXX. XX..... XX..... .....XX XX...XX XX...XX
XX...XX ...XX.. .....XX .....XX .XX.XX. XXXXXX. XX..... ....XX. XX...XX XX...XX
XX...XX ...XX.. ....XX. ..XXXX. XX..XX. XX...XX XXXXXX. ....XX. .XXXXX. XX...XX
XX...XX ...XX.. ...XX.. .....XX XX..XX. .....XX XX...XX ...XX.. XX...XX .XXXXXX
XX...XX ...XX.. ..XX... .....XX XXXXXXX .....XX XX...XX ...XX.. XX...XX .....XX
XX...XX ...XX.. .XX.... .....XX ....XX. .....XX XX...XX ..XX... XX...XX .....XX
.XX.XX. ...XX.. XX..... XX...XX ....XX. XX...XX XX...XX ..XX... XX...XX ....XX.
..XXX.. .XXXXXX XXXXXXX .XXXXX. ....XX. .XXXXX. .XXXXX. ..XX... .XXXXX. .XXXX..
....... ....... ....... ....... ....... ....... ....... ....... ....... .......
"""
"""The ten digits, each 7 wide and 12 high."""


class RBFOutput(nn.Module):
    """The squared distance from the input to each of several codes of ±1: (…, in) -> (…, out); the smallest wins.

    Without a seed the codes are pictures of the ten digits for 84 inputs, ink 1 and paper −1; with one they are random.
    """

    codes: torch.Tensor

    def __init__(self, in_features: int, out_features: int, seed: int | None = None, trained: bool = False) -> None:
        super().__init__()
        if seed is None:
            lines = [line.split() for line in DIGITS.split("\n")[1:-1]]
            drawn = [[sign == "X" for line in lines for sign in line[digit]] for digit in range(out_features)]
            codes = 2.0 * torch.tensor(drawn) - 1.0
        else:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                codes = 2.0 * torch.randint(2, (out_features, in_features)) - 1.0
        if trained:
            self.codes = nn.Parameter(codes)
        else:
            self.register_buffer("codes", codes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Measure the squared distances."""
        return (x.unsqueeze(-2) - self.codes).square().sum(-1)
