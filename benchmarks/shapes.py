"""How long drawings of 50 and 500 layers take to be worked out, whole and after one edit."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.common import Row, at_most
from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.core.edits import replace, set_param
from nnstudio.core.graph import Graph
from nnstudio.project.builder import Builder

ROUNDS = 200
GOALS = {50: (1.0, 0.2), 500: (5.0, 1.0)}
"""By the number of layers: milliseconds for all of it, and after one edit."""


def rows() -> Iterator[Row]:
    """Yield milliseconds of processor time, as medians."""
    for layers, (whole, edit) in GOALS.items():
        graph = draw(layers)
        known = analyse(graph, {})
        assert known.ok
        middle = graph.by_name[f"conv_{layers // 8}"].id
        edited = [set_param(graph, middle, "out_channels", 8 + number) for number in range(ROUNDS)]
        taken = milliseconds(partial(_analyse_anew, graph))
        yield at_most("shapes", f"{layers} layers, whole (ms)", taken, whole)
        taken = milliseconds(partial(_analyse_next, iter(edited), known))
        yield at_most("shapes", f"{layers} layers, one in the middle edited (ms)", taken, edit)


def draw(layers: int) -> Graph:
    """Draw convolution, normalisation, ReLU and dropout over and over, so many layers in all."""
    b = Builder("Deep")
    h = b.input("image", shape=(3, 64, 64))
    for number in range(layers - 2):
        kind = ("Conv2d", "BatchNorm2d", "ReLU", "Dropout")[number % 4]
        h = b.add(kind, h, out_channels=32, kernel_size=3, padding=1) if kind == "Conv2d" else b.add(kind, h)
    b.output(h)
    graph = b.project().graph
    assert len(graph.nodes) == layers
    return graph


def _analyse_anew(graph: Graph) -> Analysis:
    return analyse(replace(graph), {})


def _analyse_next(edited: Iterator[Graph], known: Analysis) -> Analysis:
    return analyse(next(edited), {}, known)


def milliseconds(job: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median processor time of ``job``."""
    taken: list[float] = []
    for _ in range(rounds):
        began = time.process_time()
        job()
        taken.append(time.process_time() - began)
    return statistics.median(taken) * 1000
