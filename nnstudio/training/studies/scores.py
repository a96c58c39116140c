"""The one number of an answer that is asked about: how much the network says a class, whatever the task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.words import tr
from nnstudio.data.dataset import BOX

if TYPE_CHECKING:
    from torch import Tensor

    from nnstudio.data.dataset import Task
    from nnstudio.training.tasks.base import Output


def score_of(task: Task, output: Output, target: int | None) -> tuple[Tensor, int]:
    """Return how much the first sample's answer says a class, and which class that is.

    - one row of numbers ``(B, K)``: the number of the class itself;
    - a mask ``(B, K, H, W)``: the scores of the class, added up over all pixels (Vinogradova, Dibrov and Myers: Towards
      Interpretable Semantic Segmentation via Gradient-weighted Class Activation Mapping, 2020);
    - boxes, a grid of cells ``(B, 5 + K, S, S)``: the share for an object times that of the class, added up over all
      cells: about how many objects of the class are found (Redmon and others: You Only Look Once, 2016, equation 1);
    - a sequence ``(B, T, K)``: the score of the class at the last place, which knows the most.

    Args:
        task: what the outputs mean.
        output: of the network.
        target: number of the class; None for the one that is said most, of a mask the largest area but the ground.

    Raises:
        ValueError: the output is no answer of classes or a row of numbers.
    """
    given: Tensor = output[0] if isinstance(output, tuple) else output
    said: Tensor
    if given.ndim == 2:
        scores = said = given[0]
    elif task == "segmentation" and given.ndim == 4:
        scores = given[0].sum(dim=(1, 2))
        said = given[0].argmax(0).flatten().bincount(minlength=len(scores))
        said[0] = 0  # the ground is nearly always the largest
    elif task == "detection" and given.ndim == 4 and given.shape[1] > BOX:
        scores = said = (given[0, :1].sigmoid() * given[0, BOX:].softmax(0)).sum(dim=(1, 2))
    elif task in ("sequence", "next_token") and given.ndim == 3:
        scores = said = given[0, -1]
    else:
        raise ValueError(
            tr("This view needs a network that gives classes or one row of numbers; this one gives its samples again.")
            if task == "reconstruction"
            else tr("This view needs a network that gives one row of numbers per sample.")
        )
    number = int(said.argmax()) if target is None or target >= len(scores) else target
    return scores[number], number
