"""Boxes on a grid: what a detecting network's output means, and the loss that compares it with boxes.

The picture is cut into S×S cells. For each cell the network gives ``5 + classes`` numbers: how sure it is that the
middle of an object lies there, the middle's place within the cell, width, height, and a score for each class (Redmon,
Divvala, Girshick, Farhadi: You Only Look Once, 2016). All of them are raw: a sigmoid makes shares of the first five.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def boxes_of(output: Tensor) -> Tensor:
    """Return middles, widths and heights as shares of the picture, ``(B, S, S, 4)``, for an output ``(B, 5+C, S, S)``.

    Rows of the grid run down, so that cell ``[y, x]`` has its middle around ``((x + ½) / S, (y + ½) / S)``.
    """
    rows, columns = output.shape[-2:]
    inside = output[:, 1:5].sigmoid()
    x = (inside[:, 0] + torch.arange(columns, device=output.device)) / columns
    y = (inside[:, 1] + torch.arange(rows, device=output.device)[:, None]) / rows
    return torch.stack((x, y, inside[:, 2], inside[:, 3]), -1)


def detection_loss(output: Tensor, boxes: Tensor, box_weight: float, empty_weight: float) -> Tensor:
    """Return the loss of one picture, the mean over the batch; a tensor of no axes.

    Sums over the cells: the binary cross-entropy of the first number, times ``empty_weight`` where no object is; and
    for cells that hold an object ``box_weight`` times the squared errors of place and of the square roots of width and
    height, and the cross-entropy of the class. Of two objects in one cell the later one counts.

    Args:
        output: ``(B, 5+C, S, S)``.
        boxes: ``(B, M, 5)``: class number, -1 for none, then middle x, y, width and height as shares of the picture.
        box_weight: weight of boxes.
        empty_weight: weight of cells without an object.
    """
    rows, columns = output.shape[-2:]
    picture, number = (boxes[..., 0] >= 0).nonzero(as_tuple=True)
    found = boxes[picture, number]
    column = (found[:, 1] * columns).long().clamp(0, columns - 1)
    row = (found[:, 2] * rows).long().clamp(0, rows - 1)
    owner = torch.full((len(output), rows, columns), -1, device=output.device)
    for index in range(boxes.shape[1]):  # one after the other, so that the later one counts wherever it runs
        those = number == index
        owner[picture[those], row[those], column[those]] = those.nonzero()[:, 0]
    held = owner >= 0
    sure = functional.binary_cross_entropy_with_logits(output[:, 0], held.to(output.dtype), reduction="none")
    total = torch.where(held, sure, empty_weight * sure).sum()
    which = owner[held]
    given, wanted = output.movedim(1, -1)[held], found[which].to(output.dtype)
    place = torch.stack((wanted[:, 1] * columns - column[which], wanted[:, 2] * rows - row[which]), 1)
    # The root of a sigmoid, without a gradient that is no number where the sigmoid is zero.
    roots = (0.5 * functional.logsigmoid(given[:, 3:5])).exp()
    errors = (given[:, 1:3].sigmoid() - place).square().sum() + (roots - wanted[:, 3:5].sqrt()).square().sum()
    classes = functional.cross_entropy(given[:, 5:], wanted[:, 0].long(), reduction="sum")
    return (total + box_weight * errors + classes) / len(output)
