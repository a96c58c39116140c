"""The form of every gesture: it shows what would be, and only its end changes the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from nnstudio.ui.canvas.view import Canvas


class Pointer(msgspec.Struct, frozen=True):
    """Where the pointer is, and which keys are held with it.

    Attributes:
        view: in pixels of the viewport.
        scene: in scene units.
        keys: the modifiers.
    """

    view: QPointF
    scene: QPointF
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def shift(self) -> bool:
        """Whether Shift is held."""
        return bool(self.keys & Qt.KeyboardModifier.ShiftModifier)

    @property
    def ctrl(self) -> bool:
        """Whether Ctrl is held (Command on a Mac)."""
        return bool(self.keys & Qt.KeyboardModifier.ControlModifier)

    @property
    def alt(self) -> bool:
        """Whether Alt is held."""
        return bool(self.keys & Qt.KeyboardModifier.AltModifier)


class Gesture:
    """One thing a hand does, from press to release. A gesture that ends where it began is a click."""

    cursor: Qt.CursorShape | None = None
    """What the pointer looks like meanwhile."""
    pulls = False
    """Whether the sheet comes along when the pointer is held at the edge of the view."""
    by_keys = False
    """Whether keys lead it, not the pointer."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.start = Pointer(QPointF(), QPointF())
        self.is_drag = False
        """Whether the pointer has gone far enough from where it was pressed."""

    def begin(self, at: Pointer) -> None:
        """Take hold."""
        self.start = at

    def move(self, at: Pointer) -> None:
        """Follow the pointer."""

    def press(self, event: QKeyEvent) -> bool:
        """Follow a key, where keys lead; says whether that is the end, and it is to be committed."""
        return False

    def commit(self, at: Pointer) -> None:
        """Let go: make it so, as one step to undo."""

    def cancel(self) -> None:
        """Let go and leave everything as it was."""

    def passed_threshold(self, at: Pointer) -> bool:
        """Whether this is a drag by now; stays so once it is."""
        if not self.is_drag:
            gone = at.view - self.start.view
            self.is_drag = gone.manhattanLength() >= QApplication.startDragDistance()
        return self.is_drag
