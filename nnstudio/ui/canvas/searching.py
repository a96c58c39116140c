"""Asking for a layer to add: the search over the canvas, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

if TYPE_CHECKING:
    from nnstudio.ui.canvas.search import SearchPopup
    from nnstudio.ui.canvas.view import Canvas


class Searching:
    """Opens the search of a canvas, and keeps the one that is open."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._popup: SearchPopup | None = None

    def open(
        self,
        place: QPointF,
        *,
        accept: Callable[[str], None],
        closed: Callable[[], None] = lambda: None,
        fits: Callable[[str], bool] = lambda _key: True,
    ) -> None:
        """Open the search at a place of the viewport.

        Args:
            place: where.
            accept: called with the key of what is taken.
            closed: called once when it closes.
            fits: which keys are offered at all.
        """
        self.close()

        def forget() -> None:
            self._popup = None
            closed()
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

        from nnstudio.ui.canvas.search import SearchPopup  # not needed for the first window
        from nnstudio.ui.palette.own import own_offers

        own = own_offers(self._canvas.session)
        self._popup = SearchPopup(self._canvas, accept=accept, closed=forget, fits=fits, own=own)
        self._popup.open_at(place.toPoint())

    def open_here(self, place: QPointF) -> None:
        """Open the search at a place of the viewport; what is taken comes to stand there."""
        corner = self._canvas.to_scene(place)
        self.open(place, accept=lambda key: self._canvas.commands.add(key, (corner.x(), corner.y())))

    def open_at_pointer(self) -> None:
        """Open the search at the pointer, or in the middle where that is elsewhere; see `Canvas.start_add`."""
        canvas = self._canvas
        place = canvas.pointer_place() or QPointF(canvas.middle())
        there = canvas.to_scene(place)
        self.open(place, accept=lambda key: canvas.start_add(key, there))

    def close(self) -> None:
        """Close what is open."""
        if self._popup is not None:
            self._popup.close_now()
