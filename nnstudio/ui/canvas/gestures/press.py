"""Which gesture a press begins, by the button and by what is under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from nnstudio.ui.canvas.gestures.base import Gesture, Pointer
from nnstudio.ui.canvas.gestures.move import MoveNodes
from nnstudio.ui.canvas.gestures.pan import Pan, PanOrClick
from nnstudio.ui.canvas.gestures.point import PressLink, PressWire
from nnstudio.ui.canvas.gestures.select import BoxSelect
from nnstudio.ui.canvas.gestures.wire import DrawWire

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas


def gesture_for(canvas: Canvas, button: Qt.MouseButton, at: Pointer) -> Gesture | None:
    """Return the gesture that a press begins; None for a button that means nothing here."""
    if canvas.session.locked:
        from nnstudio.ui.canvas.reading import reading_gesture  # not needed for the first window

        return reading_gesture(canvas, button)
    if button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and canvas.space_held):
        return Pan(canvas)
    if button == Qt.MouseButton.RightButton:
        return PanOrClick(canvas)
    if button != Qt.MouseButton.LeftButton:
        return None
    under = canvas.under(at)
    if under.link is not None:
        return PressLink(canvas, *under.link)
    if under.socket is not None and not (at.shift or at.ctrl):
        return DrawWire(canvas, under.socket)
    if under.frame is not None:
        from nnstudio.ui.canvas.gestures.frame import MoveFrame, ResizeFrame  # many drawings have no frame

        at_edge = under.frame.across or under.frame.down
        return ResizeFrame(canvas, under.frame) if at_edge else MoveFrame(canvas, under.frame)
    if under.node is not None:
        if at.alt and _has_wires(canvas, under.node.id):
            from nnstudio.ui.canvas.gestures.pull_out import PullOut  # no start of the program needs it, nor the next

            return PullOut(canvas, under.node)
        return MoveNodes(canvas, under.node)
    if at.alt:
        from nnstudio.ui.canvas.gestures.cut import CutWires

        return CutWires(canvas)
    if under.wire is not None and not (at.shift or at.ctrl):
        return PressWire(canvas, under.wire[0])
    return BoxSelect(canvas)


def _has_wires(canvas: Canvas, id_: str) -> bool:
    graph = canvas.session.graph
    return id_ in graph.into or id_ in graph.out_of
