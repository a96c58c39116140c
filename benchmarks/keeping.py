"""What it costs a run that it can be gone back in and outlives a crash: moments in memory, checkpoints on disk."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.common import Row, at_most
from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.data.catalog import load
from nnstudio.project.examples import ALL
from nnstudio.runs.checkpoints import Keeper
from nnstudio.training.control import Control
from nnstudio.training.course import Course
from nnstudio.training.events import StepDone
from nnstudio.training.past import Past
from nnstudio.training.recipe import recipe_of

EXAMPLES = ("moons", "lenet5-digits", "residual-digits")
SECONDS = 15.0
MOST = 0.02


class _Clock:
    """Adds up the time within calls."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def watch(self, owner: object, name: str) -> None:
        """Count the time of a method from now on."""
        plain = getattr(owner, name)

        def timed(*arguments: object, **options: object) -> object:
            began = time.perf_counter()
            try:
                return plain(*arguments, **options)
            finally:
                self.seconds += time.perf_counter() - began

        setattr(owner, name, timed)


def rows() -> Iterator[Row]:
    """Yield the share of the time that goes into moments, and into checkpoints, in runs of the window's kind."""
    for name in EXAMPLES:
        memory, disk, num_moments = shares(name, SECONDS)
        yield at_most("keeping", f"{name}: checkpoints, share of the time", disk, MOST)
        yield at_most("keeping", f"{name}: moments to go back to, share of the time", memory, MOST)
        yield Row("keeping", f"{name}: moments kept", num_moments)


def shares(name: str, seconds: float) -> tuple[float, float, int]:
    """Train for some seconds; return the shares of moments and of checkpoints, and how many moments were kept."""
    project = ALL[name]()
    recipe = recipe_of({**project.recipe, "epochs": 100_000})
    module = link(make_plan(project.graph, project.blocks_by_name), seed=0)
    past = Past()
    course, control = Course(module, load(project.data), recipe, past=past), Control()
    with tempfile.TemporaryDirectory() as folder:
        keeper = Keeper(Path(folder) / "run", project, "0" * 64)
        memory, disk = _Clock(), _Clock()
        memory.watch(course, "_keep")
        disk.watch(keeper, "_write")
        began = time.perf_counter()
        for event in keeper.follow(course, control, course.run(control)):
            if isinstance(event, StepDone) and time.perf_counter() - began > seconds:
                control.stop()
        spent = time.perf_counter() - began
    return memory.seconds / spent, disk.seconds / spent, len(past.steps)
