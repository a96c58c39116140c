"""Which cards are near a place: a coarse grid over the sheet, kept by the scene as cards come, move and go.

Qt's own index is made for painting; it is rebuilt when many items have just changed, which is when wires are laid.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QRectF

SIZE: Final = 512.0
"""Edge length of a cell: wider than a card, so that a card touches four cells at most."""

_Cell = tuple[int, int]


class Cells:
    """Rectangles by id, found by place."""

    def __init__(self) -> None:
        self._rects: dict[str, QRectF] = {}
        self._cells: dict[_Cell, set[str]] = {}

    def put(self, id_: str, rect: QRectF) -> None:
        """Note where a card is, or that it moved."""
        self.remove(id_)
        self._rects[id_] = rect
        for cell in _touched(rect):
            self._cells.setdefault(cell, set()).add(id_)

    def remove(self, id_: str) -> None:
        """Forget a card, if it is known."""
        rect = self._rects.pop(id_, None)
        if rect is None:
            return
        for cell in _touched(rect):
            ids = self._cells[cell]
            ids.discard(id_)
            if not ids:
                del self._cells[cell]

    def near(self, rect: QRectF) -> dict[str, QRectF]:
        """Return the cards that a rectangle touches, by id."""
        rects = self._rects
        # A rectangle over more cells than there are cards is held against each card instead.
        if (rect.width() / SIZE + 2) * (rect.height() / SIZE + 2) > len(rects):
            ids = set(rects)
        else:
            ids = set().union(*(self._cells.get(cell, ()) for cell in _touched(rect)))
        return {id_: rects[id_] for id_ in ids if rects[id_].intersects(rect)}


def _touched(rect: QRectF) -> Iterator[_Cell]:
    for across in range(int(rect.left() // SIZE), int(rect.right() // SIZE) + 1):
        for down in range(int(rect.top() // SIZE), int(rect.bottom() // SIZE) + 1):
            yield across, down
