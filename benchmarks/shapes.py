"""How long a drawing of 50 layers takes to be worked out: all shapes, costs and problems, whole and after one edit."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

from benchmarks.common import Row, at_most
from nnstudio.compiler.analysis import analyse
from nnstudio.core.edits import replace, set_param
from nnstudio.core.graph import Graph
from nnstudio.project.builder import Builder

LAYERS = 50
ROUNDS = 200


def rows() -> Iterator[Row]:
    """Yield milliseconds of processor time, as medians."""
    graph = draw()
    known = analyse(graph, {})
    assert known.ok
    edited = [set_param(graph, graph.by_name["conv_6"].id, "out_channels", 8 + number) for number in range(ROUNDS)]
    turn = iter(edited)
    yield at_most("shapes", f"{LAYERS} layers, whole (ms)", milliseconds(lambda: analyse(replace(graph), {})), 1.0)
    yield Row(
        "shapes",
        f"{LAYERS} layers, one in the middle edited (ms)",
        milliseconds(lambda: analyse(next(turn), {}, known)),
    )


def draw() -> Graph:
    """Draw convolution, normalisation, ReLU and pooling over and over, 50 layers in all."""
    b = Builder("Deep")
    h = b.input("image", shape=(3, 64, 64))
    for _ in range(12):
        h = b.add("Conv2d", h, out_channels=32, kernel_size=3, padding=1)
        h = b.add("BatchNorm2d", h)
        h = b.add("ReLU", h)
        h = b.add("Dropout", h)
    b.output(h)
    graph = b.project().graph
    assert len(graph.nodes) == LAYERS
    return graph


def milliseconds(job: Callable[[], object]) -> float:
    """Return the median processor time of ``job``."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        began = time.process_time()
        job()
        taken.append(time.process_time() - began)
    return statistics.median(taken) * 1000
