"""What is done with several cards of a canvas at once: laid out, brought in line, selected along their wires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core import edits
from nnstudio.core.words import tr

if TYPE_CHECKING:
    from nnstudio.core.arranging import Places, Rect, Side, Way
    from nnstudio.project.layout.arranging import Direction
    from nnstudio.ui.canvas.tidying import Tidying
    from nnstudio.ui.canvas.view import Canvas


def side_titles() -> dict[Side, str]:
    """Return what bringing cards in line is called, by the side that is then in line."""
    return {
        "left": tr("Align left"),
        "centre": tr("Align centres"),
        "right": tr("Align right"),
        "top": tr("Align top"),
        "middle": tr("Align middles"),
        "bottom": tr("Align bottom"),
    }


def way_titles() -> dict[Way, str]:
    """Return what leaving equal gaps is called, by the way they lie."""
    return {"across": tr("Distribute across"), "down": tr("Distribute down")}


class Arranging:
    """Edits of where the cards of a canvas stand, each one step to undo, and selections along the wires."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._tidying: Tidying | None = None

    # Laying out

    def tidy(self) -> None:
        """Lay out what is selected from left to right, or everything where fewer than two cards are."""
        self._tidy("right")

    def tidy_down(self) -> None:
        """Do so from top to bottom."""
        self._tidy("down")

    def _tidy(self, direction: Direction) -> None:
        chosen = self._canvas.session.selection
        ids = chosen if len(chosen) > 1 else frozenset(self._canvas.board.nodes)
        if not ids or self._canvas.session.locked:
            return
        if self._tidying is None:
            from nnstudio.ui.canvas.tidying import Tidying  # with the layout, which no start of the program needs

            self._tidying = Tidying(self._canvas)
        self._tidying.start(ids, direction)

    @property
    def is_tidying(self) -> bool:
        """Whether cards are being laid out, or on their way."""
        return self._tidying is not None and self._tidying.is_busy

    def settle(self) -> None:
        """Let cards that are on their way be where they go, as a hand comes."""
        if self._tidying is not None:
            self._tidying.settle()

    def drop(self) -> None:
        """Forget a layout that is being worked out, as the drawing is another now."""
        if self._tidying is not None:
            self._tidying.drop()

    def stop(self) -> bool:
        """Give up a layout that is being worked out; says whether there was one."""
        return self._tidying is not None and self._tidying.stop()

    # In line

    def align(self, side: Side) -> None:
        """Bring one side of the selected cards in line."""
        from nnstudio.core.arranging import align  # no start of the program needs it, nor the next ones

        rects = self._chosen()
        if len(rects) > 1:
            self._move(side_titles()[side], align(rects, side))

    def distribute(self, way: Way) -> None:
        """Leave equal gaps between the selected cards."""
        from nnstudio.core.arranging import distribute

        rects = self._chosen()
        if len(rects) > 2:
            self._move(way_titles()[way], distribute(rects, way))

    # Wires

    def pull_out(self) -> None:
        """Take the selected layers out of their wires and leave them where they are."""
        session = self._canvas.session
        if session.selection:
            places = {node.id: node.xy for node in session.graph.nodes if node.id in session.selection}
            self._canvas.commands.pull_out(places)

    # Selecting

    def select_upstream(self) -> None:
        """Select all that the selected layers depend on, too."""
        from nnstudio.core.arranging import all_upstream

        session = self._canvas.session
        session.select(all_upstream(session.graph, session.selection))

    def select_downstream(self) -> None:
        """Select all that the selected layers feed, too."""
        from nnstudio.core.arranging import all_downstream

        session = self._canvas.session
        session.select(all_downstream(session.graph, session.selection))

    # Inside

    def _chosen(self) -> dict[str, Rect]:
        session, sizes = self._canvas.session, self._canvas.framing.sizes
        return {node.id: (*node.xy, *sizes[node.id]) for node in session.graph.nodes if node.id in session.selection}

    def _move(self, label: str, places: Places) -> None:
        session = self._canvas.session
        session.commit(label, graph=edits.move(session.graph, places))
