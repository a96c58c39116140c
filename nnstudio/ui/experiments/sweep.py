"""The window of sweeps: what is asked for on the left, what came of it on the right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from nnstudio.core.words import again, tr
from nnstudio.exports import sweeps
from nnstudio.layers.parameters import told
from nnstudio.project.errors import FileError
from nnstudio.project.store import write_atomically
from nnstudio.training.sweep import table
from nnstudio.ui.controls import ElidedLabel, hairline, label
from nnstudio.ui.dialogs.paths import ask_new
from nnstudio.ui.experiments.state import experiments_of
from nnstudio.ui.experiments.sweep_form import SweepForm, value_text
from nnstudio.ui.experiments.sweep_results import SweepResults
from nnstudio.ui.experiments.window import CopyNote, ExperimentWindow

if TYPE_CHECKING:
    from nnstudio.project.document import Project
    from nnstudio.training.sweep import SweepPlan, Trial
    from nnstudio.ui.session import Session

_LEFT: Final = 292


class SweepWindow(ExperimentWindow):
    """Works a sweep beside the main window. Closed, it ends within a batch; what is done is kept and gone on with.

    Attributes:
        sweeping: what it shows.
        form: what is asked for.
        results: what came of it.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "sweep", tr("Sweep"), parent)
        self.setObjectName("sweep_window")
        self.sweeping = experiments_of(session).sweeping
        self.sweeping.look()
        self._noted = ""
        self.form = SweepForm(session)
        self.results = SweepResults(self.sweeping)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 20, 24, 16)
        row.setSpacing(20)
        row.addWidget(self._make_left())
        row.addWidget(hairline(upright=True))
        row.addLayout(self._make_right(), 1)
        self.take_place(1080, 680)
        if self.sweeping.record is not None:
            self.form.show_plan(self.sweeping.record.plan)
        self.sweeping.changed.connect(self.refresh)
        self.sweeping.went.connect(self._on_went)
        self.refresh()

    def _make_left(self) -> QWidget:
        self._fault = label("", "small", wrap=True)
        self._fault.setProperty("wrong", True)
        self._fault.setObjectName("sweep_fault")
        self.start_button = QPushButton(tr("Start"))
        self.start_button.setObjectName("sweep_start")
        self.start_button.setProperty("primary", True)
        self.start_button.clicked.connect(self.start)
        self.go_on_button = QPushButton(tr("Go on"))
        self.go_on_button.setObjectName("sweep_go_on")
        self.go_on_button.clicked.connect(self.sweeping.go_on)
        self.stop_button = QPushButton(tr("Stop"))
        self.stop_button.setObjectName("sweep_stop")
        self.stop_button.clicked.connect(self.sweeping.stop)
        buttons = QHBoxLayout()
        for button in (self.start_button, self.go_on_button, self.stop_button):
            buttons.addWidget(button)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        text = tr("One setting at several values, each with several seeds. The band shows how far chance alone goes.")
        column.addWidget(label(text, mute=True, wrap=True))
        column.addWidget(self.form)
        column.addLayout(buttons)
        column.addWidget(self._fault)
        column.addStretch(1)
        return _scrolled(box)

    def _make_right(self) -> QVBoxLayout:
        self.export_button = QPushButton(tr("Save as CSV…"))
        self.export_button.clicked.connect(self._export)
        self.results.head.addWidget(self.export_button)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(tr("Sweep"))
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self._state = ElidedLabel("", "small", mute=True)
        self._state.setObjectName("sweep_state")
        self._note = CopyNote(self.session)
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(self.results, 1)
        column.addWidget(self.bar)
        column.addWidget(self._state)
        column.addWidget(self._note)
        return column

    @property
    def record(self) -> sweeps.SweepRecord | None:
        """The sweep that is shown."""
        return self.sweeping.record

    @property
    def is_at_work(self) -> bool:
        """Whether runs are being worked."""
        return self.sweeping.is_at_work

    @property
    def fault(self) -> str:
        """What is told to be wrong."""
        return self._fault.text()

    def start(self) -> None:
        """Begin what the form asks for."""
        try:
            plan = self.form.plan()
        except ValueError as error:
            self._fault.setText(told(error))
            return
        self.sweeping.start(plan)

    def event(self, event: QEvent) -> bool:
        """Offer what the drawing has by now, and show its newest sweep, when the window comes to the front."""
        if event.type() == QEvent.Type.WindowActivate:
            self.form.offer()
            self.sweeping.look()
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the work: nothing works where nobody sees it."""
        record = self.record
        if self.is_at_work and record is not None:
            text = tr("The sweep was stopped; {done} of {total} runs are kept. It goes on from its window.",
                      done=len(record.outcomes), total=len(record.plan.trials))  # fmt: skip
            self.session.tell(text)
        self.sweeping.shutdown()
        super().closeEvent(event)

    def refresh(self) -> None:
        """Show what is known now."""
        working, record = self.is_at_work, self.record
        self.results.refresh()
        self._fault.setText(again(self.sweeping.fault))
        self.start_button.setEnabled(not working)
        self.stop_button.setEnabled(working)
        self.go_on_button.setEnabled(not working and record is not None and not record.is_done)
        self.export_button.setEnabled(record is not None and bool(record.outcomes))
        self.export_button.setVisible(record is not None)
        self.bar.setVisible(working or (record is not None and not record.is_done))
        self._note.setVisible(record is not None)
        if record is not None and record.id != self._noted:
            self._noted = record.id
            self._note.show_copy(_copy(record), sweeps.began(record))
        self._on_went()

    def _on_went(self) -> None:
        record = self.record
        self.results.refresh_states()
        self.bar.setValue(round(1000 * self.sweeping.share))
        if record is None:
            self._state.setText("")
            return
        text = tr("{done} of {total} runs are done.", done=len(record.outcomes), total=len(record.plan.trials))
        under_way = [_words(record.plan, trial) for trial in self.sweeping.under_way]
        if under_way:
            text += " " + tr("Under way: {runs}", runs="; ".join(under_way))
        self._state.setText(text)

    def _export(self) -> None:
        record = self.record
        if record is None:
            return
        folder = self.session.path.parent if self.session.path is not None else Path.home()
        path = ask_new(self, tr("Save the sweep"), folder / f"{self.session.project.name}-sweep.csv", "CSV")
        if path is not None:
            try:
                write_atomically(path, table(record.plan, record.outcomes).encode())
            except FileError as error:
                self._fault.setText(str(error))


def _copy(record: sweeps.SweepRecord) -> Project | None:
    try:
        return sweeps.project_of(record)
    except FileError:  # of another version; told when it is to go on
        return None


def _words(plan: SweepPlan, trial: Trial) -> str:
    words = [f"{plan.factor.place} = {value_text(trial.value)}"]
    if plan.variant is not None:
        words.insert(0, f"{plan.variant.place} = {value_text(trial.variant)}")
    return tr("{settings}, seed {seed}", settings=", ".join(words), seed=trial.seed)


def _scrolled(content: QWidget) -> QScrollArea:
    """Let a low screen scroll the form."""
    area = QScrollArea()
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFixedWidth(_LEFT)
    area.setWidget(content)
    return area
