"""An LSTM whose forget gate can start open, for sequences of different lengths."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class FlexLSTM(nn.LSTM):
    """torch.nn.LSTM, batch first, that can start remembering and be told where each sequence of a batch ends.

    Shapes: input (batch, T, D); lengths (batch,), whole numbers. Steps behind a sequence's end are not read, their
    output is zero, and the last states are those at the end. A sequence counts as one step at least.
    """

    def __init__(self, *args: Any, forget_bias: float = 0.0, **options: Any) -> None:
        super().__init__(*args, **options)
        self.forget_bias = forget_bias
        self.open_forget_gate()

    def open_forget_gate(self) -> None:
        """Raise the bias of the forget gate, so that the memory lasts until training says otherwise."""
        gate = slice(self.hidden_size, 2 * self.hidden_size)  # torch's order is i, f, g, o
        with torch.no_grad():
            for name, bias in self.named_parameters():
                if name.startswith("bias_ih"):  # one of torch's two
                    bias[gate] += self.forget_bias

    def forward(self, input: Any, hx: Any = None, lengths: torch.Tensor | None = None) -> Any:
        """Return the state at every step, and torch's last states."""
        if lengths is None:
            return super().forward(input, hx)
        steps = input.shape[1]
        ends = lengths.clamp(1, steps).cpu()  # torch packs by lengths on the CPU
        packed = nn.utils.rnn.pack_padded_sequence(input, ends, batch_first=True, enforce_sorted=False)
        output, states = super().forward(packed, hx)
        return nn.utils.rnn.pad_packed_sequence(output, batch_first=True, total_length=steps)[0], states
