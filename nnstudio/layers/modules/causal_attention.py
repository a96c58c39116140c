"""Attention that does not look ahead."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class CausalAttention(nn.MultiheadAttention):
    """torch.nn.MultiheadAttention, batch first, in which position t attends to positions up to t alone.

    Shapes: query (batch, L, D); key and value (batch, S, …). The mask is made for the lengths at hand.
    """

    def forward(self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *args: Any, **options: Any) -> Any:
        """Return what torch does: the mixed values and the weights, or None in their place."""
        here = torch.arange(query.shape[1], device=query.device)
        there = torch.arange(key.shape[1], device=query.device)
        options |= {"attn_mask": there > here.unsqueeze(1), "is_causal": True}  # True is what is not seen
        return super().forward(query, key, value, *args, **options)
