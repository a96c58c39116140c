"""Findings: what may be wrong with a run, as values of plain numbers and text."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

Kind = Literal[
    "frozen",
    "broken_data",
    "leak",
    "unscaled",
    "blow_up",
    "rate_high",
    "symmetric",
    "dead",
    "exploding",
    "saturated",
    "vanishing",
    "single_class",
    "imbalance",
    "one_answer",
    "rate_low",
    "labels",
    "overfitting",
    "stuck",
    "constant",
    "mismatch",
    "wrong_loss",
    "clipped",
    "decayed",
    "dropped",
    "small_batch",
    "unshuffled",
    "momentum",
    "schedule",
    "range",
    "targets",
]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that may be wrong; `nnstudio.training.diagnosis.words` says it in the reader's language.

    Attributes:
        kind: what it is.
        node: the layer that it shows at, by its path (``stage1.0.conv_1``); None for the run as a whole.
        step: training steps done when it was seen.
        facts: the numbers and names that were seen.
    """

    kind: Kind
    node: str | None = None
    step: int = 0
    facts: Mapping[str, float | int | str] = MappingProxyType({})

    @property
    def key(self) -> tuple[str, str | None]:
        """What makes it the same finding when it is seen again."""
        return self.kind, self.node
