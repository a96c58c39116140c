"""Copies: beside the original, onto the clipboard, and from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas


class Copying:
    """Copies the selected layers of a canvas, or the picked frame with all it holds."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def duplicate(self) -> None:
        """Make copies beside the originals."""
        self._canvas.framing.select_held()
        self._canvas.commands.duplicate()

    def duplicate_fed(self) -> None:
        """Make copies with the wires that lead to the originals."""
        self._canvas.commands.duplicate(fed=True)

    def copy(self) -> None:
        """Put copies on the clipboard, as text."""
        self._canvas.framing.select_held()
        text = self._canvas.commands.copied()
        if text is not None:
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        """Put copies on the clipboard and remove the originals."""
        self.copy()
        self._canvas.commands.remove(self._canvas.session.selection)

    def paste(self) -> None:
        """Add what lies on the clipboard: at the pointer if it is over the canvas, else in the middle."""
        self._paste(fed=False)

    def paste_fed(self) -> None:
        """Add what lies on the clipboard, fed from where it was."""
        self._paste(fed=True)

    def _paste(self, *, fed: bool) -> None:
        canvas = self._canvas
        place = canvas.pointer_place()
        centre = canvas.to_scene(place) if place is not None else canvas.centre
        canvas.commands.paste(QGuiApplication.clipboard().text(), (centre.x(), centre.y()), fed=fed)
