"""Zoom: wheel, pinch and two fingers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QWheelEvent

from nnstudio.ui.canvas.geometry import NOTCH
from nnstudio.ui.canvas.viewport import Viewport

_TURN = 120
"""What Qt reports for one notch."""


class Wheel:
    """Turns the wheel into rungs of zoom at the pointer, and two fingers on a touchpad into panning."""

    def __init__(self, view: Viewport) -> None:
        self._view = view
        self._turned = 0.0

    def turn(self, event: QWheelEvent) -> None:
        """Follow one event; finely divided turns add up to whole rungs."""
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad
        if touchpad and not ctrl:
            moved = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
            self._view.pan(-QPointF(moved))
            return
        # With Alt held the wheel reports sideways.
        angle = event.angleDelta().y() or event.angleDelta().x()
        self._turned += angle * NOTCH / _TURN
        rungs = int(self._turned)
        if rungs:
            self._turned -= rungs
            self._view.zoom_rungs(event.position(), rungs)


class Pinch:
    """Two fingers apart or together: zooms smoothly around the place between them."""

    def __init__(self, view: Viewport) -> None:
        self._view = view
        self._from = 1.0

    def follow(self, event: QNativeGestureEvent) -> bool:
        """Follow one event; says whether it was part of a pinch."""
        kind = event.gestureType()
        if kind == Qt.NativeGestureType.BeginNativeGesture:
            self.begin()
        elif kind == Qt.NativeGestureType.ZoomNativeGesture:
            self.move(event.position(), 1.0 + event.value())
        elif kind == Qt.NativeGestureType.SmartZoomNativeGesture:
            self._view.zoom_at(event.position(), 1.0)
        elif kind != Qt.NativeGestureType.EndNativeGesture:
            return False
        return True

    def begin(self) -> None:
        """Remember the zoom, to come back to."""
        self._from = self._view.zoom

    def move(self, place: QPointF, factor: float) -> None:
        """Zoom by a factor around a place of the viewport."""
        self._view.zoom_at(place, self._view.zoom * max(0.1, factor))

    def cancel(self, place: QPointF) -> None:
        """Go back to the zoom at the beginning."""
        self._view.zoom_at(place, self._from)
