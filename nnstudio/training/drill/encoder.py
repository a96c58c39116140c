"""The layer that Transformers are stacks of: attention, a small network, and a way around each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from nnstudio.core.words import tr
from nnstudio.training.drill.attention import MOST, multihead
from nnstudio.training.drill.norms import layer_norm
from nnstudio.training.drill.sheet import Number
from nnstudio.training.drill.sums import linear
from nnstudio.training.drill.work import Index, Inner, Work, Worker

_CURVES: Final = {"relu": "relu", "gelu": "gelu"}

At = Callable[[Index], Number]


def encoder(work: Work, index: Index) -> Number:
    """norm(u + W₂ f(W₁ u)) with u = norm(x + attention(x)) (Vaswani and others 2017), or each norm before its part."""
    module, shape, sheet = work.module, work.shape(0), work.sheet
    steps, width = shape
    hidden = module.linear1.out_features
    count = width * (hidden * 2 + width * 2 + 2 * steps * width)
    if count > MOST * 4:
        raise ValueError(
            tr("This attention takes {count} products for one number, too many to write out.", count=count)
        )
    name = _CURVES[getattr(module.activation, "__name__", "relu")]
    causal = type(module).__name__ == "CausalEncoderLayer"

    def layer(worker: Worker, inner: str, size: int, given: At, *, inputs: int = 1, **options: object) -> At:
        inside = Inner(work, inner, [((steps, size), given)] * inputs, **options)
        return cache(lambda at: worker(inside, at))

    def attention(given: At) -> At:
        return layer(multihead, "self_attn", width, given, inputs=3, is_causal=causal)

    def network(given: At) -> At:
        first = layer(linear, "linear1", width, given)
        bent: At = cache(lambda at: sheet.apply("a", name, first(at)))
        return layer(linear, "linear2", hidden, bent)

    def added(one: At, other: At) -> At:
        return cache(lambda at: sheet.total("y", [one(at), other(at)]))

    def normed(inner: str, given: At) -> At:
        return layer(layer_norm, inner, width, given)

    def arriving(at: Index) -> Number:
        return work.get(0, at)

    if module.norm_first:
        seen = added(arriving, attention(normed("norm1", arriving)))
        return added(seen, network(normed("norm2", seen)))(index)
    seen = normed("norm1", added(arriving, attention(arriving)))
    return normed("norm2", added(seen, network(seen)))(index)


ENCODER: Final[Mapping[str, Worker]] = {"TransformerEncoderLayer": encoder, "CausalEncoderLayer": encoder}
"""By class of module."""
