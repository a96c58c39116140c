"""Where on the canvas the keyboard is, how that is shown, and what a screen reader hears of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from nnstudio.core.words import tr

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas

_AROUND: Final = 32
"""Pixels that stay free around what is brought into view."""


class Caret:
    """The node that the keyboard is at.

    Attributes:
        current: its id; None where it is at none yet.
        by_keys: whether keys were at work last, not the mouse. Only then it is shown.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.current: str | None = None
        self.by_keys = False
        self._hint = tr(
            "Arrow keys go from layer to layer, Shift+A adds one, W draws a wire, Enter edits the settings, "
            "Ctrl and the arrow keys move what is selected."
        )
        canvas.setAccessibleDescription(self._hint)

    def go_to(self, id_: str | None, *, add: bool = False) -> None:
        """Bring the keyboard to a node and select it; with ``add``, beside what is selected."""
        session = self._canvas.session
        self.by_keys = True
        if id_ is not None:
            self.current = id_
            session.select(session.selection | {id_} if add else (id_,))
            self.reveal((id_,))
        self.show()

    def arrive(self) -> None:
        """Begin where the keyboard was, or at the first node, as it came to the canvas by key."""
        session = self._canvas.session
        self.by_keys = True
        self.current = self.current or self.first()
        if self.current is not None and not session.selection:
            session.select((self.current,))

    def first(self) -> str | None:
        """Return where the keyboard begins: at what is selected, else at the first layer of the drawing."""
        session = self._canvas.session
        order = session.analysis.order or tuple(self._canvas.board.nodes)
        chosen = [id_ for id_ in order if id_ in session.selection]
        return next(iter(chosen or order), None)

    def reveal(self, ids: Collection[str]) -> None:
        """Move the view so that these cards are seen."""
        rect = self._canvas.board.cards_rect(ids)
        if not rect.isEmpty():
            self._canvas.ensureVisible(rect, _AROUND, _AROUND)

    def show(self) -> None:
        """Show where the keyboard is, and tell it."""
        canvas = self._canvas
        if self.current not in canvas.board.nodes:
            self.current = None
        shown = self.current if self.by_keys and canvas.hasFocus() else None
        canvas.board.show_focus(shown)
        told = self._hint
        if shown is not None:
            from nnstudio.ui.outline.words import wires_text  # not needed for the first window

            face = canvas.board.nodes[shown].face
            told = ", ".join(filter(None, (face.spoken, wires_text(canvas.session.graph, shown))))
        if told != canvas.accessibleDescription():
            canvas.setAccessibleDescription(told)
            if shown is not None:
                _announce(canvas, told)


def _announce(canvas: Canvas, text: str) -> None:
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # 2 ms that the first window does not need

    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(canvas, text))
