"""Frames under a hand: moved by the title with all that they hold, and resized by edges and corners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from nnstudio.core import frames
from nnstudio.ui.canvas.frames import Grip
from nnstudio.ui.canvas.framing import shift_of
from nnstudio.ui.canvas.geometry import snap
from nnstudio.ui.canvas.gestures.base import Gesture, Pointer
from nnstudio.ui.canvas.lift import Lift

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas


class MoveFrame(Gesture):
    """A press on a title picks the frame out; a drag moves it with all that it holds.

    With Ctrl or Alt it goes alone; Shift suspends the grid.
    """

    pulls = True

    def __init__(self, canvas: Canvas, grip: Grip) -> None:
        super().__init__(canvas)
        self._id = grip.id

    def begin(self, at: Pointer) -> None:
        """Pick the frame out."""
        super().begin(at)
        self._before = self.canvas.session.selection
        self._offset = QPointF()
        self._lift: Lift | None = None
        self._alone = at.ctrl or at.alt
        self.canvas.framing.pick(self._id)

    def move(self, at: Pointer) -> None:
        """Bring the frame along."""
        if not self.passed_threshold(at):
            return
        if self._lift is None:
            self._lift = self._take_up()
        corner = QPointF(*frames.frame_of(self.canvas.session.graph, self._id).rect[:2])
        self._offset = shift_of(corner, at.scene - self.start.scene, free=at.shift)
        self._lift.shift(self._offset)
        self.canvas.show_cursor(Qt.CursorShape.SizeAllCursor)

    def commit(self, at: Pointer) -> None:
        """Leave it where it is; a click only picks it out."""
        if self._lift is not None:
            self._lift.land()
            if not self._offset.isNull():
                by = (self._offset.x(), self._offset.y())
                self.canvas.framing.move(self._id, by, alone=self._alone)

    def cancel(self) -> None:
        """Put everything back, and select what was selected before."""
        if self._lift is not None:
            self._lift.put_back()
        self.canvas.framing.pick(None)
        self.canvas.session.select(self._before)

    def _take_up(self) -> Lift:
        if self._alone:
            return Lift(self.canvas.board, frozenset(), (self._id,))
        graph = self.canvas.session.graph
        inner = frames.held_frames(graph, frames.frame_of(graph, self._id))
        return Lift(self.canvas.board, self.canvas.framing.held(self._id), {self._id, *inner})


class ResizeFrame(Gesture):
    """A press on an edge or a corner picks the frame out; a drag resizes it, on the grid unless Shift is held."""

    pulls = True

    def __init__(self, canvas: Canvas, grip: Grip) -> None:
        super().__init__(canvas)
        self._grip = grip
        self.cursor = cursor_of(grip)

    def begin(self, at: Pointer) -> None:
        """Pick the frame out."""
        super().begin(at)
        self._before = self.canvas.session.selection
        self._frame = frames.frame_of(self.canvas.session.graph, self._grip.id)
        self._rect = self._frame.rect
        self.canvas.framing.pick(self._grip.id)

    def move(self, at: Pointer) -> None:
        """Bring the edge along."""
        if not self.passed_threshold(at):
            return
        left, top, wide, high = self._frame.rect
        held = QPointF(left + wide if self._grip.across > 0 else left, top + high if self._grip.down > 0 else top)
        to = held + at.scene - self.start.scene
        to = to if at.shift else snap(to)
        self._rect = frames.resized(self._frame.rect, self._grip.across, self._grip.down, (to.x(), to.y()))
        self._show(self._rect)

    def commit(self, at: Pointer) -> None:
        """Leave it as it is; a click only picks it out."""
        if self._rect != self._frame.rect:
            self.canvas.framing.resize(self._grip.id, self._rect)

    def cancel(self) -> None:
        """Give it its size back, and select what was selected before."""
        self._show(self._frame.rect)
        self.canvas.framing.pick(None)
        self.canvas.session.select(self._before)

    def _show(self, rect: frames.Rect) -> None:
        self.canvas.framing.item(self._grip.id).show_frame(frames.replace(self._frame, rect=rect))
        if self.canvas.is_overview:
            self.canvas.viewport().update()


def cursor_of(grip: Grip) -> Qt.CursorShape | None:
    """Return what the pointer looks like over a part of a frame."""
    if grip.across and grip.down:
        return Qt.CursorShape.SizeFDiagCursor if grip.across == grip.down else Qt.CursorShape.SizeBDiagCursor
    if grip.across:
        return Qt.CursorShape.SizeHorCursor
    return Qt.CursorShape.SizeVerCursor if grip.down else None
