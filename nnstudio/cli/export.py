"""``nnstudio export``: the drawing as code to take home."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnstudio.api import compile, load
from nnstudio.core.words import tr
from nnstudio.project.store import write_atomically


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help=tr("a project file (.nns)"))
    parser.add_argument("--to", choices=("python",), required=True, help=tr("what to write"))
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help=tr("the file to write; - prints it"))


def run(arguments: argparse.Namespace) -> int:
    """Write the file."""
    source = compile(load(arguments.file)).source()
    if arguments.output == "-":
        sys.stdout.write(source)
    else:
        write_atomically(Path(arguments.output), source.encode())
    return 0
