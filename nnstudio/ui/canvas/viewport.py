"""A view onto the scene that can be moved and zoomed without end, and that is quick from far away."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsView, QStyleOptionGraphicsItem, QWidget

from nnstudio.ui.canvas.geometry import MAX_ZOOM, MIN_ZOOM, NOTCH, OVERVIEW_ZOOM, step_zoom, zoom_step
from nnstudio.ui.canvas.ground import paint_ground
from nnstudio.ui.canvas.overview import Overview
from nnstudio.ui.canvas.scene import Scene

_WORLD = 4.0e6
"""The sheet's half width: further than anything in a file may lie."""
_FRAME = 48.0
"""Room that is left around what is framed, in pixels."""
_PAUSE_MS = 12
"""How long after a frame the next one paints the cards that it left out."""


class Viewport(QGraphicsView):
    """Shows a `Scene`; knows zoom and place, nothing of documents."""

    looked = Signal()
    """Another part of the scene is shown, or in another size."""

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._scene = scene
        self._overview = Overview(scene)
        self._unseen = True
        self._sharpener: QTimer | None = None
        # A widget that Python has never met would be looked up among the classes of all widgets, which takes 5 ms.
        self._pane = QWidget()
        self.setViewport(self._pane)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.setSceneRect(QRectF(-_WORLD, -_WORLD, 2 * _WORLD, 2 * _WORLD))
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.centerOn(0.0, 0.0)

    # Looking

    @property
    def zoom(self) -> float:
        """Pixels per scene unit."""
        return self.transform().m11()

    @property
    def seen(self) -> QRectF:
        """The part of the scene that is shown."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    @property
    def centre(self) -> QPointF:
        """The point of the scene in the middle of the view."""
        return self.to_scene(QPointF(self.viewport().width() / 2, self.viewport().height() / 2))

    @property
    def is_overview(self) -> bool:
        """Whether cards are plain rectangles at this zoom."""
        return self.zoom < OVERVIEW_ZOOM - 1e-6

    def to_scene(self, place: QPointF) -> QPointF:
        """Return the point of the scene at a place of the viewport, with fractions of pixels."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(place)

    def zoom_at(self, place: QPointF, zoom: float) -> None:
        """Set the zoom; the point of the scene that is at ``place`` in the viewport stays there."""
        zoom = min(MAX_ZOOM, max(MIN_ZOOM, zoom))
        if math.isclose(zoom, self.zoom, rel_tol=1e-9):
            return
        under = self.to_scene(place)
        self.setTransform(QTransform.fromScale(zoom, zoom))
        moved = self.viewportTransform().map(under) - place
        self.pan(moved)
        self._on_looked()

    def zoom_steps(self, place: QPointF, steps: int) -> None:
        """Zoom in or out by so many notches of a wheel at a place of the viewport."""
        self.zoom_rungs(place, steps * NOTCH)

    def zoom_rungs(self, place: QPointF, rungs: int) -> None:
        """Zoom in or out by so many rungs of the ladder at a place of the viewport."""
        self.zoom_at(place, step_zoom(self.zoom, rungs))

    def pan(self, by: QPointF) -> None:
        """Move what is shown by so many pixels: the scene goes the other way."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + round(by.x()))
        down.setValue(down.value() + round(by.y()))

    def frame(self, rect: QRectF, below: float = 0.0) -> None:
        """Show a rectangle of the scene whole, at 100 % at most; an empty one only moves the middle.

        Args:
            rect: what to show.
            below: pixels at the bottom of the view that are to stay free.
        """
        if rect.isEmpty():
            self.setTransform(QTransform.fromScale(1.0, 1.0))
            self.centerOn(rect.center())
        else:
            room = self.viewport().rect().adjusted(int(_FRAME), int(_FRAME), -int(_FRAME), -int(_FRAME))
            high = max(room.height() - below, 1.0)
            fitting = min(max(room.width(), 1) / rect.width(), high / rect.height(), 1.0)
            zoom = zoom_step(max(MIN_ZOOM, fitting))
            if zoom > fitting:
                zoom = step_zoom(zoom, -1)
            self.setTransform(QTransform.fromScale(zoom, zoom))
            self.centerOn(rect.center() + QPointF(0.0, below / 2 / zoom))
        self._on_looked()

    def reset_zoom(self) -> None:
        """Go to 100 % around the middle of the view."""
        self.zoom_at(QPointF(self.viewport().rect().center()), 1.0)

    def show_place(self, zoom: float, centre: QPointF) -> None:
        """Show the scene at a zoom around a point."""
        zoom = min(MAX_ZOOM, max(MIN_ZOOM, zoom))
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self.centerOn(centre)
        self._on_looked()

    def first_look(self) -> None:
        """Choose what is shown at first; called again while the size still changes. Here: nothing to choose."""

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint item by item, or from far away all at once."""
        self._unseen = False
        if not self.is_overview:
            with self._scene.sprites.frame():
                super().paintEvent(event)
            if self._scene.sprites.is_behind:
                self._sharpen_soon()
            return
        painter = QPainter(self.viewport())
        painter.setClipRegion(event.region())
        painter.setWorldTransform(self.viewportTransform())
        style = self._scene.style_
        inverse, _ = self.viewportTransform().inverted()
        paint_ground(painter, inverse.mapRect(QRectF(event.rect())), style.theme.bg, style.dots)
        self._overview.paint(painter, self.zoom)
        self._paint_over(painter)
        painter.end()

    @property
    def is_sharp(self) -> bool:
        """Whether all cards are as sharp as they are made; those that are not will be soon."""
        return self.is_overview or not self._scene.sprites.is_behind

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the middle of the view where it is, or frame everything while nothing was seen yet."""
        old = event.oldSize()
        super().resizeEvent(event)
        if self._unseen:
            self.first_look()
        elif old.isValid():
            new = event.size()
            self.pan(QPointF((old.width() - new.width()) / 2, (old.height() - new.height()) / 2))
        self._on_looked()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Tell that another part is shown."""
        super().scrollContentsBy(dx, dy)
        if self.is_overview:
            self.viewport().update()
        self._on_looked()

    def _sharpen_soon(self) -> None:
        """Paint again after a moment, as there are cards to be painted that this frame had no time for."""
        if self._sharpener is None:
            self._sharpener = QTimer(self)
            self._sharpener.setSingleShot(True)
            self._sharpener.setInterval(_PAUSE_MS)
            self._sharpener.timeout.connect(self.viewport().update)
        self._sharpener.start()

    def _paint_over(self, painter: QPainter) -> None:
        """Paint the items that lie over the drawing for a moment, which the overview does not know."""
        option = QStyleOptionGraphicsItem()
        base = painter.worldTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item in self._scene.overlays():
            painter.setWorldTransform(item.deviceTransform(base))
            item.paint(painter, option, self.viewport())

    def _on_looked(self) -> None:
        self.looked.emit()

    def middle(self) -> QPoint:
        """Return the middle of the viewport."""
        return self.viewport().rect().center()
