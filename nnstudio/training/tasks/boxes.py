"""Boxes that a grid speaks of: how much two overlap, and which of several to keep."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from nnstudio.data.dataset import BOX
from nnstudio.training.boxes import boxes_of


class Found(NamedTuple):
    """Objects of one picture, the surest first.

    Attributes:
        boxes: ``(K, 4)``: middle x, y, width, height as shares of the picture.
        labels: class numbers ``(K,)``.
        scores: ``(K,)``: how sure, 0 to 1.
    """

    boxes: Tensor
    labels: Tensor
    scores: Tensor


def overlap(first_boxes: Tensor, others: Tensor) -> Tensor:
    """Return intersection over union of boxes ``(…, 4)`` that are given by middle and size; axes are stretched."""
    low = torch.maximum(first_boxes[..., :2] - first_boxes[..., 2:] / 2, others[..., :2] - others[..., 2:] / 2)
    high = torch.minimum(first_boxes[..., :2] + first_boxes[..., 2:] / 2, others[..., :2] + others[..., 2:] / 2)
    both = (high - low).clamp(min=0).prod(-1)
    either = first_boxes[..., 2:].prod(-1) + others[..., 2:].prod(-1) - both
    return both / either.clamp(min=1e-12)


def suppress(boxes: Tensor, labels: Tensor, scores: Tensor, threshold: float = 0.5) -> Tensor:
    """Return which boxes ``(K, 4)`` to keep, the surest first (non-maximum suppression).

    A box goes where a surer one of the same class, which stays, overlaps it by more than ``threshold``. Girshick,
    Donahue, Darrell, Malik: Rich feature hierarchies for accurate object detection, 2014.
    """
    order = scores.argsort(descending=True, stable=True)
    rivals = overlap(boxes[order, None], boxes[order][None]) > threshold
    rivals &= labels[order, None] == labels[order][None]
    free = (~rivals).cpu().numpy()  # single flags are read much faster there
    keep = np.ones(len(order), np.bool_)
    for place in range(len(order)):
        if keep[place]:
            keep[place + 1 :] &= free[place, place + 1 :]
    return order[torch.from_numpy(keep).to(order.device)]


def find(grid: Tensor, surest: float = 0.5, threshold: float = 0.5) -> list[Found]:
    """Return the objects that a grid ``(B, 5 + C, S, S)`` speaks of, picture by picture.

    Args:
        grid: as `nnstudio.training.boxes` has it.
        surest: cells are passed over whose share for an object, times that of its class, is not more than this.
        threshold: of the overlap, as in `suppress`.
    """
    boxes = boxes_of(grid).flatten(1, 2)
    likely, labels = grid[:, BOX:].softmax(1).flatten(2).max(1)
    scores = grid[:, 0].sigmoid().flatten(1) * likely
    found = []
    for number in range(len(grid)):
        there = scores[number] > surest
        parts = boxes[number, there], labels[number, there], scores[number, there]
        keep = suppress(*parts, threshold)
        found.append(Found(parts[0][keep], parts[1][keep], parts[2][keep]))
    return found
