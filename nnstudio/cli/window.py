"""``nnstudio [FILE…]``: the window."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from nnstudio.cli.display import has_display, no_display_text
from nnstudio.core.words import tr


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help=tr("project files (.nns) to open"))


def run(arguments: argparse.Namespace) -> int:
    """Open the window and wait until it is closed."""
    from nnstudio.api import load

    for file in arguments.files:
        load(file)  # a bad file is told where it was named
    if not has_display():
        print(f"nnstudio: {no_display_text()}", file=sys.stderr)
        return 2
    # While the window is built nothing becomes garbage; the collector would only walk it all again and again.
    gc.disable()
    try:
        from nnstudio.ui.app import run_window

        return run_window(arguments.files)
    finally:
        gc.enable()
