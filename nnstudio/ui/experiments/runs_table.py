"""The list of kept runs: a row each, with a tick for those that are compared, in the colour of their curve."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from nnstudio.core.words import figure, tr
from nnstudio.training.history import RunRecord
from nnstudio.ui.figures import duration, grouped, percent

MOST: Final = 6
"""Runs compared at a time."""
_NAME: Final = 0
_FIRST_NUMBER: Final = 3
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_FIRST_TICKED: Final = 2
_SWATCH: Final = 10
_WIDEST_NAME: Final = 240


class RunsTable(QTableWidget):
    """Rows of runs.

    Attributes:
        records: the runs, the newest first.
    """

    ticks_changed = Signal()
    renamed = Signal(object, str)
    """A run was given another name."""

    def __init__(self) -> None:
        heads = [tr("Name"), tr("Began"), tr("State"), tr("Epochs"), tr("Best validation accuracy")]
        heads += [tr("Best validation loss"), tr("Parameters"), tr("Time")]
        super().__init__(0, len(heads))
        self.records: tuple[RunRecord, ...] = ()
        self._filling = False
        self.setObjectName("runs_table")
        self.setAccessibleName(tr("Runs"))
        self.setHorizontalHeaderLabels(heads)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setWordWrap(False)
        for column in range(len(heads)):
            item = self.horizontalHeaderItem(column)
            assert item is not None
            item.setTextAlignment(_RIGHT if column >= _FIRST_NUMBER else _LEFT)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(64)
        header.setHighlightSections(False)
        self.itemChanged.connect(self._on_item_changed)

    def show_records(self, records: Sequence[RunRecord]) -> None:
        """Show these runs; those that were ticked stay so, and one that is new is ticked where there is room."""
        known, wanted = {record.id for record in self.records}, {record.id for record in self.ticked}
        new = [record.id for record in records if record.id not in known]
        wanted |= set(new[: MOST - len(wanted)] if known else new[:_FIRST_TICKED])
        self._filling = True
        self.records = tuple(records)
        self.setRowCount(len(records))
        for row, record in enumerate(records):
            self._fill(row, record, ticked=record.id in wanted)
        self._filling = False
        self._fit_names()

    @property
    def ticked(self) -> tuple[RunRecord, ...]:
        """The runs that are compared, the newest first."""
        return tuple(record for row, record in enumerate(self.records) if _is_ticked(self.item(row, _NAME)))

    @property
    def chosen(self) -> tuple[RunRecord, ...]:
        """The runs whose rows are selected."""
        return tuple(self.records[row] for row in sorted({index.row() for index in self.selectedIndexes()}))

    def tick(self, row: int, on: bool = True) -> None:
        """Take a run into the comparison, or out of it."""
        item = self.item(row, _NAME)
        assert item is not None
        item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def show_colours(self, colours: Mapping[str, QColor]) -> None:
        """Show the colours of curves beside the names of their runs, by the runs' ids."""
        self._filling = True
        for row, record in enumerate(self.records):
            item = self.item(row, _NAME)
            if item is not None:
                swatch = QPixmap(_SWATCH, _SWATCH)
                swatch.fill(colours.get(record.id, QColor(0, 0, 0, 0)))
                item.setData(Qt.ItemDataRole.DecorationRole, swatch)
        self._filling = False
        self._fit_names()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let names be read also where the table is narrow."""
        super().resizeEvent(event)
        self._fit_names()

    def _fit_names(self) -> None:
        """Give names the room that is left, and where that is too little, what they need: then the table scrolls."""
        header = self.horizontalHeader()
        left = self.viewport().width() - sum(map(header.sectionSize, range(_NAME + 1, header.count())))
        needed = min(_WIDEST_NAME, self.sizeHintForColumn(_NAME))
        if left >= needed:
            header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        else:
            header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(_NAME, needed)

    def _fill(self, row: int, record: RunRecord, *, ticked: bool) -> None:
        states = {"finished": tr("finished"), "stopped": tr("stopped"), "failed": tr("failed")}
        accuracy, loss = record.best("validation_accuracy"), record.best("validation_loss")
        cells = [
            record.label,
            time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.began)),
            states.get(record.state, record.state),
            str(len(record.epochs)),
            "–" if accuracy is None else percent(accuracy),
            "–" if loss is None else figure(loss, ".4f"),
            grouped(record.num_parameters),
            duration(record.seconds),
        ]
        for column, cell in enumerate(cells):
            item = QTableWidgetItem(cell)
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            if column == _NAME:
                item.setFlags(flags | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
                item.setToolTip(tr("Double-click to name it."))
            else:
                item.setFlags(flags)
            if column == 2:
                item.setToolTip("\u200b" + record.reason if record.message else "")
            if column >= _FIRST_NUMBER:
                item.setTextAlignment(_RIGHT)
            self.setItem(row, column, item)

    def _on_item_changed(self, item: QTableWidgetItem) -> None:
        if self._filling or item.column() != _NAME:
            return
        record = self.records[item.row()]
        if item.text().strip() != record.label:
            self.renamed.emit(record, item.text())
        elif len(self.ticked) > MOST:
            item.setCheckState(Qt.CheckState.Unchecked)  # more could not be told apart
        else:
            self.ticks_changed.emit()


def _is_ticked(item: QTableWidgetItem | None) -> bool:
    return item is not None and item.checkState() == Qt.CheckState.Checked
