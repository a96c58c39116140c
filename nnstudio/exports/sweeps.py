"""Sweeps that are kept: plan, document and outcomes in one small file, from which a sweep can be gone on with."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from nnstudio.core.fingerprint import fingerprint
from nnstudio.core.system import reason
from nnstudio.core.words import tr
from nnstudio.project.errors import FileError
from nnstudio.project.reader import build
from nnstudio.project.store import write_atomically
from nnstudio.project.writer import encode
from nnstudio.runs import crew
from nnstudio.training.sweep import Outcome, SweepEvent, SweepPlan

if TYPE_CHECKING:
    from nnstudio.project.document import Project

_MAX_BYTES = 64 * 2**20


class SweepRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One sweep.

    Attributes:
        id: when it began, as digits.
        plan: what it does.
        project: the document, as its file has it.
        fingerprint: of its drawing.
        outcomes: the runs that are done, in the order of the plan.
    """

    id: str
    plan: SweepPlan
    project: dict[str, Any]
    fingerprint: str
    outcomes: tuple[Outcome, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether all runs are done."""
        return len(self.outcomes) >= len(self.plan.trials)


def begin(project: Project, plan: SweepPlan) -> SweepRecord:
    """Return the record of a sweep that begins now."""
    return SweepRecord(
        id=time.strftime("%Y%m%d-%H%M%S"),
        plan=plan,
        project=msgspec.json.decode(encode(project)),
        fingerprint=fingerprint(project.graph, project.blocks_by_name),
    )


def began(record: SweepRecord) -> float:
    """Return when it began, in seconds since 1970; 0 where its id does not say."""
    with contextlib.suppress(ValueError, OverflowError):
        return time.mktime(time.strptime(record.id, "%Y%m%d-%H%M%S"))
    return 0.0


def project_of(record: SweepRecord) -> Project:
    """Return the document that a sweep varies.

    Raises:
        FileError: it is none that this version knows.
    """
    return build(dict(record.project))


def work(
    record: SweepRecord, path: Path | Callable[[], Path] | None, stop: Callable[[], bool]
) -> Iterator[SweepEvent | SweepRecord]:
    """Work what is left of a sweep; after each run the record with it comes, and is written to ``path``.

    Where a function tells the path it is asked each time, as a drawing may be saved elsewhere meanwhile.

    Raises:
        FileError: the record could not be written.
        ValueError: the plan cannot be worked.
    """
    places = {trial: number for number, trial in enumerate(record.plan.trials)}
    for event in crew.work(project_of(record), record.plan, record.outcomes, stop):
        yield event
        if isinstance(event, Outcome):
            outcomes = sorted((*record.outcomes, event), key=lambda outcome: places[outcome.trial])
            record = msgspec.structs.replace(record, outcomes=tuple(outcomes))
            if path is not None:
                write(path() if callable(path) else path, record)
            yield record


def write(path: Path, record: SweepRecord) -> None:
    """Write a sweep.

    Raises:
        FileError: it could not be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = tr("{path} cannot be made: {detail}.", path=path.parent, detail=reason(error))
        raise FileError(text) from error
    write_atomically(path, msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


def read(path: Path) -> SweepRecord | None:
    """Return the sweep in a file; None where there is none that can be read."""
    with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
        if path.stat().st_size <= _MAX_BYTES:
            return msgspec.json.decode(path.read_bytes(), type=SweepRecord)
    return None


def latest(folder: Path) -> SweepRecord | None:
    """Return the sweep of a folder that began last; None where there is none."""
    paths = sorted(folder.glob("*.json"), reverse=True) if folder.is_dir() else []
    return next((record for path in paths if (record := read(path)) is not None), None)
