"""The window of runs that were kept: a list, their curves over each other, in what they differ, and files of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.words import tr
from nnstudio.exports import runs
from nnstudio.project.errors import FileError
from nnstudio.project.store import write_atomically
from nnstudio.training.history import RunRecord, to_csv, to_json
from nnstudio.ui.controls import label
from nnstudio.ui.dialogs import messages
from nnstudio.ui.dialogs.paths import ask_new
from nnstudio.ui.experiments.beside import lay_beside, line_name
from nnstudio.ui.experiments.differences import DifferencesTable
from nnstudio.ui.experiments.plot import Line, LinePlot
from nnstudio.ui.experiments.runs_table import RunsTable
from nnstudio.ui.experiments.window import ExperimentWindow
from nnstudio.ui.experiments.words import measure_words
from nnstudio.ui.monitor.series import beside_of, run_colours

if TYPE_CHECKING:
    from nnstudio.ui.files import Files
    from nnstudio.ui.session import Session


class RunsWindow(ExperimentWindow):
    """All runs of one project. A run that ends while it is open comes to the top of the list.

    Attributes:
        table: the runs; those that are ticked are compared.
        plot: their curves.
        differences: in what they differ.
        beside: whether the ticked runs lie beside the live curves of the Train page, too.
    """

    def __init__(self, session: Session, files: Files | None, parent: QWidget | None = None) -> None:
        super().__init__(session, "runs", tr("Runs"), parent)
        self.setObjectName("runs_window")
        self._files = files
        self._folder = runs.folder_of(session.project, session.path)
        self.table = RunsTable()
        self.table.ticks_changed.connect(self._show)
        self.table.renamed.connect(self._rename)
        self.table.itemSelectionChanged.connect(self._refresh_buttons)
        lower = QHBoxLayout()
        lower.setSpacing(16)
        lower.addLayout(self._make_curves(), 3)
        lower.addLayout(self._make_differences(), 2)
        ground = QWidget()
        ground.setLayout(lower)
        lower.setContentsMargins(0, 8, 0, 0)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(ground)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 16)
        page.setSpacing(12)
        text = tr("Every run is kept. Tick some to lay their curves over each other and to see in what they differ.")
        page.addWidget(label(text, mute=True, wrap=True))
        page.addWidget(splitter, 1)
        page.addLayout(self._make_buttons())
        self.take_place(1120, 760)
        session.bridge.state_changed.connect(self._on_state_changed)
        session.file_changed.connect(self.reload)
        session.changed.connect(self._on_changed)
        self.reload()

    def _make_curves(self) -> QVBoxLayout:
        self.measure = QComboBox()
        self.measure.setAccessibleName(tr("Measure"))
        self.measure.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.measure.currentIndexChanged.connect(self._show_curves)
        self.log_up = QCheckBox(tr("logarithmic"))
        self.log_up.toggled.connect(self._show_curves)
        self.plot = LinePlot("runs_plot", tr("Tick a run to see its curve."))
        self.beside = QCheckBox(tr("also beside the live curves"))
        self.beside.setObjectName("runs_beside")
        self.beside.setToolTip(tr("Lays the ticked runs over the curves of the Train page"))
        self.beside.setChecked(bool(beside_of(self.session).curves))
        self.beside.toggled.connect(self._lay_beside)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.measure)
        head.addWidget(self.log_up)
        head.addStretch(1)
        head.addWidget(self.beside)
        column = QVBoxLayout()
        column.addLayout(head)
        column.addWidget(self.plot, 1)
        return column

    def _make_differences(self) -> QVBoxLayout:
        self.differences = DifferencesTable()
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(label(tr("In what the runs differ"), "heading"))
        column.addWidget(self.differences, 1)
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
        close.clicked.connect(self.close)
        self._fault = label("", "small", wrap=True)
        self._fault.setProperty("wrong", True)
        row = QHBoxLayout()
        for button in (self.open_button, self.save_button, self.delete_button):
            row.addWidget(button)
        row.addWidget(self._fault, 1)
        row.addWidget(close)
        return row

    # What is shown

    @property
    def records(self) -> tuple[RunRecord, ...]:
        """The runs, the newest first."""
        return self.table.records

    def reload(self) -> None:
        """Read the folder again; what was ticked stays so, at first the two newest runs are."""
        self.session.gather_runs()
        self._folder = runs.folder_of(self.session.project, self.session.path)
        self.table.show_records(runs.runs(self._folder))
        names = dict.fromkeys(name for record in self.records for name in record.curves if name != "accuracy")
        now = self.measure.currentData()
        self.measure.blockSignals(True)
        self.measure.clear()
        for name in sorted(names, key=lambda name: ("loss" not in name, not name.startswith("validation"))):
            self.measure.addItem(measure_words(name), name)
        self.measure.setCurrentIndex(max(0, self.measure.findData(now)))
        self.measure.blockSignals(False)
        for choice in (self.measure, self.log_up, self.beside):
            choice.setVisible(bool(names))
        self.plot.show_empty(tr("Tick a run to see its curve.") if self.records else tr("Runs come here as they end."))
        self._show()

    def _on_changed(self, _old: object, _new: object) -> None:
        if runs.folder_of(self.session.project, self.session.path) != self._folder:  # another name, and no file yet
            self.reload()

    def _on_state_changed(self) -> None:
        if not self.session.bridge.is_active:
            self.reload()
        self._lay_beside()

    def _show(self) -> None:
        self._show_curves()
        self.differences.show_runs(self.table.ticked)
        self._lay_beside()
        self._refresh_buttons()

    def _lay_beside(self) -> None:
        if self.beside.isChecked():
            lay_beside(self.session, self.table.ticked)
        elif self.sender() is self.beside:
            lay_beside(self.session, ())

    def _show_curves(self) -> None:
        measure = self.measure.currentData()
        ticked = self.table.ticked
        colours = run_colours([line_name(record, ticked) for record in ticked])
        lines = []
        for record in ticked:
            known = [
                (float(epoch), value)
                for epoch, value in zip(record.epochs, record.curves.get(measure or "", ()), strict=False)
                if value is not None
            ]
            if known:
                x, y = zip(*known, strict=True)
                name = line_name(record, ticked)
                lines.append(Line(name, x, y, colour=colours[name].name()))
        up = measure_words(measure) if measure else ""
        self.plot.show_lines(lines, across=tr("epoch"), up=up, log_up=self.log_up.isChecked())
        self.table.show_colours({record.id: colours[line_name(record, ticked)] for record in ticked})

    def _refresh_buttons(self) -> None:
        chosen = self.table.chosen
        self.open_button.setEnabled(len(chosen) == 1 and self._files is not None)
        self.delete_button.setEnabled(bool(chosen))
        self.save_button.setEnabled(bool(self.table.ticked or chosen))

    # What can be done

    def tick(self, row: int, on: bool = True) -> None:
        """Take a run into the comparison, or out of it."""
        self.table.tick(row, on)

    def delete_selected(self) -> None:
        """Take the selected runs away, once the person has said so."""
        chosen = self.table.chosen
        if chosen and messages.ask_delete(self, len(chosen)):
            for record in chosen:
                runs.delete(self._folder, record.id)
            self.reload()

    def _rename(self, record: RunRecord, text: str) -> None:
        try:
            runs.name(self._folder, record, text)
        except FileError as error:
            self._fault.setText(str(error))
        self.reload()

    def _open(self) -> None:
        if len(self.table.chosen) != 1 or self._files is None:
            return
        try:
            project = runs.project_of(self.table.chosen[0])
        except FileError as error:
            self._fault.setText(str(error))
            return
        self._files.begin(project, None, saved=False)

    def _to_save(self) -> tuple[RunRecord, ...]:
        return self.table.chosen or self.table.ticked

    def _save(self, kind: str) -> None:
        from nnstudio.ui.files import file_stem

        (record, *_) = self._to_save()
        name = f"{file_stem(record.label)}-{record.id}.{kind}"  # a run may be called what no file can be
        path = ask_new(self, tr("Save the run"), self._near() / name, kind.upper())
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
                runs.write_tensorboard(self._to_save(), Path(folder))
            except FileError as error:
                self._fault.setText(str(error))

    def _near(self) -> Path:
        return self.session.path.parent if self.session.path is not None else Path.home()
