"""``nnstudio demo``: LeNet-5 learns handwritten digits in the window, or in a window that nobody sees."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnstudio.cli.display import go_offscreen, has_display
from nnstudio.cli.progress import ProgressBar, clock_text
from nnstudio.core.words import tr

DEFAULT_PICTURE = Path("nnstudio-demo.png")
"""Where the picture goes when there is no display and no other name was given."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--screenshot", type=Path, metavar="PNG", help=tr("write a picture of the window at the end of training")
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the demo to its end."""
    picture: Path | None = arguments.screenshot
    if not has_display():
        print(tr("There is no display here, so the demo runs in a window that nobody sees."), file=sys.stderr)
        picture = picture or DEFAULT_PICTURE
        go_offscreen()
    from nnstudio.ui.app import run_demo

    bar = ProgressBar(sys.stderr)
    result = run_demo(picture, bar.update)
    bar.clear()
    if result.accuracy is None:
        message = result.message or tr("The demo was stopped before its end.")
        print(f"nnstudio: {message}", file=sys.stderr)
        return 1
    accuracy = f"{100 * result.accuracy:.1f} %"
    print(tr("Validation accuracy {accuracy} after {time}.", accuracy=accuracy, time=clock_text(result.seconds)))
    if result.screenshot is not None:
        print(tr("Screenshot: {path}", path=result.screenshot))
    return 0
