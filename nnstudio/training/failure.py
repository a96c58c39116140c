"""Failure: why a loss is no finite number any more, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.words import sentences, tr
from nnstudio.training.events import RunFailed

if TYPE_CHECKING:
    from torch import Tensor, nn


def blown_up(module: nn.Module, inputs: Tensor, epoch: int, back_to: int | None) -> RunFailed:
    """Say where the numbers stopped being finite, and what helps.

    Args:
        module: the network in the mode and with the weights that gave the loss.
        inputs: the batch that it was given, ``(B, ...)``.
        epoch: the one it happened in; the first is 1.
        back_to: the step whose weights the run has again; None for those of the last whole epoch.
    """
    from nnstudio.training.inside import first_non_finite

    node = first_non_finite(module, inputs)
    advice = tr("A smaller learning rate usually helps.")
    if inputs.is_floating_point() and not bool(inputs.isfinite().all()):
        what = tr("The data of epoch {epoch} hold a number that is not finite.", epoch=epoch)
        advice = tr("Mend the samples that have it, or leave them out.")
    elif node is None:
        what = tr("The loss is no finite number any more in epoch {epoch}.", epoch=epoch)
    else:
        what = tr(
            "The numbers blew up in epoch {epoch}: the first that is not finite is in {node}.", epoch=epoch, node=node
        )
    if back_to is None:
        now = tr("The weights are again those of the last whole epoch.")
    else:
        now = tr("The weights are again those of step {step}.", step=back_to)
    return RunFailed(message=sentences(what, advice, now), node=node)
