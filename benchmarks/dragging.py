"""A card is dragged while the network trains and shows live tiles: how much of a frame does each move take?

A frame is what the GUI thread calculates from one mouse move to the end of the painting that it causes, with whatever
else has come due meanwhile, such as a look at the run. Moves come sixty times a second; between them the training has
the processor.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.common import Row, at_least, at_most, quantile

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent, QPointF

    from nnstudio.project.document import Project
    from nnstudio.ui.canvas.view import Canvas
    from nnstudio.ui.window import MainWindow

FRAME = 16.0
"""Milliseconds of the processor that 99 % of the moves may take."""
MOVES = 500
DRAWINGS = {"lenet5": "LeNet-5", "thirty": "33 layers"}
_RADIUS = 140.0
_LAYERS = 10
_ACROSS = 7
_PITCH = (260.0, 190.0)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the child process measured.

    Attributes:
        idle, one, several: milliseconds of the processor of each move: before training, and during it of one card and
            of all cards.
        tiles: cards in view that show a picture.
        steps: training steps during the moves.
        changed: whether tiles changed during a drag.
    """

    idle: list[float]
    one: list[float]
    several: list[float]
    tiles: int
    steps: int
    changed: bool


def rows() -> Iterator[Row]:
    """Yield the cost of a move for a small and a larger drawing."""
    for key, title in DRAWINGS.items():
        figures = _measure(key)
        yield Row("dragging", f"{title}: cards in view with live tiles", figures.tiles)
        yield at_least("dragging", f"{title}: training steps during the drags", figures.steps, 1)
        yield at_most("dragging", f"{title}: one card, p99 of a move in ms", quantile(figures.one, 0.99), FRAME)
        yield at_most("dragging", f"{title}: all cards, p99 of a move in ms", quantile(figures.several, 0.99), FRAME)
        yield Row("dragging", f"{title}: one card, median", median(figures.one))
        yield Row("dragging", f"{title}: one card without training, p99", quantile(figures.idle, 0.99))
        yield at_most("dragging", f"{title}: tiles changed under the hand", float(figures.changed), 0)


def _measure(key: str) -> Figures:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.dragging", key],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def _child(key: str) -> Figures:
    """Train in a window of this process, and drag."""
    import msgspec

    from nnstudio.project.examples import EXAMPLES
    from nnstudio.ui import lazy
    from nnstudio.ui.app import make_application
    from nnstudio.ui.session import Session
    from nnstudio.ui.window import USUAL, MainWindow

    application = make_application()
    project = EXAMPLES["lenet5-digits"]() if key == "lenet5" else _thirty()
    endless = msgspec.structs.replace(project, recipe={**project.recipe, "epochs": 100_000})
    window = MainWindow(Session(endless), remember=False)
    window.resize(*USUAL)
    window.show()
    lazy.pyqtgraph()
    _live(0.5)
    canvas = window.design.canvas
    canvas.zoom_to_fit()
    idle, _ = _drag(canvas)
    figures = _drag_in_training(window, idle)
    window.session.bridge.shutdown()
    window.close()
    application.processEvents()
    return figures


def _drag_in_training(window: MainWindow, idle: list[float]) -> Figures:
    session, canvas = window.session, window.design.canvas
    bridge = session.bridge
    bridge.start()
    while bridge.num_steps < 50 or _tiles(canvas) < 4:
        _live(0.1)
    _live(1.0)
    steps, tiles = bridge.num_steps, _tiles(canvas)
    one, changed = _drag(canvas)
    canvas.select_all()
    several, changed_too = _drag(canvas)
    return Figures(idle, one, several, tiles, bridge.num_steps - steps, changed or changed_too)


def _drag(canvas: Canvas) -> tuple[list[float], bool]:
    """Lead a card around, take the step back; return the milliseconds of each move, and whether tiles changed."""
    from PySide6.QtCore import QEvent, QPointF

    nodes = canvas.board.nodes.values()
    middle = canvas.centre
    item = min(nodes, key=lambda one: (one.card.center() - middle).manhattanLength())
    start = canvas.viewportTransform().map(item.card.center())
    _send(canvas, QEvent.Type.MouseButtonPress, start)
    shown, spent, changed = _pictures(canvas), list[float](), False
    for number in range(MOVES):
        began, cpu = time.perf_counter(), time.thread_time()
        angle = 4.0 * math.pi * number / MOVES
        way = QPointF(_RADIUS * math.sin(angle), _RADIUS * (1.0 - math.cos(angle)) / 2)
        _send(canvas, QEvent.Type.MouseMove, start + way)
        _handle()
        spent.append(1000.0 * (time.thread_time() - cpu))
        changed = changed or _pictures(canvas) != shown
        time.sleep(max(0.0, FRAME / 1000.0 - (time.perf_counter() - began)))
    _send(canvas, QEvent.Type.MouseButtonRelease, start + QPointF(60.0, 60.0))
    _live(0.2)
    canvas.session.undo()
    canvas.session.select(())
    _live(0.2)
    return spent, changed


def _send(canvas: Canvas, kind: QEvent.Type, place: QPointF) -> None:
    from PySide6.QtCore import QCoreApplication, QEvent, Qt
    from PySide6.QtGui import QMouseEvent

    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    held = none if kind == QEvent.Type.MouseButtonRelease else left
    view = canvas.viewport()
    event = QMouseEvent(kind, place, view.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(view, event)


def _handle() -> None:
    """Do all that has come due: paint, and look at the run if it is time."""
    from PySide6.QtCore import QCoreApplication

    QCoreApplication.processEvents()


def _live(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        _handle()
        time.sleep(0.01)


def _pictures(canvas: Canvas) -> list[int]:
    return [id(item.picture) for item in canvas.board.nodes.values()]


def _tiles(canvas: Canvas) -> int:
    """Count the cards in view that show what their layers give."""
    return sum(item.picture is not None for item in canvas.board.nodes_in(canvas.seen))


def _thirty() -> Project:
    """Return convolutions, normalisations and rectifiers by turns, in rows of which all are in view."""
    import msgspec

    from nnstudio.project.builder import Builder

    b = Builder("Thirty")
    h = b.input("image", shape=(1, 8, 8))
    for _ in range(_LAYERS):
        h = b.add("Conv2d", h, out_channels=8, kernel_size=3, padding=1)
        h = b.add("BatchNorm2d", h)
        h = b.add("ReLU", h)
    h = b.add("Flatten", h)
    b.output(b.add("Linear", h, out_features=10), name="digit")
    project = b.project(data={"name": "digits8"}, recipe={"epochs": 2})
    nodes = tuple(
        msgspec.structs.replace(node, xy=(number % _ACROSS * _PITCH[0], number // _ACROSS * _PITCH[1]))
        for number, node in enumerate(project.graph.nodes)
    )
    return msgspec.structs.replace(project, graph=msgspec.structs.replace(project.graph, nodes=nodes))


if __name__ == "__main__":
    print(json.dumps(asdict(_child(sys.argv[1]))), flush=True)
