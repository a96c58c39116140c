"""A Transformer decoder layer that does not look ahead in what it writes."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class CausalDecoderLayer(nn.TransformerDecoderLayer):
    """torch.nn.TransformerDecoderLayer, batch first, in which step t of the target sees its steps up to t alone.

    Shapes: tgt (batch, T, D); memory (batch, S, D), which is seen whole. The mask is made for the length at hand.
    """

    def forward(self, tgt: torch.Tensor, memory: torch.Tensor, *args: Any, **options: Any) -> Any:
        """Return (batch, T, D)."""
        steps = torch.arange(tgt.shape[1], device=tgt.device)
        options |= {"tgt_mask": steps > steps.unsqueeze(1), "tgt_is_causal": True}  # True is what is not seen
        return super().forward(tgt, memory, *args, **options)
