"""The bar at the bottom: problems, size, progress, and how good the network is."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QSizePolicy, QToolButton, QWidget

from nnstudio.core.words import again, figure, tr
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel, label
from nnstudio.ui.figures import duration, grouped, percent, rounded
from nnstudio.ui.session import Session

HEIGHT = 30
_BAR_WIDTH, _MENU_WIDTH, _MAX_LISTED = 190, 620, 25
_BAR_STEPS = 1000
_TOLD_MS = 8_000


class StatusBar(QWidget):
    """Follows the analysis and the run."""

    problem_chosen = Signal(str)
    """The id of the node whose problem was picked from the list."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("status_bar")
        self.setFixedHeight(HEIGHT)
        self._session = session
        self._problems = QToolButton()
        self._problems.setObjectName("problems_button")
        self._problems.setProperty("link", True)
        self._problems.setFont(theme.font("small"))
        self._problems.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._problems.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._menu = QMenu(self)
        self._menu.setObjectName("problems_menu")
        self._menu.aboutToShow.connect(self._fill)
        self._menu.triggered.connect(self._on_picked)
        self._problems.setMenu(self._menu)
        self._parameters = _note("parameters_label")
        self._macs = _note("macs_label")
        self._bar = QProgressBar()
        self._bar.setObjectName("progress_bar")
        self._bar.setAccessibleName(tr("Training progress"))
        self._bar.setRange(0, _BAR_STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_BAR_WIDTH)
        self._run = ElidedLabel("", "small", mute=True)
        self._run.setObjectName("run_label")
        self._run.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._told = ""
        self._until: QTimer | None = None
        self._score = _note("score_label")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 14, 0)  # the first is a button with air of its own
        row.setSpacing(26)
        for widget in (self._problems, self._parameters, self._macs, self._bar):
            row.addWidget(widget)
        row.addWidget(self._run, 1)
        row.addWidget(self._score)
        session.changed.connect(self._on_changed)
        session.entered.connect(self._on_changed)
        session.bridge.state_changed.connect(self._on_progressed)
        session.bridge.progressed.connect(self._on_progressed)
        session.told.connect(self._on_told)
        self._on_changed()
        self._on_progressed()

    def show_problems(self) -> None:
        """Open the list of problems."""
        if self._session.analysis.problems:
            self._fill()
            above = self._problems.mapToGlobal(QPoint(0, -self._menu.sizeHint().height()))
            self._menu.popup(above)

    def _on_told(self, text: str) -> None:
        """Show a word in the place of the run's progress, for as long as it takes to read it."""
        self._told = text
        if self._until is None:
            self._until = QTimer(self)
            self._until.setSingleShot(True)
            self._until.setInterval(_TOLD_MS)
            self._until.timeout.connect(self._forget_told)
        self._until.start()
        self._on_progressed()

    def _forget_told(self) -> None:
        self._told = ""
        self._on_progressed()

    def _on_changed(self) -> None:
        if self._told:
            self._forget_told()
        analysis = self._session.analysis
        problems = analysis.problems if self._session.graph.nodes else ()  # an empty drawing is no mistake
        errors = sum(problem.severity == "error" for problem in problems)
        count = len(problems)
        colour = theme.current().err if errors else theme.current().warn if count else theme.current().mute
        text = (
            tr("no problems") if not count else tr("1 problem") if count == 1 else tr("{count} problems", count=count)
        )
        self._problems.setText(text)
        self._problems.setAccessibleName(text)
        self._problems.setStyleSheet(f"color: {colour.name()};")
        self._problems.setEnabled(bool(count))
        self._parameters.setText(tr("{count} parameters", count=rounded(analysis.num_parameters)))
        self._macs.setVisible(analysis.macs is not None)
        if analysis.macs is not None:
            self._macs.setText(tr("{count} multiply–adds", count=rounded(analysis.macs)))

    def _fill(self) -> None:
        self._menu.clear()
        problems = sorted(self._session.analysis.problems, key=lambda problem: problem.severity != "error")
        metrics = QFontMetrics(self._menu.font())
        for problem in problems[:_MAX_LISTED]:
            named = problem.node is None or problem.node in problem.message
            line = problem.message if named else f"{problem.node}: {problem.message}"
            action = QAction(
                metrics.elidedText(line, Qt.TextElideMode.ElideRight, _MENU_WIDTH).replace("&", "&&"), self._menu
            )
            action.setData(problem.id)
            action.setEnabled(problem.id is not None)
            self._menu.addAction(action)
        if len(problems) > _MAX_LISTED:
            rest = self._menu.addAction(tr("and {count} more", count=len(problems) - _MAX_LISTED))
            rest.setEnabled(False)

    def _on_picked(self, action: QAction) -> None:
        id_ = action.data()
        if isinstance(id_, str):
            self.problem_chosen.emit(id_)

    def _on_progressed(self) -> None:
        bridge = self._session.bridge
        self._bar.setVisible(bridge.state not in ("idle", "failed"))
        self._bar.setValue(round(bridge.share_done * _BAR_STEPS))
        self._run.setText(self._told or run_text(self._session))
        failed = bridge.state == "failed" and not self._told
        self._run.set_colour(theme.current().text if self._told else theme.current().err if failed else None)
        self._score.setText(score_text(self._session))


def run_text(session: Session) -> str:
    """Say how the run is getting on: ``epoch 8 of 12 · 4 s left · 21,400 samples/s``."""
    bridge = session.bridge
    if bridge.failed is not None:
        # The bar has one line; several problems are one below the other.
        return tr("Training failed: {message}", message=" · ".join(again(bridge.failed.message).splitlines()))
    if bridge.state == "idle":
        return ""
    if bridge.started is None:
        return tr("preparing…") if bridge.is_active else ""
    done = bridge.num_steps
    epoch = min(bridge.started.epochs, done // max(1, bridge.started.steps_per_epoch) + 1)
    parts = [tr("epoch {epoch} of {epochs}", epoch=grouped(epoch), epochs=grouped(bridge.started.epochs))]
    if bridge.state == "paused":
        parts = [tr("paused"), *parts, tr("step {step}", step=grouped(done))]
    elif bridge.state == "running":
        if bridge.seconds_left is not None:
            parts.append(tr("{time} left", time=duration(bridge.seconds_left)))
        if bridge.samples_per_second is not None:
            parts.append(tr("{rate} samples/s", rate=rounded(bridge.samples_per_second)))
    elif bridge.ended is not None:
        time = duration(bridge.ended.seconds)
        finished = bridge.ended.reason == "finished"
        parts = [
            _epochs_in(bridge.ended.epochs, time)
            if finished
            else tr("stopped at step {step}", step=grouped(bridge.ended.steps))
        ]
    return " · ".join(parts)


def _epochs_in(count: int, time: str) -> str:
    if count == 1:
        return tr("1 epoch in {time}", time=time)
    return tr("{epochs} epochs in {time}", epochs=grouped(count), time=time)


def score_text(session: Session) -> str:
    """Say how good the network was after the last epoch: accuracy, or the loss where there are no classes."""
    epochs = session.bridge.epochs
    if not epochs:
        return ""
    last = epochs[-1]
    if last.validation_accuracy is None:
        return tr("validation loss {loss}", loss=figure(last.validation_loss))
    return tr("validation accuracy {share}", share=percent(last.validation_accuracy))


def _note(name: str) -> QLabel:
    made = label("", "small", mute=True)
    made.setObjectName(name)
    return made
