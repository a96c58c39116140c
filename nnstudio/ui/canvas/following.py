"""How a canvas follows its session: the drawing, what is selected and brought into view, and the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt

from nnstudio.core.graph import Graph
from nnstudio.ui.canvas.tiles import LiveTiles

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas


class Following(QObject):
    """Brings a canvas up to date with its session, and tells the session where one has looked.

    Attributes:
        tiles: what cards show of a run.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._session = session = canvas.session
        self._looked_before = (session.view.zoom, session.view.centre)
        self._shown = Graph()
        self.tiles = LiveTiles(session, canvas.board.style_.theme)

    def begin(self) -> None:
        """Show the session's drawing, and follow it from now on; the canvas is otherwise complete."""
        canvas, session = self._canvas, self._session
        self._obey()
        canvas.board.show_selection(session.selection)
        canvas.corners.refresh()
        session.changed.connect(self._on_changed)
        session.entered.connect(self._on_entered)
        session.selection_changed.connect(self._on_selected)
        session.revealed.connect(self._on_revealed)
        session.bridge.mapped.connect(self.show_pictures)
        session.bridge.studied.connect(self.show_pictures)
        session.bridge.state_changed.connect(self._on_run_changed)
        canvas.looked.connect(self._on_looked)
        session.overlaid.connect(self._on_overlaid)
        if session.overlay:
            self._on_overlaid()

    def first_look(self) -> None:
        """Show what was shown before the window was built anew, or everything."""
        self._look_at(*self._looked_before)

    def show_pictures(self) -> None:
        """Bring the live tiles in view up to date; not while a hand is at work, nor from far away, nor unseen."""
        canvas = self._canvas
        if canvas.is_busy or canvas.is_overview or not canvas.isVisible():
            return
        if self._session.bridge.snapshot is not None:
            self.tiles.show(canvas.board.nodes_in(canvas.seen))

    def _on_changed(self) -> None:
        canvas = self._canvas
        self._put_away()  # the drawing changed under the hand, as by an undo
        if canvas.pointing.picked is not None and canvas.pointing.picked not in self._session.graph.edges:
            canvas.pointing.pick(None)
        self._obey()
        if canvas.pointing.picked_frame not in canvas.board.frames.items:
            canvas.pointing.pick(canvas.pointing.picked)
        canvas.board.show_selection(self._session.selection)
        canvas.corners.refresh()
        canvas.caret.show()
        if self._session.view.zoom is None:  # another document was begun
            self._looked_before = (None, None)
            canvas.zoom_to_fit()
        if canvas.is_overview:
            canvas.viewport().update()
        self.show_pictures()

    def _on_entered(self) -> None:
        """Clear the board, as nodes of another drawing may bear the same ids, and draw what is open now."""
        canvas, session = self._canvas, self._session
        self._put_away()
        canvas.pointing.pick(None)
        canvas.caret.current = None
        zoom, centre = session.view.zoom, session.view.centre
        canvas.board.obey(self._shown, Graph(), session.blocks, session.analysis)
        self._shown = Graph()
        self._obey()
        canvas.board.show_selection(session.selection)
        canvas.corners.refresh()
        canvas.caret.show()
        self._look_at(zoom, centre)
        canvas.viewport().update()
        self.show_pictures()

    def _put_away(self) -> None:
        """End what was being done with the drawing as it was."""
        canvas = self._canvas
        canvas.arranging.drop()
        canvas.cancel()
        canvas.searching.close()
        canvas.pointing.leave()
        canvas.framing.drop_editor()

    def _obey(self) -> None:
        session, before = self._session, self._shown
        self._shown = session.graph
        self._canvas.board.obey(before, session.graph, session.blocks, session.analysis)
        if "looks" in vars(self._canvas):
            self._canvas.looks.refresh()

    def _look_at(self, zoom: float | None, centre: tuple[float, float] | None) -> None:
        if zoom is not None and centre is not None:
            self._canvas.show_place(zoom, QPointF(*centre))
        else:
            self._canvas.zoom_to_fit()

    def _on_selected(self) -> None:
        canvas, selection = self._canvas, self._session.selection
        canvas.board.show_selection(selection)
        if len(selection) == 1:
            (canvas.caret.current,) = selection
        if selection:
            canvas.pointing.pick(None)
        canvas.caret.show()

    def _on_revealed(self, id_: str, with_keys: bool) -> None:
        canvas = self._canvas
        canvas.caret.current = id_
        if with_keys:
            canvas.caret.by_keys = True
            canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        canvas.caret.reveal((id_,))
        canvas.caret.show()

    def _on_run_changed(self) -> None:
        if self._session.bridge.state in ("preparing", "idle"):
            self.tiles.forget(self._canvas.board.nodes.values())

    def _on_overlaid(self) -> None:
        self._canvas.looks.ask()

    def _on_looked(self) -> None:
        canvas, view = self._canvas, self._session.view
        view.zoom = canvas.zoom
        view.centre = (canvas.centre.x(), canvas.centre.y())
        canvas.board.frames.show_from(canvas.zoom)
        self.show_pictures()
