"""What came of a sweep: bands over the values, and a row for every run, whether done, under way or still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from nnstudio.core.words import figure, tr
from nnstudio.training.sweep import Outcome, SweepPlan, Trial, measures_of, points
from nnstudio.ui import theme
from nnstudio.ui.experiments.plot import Line, LinePlot
from nnstudio.ui.experiments.sweep_form import value_text
from nnstudio.ui.experiments.words import measure_words

if TYPE_CHECKING:
    from nnstudio.ui.experiments.sweeping import Sweeping


_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_WIDEST: Final = 320


class SweepResults(QWidget):
    """Plot and table.

    Attributes:
        plot: a line for each variant, with its band.
        table: a row for each run, in the order of the plan.
        measure: which measure the plot shows.
        spread: what the band is.
        head: the row above the plot; more may stand at its end.
    """

    def __init__(self, sweeping: Sweeping) -> None:
        super().__init__()
        self._sweeping = sweeping
        self._shown: object = ()  # nothing yet, not even that there is none
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
        self.head = QHBoxLayout()
        self.head.addWidget(self.measure)
        self.head.addWidget(self.spread)
        self.head.addStretch(1)
        self.table = QTableWidget()
        self.table.setObjectName("sweep_table")
        self.table.setAccessibleName(tr("Runs of the sweep"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.horizontalHeader().setMaximumSectionSize(_WIDEST)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self.head)
        column.addWidget(self.plot, 3)
        column.addWidget(self.table, 2)

    def refresh(self) -> None:
        """Show what is known now."""
        record = self._sweeping.record
        if record is not self._shown:
            self._shown = record
            names = measures_of(record.outcomes) if record is not None else ()
            known = [self.measure.itemData(number) for number in range(self.measure.count())]
            if list(names) != known:
                self._offer_measures(names)
            self._show_points()
            self._show_table()
        if record is None or not record.outcomes:
            working = self._sweeping.is_at_work
            self.plot.show_empty(
                tr("The first run is on its way.") if working else tr("Press Start to see how the runs go.")
            )
        self.refresh_states()

    def refresh_states(self) -> None:
        """Say how far the runs are that are not done."""
        record = self._sweeping.record
        if record is None:
            return
        done = {outcome.trial: outcome for outcome in record.outcomes}
        place = len(_settings(record.plan))
        for row, trial in enumerate(record.plan.trials):
            item = self.table.item(row, place)
            if item is not None:
                self._show_state(item, trial, done.get(trial))

    def _show_state(self, item: QTableWidgetItem, trial: Trial, outcome: Outcome | None) -> None:
        share = self._sweeping.under_way.get(trial)
        colour = theme.current().mute
        if outcome is not None and outcome.failure:
            text, colour = tr("failed"), theme.current().err
        elif outcome is not None:
            text, colour = tr("done"), theme.current().text
        elif share is not None:
            text, colour = f"{100 * share:.0f} %", theme.current().accent
        else:
            text = tr("to come")
        if item.text() != text:
            item.setText(text)
            item.setForeground(colour)

    def _offer_measures(self, names: tuple[str, ...]) -> None:
        now = self.measure.currentData()
        self.measure.blockSignals(True)
        self.measure.clear()
        for name in names:
            self.measure.addItem(measure_words(name), name)
        self.measure.setCurrentIndex(max(0, self.measure.findData(now)))
        self.measure.blockSignals(False)
        self.measure.setVisible(bool(names))
        self.spread.setVisible(bool(names))

    def _show_points(self) -> None:
        record, measure = self._sweeping.record, self.measure.currentData()
        if record is None or not measure:
            self.measure.setVisible(False)
            self.spread.setVisible(False)
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
                    "" if plan.variant is None else f"{plan.variant.place} = {value_text(variant)}",
                    tuple(float(plan.factor.values.index(point.value)) for point in row),
                    tuple(point.mean for point in row),
                    tuple(low for low, _ in band),
                    tuple(high for _, high in band),
                )
            )
        words = [value_text(value) for value in plan.factor.values]
        self.plot.show_lines(lines, across=plan.factor.place, up=measure_words(measure), words=words)

    def _show_table(self) -> None:
        record = self._sweeping.record
        self.table.setVisible(record is not None)
        if record is None:
            self.table.setRowCount(0)
            self.table.setColumnCount(0)
            return
        plan = record.plan
        names = measures_of(record.outcomes)
        done = {outcome.trial: outcome for outcome in record.outcomes}
        failed = any(outcome.failure for outcome in record.outcomes)
        heads = [*_settings(plan), tr("State"), *([tr("what went wrong")] if failed else [])]
        heads += [*map(measure_words, names), tr("seconds")]
        why = len(_settings(plan)) + 1 if failed else None
        self.table.setColumnCount(len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setRowCount(len(plan.trials))
        for row, trial in enumerate(plan.trials):
            outcome = done.get(trial)
            cells = [value_text(trial.value), *([value_text(trial.variant)] if plan.variant is not None else [])]
            cells += [str(trial.seed), ""]
            if outcome is not None:
                cells += [outcome.reason] if failed else []
                cells += ["" if (last := outcome.last(name)) is None else figure(last, ".4f") for name in names]
                cells += [f"{outcome.seconds:.1f}"]
            for column in range(len(heads)):
                item = QTableWidgetItem(cells[column] if column < len(cells) else "")
                if column != why:
                    item.setTextAlignment(_RIGHT)
                elif item.text():
                    item.setToolTip("\u200b" + item.text())
                self.table.setItem(row, column, item)
        for column in range(len(heads)):
            head = self.table.horizontalHeaderItem(column)
            assert head is not None
            head.setTextAlignment(_LEFT if column == why else _RIGHT)


def _settings(plan: SweepPlan) -> list[str]:
    """Return the heads of the columns that say which run it is."""
    return [plan.factor.place, *([plan.variant.place] if plan.variant is not None else []), tr("seed")]
