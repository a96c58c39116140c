"""Runs that were kept: a list, their curves over each other, in what they differ, and files of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.words import tr
from nnstudio.exports import runs
from nnstudio.project.errors import FileError
from nnstudio.project.store import write_atomically
from nnstudio.training.history import RunRecord, drawing_differences, recipe_differences, to_csv, to_json
from nnstudio.ui.controls import label
from nnstudio.ui.dialogs.paths import ask_new
from nnstudio.ui.experiments.plot import Line, LinePlot
from nnstudio.ui.experiments.words import measure_words
from nnstudio.ui.figures import duration, grouped, percent

if TYPE_CHECKING:
    from nnstudio.ui.files import Files
    from nnstudio.ui.session import Session

_MOST: Final = 6
"""Runs compared at a time."""
_NAME: Final = 0


class RunsDialog(QDialog):
    """All runs of one project.

    Attributes:
        records: the runs, the newest first.
    """

    def __init__(self, session: Session, files: Files | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs_dialog")
        self.setWindowTitle(tr("Runs"))
        self._session = session
        self._files = files
        self._folder = runs.folder_of(session.project, session.path)
        self.records: tuple[RunRecord, ...] = ()
        self._filling = False
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 16)
        page.setSpacing(12)
        text = tr("Every run is kept. Tick some to lay their curves over each other and to see in what they differ.")
        page.addWidget(label(text, mute=True, wrap=True))
        page.addWidget(self._make_table(), 2)
        lower = QHBoxLayout()
        lower.setSpacing(16)
        lower.addLayout(self._make_curves(), 3)
        lower.addLayout(self._make_differences(), 2)
        page.addLayout(lower, 3)
        page.addLayout(self._make_buttons())
        self.resize(1080, 720)
        self.reload()

    def _make_table(self) -> QWidget:
        heads = [tr("Name"), tr("Began"), tr("State"), tr("Epochs"), tr("Best validation accuracy")]
        heads += [tr("Best validation loss"), tr("Parameters"), tr("Time")]
        self.table = QTableWidget(0, len(heads))
        self.table.setObjectName("runs_table")
        self.table.setAccessibleName(tr("Runs"))
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        self.table.itemChanged.connect(self._on_item_changed)
        self.table.itemSelectionChanged.connect(self._refresh_buttons)
        return self.table

    def _make_curves(self) -> QVBoxLayout:
        self.measure = QComboBox()
        self.measure.setAccessibleName(tr("Measure"))
        self.measure.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.measure.currentIndexChanged.connect(self._show_curves)
        self.log_up = QCheckBox(tr("logarithmic"))
        self.log_up.toggled.connect(self._show_curves)
        self.plot = LinePlot("runs_plot", tr("Tick a run to see its curve."))
        head = QHBoxLayout()
        head.addWidget(self.measure)
        head.addWidget(self.log_up)
        head.addStretch(1)
        column = QVBoxLayout()
        column.addLayout(head)
        column.addWidget(self.plot, 1)
        return column

    def _make_differences(self) -> QVBoxLayout:
        self.differences = QTableWidget()
        self.differences.setObjectName("runs_differences")
        self.differences.setAccessibleName(tr("In what recipes and data differ"))
        self.differences.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.differences.verticalHeader().hide()
        self.differences.setShowGrid(False)
        self.differences.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.drawings = QPlainTextEdit()
        self.drawings.setObjectName("runs_drawings")
        self.drawings.setAccessibleName(tr("In what the drawings differ"))
        self.drawings.setReadOnly(True)
        self.drawings.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(label(tr("In what recipes and data differ"), "heading"))
        column.addWidget(self.differences, 1)
        column.addWidget(label(tr("In what the drawings differ"), "heading"))
        column.addWidget(self.drawings, 1)
        return column

    def _make_buttons(self) -> QHBoxLayout:
        self.open_button = QPushButton(tr("Open its drawing"))
        self.open_button.clicked.connect(self._open)
        self.delete_button = QPushButton(tr("Delete"))
        self.delete_button.setObjectName("runs_delete")
        self.delete_button.clicked.connect(self.delete_selected)
        self.save_button = QPushButton(tr("Save as…"))
        self.save_button.setProperty("menued", True)
        menu = QMenu(self.save_button)
        menu.addAction(tr("JSON, everything that is known")).triggered.connect(lambda: self._save("json"))
        menu.addAction(tr("CSV, one row per epoch")).triggered.connect(lambda: self._save("csv"))
        menu.addAction(tr("TensorBoard event files")).triggered.connect(self._save_events)
        self.save_button.setMenu(menu)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.reject)
        self._fault = label("", "small", wrap=True)
        self._fault.setProperty("wrong", True)
        row = QHBoxLayout()
        for button in (self.open_button, self.save_button, self.delete_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addWidget(self._fault, 1)
        row.addWidget(close)
        return row

    # What is shown

    def reload(self) -> None:
        """Read the folder again; the two newest runs are ticked."""
        self.records = runs.runs(self._folder)
        self._filling = True
        self.table.setRowCount(len(self.records))
        for row, record in enumerate(self.records):
            self._fill(row, record, ticked=row < 2)
        self._filling = False
        names = dict.fromkeys(name for record in self.records for name in record.curves if name != "accuracy")
        self.measure.blockSignals(True)
        self.measure.clear()
        for name in sorted(names, key=lambda name: ("loss" not in name, not name.startswith("validation"))):
            self.measure.addItem(measure_words(name), name)
        self.measure.blockSignals(False)
        self._show()

    @property
    def ticked(self) -> tuple[RunRecord, ...]:
        """The runs that are compared, the newest first."""
        rows = range(self.table.rowCount())
        found = [row for row in rows if _is_ticked(self.table.item(row, _NAME))]
        return tuple(self.records[row] for row in found[:_MOST])

    def tick(self, row: int, on: bool = True) -> None:
        """Take a run into the comparison, or out of it."""
        item = self.table.item(row, _NAME)
        assert item is not None
        item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _fill(self, row: int, record: RunRecord, *, ticked: bool) -> None:
        states = {"finished": tr("finished"), "stopped": tr("stopped"), "failed": tr("failed")}
        accuracy, loss = record.best("validation_accuracy"), record.best("validation_loss")
        cells = [
            record.label,
            time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.began)),
            states.get(record.state, record.state),
            str(len(record.epochs)),
            "–" if accuracy is None else percent(accuracy),
            "–" if loss is None else f"{loss:.4f}",
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
            if column >= 3:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, column, item)

    def _on_item_changed(self, item: QTableWidgetItem) -> None:
        if self._filling or item.column() != _NAME:
            return
        record = self.records[item.row()]
        if item.text().strip() != record.label:
            try:
                renamed = runs.name(self._folder, record, item.text())
            except FileError as error:
                self._fault.setText(str(error))
            else:
                self.records = tuple(renamed if known is record else known for known in self.records)
                self._filling = True
                item.setText(renamed.label)
                self._filling = False
        self._show()

    def _show(self) -> None:
        self._show_curves()
        self._show_differences()
        self._refresh_buttons()

    def _show_curves(self) -> None:
        measure = self.measure.currentData()
        lines = []
        for record in self.ticked:
            known = [
                (float(epoch), value)
                for epoch, value in zip(record.epochs, record.curves.get(measure or "", ()), strict=False)
                if value is not None
            ]
            if known:
                x, y = zip(*known, strict=True)
                lines.append(Line(_line_name(record, self.ticked), x, y))
        up = measure_words(measure) if measure else ""
        self.plot.show_lines(lines, across=tr("epoch"), up=up, log_up=self.log_up.isChecked())

    def _show_differences(self) -> None:
        records = self.ticked
        rows = recipe_differences(records) if len(records) > 1 else ()
        self.differences.setColumnCount(1 + len(records))
        self.differences.setHorizontalHeaderLabels([tr("Setting"), *(_line_name(one, records) for one in records)])
        self.differences.setRowCount(len(rows))
        for row, (name, values) in enumerate(rows):
            for column, cell in enumerate((name, *values)):
                self.differences.setItem(row, column, QTableWidgetItem(cell))
        self.drawings.setPlainText("\n".join(self._told_differences(records)))

    def _told_differences(self, records: Sequence[RunRecord]) -> list[str]:
        lines: list[str] = []
        for newer, older in pairwise(records):
            head = tr("{new} against {old}:", new=_line_name(newer, records), old=_line_name(older, records))
            if newer.fingerprint == older.fingerprint:
                lines += [head, "  " + tr("the same network")]
                continue
            try:
                old, new = runs.project_of(older), runs.project_of(newer)
            except FileError as error:
                lines += [head, f"  {error}"]
                continue
            told = list(drawing_differences(old.graph, new.graph))
            both = old.blocks_by_name.keys() & new.blocks_by_name.keys()
            for name in sorted(both):
                inner = drawing_differences(old.blocks_by_name[name].graph, new.blocks_by_name[name].graph)
                told += [tr("in block {block}: {text}", block=name, text=line) for line in inner]
            lines += [head, *(f"  {line}" for line in told)]
        return lines

    def _refresh_buttons(self) -> None:
        one = self._selected is not None
        self.open_button.setEnabled(one and self._files is not None)
        self.delete_button.setEnabled(one)
        self.save_button.setEnabled(bool(self.ticked) or one)

    @property
    def _selected(self) -> RunRecord | None:
        rows = {index.row() for index in self.table.selectedIndexes()}
        return self.records[min(rows)] if rows else None

    # What can be done

    def delete_selected(self) -> None:
        """Take the selected runs away."""
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        for row in rows:
            runs.delete(self._folder, self.records[row].id)
        self.reload()

    def _open(self) -> None:
        record = self._selected
        if record is None or self._files is None:
            return
        try:
            project = runs.project_of(record)
        except FileError as error:
            self._fault.setText(str(error))
            return
        self._files.begin(project, None, saved=False)
        self.accept()

    def _chosen(self) -> tuple[RunRecord, ...]:
        selected = self._selected
        return (selected,) if selected is not None else self.ticked

    def _save(self, kind: str) -> None:
        (record, *_) = self._chosen()
        path = ask_new(self, tr("Save the run"), self._near() / f"{record.label}-{record.id}.{kind}", kind.upper())
        if path is None:
            return
        data = to_json(record) if kind == "json" else to_csv(record).encode()
        try:
            write_atomically(path, data)
        except FileError as error:
            self._fault.setText(str(error))

    def _save_events(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Folder for TensorBoard"), str(self._near()))
        if folder:
            try:
                runs.write_tensorboard(self._chosen(), Path(folder))
            except FileError as error:
                self._fault.setText(str(error))

    def _near(self) -> Path:
        return self._session.path.parent if self._session.path is not None else Path.home()


def _is_ticked(item: QTableWidgetItem | None) -> bool:
    return item is not None and item.checkState() == Qt.CheckState.Checked


def _line_name(record: RunRecord, among: Sequence[RunRecord]) -> str:
    """Return its name, with the time of day where another one is called the same."""
    if sum(other.label == record.label for other in among) < 2:
        return record.label
    name = f"{record.label} {_clock(record)}"
    alike = [other for other in among if other.label == record.label and _clock(other) == _clock(record)]
    return name if len(alike) < 2 else f"{name} ({len(alike) - alike.index(record)})"


def _clock(record: RunRecord) -> str:
    return time.strftime("%H:%M:%S", time.localtime(record.began))
