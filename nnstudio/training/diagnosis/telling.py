"""What a finding is in words, and how its numbers are written."""

from __future__ import annotations

import math

import msgspec

from nnstudio.core.words import figure, sentences, tr
from nnstudio.training.diagnosis.finding import Finding


class Told(msgspec.Struct, frozen=True):
    """A finding in the reader's language.

    Attributes:
        title: what it is, in a few words.
        seen: what was seen, with its numbers.
        why: why it happens, and what it does.
    """

    title: str
    seen: str
    why: str

    @property
    def text(self) -> str:
        """All of it in one line."""
        return sentences(tr("{title}.", title=self.title), self.seen, self.why)


def number(finding: Finding, name: str) -> float:
    """Return a fact; 0 where it is not known."""
    return float(finding.facts.get(name, 0.0))


def percent(finding: Finding, name: str) -> str:
    """Write a fact from 0 to 1 in per cent."""
    share = number(finding, name)
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 else f"{share:.2%}".replace("%", " %")


def times(value: float) -> str:
    """Write how many times as much: two or three digits, below a million without powers of ten, as in ``12,300``."""
    if abs(value) >= 1e6 or not math.isfinite(value):
        return figure(value, ".3g")
    return figure(float(f"{value:.3g}"), ",.0f" if abs(value) >= 100 else ".2g")
