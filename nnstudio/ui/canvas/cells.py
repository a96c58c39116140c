"""Which cards are near a place: a coarse grid over the sheet, kept by the scene as cards come, move and go.

Qt's own index is made for painting; it is rebuilt when many items have just changed, which is when wires are laid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from PySide6.QtCore import QRectF

SIZE: Final = 512.0
"""Edge length of a cell: wider than a card, so that a card touches four cells at most."""

_Cell = tuple[int, int]
_Span = tuple[int, int, int, int]
"""The first and the last cell across, the first and the last one down."""


class Cells:
    """Rectangles by id, found by place."""

    def __init__(self) -> None:
        self._rects: dict[str, QRectF] = {}
        self._spans: dict[str, _Span] = {}
        self._cells: dict[_Cell, set[str]] = {}

    @property
    def rects(self) -> Mapping[str, QRectF]:
        """All rectangles."""
        return self._rects

    def put(self, id_: str, rect: QRectF) -> None:
        """Note where a card is, or that it moved."""
        span = _span(rect)
        if self._spans.get(id_) != span:
            self.remove(id_)
            self._spans[id_] = span
            for cell in _touched(span):
                self._cells.setdefault(cell, set()).add(id_)
        self._rects[id_] = rect

    def remove(self, id_: str) -> None:
        """Forget a card, if it is known."""
        if self._rects.pop(id_, None) is None:
            return
        for cell in _touched(self._spans.pop(id_)):
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
            ids = set().union(*(self._cells.get(cell, ()) for cell in _touched(_span(rect))))
        return {id_: rects[id_] for id_ in ids if rects[id_].intersects(rect)}


def _span(rect: QRectF) -> _Span:
    return int(rect.left() // SIZE), int(rect.right() // SIZE), int(rect.top() // SIZE), int(rect.bottom() // SIZE)


def _touched(span: _Span) -> Iterator[_Cell]:
    left, right, top, bottom = span
    for across in range(left, right + 1):
        for down in range(top, bottom + 1):
            yield across, down
