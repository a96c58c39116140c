"""A Transformer layer that does not look ahead, as language models are built of."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class CausalEncoderLayer(nn.TransformerEncoderLayer):
    """torch.nn.TransformerEncoderLayer, batch first, in which step t sees steps up to t alone.

    Shape: src (batch, T, D). The mask is made for the length at hand.
    """

    def forward(self, src: torch.Tensor, *args: Any, **options: Any) -> Any:
        """Return (batch, T, D)."""
        steps = torch.arange(src.shape[1], device=src.device)
        options |= {"src_mask": steps > steps.unsqueeze(1), "is_causal": True}  # True is what is not seen
        return super().forward(src, *args, **options)
