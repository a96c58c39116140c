"""Reading a network in a process of its own: with a time limit, ended together with whatever it started.

Somebody's code may do anything, so it never runs in this process. What comes back is data in a folder (`parcel`).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from nnstudio.compiler.importers.candidates import candidates
from nnstudio.compiler.importers.onnx.reader import check_available
from nnstudio.compiler.importers.parcel import unpack
from nnstudio.compiler.importers.report import BadImportError, Imported
from nnstudio.core.process import start_module
from nnstudio.core.words import language, tr

LIMIT: Final = 9.0
"""Seconds that a file has, loading torch included, unless something else is asked for."""

ONNX_LIMIT: Final = 120.0
"""Seconds that an ONNX file has; it is data, and may be large."""

_LOOK: Final = 0.03
"""Seconds between two looks at the process."""


class CancelledError(BadImportError):
    """The person does not want it any more."""


def import_python(
    path: Path,
    name: str = "",
    shapes: Sequence[tuple[int | str, ...]] = (),
    *,
    limit: float = LIMIT,
    cancelled: Callable[[], bool] = lambda: False,
) -> Imported:
    """Run a .py in another process and return the network in it. Ask before: it is somebody's program.

    Args:
        path: the file.
        name: of the module, class or function in it; empty where there is just one.
        shapes: of one sample of each input; found by trying if empty.
        limit: seconds before the process is ended.
        cancelled: asked many times a second; when it says yes the process is ended.

    Raises:
        CancelledError: ``cancelled`` said yes.
        BadImportError: there is no such network, or it could not be read in time.
    """
    candidates(path)  # what is no Python need not be run to know that
    return _read(path, name, shapes, limit, cancelled)


def import_onnx(
    path: Path,
    shapes: Sequence[tuple[int | str, ...]] = (),
    *,
    limit: float = ONNX_LIMIT,
    cancelled: Callable[[], bool] = lambda: False,
) -> Imported:
    """Read an ONNX file in another process, so that a hostile one can neither fill this one's memory nor hold it up.

    Args:
        path: the file.
        shapes: of one sample of each input; what the file says if empty.
        limit: seconds before the process is ended.
        cancelled: asked many times a second; when it says yes the process is ended.

    Raises:
        CancelledError: ``cancelled`` said yes.
        BadImportError: it cannot be read.
    """
    check_available()
    return _read(path, "", shapes, limit, cancelled)


def _read(
    path: Path, name: str, shapes: Sequence[tuple[int | str, ...]], limit: float, cancelled: Callable[[], bool]
) -> Imported:
    words = (str(path.resolve()), name, json.dumps([list(shape) for shape in shapes]))
    with tempfile.TemporaryDirectory(prefix="nnstudio-import-", ignore_cleanup_errors=True) as folder:
        code = _run("nnstudio.compiler.importers.child", (*words, folder, language()), path, limit, cancelled)
        if not any(Path(folder).iterdir()):
            text = tr("{file} ended the process it was read in (status {code}).", file=path.name, code=code)
            raise BadImportError(text)
        return unpack(Path(folder))


def _run(module: str, words: Sequence[str], path: Path, limit: float, cancelled: Callable[[], bool]) -> int:
    """Start a process, wait for its end, and leave nothing of it behind."""
    nowhere = subprocess.DEVNULL
    alone = {
        "PYTHONDONTWRITEBYTECODE": "1",  # nothing is left beside somebody's file
        "CUDA_VISIBLE_DEVICES": "",
    }
    process = start_module(module, *words, stdin=nowhere, stdout=nowhere, stderr=nowhere, environment=alone)
    end = time.monotonic() + limit
    try:
        while process.poll() is None:
            if cancelled():
                raise CancelledError(tr("The import was stopped."))
            if time.monotonic() > end:
                raise BadImportError(
                    tr(
                        "{file} did not finish within {seconds} seconds, so it was ended.",
                        file=path.name,
                        seconds=f"{limit:g}",
                    )
                )
            time.sleep(_LOOK)
        return process.returncode
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children, which are in its group."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):  # all gone already
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
