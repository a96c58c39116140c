"""What is done to every canvas that is measured: the same network, the same hands, the same clock.

The clock is the processor time of the process, which others on the computer hardly change. A frame is timed from the
event that asks for it until everything that it asked for has been painted.
"""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGraphicsView

from nnstudio.core.graph import Edge, Graph, Node, Value
from nnstudio.project.document import Project

WIDTH, HEIGHT = 1600, 1000
SPAN: Final = (256.0, 168.0)
"""From one card to the next, across and down."""
_STRIDE: Final = 12
"""Pixels that the hand goes from event to event: more than a step of the grid at 100 %."""
_STEPS: Final = 8
_UNIT: Final = ("Conv2d", "BatchNorm2d", "ReLU", "Dropout", "Conv2d", "BatchNorm2d", "Add", "ReLU")
"""Layers of one residual unit; its Add takes what came into the unit, too."""


def draw(num_layers: int) -> Project:
    """Draw a residual network of so many layers, row below row."""
    columns = len(_UNIT) * max(1, round(math.sqrt(0.75 * num_layers) / len(_UNIT)))
    nodes: list[Node] = []
    edges: list[Edge] = []

    def add(kind: str, params: dict[str, Value], *sources: str) -> str:
        number = len(nodes)
        xy = (number % columns * SPAN[0], number // columns * SPAN[1])
        nodes.append(Node(id=f"n{number}", kind=kind, name=f"{kind.lower()}_{number}", params=params, xy=xy))
        ports = ("input",) if len(sources) == 1 else ("input_1", "input_2")
        edges.extend(Edge(one, "output", nodes[-1].id, port) for one, port in zip(sources, ports, strict=False))
        return nodes[-1].id

    last = entry = add("Input", {"shape": (16, 32, 32)})
    for number in range(num_layers - 2):
        kind = _UNIT[number % len(_UNIT)]
        if number % len(_UNIT) == 0:
            entry = last
        conv: dict[str, Value] = {"out_channels": 16, "kernel_size": 3, "padding": 1, "bias": False}
        last = add(kind, conv if kind == "Conv2d" else {}, *((last, entry) if kind == "Add" else (last,)))
    add("Output", {}, last)
    return Project(name="Deep", graph=Graph(nodes=tuple(nodes), edges=tuple(edges)))


def middle(num_layers: int) -> int:
    """Return the number of an Add near the middle: a card with two wires, one of them long, and another one out."""
    return num_layers // 2 // len(_UNIT) * len(_UNIT) + _UNIT.index("Add") + 1


class Subject:
    """A canvas that is measured. Every method leaves the painting to the event loop; the middle is `middle`."""

    view: QGraphicsView
    lacks: frozenset[str] = frozenset()
    """Figures that cannot be taken of it."""
    is_painted = True
    """Whether opening lasts until everything is painted."""

    def open(self) -> None:
        """Show the network, as when its file is opened."""
        raise NotImplementedError

    def close(self) -> None:
        """Show an empty drawing instead."""

    def fit(self) -> None:
        """Show everything."""
        raise NotImplementedError

    def show_middle(self) -> None:
        """Show the surroundings of the card in the middle at 100 %."""
        raise NotImplementedError

    def zoom(self, factor: float) -> None:
        """Zoom around the middle of the view."""
        raise NotImplementedError

    def pan(self, across: int, down: int) -> None:
        """Move what is shown by so many pixels."""
        raise NotImplementedError

    def grip(self) -> QPoint:
        """Return a place of the viewport where the card in the middle can be taken."""
        raise NotImplementedError

    def place(self) -> tuple[float, float]:
        """Return where the card in the middle is in the scene."""
        raise NotImplementedError

    def select(self, *, everything: bool) -> None:
        """Select all cards or none."""
        raise NotImplementedError

    def undo(self) -> None:
        """Take the last drag back."""
        raise NotImplementedError

    def forget(self) -> None:
        """Drop pictures that are kept from earlier frames, if there are any."""

    def settle(self) -> list[float]:
        """Let what was put off happen; return the milliseconds of each frame that it took."""
        return []


def press(view: QGraphicsView, kind: QEvent.Type, place: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    """Send a mouse event as the window system would."""
    pane = view.viewport()
    event = QMouseEvent(kind, QPointF(place), QPointF(pane.mapToGlobal(place)), button, held, _NO_KEYS)
    QCoreApplication.sendEvent(pane, event)


def milliseconds(job: Callable[[], object]) -> float:
    """Return the processor time of a job with all the painting that it brings."""
    began = time.process_time()
    job()
    QCoreApplication.processEvents()
    return 1000.0 * (time.process_time() - began)


def repaint(subject: Subject) -> float:
    """Paint the whole view again, all in view."""
    subject.fit()
    _wait()
    return milliseconds(subject.view.viewport().repaint)


def repaint_near(subject: Subject) -> float:
    """Paint the whole view again, at 100 %."""
    subject.show_middle()
    _wait()
    return milliseconds(subject.view.viewport().repaint)


def zoom_at_fit(subject: Subject) -> float:
    """Zoom out a notch and in again, all in view."""
    subject.fit()
    _wait()
    notch = 2.0**0.25
    return statistics.mean([milliseconds(lambda: subject.zoom(1 / notch)), milliseconds(lambda: subject.zoom(notch))])


def worst_zoom(subject: Subject, *, high: float = 4.0, low: float = 0.05, rungs: int = 16, notch: int = 4) -> float:
    """Turn the wheel from the nearest to the farthest zoom and back, with no picture kept, over every rung there is.

    Returns: the slowest frame, be it one of those that sharpen what a quick frame left blurred.
    """
    frames: list[float] = []
    for offset in range(notch):
        subject.show_middle()
        subject.zoom(high * 2.0 ** (-offset / rungs))
        subject.forget()
        _wait()
        notches = int((math.log2(high / low) * rungs - offset) / notch)
        for direction in (-1, 1):
            for _ in range(notches):
                frames.append(milliseconds(lambda: subject.zoom(2.0 ** (direction * notch / rungs))))  # noqa: B023
                frames += subject.settle()
            subject.forget()
    return max(frames)


def pan(subject: Subject) -> float:
    """Pan a few pixels, at 100 %."""
    subject.show_middle()
    _wait()
    taken = [milliseconds(lambda: subject.pan(8, 4)) for _ in range(_STEPS)]
    taken += [milliseconds(lambda: subject.pan(-8, -4)) for _ in range(_STEPS)]
    return statistics.median(taken)


def drag_one(subject: Subject) -> float:
    """Drag the card in the middle one step, at 100 %."""
    subject.select(everything=False)
    subject.show_middle()
    _wait()
    taken = _drag(subject)
    subject.undo()
    _wait()
    return statistics.median(taken)


def select_all(subject: Subject) -> float:
    """Select every card, all in view."""
    subject.fit()
    subject.select(everything=False)
    _wait()
    taken = milliseconds(lambda: subject.select(everything=True))
    subject.select(everything=False)
    _wait()
    return taken


def move_all(subject: Subject) -> float:
    """Drag every card one step, all in view."""
    subject.fit()
    subject.select(everything=True)
    _wait()
    taken = _drag(subject)
    subject.undo()
    subject.select(everything=False)
    _wait()
    return statistics.median(taken)


def undo(subject: Subject) -> float:
    """Take back a drag of every card, all in view."""
    subject.fit()
    subject.select(everything=True)
    _wait()
    before = subject.place()
    _drag(subject)
    taken = milliseconds(subject.undo)
    assert math.dist(before, subject.place()) < 1.0
    subject.select(everything=False)
    _wait()
    return taken


def open_file(subject: Subject) -> float:
    """Open the file, until it is painted."""
    subject.close()
    _wait()
    gc.collect()
    began = time.process_time()
    subject.open()
    if subject.is_painted:
        QCoreApplication.processEvents()
    taken = 1000.0 * (time.process_time() - began)
    _wait()
    return taken


Figure = Callable[[Subject], float]

FIGURES: Final[Mapping[str, tuple[Figure, int]]] = {
    "open the file": (open_file, 3),
    "repaint, all in view": (repaint, 9),
    "zoom frame, all in view": (zoom_at_fit, 5),
    "worst zoom frame": (worst_zoom, 3),
    "repaint at 1:1": (repaint_near, 9),
    "pan at 1:1": (pan, 3),
    "drag one card at 1:1": (drag_one, 5),
    "select all": (select_all, 5),
    "move all, one step": (move_all, 3),
    "undo of that": (undo, 5),
}
"""What is measured, by name, and over how many rounds."""


def resident() -> float:
    """Return the megabytes that this process alone holds in memory; 0 where the system does not tell."""
    file = Path("/proc/self/smaps_rollup")
    if not file.exists():
        return 0.0
    lines = (line.split() for line in file.read_text().splitlines())
    return sum(int(line[1]) for line in lines if line[0] in ("Private_Clean:", "Private_Dirty:")) / 1024


def added_memory(subject: Subject) -> float:
    """Return the megabytes that showing the network brings, after a look at all of it and one at 100 %."""
    gc.collect()
    before = resident()
    subject.open()
    _wait()
    for look in (subject.fit, subject.show_middle):
        look()
        _wait()
    gc.collect()
    return resident() - before


def _drag(subject: Subject) -> list[float]:
    """Take the card in the middle, go some steps out and half of them back, and let go."""
    place, before = subject.grip(), subject.place()
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    press(subject.view, QEvent.Type.MouseMove, place, none, none)
    press(subject.view, QEvent.Type.MouseButtonPress, place, left, left)
    _wait()
    taken = []
    for step in range(1, _STEPS + 1):
        there = place + QPoint(_STRIDE, _STRIDE) * (step if step <= _STEPS // 2 + 2 else _STEPS + 4 - step)
        taken.append(milliseconds(lambda: press(subject.view, QEvent.Type.MouseMove, there, none, left)))  # noqa: B023
    press(subject.view, QEvent.Type.MouseButtonRelease, there, left, none)
    _wait()
    assert math.dist(before, subject.place()) > 1.0, "nothing was dragged"
    return taken


def _wait() -> None:
    for _ in range(3):
        QCoreApplication.processEvents()


_NO_KEYS = Qt.KeyboardModifier.NoModifier
