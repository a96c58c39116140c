"""The folder of kept runs: one small JSON file each, by project; and runs as event files for TensorBoard."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.util
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from nnstudio.core.fingerprint import fingerprint
from nnstudio.core.system import reason
from nnstudio.core.words import tr
from nnstudio.project.errors import FileError
from nnstudio.project.places import state_folder
from nnstudio.project.reader import build
from nnstudio.project.store import write_atomically
from nnstudio.project.writer import encode
from nnstudio.training.history import RunRecord, to_json
from nnstudio.training.recipe import Recipe
from nnstudio.training.recorder import Recorder, blank_record

if TYPE_CHECKING:
    from nnstudio.project.document import Project

MOST_RUNS: Final = 200
"""Runs kept of one project without a name; older ones go."""
_MAX_BYTES: Final = 64 * 2**20


def folder_of(project: Project, path: Path | None) -> Path:
    """Return where the runs of a project are kept: by its file, or by its name while it has none."""
    key = str(path.resolve()) if path is not None else project.name
    short = re.sub(r"[^A-Za-z0-9]+", "-", path.stem if path is not None else project.name).strip("-")[:40].lower()
    return state_folder() / "runs" / f"{short or 'project'}-{hashlib.sha256(key.encode()).hexdigest()[:10]}"


def begin(project: Project, recipe: Recipe) -> RunRecord:
    """Return the record of a run of this project that begins now."""
    return blank_record(
        title=project.name,
        fingerprint=fingerprint(project.graph, project.blocks_by_name),
        recipe=msgspec.to_builtins(recipe),
        data=msgspec.to_builtins(dict(project.data)),
        project=msgspec.json.decode(encode(project)),
    )


def recorder(
    project: Project,
    recipe: Recipe,
    path: Callable[[], Path | None],
    on_fault: Callable[[str], object] | None = None,
) -> Recorder:
    """Return what writes a run of this project down, into the project's folder.

    Args:
        project: what is trained.
        recipe: how.
        path: tells where the project's file is, None while it has none; asked when the run is written, in the thread
            that trains, as a drawing may be saved for the first time meanwhile.
        on_fault: told why the run could not be written; without it a `FileError` is raised in the thread that trains.
    """

    def keep_it(record: RunRecord) -> None:
        try:
            keep(folder_of(project, path()), record)
        except FileError as error:
            if on_fault is None:
                raise
            on_fault(str(error))

    return Recorder(begin(project, recipe), keep_it)


def keep(folder: Path, record: RunRecord) -> None:
    """Write a run into its folder, and drop the oldest without a name where there are more than `MOST_RUNS`.

    Raises:
        FileError: it could not be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = tr("{path} cannot be made: {detail}.", path=folder, detail=reason(error))
        raise FileError(text) from error
    write_atomically(folder / f"{record.id}.json", to_json(record))
    unnamed = [known for known in runs(folder) if not known.name]
    for old in unnamed[MOST_RUNS:]:
        delete(folder, old.id)


def runs(folder: Path) -> tuple[RunRecord, ...]:
    """Return the runs of a folder, the newest first; files that cannot be read are left out."""
    found: list[RunRecord] = []
    if folder.is_dir():
        for path in folder.glob("*.json"):
            with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
                if path.stat().st_size <= _MAX_BYTES:
                    found.append(msgspec.json.decode(path.read_bytes(), type=RunRecord))
    return tuple(sorted(found, key=lambda record: record.id, reverse=True))


def name(folder: Path, record: RunRecord, text: str) -> RunRecord:
    """Give a run a name; empty takes it away."""
    record = msgspec.structs.replace(record, name=text.strip())
    write_atomically(folder / f"{record.id}.json", to_json(record))
    return record


def delete(folder: Path, id_: str) -> None:
    """Take a run away for good."""
    (folder / f"{id_}.json").unlink(missing_ok=True)


def bring_along(old: Path, new: Path, since: float) -> None:
    """Move the runs that began at ``since`` or later, in seconds since 1970, into another folder.

    A drawing without a file shares its folder with all that have the same name; what it trained goes with it when it
    is first saved.

    Raises:
        FileError: a run could not be written there; it stays where it was.
    """
    for record in reversed(runs(old)):
        if record.began >= since:
            keep(new, record)
            delete(old, record.id)


def project_of(record: RunRecord) -> Project:
    """Return the document that a run trained.

    Raises:
        FileError: it is none that this version knows.
    """
    return build(dict(record.project))


def write_tensorboard(records: Sequence[RunRecord], folder: Path) -> tuple[Path, ...]:
    """Write runs as event files, each into a folder of its own, and return these folders.

    Raises:
        FileError: tensorboardX is not there, or the folder cannot be written.
    """
    if importlib.util.find_spec("tensorboardX") is None:
        raise FileError(
            tr(
                "TensorBoard files need the package tensorboardX: {command}",
                command='pip install "nnstudio[tensorboard]"',
            )
        )
    writer_of = importlib.import_module("tensorboardX").SummaryWriter
    written: list[Path] = []
    for record in records:
        place = folder / f"{record.id}-{re.sub(r'[^A-Za-z0-9]+', '-', record.label).strip('-') or 'run'}"
        try:
            with writer_of(str(place)) as writer:
                _write_events(writer, record)
        except OSError as error:
            text = tr("{path} cannot be made: {detail}.", path=place, detail=reason(error))
            raise FileError(text) from error
        written.append(place)
    return tuple(written)


def _write_events(writer: Any, record: RunRecord) -> None:
    add = writer.add_scalar
    for step, epoch, loss, accuracy, *rest in record.step_curve:
        when = record.began + (record.seconds * (step or 0) / record.steps if record.steps else 0.0)
        numbers = (
            ("loss", loss),
            ("accuracy", accuracy),
            ("epoch", epoch),
            ("learning_rate", rest[0] if rest else None),
        )
        for title, value in numbers:
            if value is not None:
                add(f"step/{title}", value, int(step or 0), walltime=when)
    for title, values in record.curves.items():
        for epoch, value in zip(record.epochs, values, strict=True):
            if value is not None:
                add(f"epoch/{title}", value, epoch)
