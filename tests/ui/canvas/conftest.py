"""Canvases over small drawings, at 100 % and with a known place in the middle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from nnstudio.core.graph import Edge, Graph, Node, Value
from nnstudio.project.document import Project
from nnstudio.ui.canvas.placing import PITCH
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.session import Session
from tests.ui.canvas.hand import Hand

Make = Callable[..., Hand]


def row(*layers: tuple[str, str, dict[str, Value]]) -> Project:
    """Layers in one row, each fed by the one before: ``(name, kind, params)``."""
    nodes = tuple(
        Node(id=name, kind=kind, name=name, params=params, xy=(place * PITCH, 0.0))
        for place, (name, kind, params) in enumerate(layers)
    )
    edges = tuple(Edge(one.id, "output", other.id, "input") for one, other in pairwise(nodes))
    return Project(graph=Graph(nodes=nodes, edges=edges))


SMALL = row(
    ("image", "Input", {"shape": (1, 8, 8)}),
    ("conv", "Conv2d", {"out_channels": 4}),
    ("relu", "ReLU", {}),
    ("flat", "Flatten", {}),
)


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Make]:
    """Make a canvas and a hand for it: at 100 %, a little left of and above the drawing."""

    def build(project: Project = SMALL, centre: tuple[float, float] = (320.0, 120.0)) -> Hand:
        session = Session(project)
        canvas = Canvas(session)
        sessions.append(session)
        qtbot.addWidget(canvas)
        canvas.resize(1200, 800)
        with qtbot.waitExposed(canvas):
            canvas.show()
        canvas.show_place(1.0, QPointF(*centre))
        canvas.activateWindow()
        canvas.setFocus()
        qtbot.waitUntil(canvas.hasFocus)
        return Hand(canvas)

    sessions: list[Session] = []
    yield build
    for session in sessions:
        session.bridge.shutdown()


@pytest.fixture
def hand(make: Make) -> Hand:
    """A hand on a canvas with four layers in a row: image, conv, relu, flat."""
    return make()
