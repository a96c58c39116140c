"""Boxes on a grid: what a detecting network's output means.

The picture is cut into S×S cells. For each cell the network gives ``5 + classes`` numbers: how sure it is that the
middle of an object lies there, the middle's place within the cell, width, height, and a score for each class (Redmon,
Divvala, Girshick, Farhadi: You Only Look Once, 2016). All of them are raw: a sigmoid makes shares of the first five.
"""

from __future__ import annotations

import torch
from torch import Tensor


def boxes_of(output: Tensor) -> Tensor:
    """Return middles, widths and heights as shares of the picture, ``(B, S, S, 4)``, for an output ``(B, 5+C, S, S)``.

    Rows of the grid run down, so that cell ``[y, x]`` has its middle around ``((x + ½) / S, (y + ½) / S)``.
    """
    rows, columns = output.shape[-2:]
    inside = output[:, 1:5].sigmoid()
    x = (inside[:, 0] + torch.arange(columns, device=output.device)) / columns
    y = (inside[:, 1] + torch.arange(rows, device=output.device)[:, None]) / rows
    return torch.stack((x, y, inside[:, 2], inside[:, 3]), -1)
