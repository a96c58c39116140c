"""Where the layers of a drawing made by program lie: columns by depth, rows for branches, lines like a text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from math import ceil

from nnstudio.core.edits import move
from nnstudio.core.graph import Graph

CARD = (168.0, 112.0)
"""Width and height of a layer's card in scene units."""

GAP = (60.0, 48.0)
"""Space between two columns and between two rows."""

LINE_GAP = 78.0
"""Space between two lines, for the wire that leads back."""

MOST_COLUMNS = 6
"""Columns of a line: as many as can be read in a window of usual size."""


def place(graph: Graph) -> Graph:
    """Lay a drawing out from left to right.

    A layer stands one column behind the last of its sources, and in the row of its first source where that place is
    free, otherwise in the next free row below. A layer that nothing leads to stands just before the first that uses it.
    More than `MOST_COLUMNS` columns are shared out among lines of about equal length, one below the other; a line ends
    only where a single wire leads on. Wires that close a cycle count for nothing.

    This is for drawings that nobody has looked at yet: broken into lines, all of a deep network fits a window.
    `nnstudio.project.layout.arrange` is what tidies up by hand: it never breaks, and takes more care of crossings and
    of an even look.
    """
    columns = _columns(graph)
    rows: dict[str, int] = {}
    taken: set[tuple[int, int]] = set()
    for id_ in sorted(columns, key=lambda key: columns[key]):
        sources = [edge.source for edge in graph.into.get(id_, ()) if edge.source in rows]
        row = rows[sources[0]] if sources else 0
        while (columns[id_], row) in taken:
            row += 1
        rows[id_] = row
        taken.add((columns[id_], row))
    starts = _line_starts(graph, columns)
    line_of = {id_: bisect_right(starts, column) - 1 for id_, column in columns.items()}
    tops = _line_tops(line_of, rows)
    places: dict[str, tuple[float, float]] = {}
    for id_, line in line_of.items():
        column = columns[id_] - starts[line]
        places[id_] = (column * (CARD[0] + GAP[0]), tops[line] + rows[id_] * (CARD[1] + GAP[1]))
    return move(graph, places)


def _line_starts(graph: Graph, columns: Mapping[str, int]) -> list[int]:
    """Return the first column of each line."""
    num_columns = max(columns.values(), default=0) + 1
    length = ceil(num_columns / ceil(num_columns / MOST_COLUMNS))
    # How many wires lead on from before each column to it or past it; those from one port to one column count once.
    crossing = [0] * (num_columns + 1)
    for first, last, _, _ in {
        (columns[edge.source], columns[edge.target], edge.source, edge.source_port) for edge in graph.edges
    }:
        for column in range(first + 1, last + 1):
            crossing[column] += 1
    good = [column for column in range(num_columns - 1) if crossing[column] <= 1]
    starts = [0]
    while num_columns - starts[-1] > length:
        first, beyond = bisect_left(good, starts[-1] + 2), bisect_right(good, starts[-1] + length)
        if first == len(good):
            break
        starts.append(good[max(first, beyond - 1)])
    return starts


def _line_tops(line_of: Mapping[str, int], rows: Mapping[str, int]) -> list[float]:
    """Return where each line begins: below the lowest row of the line before."""
    lowest: dict[int, int] = {}
    for id_, line in line_of.items():
        lowest[line] = max(lowest.get(line, 0), rows[id_])
    tops = [0.0]
    for line in range(len(lowest) - 1):
        tops.append(tops[-1] + lowest[line] * (CARD[1] + GAP[1]) + CARD[1] + LINE_GAP)
    return tops


def _columns(graph: Graph) -> dict[str, int]:
    """Return the column of each node: the longest way to it, in wires."""
    columns = {node.id: 0 for node in graph.nodes}
    waiting = {node.id: len(graph.into.get(node.id, ())) for node in graph.nodes}
    ready = [id_ for id_, count in waiting.items() if count == 0]
    sources = list(ready)
    while ready:
        id_ = ready.pop()
        for edge in graph.out_of.get(id_, ()):
            columns[edge.target] = max(columns[edge.target], columns[id_] + 1)
            waiting[edge.target] -= 1
            if waiting[edge.target] == 0:
                ready.append(edge.target)
    for id_ in sources:
        uses = [columns[edge.target] for edge in graph.out_of.get(id_, ())]
        columns[id_] = max(min(uses, default=1) - 1, 0)
    return columns
