"""Self-attention over short sequences, written out: two products of matrices beat torch's blocks of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from nnstudio.layers.modules.causal_encoder_layer import CausalEncoderLayer

_LONGEST: Final = 128
"""Steps up to which it pays; beyond, what every step gives every other fills the memory, too."""

_KINDS: Final = (nn.TransformerEncoderLayer, CausalEncoderLayer)


def is_encoder(layer: nn.Module) -> bool:
    """Whether `encoder_function` knows a layer: torch's or ours that must not look ahead, batch first."""
    if type(layer) not in _KINDS:
        return False
    assert isinstance(layer, nn.TransformerEncoderLayer)
    attention = layer.self_attn
    return attention.batch_first and attention.in_proj_bias is not None and attention.bias_k is None


def encoder_function(layer: nn.TransformerEncoderLayer) -> Callable[..., Any]:
    """Return what an encoder layer computes, up to rounding: with its attention written out while it is trained.

    Vaswani et al.: Attention is all you need, 2017: softmax(QKᵀ/√d)·V in each head.
    """
    attention, is_causal = layer.self_attn, isinstance(layer, CausalEncoderLayer)
    feed_forward, forward = layer._ff_block, layer.forward

    def attend(x: Tensor) -> Tensor:
        return layer.dropout1(_attended(attention, x, is_causal=is_causal))  # type: ignore[no-any-return]

    def encode(x: Tensor, *others: Any, **named: Any) -> Tensor:
        if others or named or not (layer.training and _pays(attention, x)):
            return forward(x, *others, **named)
        if layer.norm_first:
            x = x + attend(layer.norm1(x))
            return x + feed_forward(layer.norm2(x))
        x = layer.norm1(x + attend(x))
        return layer.norm2(x + feed_forward(x))  # type: ignore[no-any-return]

    return encode


def _pays(attention: nn.MultiheadAttention, x: Tensor) -> bool:
    return (
        attention.dropout == 0.0
        and x.ndim == 3
        and x.shape[1] <= _LONGEST
        and x.device.type == "cpu"
        and x.dtype == torch.float32
    )


def _attended(attention: nn.MultiheadAttention, x: Tensor, *, is_causal: bool) -> Tensor:
    """Return what self-attention makes of ``x (B, T, E)``."""
    batch, steps, width = x.shape
    heads, part = attention.num_heads, width // attention.num_heads
    packed = functional.linear(x, attention.in_proj_weight, attention.in_proj_bias)
    packed = packed.view(batch, steps, 3, heads, part).permute(2, 0, 3, 1, 4)
    query, key, value = packed.reshape(3, batch * heads, steps, part).unbind()
    scores = torch.bmm(query * (1.0 / math.sqrt(part)), key.transpose(1, 2))
    if is_causal:
        ahead = torch.ones(steps, steps, dtype=torch.bool).triu(1)
        scores = scores.masked_fill(ahead, -math.inf)
    mixed = torch.bmm(torch.softmax(scores, -1), value).view(batch, heads, steps, part)
    return attention.out_proj(mixed.transpose(1, 2).reshape(batch, steps, width))  # type: ignore[no-any-return]
