"""The tables of the drill: as narrow as their numbers allow."""

from __future__ import annotations

from typing import Final, Union

from PySide6.QtWidgets import QAbstractItemView, QTableView

from nnstudio.ui import theme
from nnstudio.ui.insight.products import Arrivals, Products

_FROM: Final = 120
"""Pixels for the names of places, at least."""
_MEASURED: Final = 40
"""Rows whose names are measured."""


def product_table(name: str, model: Union[Products, Arrivals]) -> QTableView:
    """Return a table of products, or of the places that a slope comes from."""
    table = QTableView()
    table.setAccessibleName(name)
    table.setModel(model)
    table.setFont(theme.font("mono"))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
    for header in (table.verticalHeader(), table.horizontalHeader()):
        header.setFont(theme.font("small"))
    high = max(22, table.verticalHeader().fontMetrics().height() + 6)
    table.verticalHeader().setMinimumSectionSize(high)
    table.verticalHeader().setDefaultSectionSize(high)
    table.horizontalHeader().setFixedHeight(high + 8)
    table.horizontalHeader().setStretchLastSection(True)
    table.setColumnWidth(0, _FROM)
    for column in range(1, model.columnCount()):
        table.setColumnWidth(column, table.fontMetrics().horizontalAdvance("-1.2345e-12") + 12)
    table.setWordWrap(False)
    return table


def fit_names(table: QTableView) -> None:
    """Make the column of names as wide as the first of them need, within reason."""
    model = table.model()
    texts = [str(model.data(model.index(row, 0))) for row in range(min(_MEASURED, model.rowCount()))]
    wide = max((table.fontMetrics().horizontalAdvance(text) for text in texts), default=0) + 16
    wide = min(max(wide, _FROM), table.width() // 2)
    if table.columnWidth(0) != wide:
        table.setColumnWidth(0, wide)
