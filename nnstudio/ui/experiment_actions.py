"""The commands that try things out: find a learning rate, sweep, compare runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.words import tr
from nnstudio.ui.actions import Actions

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog, QWidget

    from nnstudio.ui.session import Session
    from nnstudio.ui.window import MainWindow


def find_rate(session: Session, parent: QWidget) -> None:
    """Try growing learning rates on a copy."""
    from nnstudio.ui.experiments.rate_finder import RateFinder

    _ask(RateFinder(session, parent))


def sweep(session: Session, parent: QWidget) -> None:
    """Vary a setting over seeds."""
    from nnstudio.ui.experiments.sweep import SweepDialog

    _ask(SweepDialog(session, parent))


def _ask(dialog: QDialog) -> None:
    dialog.exec()
    dialog.deleteLater()


def add_experiment_actions(actions: Actions, window: MainWindow) -> None:
    """Find the learning rate, sweep, runs side by side."""
    session, group = window.session, tr("Run")

    def runs() -> None:
        from nnstudio.ui.experiments.runs import RunsDialog

        _ask(RunsDialog(session, window.files, window))

    actions.add(
        "find_rate", tr("Find the learning rate…"), lambda: find_rate(session, window), "Ctrl+Shift+F5", group=group
    )
    actions.add("sweep", tr("Sweep…"), lambda: sweep(session, window), "Ctrl+F5", group=group)
    actions.add("runs", tr("Runs…"), runs, "Ctrl+H", group=group)
