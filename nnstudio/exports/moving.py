"""Runs and sweeps follow their drawing: to its first file, to another name, and to a file that it is saved as."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from nnstudio.exports import runs, sweeps

if TYPE_CHECKING:
    from nnstudio.project.document import Project

SWEEPS: Final = "sweeps"
"""The folder of sweeps within that of runs."""


def follow(project: Project, old: Path | None, new: Path | None, names: Iterable[str], since: float) -> None:
    """Let the runs and sweeps of a project be found where it is now.

    Args:
        project: as it is now.
        old: the file that it had; None for none.
        new: the one that it has.
        names: what it was called since it was begun, for one without a file.
        since: when that was, in seconds since 1970.

    Raises:
        FileError: something could not be written; it stays where it was.
    """
    folder = runs.folder_of(project, new)
    if old is not None:
        if old != new:
            copy_along(runs.folder_of(project, old), folder)
        return
    for name in names:
        before = runs.folder_of(msgspec.structs.replace(project, name=name), None)
        if before != folder:
            take_along(before, folder, since)


def take_along(old: Path, new: Path, since: float) -> None:
    """Move what began at ``since`` or later, in seconds since 1970, from one folder of runs into another.

    A drawing without a file shares its folder with all that have the same name; only what it trained itself goes with
    it.

    Raises:
        FileError: something could not be written there; it stays where it was.
    """
    runs.bring_along(old, new, since)
    for path in _sweeps(old):
        record = sweeps.read(path)
        if record is not None and sweeps.began(record) >= int(since):  # ids of sweeps know whole seconds
            sweeps.write(new / SWEEPS / path.name, record)
            path.unlink(missing_ok=True)


def copy_along(old: Path, new: Path) -> None:
    """Let all runs and sweeps of one folder be in another, too; what is there already stays as it is.

    Raises:
        FileError: something could not be written there.
    """
    known = {record.id for record in runs.runs(new)}
    for record in reversed(runs.runs(old)):
        if record.id not in known:
            runs.keep(new, record)
    for path in _sweeps(old):
        copy = new / SWEEPS / path.name
        sweep = sweeps.read(path)
        if sweep is not None and not copy.exists():
            sweeps.write(copy, sweep)


def _sweeps(folder: Path) -> list[Path]:
    return sorted((folder / SWEEPS).glob("*.json"))
