"""Project files on disk: loading, and saving that never leaves half a file.

A save writes a temporary file in the same folder, syncs it, keeps the three versions before as ``NAME.bak1`` to
``NAME.bak3``, renames the new file into place and syncs the folder. Whenever it is interrupted, the name holds the
old version or the new one, whole.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from pathlib import Path

from nnstudio.core.system import reason
from nnstudio.core.words import tr
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.reader import decode
from nnstudio.project.schema import MAX_BYTES
from nnstudio.project.writer import encode

__all__ = ["NUM_BACKUPS", "FileError", "backups", "keep_backup", "load", "save", "write_atomically"]

NUM_BACKUPS = 3


def load(path: str | Path) -> Project:
    """Read a project file.

    Raises:
        FileError: it cannot be read, or is no project that this version knows.
    """
    path = Path(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would wait forever, a device never end
            raise FileError(tr("it is no file"))
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        return decode(data)
    except OSError as error:
        raise FileError(tr("{path} cannot be opened: {detail}.", path=path, detail=reason(error))) from error
    except FileError as error:
        raise FileError(tr("{path} cannot be opened: {detail}.", path=path, detail=error)) from None


def save(project: Project, path: str | Path) -> None:
    """Write a project file, whole or not at all, and keep the version before as a backup.

    Raises:
        FileError: it could not be saved; what the file held before is still there.
    """
    write_atomically(Path(path), encode(project), num_backups=NUM_BACKUPS)


def backups(path: str | Path) -> tuple[Path, ...]:
    """Return the backups there are of a project file, the newest first."""
    return tuple(place for place in _backup_places(Path(path), NUM_BACKUPS) if place.is_file())


def write_atomically(path: Path, data: bytes, *, num_backups: int = 0) -> None:
    """Put ``data`` where ``path`` says; the name never holds anything but the old contents or the new, whole.

    A symbolic link stays one: the file it leads to is replaced. Permissions of an existing file are kept.

    Raises:
        FileError: it could not be written.
    """
    target = Path(os.path.realpath(path))
    temporary = target.parent / f".nnstudio-{os.urandom(8).hex()}.tmp"
    try:
        try:
            _write_synced(temporary, data)
            if target.exists():
                _keep_permissions(target, temporary)
                _rotate(target, num_backups)
            os.replace(temporary, target)  # noqa: PTH105  (all writing here goes through os, where tests put faults)
        except BaseException:
            with contextlib.suppress(OSError):  # the first error is the one to tell
                temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
    except OSError as error:
        raise FileError(tr("{path} cannot be saved: {detail}.", path=path, detail=reason(error))) from error


def keep_backup(path: Path) -> None:
    """Give a file, if there is one, the name of its newest backup before another takes its place.

    Raises:
        FileError: it has to stay where it is.
    """
    try:
        with contextlib.suppress(FileNotFoundError):
            os.replace(path, _backup_places(path, 1)[0])  # noqa: PTH105
    except OSError as error:
        raise FileError(tr("{path} cannot be saved: {detail}.", path=path, detail=reason(error))) from error


def _write_synced(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keep_permissions(old: Path, new: Path) -> None:
    if not os.access(old, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    mode = stat.S_IMODE(os.stat(old).st_mode)  # noqa: PTH116
    if mode != stat.S_IMODE(os.stat(new).st_mode):  # noqa: PTH116
        os.chmod(new, mode)  # noqa: PTH101


def _rotate(path: Path, count: int) -> None:
    """Move every backup one place on and keep the present file at the first place, too."""
    places = _backup_places(path, count)
    for older, newer in reversed(list(zip(places[1:], places[:-1], strict=True))):
        if newer.exists():
            os.replace(newer, older)  # noqa: PTH105
    if places:
        try:
            os.link(path, places[0])
        except OSError:  # the file system has no hard links
            import shutil  # brings compressors along that the first window need not wait for

            shutil.copy2(path, places[0])


def _backup_places(path: Path, count: int) -> list[Path]:
    return [path.with_name(f"{path.name}.bak{number}") for number in range(1, count + 1)]


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return  # a folder cannot be opened there; the rename is in the journal of the file system
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # network drives that know no such thing
            raise
    finally:
        os.close(descriptor)
