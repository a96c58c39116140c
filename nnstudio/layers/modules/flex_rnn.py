"""A plain recurrent network for sequences of different lengths."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class FlexRNN(nn.RNN):
    """torch.nn.RNN, batch first, that can be told where each sequence of a batch ends.

    Shapes: input (batch, T, D); lengths (batch,), whole numbers. Steps behind a sequence's end are not read, their
    output is zero, and the last state is that at the end. A sequence counts as one step at least.
    """

    def forward(self, input: Any, hx: Any = None, lengths: torch.Tensor | None = None) -> Any:
        """Return the state at every step, and torch's last state."""
        if lengths is None:
            return super().forward(input, hx)
        steps = input.shape[1]
        ends = lengths.clamp(1, steps).cpu()  # torch packs by lengths on the CPU
        packed = nn.utils.rnn.pack_padded_sequence(input, ends, batch_first=True, enforce_sorted=False)
        output, state = super().forward(packed, hx)
        return nn.utils.rnn.pad_packed_sequence(output, batch_first=True, total_length=steps)[0], state
