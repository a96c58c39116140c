"""The canvas as it is measured: over a session, as in the window, without the widgets around it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QPointF

from benchmarks.stage import HEIGHT, WIDTH, Subject, middle, milliseconds
from nnstudio.project.document import Project
from nnstudio.ui.canvas.items import NodeItem
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.session import Session


class Ours(Subject):
    """The canvas over one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.session = Session(Project(name="Empty"))
        self.canvas = self.view = Canvas(self.session)
        self.canvas.resize(WIDTH, HEIGHT)
        self.canvas.show()

    def open(self) -> None:
        """Read the file, work everything out, show it."""
        self.session.open(self._file)

    def close(self) -> None:
        """Begin an empty drawing."""
        self.session.new()

    def fit(self) -> None:
        """Show everything."""
        self.canvas.zoom_to_fit()

    def show_middle(self) -> None:
        """Go to the card in the middle."""
        self.canvas.show_place(1.0, self._middle.card.center())

    def zoom(self, factor: float) -> None:
        """Zoom around the middle of the view."""
        self.canvas.zoom_at(QPointF(WIDTH / 2, HEIGHT / 2), self.canvas.zoom * factor)

    def pan(self, across: int, down: int) -> None:
        """Move what is shown."""
        self.canvas.pan(QPointF(across, down))

    def grip(self) -> QPoint:
        """Return a place on the card."""
        return self.canvas.mapFromScene(self._middle.card.center())

    def place(self) -> tuple[float, float]:
        """Return where the card is."""
        corner = self._middle.scenePos()
        return (corner.x(), corner.y())

    def select(self, *, everything: bool) -> None:
        """Select all, or none."""
        if everything:
            self.canvas.select_all()
        else:
            self.session.select(())

    def undo(self) -> None:
        """Take the last step back."""
        self.session.undo()

    def forget(self) -> None:
        """Drop the painted cards."""
        self.canvas.board.sprites.clear()

    def settle(self) -> list[float]:
        """Paint the frames that bring the cards which a quick frame left out."""
        frames = []
        while not self.canvas.is_sharp:
            frames.append(milliseconds(self.canvas.viewport().repaint))
        return frames

    @property
    def _middle(self) -> NodeItem:
        nodes = self.session.graph.nodes
        return self.canvas.node_item(nodes[middle(len(nodes))].id)
