"""How soon the first window is painted, beside the same program with torch imported before it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from benchmarks.common import Row, at_most, median_ratio, take_turns

MOST = 0.2
ROUNDS = 7
PROGRAM = """
import sys
if sys.argv[1] == "eager":
    import torch
import gc
gc.disable()  # as the command line does until the window stands
from nnstudio.project.store import load
from nnstudio.core.resources import resource
from nnstudio.ui.app import make_application
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
application = make_application()
window = MainWindow(Session(load(resource("examples", "lenet5-digits.nns"))), remember=False, staged=True)
import os
window.painted.connect(lambda: os._exit(0))
window.show()
application.exec()
"""
"""Ends in the moment in which the window has been painted; nothing is torn down, as that would be measured too."""


def rows() -> Iterator[Row]:
    """Yield the ratio, and the seconds it is made of."""
    seconds = take_turns({"lazy": _opener("lazy"), "eager": _opener("eager")}, ROUNDS)
    ratio = median_ratio(seconds["lazy"], seconds["eager"])
    yield at_most("first_window", "first window / with torch imported first", ratio, MOST)
    yield Row("first_window", "first window, s", median(seconds["lazy"]))
    yield Row("first_window", "first window with torch imported first, s", median(seconds["eager"]))


def _opener(how: str) -> Callable[[], object]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    # As on anyone's computer: after the first start, modules come compiled.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return lambda: subprocess.run(
        [sys.executable, "-c", PROGRAM, how], env=environment, cwd=Path(__file__).parents[1], check=True
    )
