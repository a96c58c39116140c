"""The commands that try things out: find a learning rate, sweep, compare runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.words import tr
from nnstudio.ui.actions import Actions

if TYPE_CHECKING:
    from nnstudio.ui.window import MainWindow


def add_experiment_actions(actions: Actions, window: MainWindow) -> None:
    """Find the learning rate, sweep, runs side by side."""
    session, group = window.session, tr("Run")

    def find_rate() -> None:
        from nnstudio.ui.experiments.rate_finder import RateFinder

        dialog = RateFinder(session, window)
        dialog.exec()
        dialog.deleteLater()

    def sweep() -> None:
        from nnstudio.ui.experiments.sweep import SweepDialog

        dialog = SweepDialog(session, window)
        dialog.exec()
        dialog.deleteLater()

    def runs() -> None:
        from nnstudio.ui.experiments.runs import RunsDialog

        dialog = RunsDialog(session, window.files, window)
        dialog.exec()
        dialog.deleteLater()

    actions.add("find_rate", tr("Find the learning rate…"), find_rate, "Ctrl+Shift+F5", group=group)
    actions.add("sweep", tr("Sweep…"), sweep, "Ctrl+F5", group=group)
    actions.add("runs", tr("Runs…"), runs, "Ctrl+H", group=group)
