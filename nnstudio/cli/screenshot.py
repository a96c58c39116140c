"""``nnstudio screenshot``: the window with a project in it, as a picture."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from nnstudio.api import load
from nnstudio.cli.display import go_offscreen
from nnstudio.core.words import tr

MOST = 10_000
"""Pixels of a picture's side."""

_THEMES = ("light", "dark", "contrast")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help=tr("a project file (.nns)"))
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PNG", help=tr("the picture to write"))
    parser.add_argument("--theme", choices=_THEMES, default="light", help=tr("colours of the window"))
    parser.add_argument("--size", default="1600x1000", metavar="WxH", help=tr("size of the window in pixels"))
    parser.add_argument("--page", choices=("design", "train"), default="design", help=tr("which page to show"))


def run(arguments: argparse.Namespace) -> int:
    """Write the picture; no display is needed."""
    size = read_size(arguments.size)
    load(arguments.file)  # a bad file is told before Qt is loaded
    go_offscreen()
    from nnstudio.ui.app import render_screenshot

    render_screenshot(arguments.file, arguments.output, arguments.theme, size, arguments.page)
    return 0


def read_size(text: str) -> tuple[int, int]:
    """Read ``1600x1000`` as a pair.

    Raises:
        ValueError: it is no size, or one that no window has.
    """
    match = re.fullmatch(r"([0-9]{1,5})[x×]([0-9]{1,5})", text)
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(200 <= side <= MOST for side in size):
        raise ValueError(tr("--size: expected 200x200 to {most}x{most}, got {got}", most=MOST, got=repr(text)[:40]))
    return size
