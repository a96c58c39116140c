"""The commands that try things out: find a learning rate, sweep, compare runs, in windows beside the main one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer

from nnstudio.core.words import tr
from nnstudio.ui.actions import Actions

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from nnstudio.ui.desk import Desk
    from nnstudio.ui.experiments.window import ExperimentWindow
    from nnstudio.ui.files import Files
    from nnstudio.ui.session import Session
    from nnstudio.ui.window import MainWindow

Kind = Literal["rate", "sweep", "runs"]


def open_experiment(session: Session, kind: Kind, parent: QWidget) -> ExperimentWindow:
    """Bring the window of an experiment to the front; it is made where the drawing has none yet.

    Args:
        session: the drawing.
        kind: which experiment.
        parent: what the window goes with.
    """
    from nnstudio.ui.experiments.window import bring_forward, open_window

    window = open_window(session, kind)
    if window is None:
        session.view.experiments = (*(known for known in session.view.experiments if known != kind), kind)
        window = _make(session, kind, parent)
    bring_forward(window)
    return window


def _make(session: Session, kind: Kind, parent: QWidget) -> ExperimentWindow:
    if kind == "rate":
        from nnstudio.ui.experiments.rate_finder import RateFinder

        return RateFinder(session, parent)
    if kind == "sweep":
        from nnstudio.ui.experiments.sweep import SweepWindow

        return SweepWindow(session, parent)
    from nnstudio.ui.experiments.runs import RunsWindow

    return RunsWindow(session, _files_around(parent), parent)


def _files_around(widget: QWidget) -> Files | None:
    from nnstudio.ui.window import MainWindow

    around = widget.window()
    return around.files if isinstance(around, MainWindow) else None


def add_experiment_actions(actions: Actions, window: MainWindow, desk: Desk) -> None:
    """Find the learning rate, sweep, runs side by side."""
    session, group = window.session, tr("Run")

    def opener(kind: Kind) -> None:
        open_experiment(session, kind, desk)

    actions.add("find_rate", tr("Find the learning rate…"), lambda: opener("rate"), "Ctrl+Shift+F5", group=group)
    actions.add("sweep", tr("Sweep…"), lambda: opener("sweep"), "Ctrl+F5", group=group)
    actions.add("runs", tr("Runs…"), lambda: opener("runs"), "Ctrl+H", group=group)
    if session.view.experiments:
        QTimer.singleShot(0, desk, lambda: reopen_experiments(session, desk))


def reopen_experiments(session: Session, desk: QWidget) -> None:
    """Open the windows again that were open when the desk was built anew, in another language or theme."""
    kinds: tuple[Kind, ...] = ("rate", "sweep", "runs")
    for kind in kinds:
        if kind in session.view.experiments:
            open_experiment(session, kind, desk)


def shut_down_experiments(session: Session) -> None:
    """End what a drawing's experiments do, as when it is closed."""
    known = session.findChild(QObject, "experiments")
    if known is not None:
        from nnstudio.ui.experiments.state import Experiments

        assert isinstance(known, Experiments)
        known.shutdown()
