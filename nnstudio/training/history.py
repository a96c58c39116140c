"""The history of a run as a value: what was trained, how, on what, and what came of it, step by step and as files."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from nnstudio.core.diff import diff
from nnstudio.core.graph import Graph, Node, Params, Value
from nnstudio.core.words import tr

NUM_STEPS = 2_000
"""Points of the step curve that are kept: of longer runs, neighbours are averaged."""


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
        message: why it failed or ended early; else empty.
        seconds: time spent; pauses do not count.
        steps: batches done.
        num_parameters: numbers that were trained.
        device: where it ran.
        curves: measures after each epoch, by name; all as long as ``epochs``.
        epochs: numbers of the epochs.
        step_curve: rows of step, epoch, loss, accuracy (null where there is none), at most `NUM_STEPS`.
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
    seconds: float = 0.0
    steps: int = 0
    num_parameters: int = 0
    device: str = "cpu"
    epochs: list[int] = []
    curves: dict[str, list[float | None]] = {}
    step_curve: list[list[float | None]] = []
    findings: list[str] = []

    @property
    def label(self) -> str:
        """Its name, or the project's with the time."""
        return self.name or self.title

    def last(self, measure: str) -> float | None:
        """Return a measure after the last epoch; None where it is not known."""
        values = self.curves.get(measure)
        return values[-1] if values else None

    def best(self, measure: str) -> float | None:
        """Return the best value of a measure: the lowest loss, the highest of all else."""
        known = [value for value in self.curves.get(measure, ()) if value is not None]
        if not known:
            return None
        return min(known) if "loss" in measure else max(known)


def thin(rows: Sequence[Sequence[float | None]], most: int = NUM_STEPS) -> list[list[float | None]]:
    """Average neighbouring rows until at most ``most`` are left; what is missing or not finite stays out."""
    size = -(-len(rows) // most) if rows else 1
    return [_mean(rows[start : start + size]) for start in range(0, len(rows), size)]


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


# Side by side


def recipe_differences(records: Sequence[RunRecord]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the settings of recipe and data in which runs differ, each with its value in every run."""
    rows: list[tuple[str, tuple[str, ...]]] = []
    for part in ("recipe", "data"):
        settings = [getattr(record, part) for record in records]
        for name in dict.fromkeys(name for one in settings for name in one):
            values = tuple(_text(one.get(name)) for one in settings)
            if len(set(values)) > 1:
                rows.append((f"{part}.{name}", values))
    return tuple(rows)


def _text(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


def drawing_differences(old: Graph, new: Graph) -> tuple[str, ...]:
    """Say in what two drawings differ, one sentence per layer; where things stand does not count."""
    change = diff(old, new)
    added, removed = _nodes(new, change.added), _nodes(old, change.removed)
    lines = [tr("{name} ({kind}) is new", name=node.name, kind=_kind(node)) for node in added]
    lines += [tr("{name} ({kind}) is gone", name=node.name, kind=_kind(node)) for node in removed]
    for after in _nodes(new, change.changed):
        lines += _changes(old.by_id[after.id], after)
    names = {id_: node.name for id_, node in new.by_id.items() if id_ in old.by_id}
    for wire in sorted(change.wired):
        if wire.source in names and wire.target in names:
            lines.append(tr("wire {source} → {target} is new", source=names[wire.source], target=names[wire.target]))
    for wire in sorted(change.unwired):
        if wire.source in names and wire.target in names:
            lines.append(tr("wire {source} → {target} is gone", source=names[wire.source], target=names[wire.target]))
    return tuple(lines)


def _nodes(graph: Graph, ids: frozenset[str]) -> list[Node]:
    return [node for node in graph.nodes if node.id in ids]


def _kind(node: Node) -> str:
    return str(node.params.get("block") or node.kind)


def _changes(before: Node, after: Node) -> Iterator[str]:
    if before.name != after.name:
        yield tr("{old} is called {new} now", old=before.name, new=after.name)
    if before.kind != after.kind:
        yield tr("{name}: {old} became {new}", name=after.name, old=before.kind, new=after.kind)
    for name in dict.fromkeys((*before.params, *after.params)):
        one, other = _setting(before.params, name), _setting(after.params, name)
        if one != other:
            yield tr("{name}: {setting} {old} → {new}", name=after.name, setting=name, old=one, new=other)
    if before.bypassed != after.bypassed:
        yield tr("{name} is skipped", name=after.name) if after.bypassed else tr("{name} counts again", name=after.name)
    if before.shares != after.shares:
        yield tr("{name} shares other weights", name=after.name)


def _setting(params: Params | Mapping[str, Value], name: str) -> str:
    if name not in params:
        return tr("(default)")
    value = params[name]
    return json.dumps(list(value)) if isinstance(value, tuple) else str(value)
