"""The layers that Transformers are stacks of: attention, a small network, and a way around each."""

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


class _Parts:
    """The parts of such a layer, each a function from numbers to numbers that works out each of them once.

    Args:
        work: the layer as a whole.
        others: places of a memory that is looked at, too.
    """

    def __init__(self, work: Work, others: int = 0) -> None:
        self.work, self.module = work, work.module
        self.shape: Index = work.shape(0)
        steps, width = self.shape
        hidden = self.module.linear1.out_features
        count = width * (hidden * 2 + width * 2 + 2 * (steps + others) * width)
        if count > MOST * 4:
            raise ValueError(
                tr("This attention takes {count} products for one number, too many to write out.", count=count)
            )
        self._curve = _CURVES[getattr(self.module.activation, "__name__", "relu")]

    def arriving(self, at: Index) -> Number:
        """What comes in."""
        return self.work.get(0, at)

    def layer(self, worker: Worker, inner: str, *given: tuple[Index, At], **options: object) -> At:
        """A layer within."""
        inside = Inner(self.work, inner, given, **options)
        return cache(lambda at: worker(inside, at))

    def attention(self, given: At) -> At:
        """What comes in looks at itself."""
        causal = type(self.module).__name__ in ("CausalEncoderLayer", "CausalDecoderLayer")
        return self.layer(multihead, "self_attn", *[(self.shape, given)] * 3, is_causal=causal)

    def looking(self, given: At) -> At:
        """It looks at the memory, which is the second input."""
        memory: tuple[Index, At] = self.work.shape(1), lambda at: self.work.get(1, at)
        return self.layer(multihead, "multihead_attn", (self.shape, given), memory, memory)

    def network(self, given: At) -> At:
        """Two dense layers with a curve between them, at each place alone."""
        first = self.layer(linear, "linear1", (self.shape, given))
        bent: At = cache(lambda at: self.work.sheet.apply("a", self._curve, first(at)))
        return self.layer(linear, "linear2", ((self.shape[0], self.module.linear1.out_features), bent))

    def normed(self, inner: str, given: At) -> At:
        """A layer normalisation."""
        return self.layer(layer_norm, inner, (self.shape, given))

    def around(self, number: int, part: Callable[[At], At], given: At) -> At:
        """A part and the way around it, normalised: before the part, or after both are added."""
        norm = f"norm{number}"
        if self.module.norm_first:
            return self._added(given, part(self.normed(norm, given)))
        return self.normed(norm, self._added(given, part(given)))

    def _added(self, one: At, other: At) -> At:
        return cache(lambda at: self.work.sheet.total("y", [one(at), other(at)]))


def encoder(work: Work, index: Index) -> Number:
    """norm(u + W₂ f(W₁ u)) with u = norm(x + attention(x)) (Vaswani and others 2017), or each norm before its part."""
    parts = _Parts(work)
    seen = parts.around(1, parts.attention, parts.arriving)
    return parts.around(2, parts.network, seen)(index)


def decoder(work: Work, index: Index) -> Number:
    """norm(v + W₂ f(W₁ v)), v = norm(u + attention(u, memory)), u = norm(x + attention(x)) (Vaswani and others 2017).

    Or each norm before its part (Xiong and others 2020).
    """
    parts = _Parts(work, work.shape(1)[0])
    seen = parts.around(1, parts.attention, parts.arriving)
    known = parts.around(2, parts.looking, seen)
    return parts.around(3, parts.network, known)(index)


ENCODER: Final[Mapping[str, Worker]] = {
    "TransformerEncoderLayer": encoder,
    "CausalEncoderLayer": encoder,
    "TransformerDecoderLayer": decoder,
    "CausalDecoderLayer": decoder,
}
"""By class of module."""
