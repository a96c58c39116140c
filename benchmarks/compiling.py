"""How long a drawing of 500 layers takes to become a module without weights (on torch's meta device)."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from benchmarks.common import Row, at_most
from benchmarks.shapes import draw, milliseconds
from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan

MOST = 60.0
LAYERS = 500


def rows() -> Iterator[Row]:
    """Yield milliseconds of processor time, from the drawing to the module."""
    graph = draw(LAYERS)

    def compile_it() -> None:
        plan = make_plan(graph, {})
        with torch.device("meta"):
            link(plan)

    compile_it()
    taken = milliseconds(compile_it, rounds=15)
    yield at_most("compiling", f"{LAYERS} layers, no weights (ms)", taken, MOST)
