"""Losses that torch has no function for. Training scripts take their text from here, word for word."""

from __future__ import annotations

import torch
from torch.nn import functional


def rbf_loss(output: torch.Tensor, target: torch.Tensor, margin: float) -> torch.Tensor:
    """Take distances (B, classes, …): the right one is to be small, the others large, but not without end.

    LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998, equation 9.
    """
    right = output.gather(1, target.unsqueeze(1)).squeeze(1)
    bound = torch.full_like(output[:, :1], -margin)
    return (right + torch.cat((bound, -output), 1).logsumexp(1)).mean()


def segmentation_loss(
    output: torch.Tensor, target: torch.Tensor, dice_share: float, weights: torch.Tensor | None = None
) -> torch.Tensor:
    """Mix cross-entropy of pixels with one less the overlap of areas, the mean over the classes that are there.

    Milletari, Navab, Ahmadi: V-Net, 2016.
    """
    loss = functional.cross_entropy(output, target, weights)
    if dice_share == 0.0:
        return loss
    shares = output.softmax(1).movedim(1, -1).reshape(-1, output.shape[1])
    areas = functional.one_hot(target.reshape(-1), output.shape[1]).to(shares.dtype)
    overlaps = 2 * (shares * areas).sum(0) / (shares.sum(0) + areas.sum(0))
    there = areas.sum(0) > 0
    dice = 1 - (overlaps * there).sum() / there.sum()
    return (1 - dice_share) * loss + dice_share * dice


def vae_loss(outputs: tuple[torch.Tensor, ...], target: torch.Tensor, beta: float) -> torch.Tensor:
    """Add to the squared errors of each sample how far its code is from a standard normal distribution.

    Kingma, Welling: Auto-Encoding Variational Bayes, 2014; with beta as in Higgins and others: beta-VAE, 2017.
    """
    rebuilt, mean, log_variance = outputs
    errors = (rebuilt - target).square().flatten(1).sum(1)
    distance = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).flatten(1).sum(1)
    return (errors + beta * distance).mean()


def detection_loss(output: torch.Tensor, boxes: torch.Tensor, box_weight: float, empty_weight: float) -> torch.Tensor:
    """Return the loss of one picture, the mean over the batch, for an output (B, 5+C, S, S).

    Sums over the cells: the binary cross-entropy of the first number, times ``empty_weight`` where no object is; and
    for cells that hold an object ``box_weight`` times the squared errors of place and of the square roots of width and
    height, and the cross-entropy of the class. Of two objects in one cell the later one counts.

    ``boxes`` (B, M, 5) hold a class number, -1 for none, then middle x, y, width and height as shares of the picture.
    Redmon, Divvala, Girshick, Farhadi: You Only Look Once, 2016.
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
