"""What keys do on the canvas. Everything a hand can do there, keys can do too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from nnstudio.ui.canvas import walking
from nnstudio.ui.canvas.geometry import GRID

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas

ARROWS = {
    Qt.Key.Key_Left: QPointF(-1.0, 0.0),
    Qt.Key.Key_Right: QPointF(1.0, 0.0),
    Qt.Key.Key_Up: QPointF(0.0, -1.0),
    Qt.Key.Key_Down: QPointF(0.0, 1.0),
}
_FAR = 4.0

_Keys = tuple[Qt.Key, Qt.KeyboardModifier]
_NONE = Qt.KeyboardModifier.NoModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ALT = Qt.KeyboardModifier.AltModifier


class Keyboard:
    """Turns keys into what the canvas can do."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._keys: dict[_Keys, Callable[[], object]] = {
            (Qt.Key.Key_Tab, _NONE): self._tab,
            (Qt.Key.Key_Backtab, _SHIFT): lambda: canvas.caret.go_to(walking.step(canvas, -1)),
            (Qt.Key.Key_W, _NONE): canvas.begin_wire,
            (Qt.Key.Key_W, _SHIFT): canvas.pick_next_wire,
            (Qt.Key.Key_A, _SHIFT): canvas.searching.open_at_pointer,
            (Qt.Key.Key_Delete, _NONE): canvas.delete_selection,
            (Qt.Key.Key_Backspace, _NONE): canvas.delete_selection,
            (Qt.Key.Key_Delete, _CTRL): canvas.delete_and_reconnect,
            (Qt.Key.Key_Backspace, _CTRL): canvas.delete_and_reconnect,
            (Qt.Key.Key_Delete, _ALT): canvas.arranging.pull_out,
            (Qt.Key.Key_D, _CTRL): canvas.copying.duplicate,
            (Qt.Key.Key_D, _CTRL | _SHIFT): canvas.copying.duplicate_fed,
            (Qt.Key.Key_V, _CTRL | _SHIFT): canvas.copying.paste_fed,
            (Qt.Key.Key_C, _NONE): lambda: canvas.framing.add(),
            (Qt.Key.Key_C, _ALT): lambda: canvas.framing.step(),
            (Qt.Key.Key_F2, _NONE): lambda: canvas.framing.rename_picked(),
            (Qt.Key.Key_F2, _SHIFT): lambda: canvas.framing.note_picked(),
            (Qt.Key.Key_F, _NONE): canvas.zoom_to_selection,
            (Qt.Key.Key_Home, _NONE): canvas.zoom_to_fit,
            (Qt.Key.Key_0, _CTRL): canvas.reset_zoom,
            (Qt.Key.Key_Plus, _CTRL): lambda: canvas.zoom_steps(QPointF(canvas.middle()), 1),
            (Qt.Key.Key_Equal, _CTRL): lambda: canvas.zoom_steps(QPointF(canvas.middle()), 1),
            (Qt.Key.Key_Minus, _CTRL): lambda: canvas.zoom_steps(QPointF(canvas.middle()), -1),
            (Qt.Key.Key_M, _ALT): canvas.toggle_minimap,
            (Qt.Key.Key_L, _NONE): canvas.arranging.tidy,
            (Qt.Key.Key_L, _SHIFT): canvas.arranging.tidy_down,
            (Qt.Key.Key_BracketLeft, _NONE): canvas.arranging.select_upstream,
            (Qt.Key.Key_BracketRight, _NONE): canvas.arranging.select_downstream,
            (Qt.Key.Key_Escape, _NONE): canvas.let_go,
            (Qt.Key.Key_Return, _NONE): canvas.edit,
            (Qt.Key.Key_Enter, _NONE): canvas.edit,
        }
        self._standard: dict[QKeySequence.StandardKey, Callable[[], object]] = {
            QKeySequence.StandardKey.Copy: canvas.copying.copy,
            QKeySequence.StandardKey.Cut: canvas.copying.cut,
            QKeySequence.StandardKey.Paste: canvas.copying.paste,
            QKeySequence.StandardKey.SelectAll: canvas.select_all,
        }

    def press(self, event: QKeyEvent) -> bool:
        """Do what the keys mean; says whether they mean anything here."""
        if self._canvas.session.locked:
            from nnstudio.ui.canvas.reading import press_key  # not needed for the first window

            return press_key(self._canvas, event)
        key = Qt.Key(event.key())
        keys = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        self._canvas.pointing.leave()
        if key in ARROWS:
            return self._arrow(ARROWS[key], keys)
        for standard, act in self._standard.items():
            if event.matches(standard):
                act()
                return True
        # Plus needs Shift on many keyboards.
        known = self._keys.get((key, keys)) or self._keys.get((key, keys & ~_SHIFT) if keys & _CTRL else (key, keys))
        if known is None:
            return False
        known()
        return True

    def keeps_tab(self, *, forwards: bool) -> bool:
        """Whether Tab, or Shift+Tab, means something on the canvas; else it leaves it, as past the last node."""
        canvas = self._canvas
        if not canvas.caret.by_keys or not canvas.board.nodes:
            return forwards
        return walking.step(canvas, 1 if forwards else -1) is not None

    def _tab(self) -> None:
        """Walk the nodes where keys are at work; else enter the selected block, or open the search."""
        canvas = self._canvas
        if canvas.caret.by_keys and canvas.board.nodes:
            canvas.caret.go_to(walking.step(canvas, 1))
        elif not canvas.enter():
            canvas.searching.open_at_pointer()

    def _arrow(self, direction: QPointF, keys: Qt.KeyboardModifier) -> bool:
        if keys & _CTRL:
            step = GRID * (_FAR if keys & _SHIFT else 1.0)
            moved = self._canvas.commands if self._canvas.pointing.picked_frame is None else self._canvas.framing
            moved.nudge(direction.x() * step, direction.y() * step)
        elif keys in (_NONE, _SHIFT):
            self._canvas.caret.go_to(self._nearest(direction), add=bool(keys & _SHIFT))
        else:
            return False
        return True

    def _nearest(self, direction: QPointF) -> str | None:
        """Return the nearest node in a direction from the one the keyboard is at; at first, the first one."""
        nodes = self._canvas.board.nodes
        here = nodes.get(self._canvas.caret.current or "")
        if here is None:
            return self._canvas.caret.first()
        others = ((id_, item.card.center()) for id_, item in nodes.items() if item is not here)
        return walking.nearest(others, here.card.center(), direction)
