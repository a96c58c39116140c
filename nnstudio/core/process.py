"""Parts of this program that work in a process of their own: how such a process is started."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def start_module(
    module: str,
    *words: str,
    stdin: int = subprocess.PIPE,
    stdout: int = subprocess.PIPE,
    stderr: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a module of this program in this Python, with the same search path. Ctrl+C in the terminal is not for it.

    Args:
        module: its dotted name.
        words: its arguments.
        stdin: as `subprocess.Popen` has it.
        stdout: as there.
        stderr: as there; None for that of this process.
        environment: variables beside those of this process.
    """
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(  # noqa: S603  (this program's own module, in this Python)
        [sys.executable, "-P", "-m", module, *words],
        env={**os.environ, **(environment or {}), "PYTHONPATH": path},
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )
