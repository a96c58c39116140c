"""The tables of the drill: their numbers have as many digits as there is room for, and names take what is left."""

from __future__ import annotations

from typing import Final, Union

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from nnstudio.ui import theme
from nnstudio.ui.insight.products import Arrivals, Products

_WIDEST: Final = {5: "−1.2345e−12", 4: "−1.234e−12", 3: "−1.23e−12", 2: "−1.2e−12"}
"""The longest number by how many of its digits are told."""
_PAD: Final = 10
_FROM: Final = 64
"""Pixels for the names of places, at least."""
_MEASURED: Final = 40
"""Rows whose names are measured."""


class ProductTable(QTableView):
    """A table of products, or of the places that a slope comes from. It is never wider than its place."""

    def __init__(self, name: str, model: Union[Products, Arrivals]) -> None:
        super().__init__()
        self._numbers = model
        self.setAccessibleName(name)
        self.setModel(model)
        self.setFont(theme.font("mono"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        for header in (self.verticalHeader(), self.horizontalHeader()):
            header.setFont(theme.font("small"))
        high = max(22, self.verticalHeader().fontMetrics().height() + 6)
        self.verticalHeader().setMinimumSectionSize(high)
        self.verticalHeader().setDefaultSectionSize(high)
        self.horizontalHeader().setFixedHeight(high + 8)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setWordWrap(False)

    def fit(self) -> None:
        """Tell numbers with as many digits as fit beside whole names; where none do, names are cut in the middle."""
        model, metrics = self._numbers, self.fontMetrics()
        room, columns = self.viewport().width(), model.columnCount() - 1
        widths = {digits: metrics.horizontalAdvance(text) + _PAD for digits, text in _WIDEST.items()}
        texts = [str(model.data(model.index(row, 0))) for row in range(min(_MEASURED, model.rowCount()))]
        needed = max((metrics.horizontalAdvance(text) for text in texts), default=0) + 16
        tries = [(digits, max(_FROM, needed)) for digits in widths] + [(digits, _FROM) for digits in widths]
        fitting = (digits for digits, names in tries if widths[digits] * columns + names <= room)
        digits = next(fitting, min(widths))
        model.show_digits(digits)
        names = max(_FROM, min(needed, room - widths[digits] * columns))
        wide = max(widths[digits], (room - names) // columns)
        for column, width in enumerate((names, *(wide for _ in range(columns)))):
            if self.columnWidth(column) != width:
                self.setColumnWidth(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for other numbers of digits."""
        super().resizeEvent(event)
        self.fit()
