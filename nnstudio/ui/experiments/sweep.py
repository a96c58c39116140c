"""Sweeps: which setting, which values, how many seeds; bands over the values, a table, and CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.graph import Value
from nnstudio.core.words import tr
from nnstudio.exports import runs, sweeps
from nnstudio.exports.sweeps import SweepRecord
from nnstudio.project.errors import FileError
from nnstudio.project.store import write_atomically
from nnstudio.training.places import places, read_value, value_at
from nnstudio.training.sweep import Factor, SweepPlan, TrialBegan, TrialWent, check, measures_of, points, table
from nnstudio.ui.controls import hairline, label
from nnstudio.ui.dialogs.paths import ask_new
from nnstudio.ui.experiments.laborer import Laborer
from nnstudio.ui.experiments.plot import Line, LinePlot
from nnstudio.ui.experiments.words import measure_words

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_LEFT: Final = 292


class SweepDialog(QDialog):
    """Works a sweep in a thread. What is done is kept, so a sweep that was stopped goes on where it was.

    Attributes:
        record: the sweep that is shown; None before the first.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweep_dialog")
        self.setWindowTitle(tr("Sweep"))
        self._session = session
        self._folder = runs.folder_of(session.project, session.path) / "sweeps"
        self._laborer: Laborer | None = None
        self.record: SweepRecord | None = None
        self._begun: TrialBegan | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 20, 24, 16)
        row.setSpacing(20)
        row.addWidget(self._make_form())
        row.addWidget(hairline(upright=True))
        row.addLayout(self._make_results(), 1)
        self.resize(1040, 640)
        record = sweeps.latest(self._folder)
        self._show_record(record)
        if record is not None:
            self._fill_form(record.plan)

    # What is asked

    def _make_form(self) -> QWidget:
        offered = places(self._session.project)
        self.factor, self.variant = _place_box("factor", offered), _place_box("variant", ("", *offered))
        self.factor_values, self.variant_values = QLineEdit(), QLineEdit()
        for field, name in ((self.factor_values, tr("Values")), (self.variant_values, tr("Variants"))):
            field.setAccessibleName(name)
            field.setPlaceholderText(tr("with commas: 10, 20, 56"))
        self.seeds, self.epochs = QSpinBox(), QSpinBox()
        self.seeds.setRange(1, 50)
        self.seeds.setValue(3)
        self.seeds.setAccessibleName(tr("Seeds"))
        for number in (self.seeds, self.epochs):
            number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.epochs.setRange(0, 100_000)
        self.epochs.setSpecialValueText(tr("as in the recipe"))
        self.epochs.setAccessibleName(tr("Epochs"))
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        rows: tuple[tuple[str, QWidget], ...] = (
            (tr("What is varied"), self.factor),
            (tr("Values"), self.factor_values),
            (tr("A curve for each (may be empty)"), self.variant),
            (tr("Variants"), self.variant_values),
            (tr("Seeds"), self.seeds),
            (tr("Epochs"), self.epochs),
        )
        for title, widget in rows:
            form.addRow(label(title, "small", mute=True), widget)
        self.factor.currentTextChanged.connect(lambda: self._suggest(self.factor, self.factor_values))
        self.variant.currentTextChanged.connect(lambda: self._suggest(self.variant, self.variant_values))
        self._fault = label("", "small", wrap=True)
        self._fault.setProperty("wrong", True)
        self._fault.setObjectName("sweep_fault")
        self.start_button = QPushButton(tr("Start"))
        self.start_button.setObjectName("sweep_start")
        self.start_button.clicked.connect(self.start)
        self.go_on_button = QPushButton(tr("Go on"))
        self.go_on_button.setObjectName("sweep_go_on")
        self.go_on_button.clicked.connect(self.go_on)
        self.stop_button = QPushButton(tr("Stop"))
        self.stop_button.setObjectName("sweep_stop")
        self.stop_button.clicked.connect(self.stop)
        buttons = QHBoxLayout()
        for button in (self.start_button, self.go_on_button, self.stop_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        box = QWidget()
        box.setFixedWidth(_LEFT)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        text = tr("One setting at several values, each with several seeds. The band shows how far chance alone goes.")
        column.addWidget(label(text, mute=True, wrap=True))
        column.addLayout(form)
        column.addLayout(buttons)
        column.addWidget(self._fault)
        column.addStretch(1)
        return box

    def _make_results(self) -> QVBoxLayout:
        self.plot = LinePlot("sweep_plot", tr("Press Start to see how the runs go."))
        self.measure = QComboBox()
        self.measure.setAccessibleName(tr("Measure"))
        self.measure.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.measure.currentIndexChanged.connect(self._show_points)
        self.spread = QComboBox()
        self.spread.setAccessibleName(tr("Band"))
        self.spread.addItem(tr("from lowest to highest"), "range")
        self.spread.addItem(tr("± standard deviation"), "deviation")
        self.spread.currentIndexChanged.connect(self._show_points)
        self.export_button = QPushButton(tr("Save as CSV…"))
        self.export_button.setAutoDefault(False)
        self.export_button.clicked.connect(self._export)
        head = QHBoxLayout()
        head.addWidget(self.measure)
        head.addWidget(self.spread)
        head.addStretch(1)
        head.addWidget(self.export_button)
        self.table = QTableWidget()
        self.table.setObjectName("sweep_table")
        self.table.setAccessibleName(tr("Runs of the sweep"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(tr("Sweep"))
        self.bar.setRange(0, 1000)
        self._state = label("", "small", mute=True)
        self._state.setObjectName("sweep_state")
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.plot, 3)
        column.addWidget(self.table, 2)
        column.addWidget(self.bar)
        column.addWidget(self._state)
        return column

    def _suggest(self, box: QComboBox, field: QLineEdit) -> None:
        """Offer values around the present one, where nothing was written yet."""
        try:
            now = value_at(self._session.project, box.currentText())
        except ValueError:
            field.clear()
            return
        field.setText(", ".join(_around(now)))

    def _fill_form(self, plan: SweepPlan) -> None:
        """Ask for what was asked for last."""
        for factor, box, field in (
            (plan.factor, self.factor, self.factor_values),
            (plan.variant, self.variant, self.variant_values),
        ):
            box.setEditText(factor.place if factor is not None else "")
            field.setText(", ".join(map(_text, factor.values)) if factor is not None else "")
        self.seeds.setValue(len(plan.seeds))
        self.epochs.setValue(plan.epochs or 0)

    def plan(self) -> SweepPlan:
        """Return what the form asks for.

        Raises:
            ValueError: it cannot be worked.
        """
        variant = self.variant.currentText().strip()
        made = SweepPlan(
            factor=self._factor(self.factor.currentText().strip(), self.factor_values),
            variant=self._factor(variant, self.variant_values) if variant else None,
            seeds=tuple(range(self.seeds.value())),
            epochs=self.epochs.value() or None,
        )
        check(self._session.project, made)
        return made

    def _factor(self, place: str, field: QLineEdit) -> Factor:
        words = [word for word in field.text().replace("，", ",").split(",") if word.strip()]
        return Factor(place, tuple(read_value(self._session.project, place, word) for word in words))

    # Work

    def start(self) -> None:
        """Begin what the form asks for."""
        try:
            record = sweeps.begin(self._session.project, self.plan())
        except ValueError as error:
            self._fault.setText(str(error))
            return
        self._fault.clear()
        self._show_record(record)
        self.go_on()

    def go_on(self) -> None:
        """Work what is left."""
        if self.record is None or self.is_at_work:
            return
        path = self._folder / f"{self.record.id}.json"
        self._laborer = Laborer(_worker(self.record, path), self)
        self._laborer.came.connect(self._on_came)
        self._laborer.over.connect(self._on_over)
        self._laborer.start()
        self._refresh()

    def stop(self) -> None:
        """End within one batch; the run under way is not kept, those before are."""
        if self._laborer is not None:
            self._laborer.stop()

    @property
    def is_at_work(self) -> bool:
        """Whether runs are being worked."""
        return self._laborer is not None and self._laborer.is_at_work

    def done(self, result: int) -> None:
        """End the work, and close."""
        if self._laborer is not None:
            self._laborer.shutdown()
        super().done(result)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing works where nobody sees it."""
        if self._laborer is not None:
            self._laborer.shutdown()
        super().hideEvent(event)

    def _on_came(self, new: list[object]) -> None:
        for event in new:
            if isinstance(event, TrialBegan):
                self._begun = event
                self._went(0.0)
            elif isinstance(event, TrialWent):
                self._went(event.share)
        records = [event for event in new if isinstance(event, SweepRecord)]
        if records:
            self._show_record(records[-1])

    def _went(self, share: float) -> None:
        begun = self._begun
        assert begun is not None
        self.bar.setValue(round(1000 * (begun.done + share) / begun.total))
        trial, plan = begun.trial, self.record.plan if self.record is not None else None
        if plan is not None:
            words = [f"{plan.factor.place} = {_text(trial.value)}"]
            if plan.variant is not None:
                words.insert(0, f"{plan.variant.place} = {_text(trial.variant)}")
            text = tr("Run {number} of {total}: {settings}, seed {seed}", number=begun.done + 1, total=begun.total,
                      settings=", ".join(words), seed=trial.seed)  # fmt: skip
            self._state.setText(text)

    def _on_over(self) -> None:
        assert self._laborer is not None
        self._fault.setText(self._laborer.fault)
        self._refresh()

    # What came

    def _show_record(self, record: SweepRecord | None) -> None:
        self.record = record
        names = measures_of(record.outcomes) if record is not None else ()
        known = [self.measure.itemData(number) for number in range(self.measure.count())]
        if list(names) != known:
            now = self.measure.currentData()
            self.measure.blockSignals(True)
            self.measure.clear()
            for name in names:
                self.measure.addItem(measure_words(name), name)
            self.measure.setCurrentIndex(max(0, self.measure.findData(now)))
            self.measure.blockSignals(False)
        self._show_points()
        self._show_table()
        self._refresh()

    def _show_points(self) -> None:
        record, measure = self.record, self.measure.currentData()
        if record is None or not measure:
            self.plot.show_lines([], across="", up="")
            return
        plan = record.plan
        lines = []
        for variant, row in points(plan, record.outcomes, measure).items():
            if self.spread.currentData() == "range":
                band = [(point.low, point.high) for point in row]
            else:
                band = [(point.mean - point.deviation, point.mean + point.deviation) for point in row]
            lines.append(
                Line(
                    "" if plan.variant is None else f"{plan.variant.place} = {_text(variant)}",
                    tuple(float(plan.factor.values.index(point.value)) for point in row),
                    tuple(point.mean for point in row),
                    tuple(low for low, _ in band),
                    tuple(high for _, high in band),
                )
            )
        words = [_text(value) for value in plan.factor.values]
        self.plot.show_lines(lines, across=plan.factor.place, up=measure_words(measure), words=words)

    def _show_table(self) -> None:
        record = self.record
        if record is None:
            self.table.setRowCount(0)
            return
        plan = record.plan
        names = measures_of(record.outcomes)
        heads = [plan.factor.place, *([plan.variant.place] if plan.variant is not None else []), tr("seed")]
        heads += [measure_words(name) for name in names] + [tr("seconds"), tr("what went wrong")]
        self.table.setColumnCount(len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setRowCount(len(record.outcomes))
        for number, outcome in enumerate(record.outcomes):
            trial = outcome.trial
            cells = [_text(trial.value), *([_text(trial.variant)] if plan.variant is not None else []), str(trial.seed)]
            cells += ["" if (last := outcome.last(name)) is None else f"{last:.4f}" for name in names]
            cells += [f"{outcome.seconds:.1f}", outcome.failure]
            for column, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                if column < len(cells) - 1:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(number, column, item)
        self.table.scrollToBottom()

    def _refresh(self) -> None:
        working, record = self.is_at_work, self.record
        self.start_button.setEnabled(not working)
        self.stop_button.setEnabled(working)
        self.go_on_button.setEnabled(not working and record is not None and not record.is_done)
        self.export_button.setEnabled(record is not None and bool(record.outcomes))
        if not working:
            self.bar.setVisible(record is not None and not record.is_done)
            done = len(record.outcomes) if record is not None else 0
            total = len(record.plan.trials) if record is not None else 0
            self.bar.setValue(round(1000 * done / total) if total else 0)
            self._state.setText(tr("{done} of {total} runs are done.", done=done, total=total) if total else "")
        else:
            self.bar.show()

    def _export(self) -> None:
        if self.record is None:
            return
        folder = self._session.path.parent if self._session.path is not None else Path.home()
        path = ask_new(self, tr("Save the sweep"), folder / f"{self._session.project.name}-sweep.csv", "CSV")
        if path is not None:
            try:
                write_atomically(path, table(self.record.plan, self.record.outcomes).encode())
            except FileError as error:
                self._fault.setText(str(error))


def _worker(record: SweepRecord, path: Path) -> Callable[[Callable[[], bool]], Iterator[object]]:
    return lambda stop: sweeps.work(record, path, stop)


def _place_box(name: str, offered: tuple[str, ...]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(f"sweep_{name}")
    box.setAccessibleName(tr("What is varied") if name == "factor" else tr("A curve for each (may be empty)"))
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.addItems(list(offered))
    box.setCurrentIndex(-1 if name == "factor" else 0)
    completer = box.completer()
    assert completer is not None
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    return box


def _text(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _around(now: Value) -> tuple[str, ...]:
    if isinstance(now, bool):
        return "false", "true"
    if isinstance(now, int):
        return (str(max(1, now // 2)), str(now), str(2 * now)) if now else ("0", "1", "2")
    if isinstance(now, float):
        return (f"{now / 3:.1g}", f"{now:g}", f"{now * 3:.1g}") if now else ("0", "0.001", "0.01")
    return (str(now),) if isinstance(now, str) else ()
