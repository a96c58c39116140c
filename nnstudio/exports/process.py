"""An export in a process of its own: torch's exporters hold the interpreter for seconds, and the window must not wait.

The two processes talk through a pipe in JSON. Whoever asks can stop the other process at any time; a file that it was
writing is then not there.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from nnstudio.compiler.tracing import Report
from nnstudio.core.words import language, set_language, tr

if TYPE_CHECKING:
    from nnstudio.project.document import Project

_LOOK: Final = 0.05
"""Seconds between two looks at whether the work is still wanted."""
_GRACE: Final = 2.0
"""Seconds that the other process has to tidy up when it is stopped."""


class Cancelled(Exception):  # noqa: N818 it is no error
    """The person does not want the work any more."""


def export_apart(
    project: Project,
    key: str,
    output: Path,
    *,
    trained: Path | None = None,
    report: Report = lambda _text: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Path, ...]:
    """Do what `nnstudio.exports.writing.export` does in another process, and wait for it.

    Args:
        project: as there.
        key: as there.
        output: as there.
        trained: as there.
        report: as there.
        cancelled: asked twenty times a second; when it says yes the other process is ended.

    Raises:
        Cancelled: ``cancelled`` said yes.
        ValueError: what went wrong there, as one sentence.
    """
    from nnstudio.project.writer import encode

    context = multiprocessing.get_context("spawn")  # a fork would take over Qt's and torch's threads half alive
    ours, theirs = context.Pipe(duplex=False)
    words = (encode(project), key, str(output), "" if trained is None else str(trained), language())
    process = context.Process(target=_work, args=(theirs, *words), name="nnstudio-export", daemon=True)
    process.start()
    theirs.close()
    try:
        while True:
            if cancelled():
                raise Cancelled
            if not ours.poll(_LOOK):
                continue
            try:
                message = json.loads(ours.recv_bytes())
            except (EOFError, OSError):
                raise ValueError(tr("The export ended before its time, perhaps for want of memory.")) from None
            match message:
                case {"stage": str(text)}:
                    report(text)
                case {"written": list(names)}:
                    return tuple(Path(str(name)) for name in names)
                case {"fault": str(text)}:
                    raise ValueError(text)
    finally:
        process.terminate()
        process.join(_GRACE)
        if process.is_alive():
            process.kill()
            process.join()
        process.close()
        ours.close()


def _work(pipe: Connection, project: bytes, key: str, output: str, trained: str, speech: str) -> None:
    """Export, and tell the other side; the other process begins here."""
    from nnstudio.exports.writing import export
    from nnstudio.project.reader import decode

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is the window's affair
    signal.signal(signal.SIGTERM, _leave)
    if hasattr(os, "nice"):
        os.nice(5)  # the window goes first where there are few cores
    set_language(speech)

    def tell(**message: object) -> None:
        with suppress(OSError):  # nobody is there any more
            pipe.send_bytes(json.dumps(message).encode())

    try:
        written = export(
            decode(project),
            key,
            Path(output),
            trained=Path(trained) if trained else None,
            report=lambda s: tell(stage=s),
        )
    except (ValueError, OSError) as error:
        tell(fault=str(error))
    except MemoryError:
        tell(fault=tr("There is not enough memory for this export."))
    else:
        tell(written=[str(path) for path in written])


def _leave(_number: int, _frame: object) -> NoReturn:
    """Leave in an orderly way, which takes half-written files along."""
    sys.exit(1)
