"""What the Run menu does with the drawing that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstudio.ui.bridge import RunBridge
    from nnstudio.ui.window import MainWindow


class Running:
    """Begins and steers the run of the shown drawing, once what was typed has been handed on."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def train_or_stop(self) -> None:
        """Start a run of the drawing as it is, or end the one under way."""
        if self._bridge.is_active:
            self._bridge.stop()
        elif self._may_run():
            self._bridge.start()

    def pause_or_resume(self) -> None:
        """Hold the run, or let it go on."""
        if self._bridge.state == "paused" or self._bridge.can_go_on:
            self._bridge.resume()
        else:
            self._bridge.pause()

    def step(self) -> None:
        """Take one training step and hold."""
        if self._bridge.is_active or self._may_run():
            self._bridge.step()

    def step_epoch(self) -> None:
        """Train to the end of the epoch and hold."""
        if self._bridge.is_active or self._may_run():
            self._bridge.step_epoch()

    def step_back(self) -> None:
        """Take the last training step back and hold."""
        self._bridge.step_back()

    def restart(self) -> None:
        """Bring the run back to its start and hold."""
        self._bridge.restart()

    @property
    def _bridge(self) -> RunBridge:
        return self._window.session.bridge

    def _may_run(self) -> bool:
        """Hand on what was typed, keep a copy of the drawing, and see whether it can be trained."""
        window, session = self._window, self._window.session
        window.flush()
        if window.recovery is not None:
            window.recovery.write()
        errors = [problem for problem in session.model.problems if problem.severity == "error"]
        if not errors:
            return True
        first = next((problem.id for problem in errors if problem.id is not None), None)
        session.leave_all()
        if first is not None:
            window.show_node(first)
        window.status_bar.show_problems()
        return False
