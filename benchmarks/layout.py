"""How long the layout of 500 and 2,000 nodes takes, and how many crossings it leaves where dot leaves some."""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections.abc import Iterator

from benchmarks.common import Row, at_most
from benchmarks.crossings import crossings, dot_version, dot_ways, own_ways
from benchmarks.drawings import SEEDS, chain_with_skips, dense, random_net
from nnstudio.core.graph import Edge
from nnstudio.project.layout import Box, arrange

ROUNDS = 5
GOALS = {500: 150.0, 2000: 600.0}
"""By the number of nodes: milliseconds."""

MOST = 1.1
"""Crossings for each one that dot leaves."""


def rows() -> Iterator[Row]:
    """Yield milliseconds of processor time, as medians, and crossings of twenty random networks."""
    for num, most in GOALS.items():
        boxes, edges = chain_with_skips(num)
        yield at_most("layout", f"{num} nodes, {len(edges)} wires (ms)", _milliseconds(boxes, edges), most)
    waited = statistics.median(_longest_wait(boxes, edges) for _ in range(ROUNDS))
    yield Row("layout", "longest wait of another thread meanwhile (ms)", waited)
    boxes, edges = dense(100)
    yield Row("layout", f"100 nodes, each wired to all behind it: {len(edges)} wires (ms)", _milliseconds(boxes, edges))
    own = sum(crossings(own_ways(*random_net(seed))) for seed in SEEDS)
    yield Row("layout", "crossings in 20 random networks", own)
    if dot_version() is None:
        print("layout: dot of Graphviz is not installed, so crossings are held against nothing", file=sys.stderr)
        return
    theirs = sum(crossings(dot_ways(*random_net(seed))) for seed in SEEDS)
    yield at_most("layout", f"crossings for each of the {theirs} of {dot_version()}", own / theirs, MOST)


def _longest_wait(boxes: dict[str, Box], edges: list[Edge]) -> float:
    """Return the longest time, in milliseconds, that a thread beside the layout did not get its turn."""
    worker = threading.Thread(target=arrange, args=(boxes, edges))
    longest, last = 0.0, time.perf_counter()
    worker.start()
    while worker.is_alive():
        time.sleep(0.001)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return 1000 * longest


def _milliseconds(boxes: dict[str, Box], edges: list[Edge]) -> float:
    taken: list[float] = []
    for _ in range(ROUNDS):
        began = time.process_time()
        arrange(boxes, edges)
        taken.append(1000 * (time.process_time() - began))
    return statistics.median(taken)
