"""How quick the canvas is beside a plain QGraphicsScene with the same cards, and beside two other editors."""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.common import Row, at_most

if TYPE_CHECKING:
    from benchmarks.bare import Bare
    from benchmarks.stage import Subject
    from nnstudio.project.document import Project

SIZES: Final = (50, 500, 2_000)
GOALS: Final[Mapping[str, float]] = {
    "repaint, all in view": 0.12,
    "zoom frame, all in view": 0.15,
    "worst zoom frame": 0.6,
    "repaint at 1:1": 1.6,
    "pan at 1:1": 1.6,
    "drag one card at 1:1": 2.0,
    "select all": 0.6,
    "move all, one step": 0.15,
    "undo of that": 0.7,
    "open the file": 6.0,
    "memory": 2.5,
}
"""What each figure may be of that of the plain scene, with the most cards."""
GROWTH: Final = 2.0
"""What dragging one card may cost among the most cards, of what it costs among the fewest."""
PEERS: Final = ("NodeGraphQt", "pyqtgraph")

_SLOW: Final = 100.0
"""Milliseconds from which another editor is measured only once."""

Figures = dict[str, float]


def rows(sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """Yield ratios for each number of cards; those for the most cards are promises."""
    ours: Figures = {}
    drags: list[float] = []
    for size in sizes:
        both = _child("pair", size)
        ours, bare = both["ours"], both["bare"]
        for name in ("ours", "bare"):
            both[name]["memory"] = _child("memory", size, name)[name]["memory"]
        drags.append(ours["drag one card at 1:1"])
        for figure, most in GOALS.items():
            unit = "MB" if figure == "memory" else "ms"
            label = f"{size} cards, {figure} ({ours[figure]:.3g} : {bare[figure]:.3g} {unit})"
            ratio = ours[figure] / bare[figure] if bare[figure] else 0.0
            yield at_most("canvas", label, ratio, most) if size == sizes[-1] else Row("canvas", label, ratio)
    yield at_most("canvas", f"drag one card, {sizes[-1]} cards / {sizes[0]} cards", drags[-1] / drags[0], GROWTH)
    for peer in PEERS:
        yield from _beside(peer, sizes[-1], ours)


def _beside(peer: str, size: int, ours: Figures) -> Iterator[Row]:
    """Yield what each figure is of that of another editor."""
    if importlib.util.find_spec(peer) is None:
        yield Row("canvas", f"{peer} is not installed here and was left out", 0.0)
        return
    theirs = _child("peer", size, peer)[peer] | _child("memory", size, peer)[peer]
    # Their slowest frame is at least the one with all in view.
    theirs["worst zoom frame"] = theirs["zoom frame, all in view"]
    for figure in GOALS:
        if figure in theirs:
            unit = "MB" if figure == "memory" else "ms"
            label = f"{size} cards, {figure}, beside {peer} ({theirs[figure]:.4g} {unit})"
            yield at_most("canvas", label, ours[figure] / theirs[figure], 1.0)


def _child(*arguments: object) -> dict[str, Figures]:
    """Measure in a process of its own, so that no one pays for what another left behind."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.canvas", *map(str, arguments)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Figures] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(subjects: Mapping[str, Subject], rounds: int | None = None) -> dict[str, Figures]:
    """Return the median milliseconds of every figure; the subjects take turns in every round.

    Args:
        subjects: who is measured, by name.
        rounds: how often at most, without a first round that does not count, and only once what is slow anyway; None
            for the usual number after one.
    """
    from benchmarks.stage import FIGURES, open_file

    found: dict[str, Figures] = {name: {} for name in subjects}
    if rounds is None:
        for subject in subjects.values():
            open_file(subject)
    for figure, (take, usual) in FIGURES.items():
        taken: dict[str, list[float]] = {name: [] for name in subjects}
        for number in range(min(rounds or usual, usual)):
            names = list(subjects)
            for name in names if number % 2 else names[::-1]:
                if figure not in subjects[name].lacks and not (rounds and taken[name] and taken[name][0] > _SLOW):
                    taken[name].append(take(subjects[name]))
        for name, values in taken.items():
            if values:
                found[name][figure] = statistics.median(values)
    return found


def make_ours(project: Project, folder: Path) -> Subject:
    """Return our canvas over a network that lies in a file."""
    from benchmarks.ours import Ours
    from nnstudio.project.store import save

    file = folder / "deep.nns"
    save(project, file)
    return Ours(file)


def make_bare(project: Project) -> Bare:
    """Return the plain scene with the same words on its cards."""
    from benchmarks.bare import Bare, Card
    from nnstudio.compiler.analysis import analyse
    from nnstudio.ui import theme
    from nnstudio.ui.canvas.face import make_face

    graph = project.graph
    analysis = analyse(graph, {})
    faces = {node.id: make_face(graph, node, {}, analysis) for node in graph.nodes}
    numbers = {node.id: number for number, node in enumerate(graph.nodes)}
    cards = [
        Card(
            face.title,
            (face.name, face.line, face.parameters),
            face.shape,
            theme.current().family(face.family).name(),
            len(face.inputs),
            len(face.outputs),
            node.xy,
        )
        for node, face in zip(graph.nodes, faces.values(), strict=True)
    ]
    wires = [
        (
            numbers[edge.source],
            faces[edge.source].outputs.index(edge.source_port),
            numbers[edge.target],
            faces[edge.target].inputs.index(edge.target_port),
        )
        for edge in graph.edges
    ]
    return Bare(cards, wires)


def main(job: str, size: int, whom: str = "") -> dict[str, Figures]:
    """Measure what was asked for, in this process."""
    from benchmarks.stage import added_memory, draw
    from nnstudio.ui.app import make_application

    _application = make_application()
    project = draw(size)
    with tempfile.TemporaryDirectory() as folder:
        if job == "pair":
            return measure({name: _make(name, project, Path(folder)) for name in ("ours", "bare")})
        subject = _make(whom, project, Path(folder))
        return {
            whom: {"memory": added_memory(subject)} if job == "memory" else measure({whom: subject}, rounds=9)[whom]
        }


def _make(name: str, project: Project, folder: Path) -> Subject:
    """Return a canvas over a network."""
    if name == "ours":
        return make_ours(project, folder)
    if name == "bare":
        return make_bare(project)
    from benchmarks.peers import make_peer

    return make_peer(name, project)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])), flush=True)
    os._exit(0)  # taking thousands of items down is not what is measured
