"""The history of a run as a value: what was trained, how, on what, and what came of it, step by step and as files."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec

from nnstudio.core.words import say

NUM_STEPS = 2_000
"""Points of the step curve that are kept: of longer runs, neighbours are averaged."""

_LOW = ("mae", "mse", "perplexity", "kl")
"""Measures that say how far off a network is."""


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    Attributes:
        id: when it began, as digits; unique in its folder.
        name: what the person calls it; empty for none.
        began: seconds since 1970, of the clock of the day.
        title: the project's name.
        fingerprint: of its drawing.
        recipe: every setting of the recipe.
        data: settings of the data that differ from the defaults.
        project: the whole document, as its file has it.
        state: ``finished``, ``stopped`` or ``failed``.
        message: why it failed or ended early, in the language of that time; else empty.
        said: the same, so that `reason` can say it in another language; None in runs of older versions.
        seconds: time spent; pauses do not count.
        steps: batches done.
        num_parameters: numbers that were trained.
        device: where it ran.
        curves: measures after each epoch, by name; all as long as ``epochs``.
        epochs: numbers of the epochs.
        step_curve: rows of step, epoch, loss, accuracy (null where there is none) and learning rate, at most
            `NUM_STEPS`; runs of older versions have no rate.
        rates: learning rates that the person set on the way: the step and the epoch, a fraction, after which each
            holds, and the rate.
        weights: numbers that the person put into the weights on the way: step and epoch as above, the tensor's name
            as in ``state_dict``, the place in it, and the number.
        findings: kinds of what may have been wrong at its end.
    """

    id: str
    name: str = ""
    began: float
    title: str
    fingerprint: str
    recipe: dict[str, Any]
    data: dict[str, Any]
    project: dict[str, Any]
    state: str = "stopped"
    message: str = ""
    said: list[Any] | None = None
    seconds: float = 0.0
    steps: int = 0
    num_parameters: int = 0
    device: str = "cpu"
    epochs: list[int] = []
    curves: dict[str, list[float | None]] = {}
    step_curve: list[list[float | None]] = []
    rates: list[tuple[int, float, float]] = []
    weights: list[tuple[int, float, str, list[int], float]] = []
    findings: list[str] = []

    @property
    def label(self) -> str:
        """Its name, or the project's with the time."""
        return self.name or self.title

    @property
    def reason(self) -> str:
        """Why it failed or ended early, in the language that is current now; else empty."""
        return say(self.said, self.message)

    def last(self, measure: str) -> float | None:
        """Return a measure after the last epoch; None where it is not known."""
        values = self.curves.get(measure)
        return values[-1] if values else None

    def best(self, measure: str) -> float | None:
        """Return the best value of a measure: the lowest of losses and errors, the highest of all else."""
        known = [value for value in self.curves.get(measure, ()) if value is not None]
        if not known:
            return None
        return min(known) if "loss" in measure or measure in _LOW else max(known)


def thin(rows: Sequence[Sequence[float | None]], most: int = NUM_STEPS) -> list[list[float | None]]:
    """Average neighbouring rows until at most ``most`` (2 or more) are left; what is missing or not finite stays out.

    The first row stays: where a run began is looked at.
    """
    size = -(-(len(rows) - 1) // (most - 1)) if len(rows) > most else 1
    starts = [*range(min(1, len(rows))), *range(1, len(rows), size)]
    return [_mean(rows[start:end]) for start, end in pairwise([*starts, len(rows)])]


def _mean(rows: Sequence[Sequence[float | None]]) -> list[float | None]:
    columns: list[float | None] = []
    for values in zip(*rows, strict=True):
        known = [value for value in values if value is not None and math.isfinite(value)]
        columns.append(sum(known) / len(known) if known else None)
    return columns


# As files


def to_json(record: RunRecord) -> bytes:
    """Return all of a run as JSON."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def to_csv(record: RunRecord) -> str:
    """Return a run's epochs as CSV, one row each."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    names = list(record.curves)
    rows.writerow(["epoch", *names])
    for number, epoch in enumerate(record.epochs):
        values = (record.curves[name][number] for name in names)
        rows.writerow([epoch, *("" if value is None else repr(value) for value in values)])
    return text.getvalue()
