"""From mouse events to gestures: one is under way at a time, and it ends by commit or by cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QDropEvent, QKeyEvent, QMouseEvent

from nnstudio.ui.canvas.gestures.base import Gesture, Pointer
from nnstudio.ui.canvas.gestures.drop import DropLayer, dragged_key
from nnstudio.ui.canvas.gestures.press import gesture_for
from nnstudio.ui.canvas.pointing import Under

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas

_EDGE = 28.0
"""Within so many pixels of the view's edge the sheet is pulled along, faster the further out."""
_FRAME_MS = 16


class Hands:
    """Keeps the gesture that is under way."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._gesture: Gesture | None = None
        self._button = Qt.MouseButton.NoButton
        self._drop: DropLayer | None = None
        self._last = Pointer(QPointF(), QPointF())
        self._pull = QTimer(canvas)
        self._pull.setInterval(_FRAME_MS)
        self._pull.timeout.connect(self._on_pulled)

    def begin(self, gesture: Gesture) -> None:
        """Begin a gesture that keys lead; one that is under way is given up."""
        self.cancel()
        self._canvas.pointing.leave()
        self._canvas.pointing.pick(None)
        self._gesture, self._button = gesture, Qt.MouseButton.NoButton
        gesture.begin(self._last)

    @property
    def are_led(self) -> bool:
        """Whether the gesture under way is led by keys."""
        return self._gesture is not None and self._gesture.by_keys

    def key(self, event: QKeyEvent) -> bool:
        """Give a key to a gesture that keys lead; says whether there is one. Esc gives it up."""
        gesture = self._gesture
        if gesture is None or not gesture.by_keys:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        elif gesture.press(event):
            self._take_gesture().commit(self._last)
        return True

    @property
    def are_busy(self) -> bool:
        """Whether a gesture is under way."""
        return self._gesture is not None or self._drop is not None

    def press(self, event: QMouseEvent) -> bool:
        """Begin a gesture; while one is under way, other buttons mean nothing. Says whether the press was taken."""
        if self.are_led:
            self.cancel()
        if self.are_busy:
            return True
        self._canvas.framing.close_editor()
        at = self._pointer(event)
        gesture = gesture_for(self._canvas, event.button(), at)
        if gesture is None:
            return False
        self._canvas.pointing.leave()
        self._canvas.pointing.pick(None)
        self._gesture, self._button = gesture, event.button()
        if gesture.cursor is not None:
            self._canvas.show_cursor(gesture.cursor)
        gesture.begin(at)
        return True

    def move(self, event: QMouseEvent) -> None:
        """Follow a gesture, or show what is pointed at."""
        if self.are_led:
            return
        if self._gesture is not None:
            self._last = self._pointer(event)
            self._gesture.move(self._last)
            if self._gesture.pulls and self._gesture.is_drag and not self._pull_speed().isNull():
                if not self._pull.isActive():
                    self._pull.start()
            else:
                self._pull.stop()
        elif self._drop is None:
            self._canvas.pointing.point(self._pointer(event))

    def release(self, event: QMouseEvent) -> None:
        """End a gesture as it was meant."""
        if self._gesture is not None and event.button() == self._button:
            self._take_gesture().commit(self._pointer(event))
            self._canvas.following.show_pictures()

    def press_twice(self, event: QMouseEvent) -> bool:
        """Open the search in the empty and on a wire, and a block on its card; elsewhere it is one more press.

        Says whether the press was taken.
        """
        at = self._pointer(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.are_busy:
            under = self._canvas.under(at)
            if self._canvas.session.locked:
                if under.node is not None and self._canvas.enter(under.node.id):
                    return True
                return self.press(event)
            if under == Under():
                self._canvas.searching.open_here(at.view)
                return True
            if under.frame is not None and not (under.frame.across or under.frame.down):
                self._canvas.framing.pick(under.frame.id)
                self._canvas.framing.edit_title(under.frame.id)
                return True
            if under.node is not None and under.link is None and self._canvas.enter(under.node.id):
                return True
            if under.wire is not None:
                from nnstudio.ui.canvas.inserting import search_on_wire  # of no use before somebody asks

                search_on_wire(self._canvas, under.wire[0].edge, at.view)
                return True
        return self.press(event)

    def cancel(self) -> bool:
        """End what is under way and leave everything as it was; says whether there was anything."""
        if self._gesture is not None:
            self._take_gesture().cancel()
            return True
        return False

    # Drag and drop

    def enter(self, event: QDropEvent) -> bool:
        """Take a layer that comes from the palette; says whether it is one."""
        key = dragged_key(event.mimeData(), self._canvas.session)
        if key is None or self._canvas.session.locked:
            return False
        self.cancel()
        self._drop = DropLayer(self._canvas, key)
        self._drop.begin(self._pointer(event))
        return True

    def hover(self, event: QDropEvent) -> bool:
        """Show where it would stand."""
        if self._drop is not None:
            self._drop.move(self._pointer(event))
        return self._drop is not None

    def leave(self) -> None:
        """Forget it."""
        if self._drop is not None:
            self._drop.cancel()
            self._drop = None

    def drop(self, event: QDropEvent) -> bool:
        """Place it."""
        drop, self._drop = self._drop, None
        if drop is not None:
            drop.commit(self._pointer(event))
        return drop is not None

    # Inside

    def _take_gesture(self) -> Gesture:
        # Taken out first: a commit changes the document, and a change cancels what is under way.
        assert self._gesture is not None
        gesture, self._gesture = self._gesture, None
        self._pull.stop()
        self._canvas.show_cursor(None)
        return gesture

    def _pull_speed(self) -> QPointF:
        """Return how many pixels a frame the sheet is pulled: none well within the view."""
        rect, place = self._canvas.viewport().rect(), self._last.view

        def speed(where: float, length: float) -> float:
            beyond = max(where - (length - _EDGE), 0.0) + min(where - _EDGE, 0.0)
            return max(-_EDGE, min(_EDGE, beyond)) / 2

        return QPointF(speed(place.x(), rect.width()), speed(place.y(), rect.height()))

    def _on_pulled(self) -> None:
        if self._gesture is not None:
            self._canvas.pan(self._pull_speed())
            self._last = Pointer(self._last.view, self._canvas.to_scene(self._last.view), self._last.keys)
            self._gesture.move(self._last)

    def _pointer(self, event: QMouseEvent | QDropEvent) -> Pointer:
        return Pointer(event.position(), self._canvas.to_scene(event.position()), event.modifiers())
