"""What every learner offers to the run that drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from torch import Tensor


class Step(msgspec.Struct, frozen=True):
    """What one batch came to, before the weights changed.

    Attributes:
        loss: mean over the batch; a learner without a loss gives what it makes small, such as the share of mistakes.
        right: how many samples of the batch were right, a share for one with many places; None without meaning.
    """

    loss: float
    right: float | None = None


class Learner(Protocol):
    """Changes the weights of one module, batch by batch. It works in place and in one thread.

    Between any two steps the run may take `state` and the module's own, and put both back later, here or in another
    process: in the midst of an epoch too, for which `begin_epoch` is then not called again.
    """

    @property
    def rate(self) -> float:
        """The learning rate that the next step takes."""
        ...

    def set_rate(self, rate: float) -> None:
        """Take another learning rate from the next step on."""
        ...

    def begin_epoch(self, epoch: int) -> str:
        """Get ready for an epoch, the first is 1; return what it does in words, empty for the usual."""
        ...

    def step(self, inputs: Tensor, targets: Tensor) -> Step:
        """Learn from ``inputs (B, …)`` and ``targets (B, …)``, which are on the module's device.

        Where the loss is no finite number the weights stay as they are: the run finds out why.
        """
        ...

    def end_epoch(self, validation_loss: float) -> str:
        """Take note of how the epoch went on the validation samples; return why to end the run here, empty to go on."""
        ...

    def state(self) -> dict[str, Tensor]:
        """Return copies of all that decides the steps to come, beside the module's own state, by flat keys."""
        ...

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave, bit for bit; the tensors may be on another device."""
        ...
