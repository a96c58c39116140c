"""Recovery copies: what was drawn and not saved outlives a crash.

A running program keeps one copy in the state folder, named after the host and a random key, and holds a lock beside
it for as long as it lives. A copy whose lock is free belongs to a program that is gone and is offered. Process ids
play no part: in containers they are all alike. A copy goes only when its drawing is safely in a file, or when the
person says that it may.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import sys
from pathlib import Path

import msgspec

from nnstudio.core.system import reason
from nnstudio.core.words import tr
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.places import state_folder
from nnstudio.project.reader import decode
from nnstudio.project.store import write_atomically
from nnstudio.project.writer import encode

MAX_SECONDS = 30
"""The longest that an edit may wait for its recovery copy; the window's timer holds to it."""


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """A copy left behind by a program that is gone.

    Attributes:
        file: the copy.
        original: the project file that was being edited; None for a drawing never saved.
        saved: when the copy was written, in seconds since 1970.
    """

    file: Path
    original: Path | None
    saved: float


class Autosave:
    """The recovery copies of one open drawing. Close it when the program ends."""

    def __init__(self) -> None:
        host = re.sub(r"[^A-Za-z0-9]+", "-", platform.node())[:40]
        self._folder = state_folder() / "recovery"
        self._own = self._folder / f"{host}-{os.urandom(8).hex()}.nns-recovery"
        self._locks: dict[Path, _Lock] = {}

    def write(self, project: Project, original: Path | None) -> Path:
        """Put the drawing as it is now in place of the last copy; return the copy's path.

        Raises:
            FileError: it could not be written; the last copy is still there.
        """
        header = msgspec.json.encode({"original": None if original is None else str(original.resolve())})
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._hold(self._own)
        except OSError as error:
            detail = reason(error)
            raise FileError(tr("No recovery copy can be written: {detail}.", detail=detail)) from error
        write_atomically(self._own, header + b"\n" + encode(project))
        return self._own

    def pending(self) -> tuple[Recovery, ...]:
        """Return the copies left behind by programs that are gone, the newest first."""
        found: list[Recovery] = []
        for file in self._folder.glob("*.nns-recovery"):
            if file not in self._locks:
                lock = _Lock(file)
                if lock.take():
                    if file.exists():  # its owner may have saved and discarded it a moment ago
                        found.append(_look_at(file))
                    lock.release()
        return tuple(sorted(found, key=lambda recovery: -recovery.saved))

    def restore(self, recovery: Recovery) -> Project:
        """Read a copy, and keep it until `discard`: its drawing is still in no file.

        Raises:
            FileError: it cannot be read, or another window has it.
        """
        if not self._hold(recovery.file):
            raise FileError(tr("Another window has restored this drawing already."))
        try:
            _, _, data = recovery.file.read_bytes().partition(b"\n")
            return decode(data)
        except OSError as error:
            detail = reason(error)
            raise FileError(tr("The recovery copy cannot be opened: {detail}.", detail=detail)) from error
        except FileError as error:
            raise FileError(tr("The recovery copy cannot be opened: {detail}.", detail=error)) from None

    def take_over(self, other: Autosave) -> None:
        """Keep from now on what another one has restored, and discard it with this drawing's own copy."""
        self._locks |= other._locks
        other._locks = {}

    def discard(self) -> None:
        """Remove this drawing's copy and those restored into it: after a good save, or when the person says so."""
        for file, lock in self._locks.items():
            file.unlink(missing_ok=True)
            lock.remove()
        self._locks.clear()

    def forget(self, recovery: Recovery) -> None:
        """Remove a copy that the person does not want."""
        if self._hold(recovery.file):
            recovery.file.unlink(missing_ok=True)
            self._locks.pop(recovery.file).remove()

    def close(self) -> None:
        """Let go of the copies and leave them where they are; whatever is unsaved is offered at the next start."""
        for file, lock in self._locks.items():
            if file.exists():
                lock.release()
            else:
                lock.remove()
        self._locks.clear()

    def _hold(self, file: Path) -> bool:
        if file not in self._locks:
            lock = _Lock(file)
            if not lock.take():
                return False
            self._locks[file] = lock
        return True


def _look_at(file: Path) -> Recovery:
    with file.open("rb") as opened:
        line = opened.readline(10_000)
    original = None
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):  # then the copy says so when it is opened
        original = msgspec.json.decode(line, type=_Header).original
    return Recovery(file=file, original=Path(original) if original else None, saved=file.stat().st_mtime)


class _Header(msgspec.Struct):
    original: str | None


class _Lock:
    """A lock of the operating system on a file beside the copy; it goes with the process, however that ends."""

    def __init__(self, file: Path) -> None:
        self._path = file.with_suffix(".lock")
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Try to get the lock, without waiting."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # somebody has it
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let go."""
        assert self._descriptor is not None
        os.close(self._descriptor)
        self._descriptor = None

    def remove(self) -> None:
        """Let go and take the file away."""
        self.release()
        with contextlib.suppress(PermissionError):  # on Windows another window may just be trying the lock
            self._path.unlink(missing_ok=True)
