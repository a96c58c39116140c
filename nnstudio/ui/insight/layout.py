"""How live views are laid out: a line with choices and a caption, and under it what there is to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from nnstudio.ui.controls import ElidedLabel

_GAP: Final = 6
_BETWEEN_CHOICES: Final = 10


def lay_out(view: QWidget, header: Sequence[QWidget], body: QWidget | QLayout, *below: QWidget) -> QHBoxLayout:
    """Lay out a view from top to bottom, and return its header, to which more may be added.

    Args:
        view: what is laid out.
        header: a line of choices and a caption, which takes the width that is left.
        body: what there is to see; it takes the height that is left.
        below: what stands under it.
    """
    line = QHBoxLayout()
    line.setSpacing(_BETWEEN_CHOICES)
    for part in header:
        line.addWidget(part, 1 if isinstance(part, ElidedLabel) else 0)
    column = QVBoxLayout(view)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(_GAP)
    column.addLayout(line)
    add(column, body, 1)
    for part in below:
        column.addWidget(part)
    return line


def beside(*parts: tuple[QWidget | QLayout, int], gap: int = 20) -> QHBoxLayout:
    """Return a row of parts, each with its share of the width, and so many pixels between them."""
    row = QHBoxLayout()
    row.setSpacing(gap)
    for part, share in parts:
        add(row, part, share)
    return row


def titled(*parts: tuple[str, QWidget]) -> QVBoxLayout:
    """Return a column of parts of the same height, each with a quiet title over it."""
    column = QVBoxLayout()
    column.setSpacing(4)
    for title, part in parts:
        column.addWidget(ElidedLabel(title, "small", mute=True))
        column.addWidget(part, 1)
    return column


def add(row: QHBoxLayout | QVBoxLayout, part: QWidget | QLayout, share: int = 0) -> None:
    """Add a widget or a layout to a row or a column."""
    if isinstance(part, QLayout):
        row.addLayout(part, share)
    else:
        row.addWidget(part, share)
