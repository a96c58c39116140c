"""Attention maps: how much each step takes from each other, for every head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Scene, Study
from nnstudio.training.studies.samples import check_sample, tokens_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

    from nnstudio.training.calls import Call


class Attention(msgspec.Struct, frozen=True, eq=False):
    """Who looks at whom.

    Attributes:
        sample: row of the data set.
        layer: the attention looked at; a decoder layer has two, ``name`` and ``name → memory``.
        layers: all of the network.
        weights: ``(heads, L, S)``: each row adds up to 1.
        tokens: the sample's signs, where it is a row of signs; else empty.
    """

    sample: int
    layer: str
    layers: tuple[str, ...]
    weights: npt.NDArray[np.float64]
    tokens: tuple[int, ...]


class AttentionMaps(Study, frozen=True):
    """Computes the weights of one attention for one sample.

    Attributes:
        sample: row of the data set.
        layer: its name; empty for the first one.
    """

    sample: int
    layer: str = ""

    def see(self, scene: Scene) -> object:
        """Return `Attention`.

        Raises:
            ValueError: the network has no attention.
        """
        import torch
        from torch import nn

        from nnstudio.training.calls import Calls

        kinds = (nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.TransformerDecoderLayer)
        function = nn.functional.scaled_dot_product_attention

        def wanted(target: Any) -> bool:
            return isinstance(target, kinds) or target is function

        check_sample(scene.dataset, self.sample)
        inputs, _ = scene.batch((self.sample,))
        with scene.untouched(), torch.no_grad():
            calls = Calls(scene.inside.module, wanted).find(inputs)
            if not calls:
                raise ValueError(tr("This network has no attention."))
            offered = {name: (call, part) for call in calls for name, part in _parts(call)}
            layer = self.layer if self.layer in offered else next(iter(offered))
            weights = weights_of(*offered[layer])[0]
        return Attention(
            sample=self.sample,
            layer=layer,
            layers=tuple(offered),
            weights=weights.double().cpu().numpy().copy(),
            tokens=tokens_of(scene.dataset, self.sample),
        )


def _parts(call: Call) -> tuple[tuple[str, str], ...]:
    """Return the attentions in a call: what a person reads, and which of the two it is."""
    from torch import nn

    if isinstance(call.target, nn.TransformerDecoderLayer):
        return (call.layer, "self"), (f"{call.layer} → memory", "memory")
    return ((call.layer, "self"),)


def weights_of(call: Call, part: str = "self") -> Tensor:
    """Return the weights ``(B, heads, L, S)`` of a call, in the mode in which its module is."""
    from torch import nn

    target, args = call.target, call.args
    if isinstance(target, nn.MultiheadAttention):
        kwargs = {**call.kwargs, "need_weights": True, "average_attn_weights": False}
        found: Tensor = target(*args, **kwargs)[1]
        return found
    if isinstance(target, nn.TransformerEncoderLayer):
        return _ask(target.self_attn, target.norm1(args[0]) if target.norm_first else args[0], None, _causal(target))
    if isinstance(target, nn.TransformerDecoderLayer):
        return _decoder(target, args[0], args[1], part)
    return _dot_product(args, call.kwargs)


def _decoder(layer: Any, written: Tensor, memory: Tensor, part: str) -> Tensor:
    """Do what `torch.nn.TransformerDecoderLayer` does up to the attention asked for."""
    asked = layer.norm1(written) if layer.norm_first else written
    if part == "self":
        return _ask(layer.self_attn, asked, None, _causal(layer))
    mask = _mask(asked) if _causal(layer) else None
    mixed = written + layer.self_attn(asked, asked, asked, attn_mask=mask, need_weights=False)[0]
    return _ask(layer.multihead_attn, layer.norm2(mixed) if layer.norm_first else layer.norm1(mixed), memory, False)


def _ask(attention: Any, query: Tensor, memory: Tensor | None, causal: bool) -> Tensor:
    key = query if memory is None else memory
    mask = _mask(query) if causal else None
    found: Tensor = attention(query, key, key, attn_mask=mask, need_weights=True, average_attn_weights=False)[1]
    return found


def _causal(layer: Any) -> bool:
    from nnstudio.layers.modules.causal_decoder_layer import CausalDecoderLayer
    from nnstudio.layers.modules.causal_encoder_layer import CausalEncoderLayer

    return isinstance(layer, (CausalEncoderLayer, CausalDecoderLayer))


def _mask(steps: Tensor) -> Tensor:
    """Return where not to look ``(T, T)``: at what comes later."""
    import torch

    numbers = torch.arange(steps.shape[1], device=steps.device)
    return numbers > numbers.unsqueeze(1)


def _dot_product(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """Return softmax(QKᵀ/√E), causal where the call says so (Vaswani and others 2017, section 3.2.1)."""
    import math

    import torch

    query, key = args[:2]
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if kwargs.get("is_causal"):
        later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
        scores = scores.masked_fill(later, -math.inf)
    return torch.softmax(scores, dim=-1)
