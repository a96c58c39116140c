"""A table of in what runs differ, with a column for each run: recipe, data, drawing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from nnstudio.core.words import tr
from nnstudio.exports import runs
from nnstudio.project.errors import FileError
from nnstudio.training.compared import NONE, Difference, drawing_differences, setting_differences
from nnstudio.ui import theme
from nnstudio.ui.experiments.beside import line_name

if TYPE_CHECKING:
    from nnstudio.training.history import RunRecord

_WIDEST: Final = 260
_NARROWEST: Final = 80
"""Columns are as wide as what they hold, between these; where room is short the wide ones give it."""


class DifferencesTable(QTableWidget):
    """Shows nothing but what differs; a row in the middle says where runs are the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted: list[int] = []
        self.setObjectName("runs_differences")
        self.setAccessibleName(tr("In what the runs differ"))
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_runs(self, records: Sequence[RunRecord]) -> None:
        """Compare these runs."""
        self.clear()
        self.clearSpans()
        self.setRowCount(0)
        self._wanted = []
        if len(records) < 2:
            self.setColumnCount(1)
            self.horizontalHeader().hide()
            self._add([tr("Tick two runs or more to see in what they differ.")], mute=True, span=1)
            self.horizontalHeader().setStretchLastSection(True)
            self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            return
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().show()
        self.horizontalHeader().setStretchLastSection(False)
        self.setColumnCount(1 + len(records))
        self.setHorizontalHeaderLabels(["", *(line_name(record, records) for record in records)])
        titles = {"recipe": tr("Recipe"), "data": tr("Data"), "drawing": tr("Drawing")}
        rows, fault = _differences(records)
        for part, group in groupby(rows, key=lambda row: row.part):
            self._add([titles[part]], strong=True, span=1 + len(records))
            for row in group:
                self._add(_worded(row))
        if fault:
            self._add([fault], mute=True, span=1 + len(records))
        elif not rows:
            self._add([tr("The same recipe, data and drawing.")], mute=True, span=1 + len(records))
        self._wanted = [self._width_of(column) for column in range(self.columnCount())]
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        self._fit()
        super().resizeEvent(event)

    def _width_of(self, column: int) -> int:
        """Return how wide what stands in a column is; headings over all columns do not count."""
        cells = [self.sizeHintForIndex(self.model().index(row, column)).width()
                 for row in range(self.rowCount()) if self.columnSpan(row, 0) == 1]  # fmt: skip
        return max([self.horizontalHeader().sectionSizeHint(column), *cells]) + 8

    def _fit(self) -> None:
        """Scroll sideways only where columns could be read no more."""
        if not self._wanted:
            return
        room = self.viewport().width()
        caps = range(_WIDEST, _NARROWEST, -1)
        cap = next((cap for cap in caps if sum(min(cap, wide) for wide in self._wanted) <= room), _NARROWEST)
        for column, wide in enumerate(self._wanted):
            self.setColumnWidth(column, min(cap, wide))

    def _add(self, cells: Sequence[str], *, strong: bool = False, mute: bool = False, span: int = 1) -> None:
        row = self.rowCount()
        self.insertRow(row)
        for column, cell in enumerate(cells):
            item = QTableWidgetItem(cell)
            item.setToolTip("\u200b" + cell)
            if strong:
                item.setFont(theme.font("strong"))
            if mute or cell == NONE:
                item.setForeground(theme.current().mute)
            self.setItem(row, column, item)
        if span > 1:
            self.setSpan(row, 0, 1, span)


def _worded(row: Difference) -> list[str]:
    """Call settings of recipe and data as their forms do, and what is chosen there, too."""
    from nnstudio.data.catalog import DATA_FIELDS
    from nnstudio.layers.parameters import Choice
    from nnstudio.training.settings.form import RECIPE_FIELDS

    fields = {"recipe": RECIPE_FIELDS, "data": DATA_FIELDS}.get(row.part, ())
    field = next((field for field in fields if field.name == row.name), None)
    if field is None:
        return [row.name, *row.values]
    values = row.values
    if isinstance(field, Choice):
        titles = {str(option): str(title) for option, title in zip(field.options, field.titles, strict=True)}
        values = tuple(titles.get(value, value) for value in values)
    return [str(field.label), *values]


def _differences(records: Sequence[RunRecord]) -> tuple[list[Difference], str]:
    """Return the rows, and why drawings could not be compared; empty where they could."""
    rows = list(setting_differences(records))
    if len({record.fingerprint for record in records}) < 2:
        return rows, ""
    try:
        projects = [runs.project_of(record) for record in records]
    except FileError as error:
        return rows, str(error)
    return rows + list(drawing_differences(projects)), ""
