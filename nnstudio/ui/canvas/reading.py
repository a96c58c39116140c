"""What hands and keys do while the drawing is only shown: look around, pick a layer, enter and leave blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from nnstudio.ui.canvas.gestures.base import Gesture, Pointer
from nnstudio.ui.canvas.gestures.pan import Pan, PanOrClick

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas

_ASIDE = 0.12
"""How far above the middle it stands, as a share of the view: what is said of it lies at the bottom."""
READABLE = 1.6
"""The zoom at which a layer is shown to a room."""
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageUp: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageDown: 1,
}
_NONE, _CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


class PickOrPan(PanOrClick):
    """A press on a card picks its layer, beside all cards none; a drag moves the sheet, and nothing on it."""

    def commit(self, at: Pointer) -> None:
        """Pick what was clicked."""
        if not self.is_drag:
            item = self.canvas.board.node_at(at.scene)
            self.canvas.session.select((item.id,) if item is not None else ())


def reading_gesture(canvas: Canvas, button: Qt.MouseButton) -> Gesture | None:
    """Return what a press begins: none of the gestures that change the drawing."""
    if button == Qt.MouseButton.LeftButton and not canvas.space_held:
        return PickOrPan(canvas)
    looks = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton)
    return Pan(canvas) if button in looks else None


def press_key(canvas: Canvas, event: QKeyEvent) -> bool:
    """Do what a key means; says whether it means anything here."""
    key, keys = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    zooms = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
    if key in _STEPS and keys == _NONE:
        step_layer(canvas, _STEPS[key])
    elif key in zooms:
        canvas.zoom_steps(QPointF(canvas.middle()), zooms[key])
    elif key == Qt.Key.Key_0 and keys == _CTRL:
        canvas.reset_zoom()
    elif key == Qt.Key.Key_Home:
        canvas.zoom_to_fit()
    elif key == Qt.Key.Key_F and keys == _NONE:
        canvas.zoom_to_selection()
    elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        canvas.enter()
    elif key == Qt.Key.Key_Escape:
        canvas.let_go()
    else:
        return False
    return True


def order_of(canvas: Canvas) -> tuple[str, ...]:
    """Return the layers in the order in which they are talked about: as the signal flows, what is on a cycle last."""
    order = canvas.session.analysis.order
    known = frozenset(order)
    return (*order, *(node.id for node in canvas.session.graph.nodes if node.id not in known))


def step_layer(canvas: Canvas, by: int) -> None:
    """Go to the next layer, or with ``by`` -1 to the one before, and show it large in the middle."""
    order = order_of(canvas)
    if not order:
        return
    here = order.index(canvas.caret.current) if canvas.caret.current in order and canvas.session.selection else None
    place = (0 if by > 0 else len(order) - 1) if here is None else min(max(here + by, 0), len(order) - 1)
    canvas.caret.go_to(order[place])
    zoom = max(canvas.zoom, READABLE)
    below = QPointF(0.0, _ASIDE * canvas.viewport().height() / zoom)
    canvas.show_place(zoom, canvas.node_item(order[place]).card.center() + below)
