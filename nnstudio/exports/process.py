"""An export in a process of its own: torch's exporters hold the interpreter for seconds, and the window must not wait.

The other process (`child`) gets the project through its input and tells how it gets on, a line of JSON at a time.
Whoever asks can end it at any moment; a file that it was writing is then not there.
"""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nnstudio.compiler.tracing import Report
from nnstudio.core.process import start_module
from nnstudio.core.words import language, tr

if TYPE_CHECKING:
    from nnstudio.project.document import Project

_LOOK: Final = 0.05
"""Seconds between two looks at whether the work is still wanted."""
_GRACE: Final = 2.0
"""Seconds that the other process has to tidy up when it is ended."""


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

    data = encode(project)
    process = _start(key, output, trained)
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    talk = threading.Thread(target=_talk, args=(process, data, lines), name="nnstudio-export-talk", daemon=True)
    talk.start()
    try:
        while True:
            if cancelled():
                raise Cancelled
            try:
                line = lines.get(timeout=_LOOK)
            except queue.Empty:
                continue
            match _read(line):
                case {"stage": str(text)}:
                    report(text)
                case {"written": list(names)}:
                    return tuple(Path(str(name)) for name in names)
                case {"fault": str(text)}:
                    raise ValueError(text)
                case None:
                    raise ValueError(tr("The export ended before its time, perhaps for want of memory."))
    finally:
        _end(process)
        talk.join()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


def _start(key: str, output: Path, trained: Path | None) -> subprocess.Popen[bytes]:
    words = (key, str(output.absolute()), "" if trained is None else str(trained.absolute()), language())
    return start_module("nnstudio.exports.child", *words, stderr=subprocess.DEVNULL)


def _talk(process: subprocess.Popen[bytes], data: bytes, lines: queue.SimpleQueue[bytes]) -> None:
    """Hand the project over and gather what comes back; an empty line says that nothing comes any more."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(OSError):  # a process that died reads nothing; it is told by the empty line
        process.stdin.write(data)
        process.stdin.close()
    for line in process.stdout:
        lines.put(line)
    lines.put(b"")


def _read(line: bytes) -> Any:
    return json.loads(line) if line else None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the process tidy up and go; one that does not is ended."""
    process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
