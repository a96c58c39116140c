"""What one open drawing needs for as long as it is open, whether its tab is shown or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from nnstudio.core.words import again, tr
from nnstudio.ui.experiment_actions import shut_down_experiments
from nnstudio.ui.exports.exports import Exports
from nnstudio.ui.recovery import RecoveryCopies

if TYPE_CHECKING:
    from nnstudio.ui.session import Session
    from nnstudio.ui.window import MainWindow


class Keeper(QObject):
    """Keeps recovery copies of a drawing, exports it, and says what went wrong. `close` it with the drawing.

    Attributes:
        exports: what the Export menu does.
        recovery: the copies; None where nothing is remembered.
    """

    def __init__(self, window: MainWindow, session: Session, *, remember: bool) -> None:
        super().__init__(session)
        self._window = window
        self._session = session
        self.exports = Exports(window, session, window.flush, lambda suffix: window.files.suggested(suffix, session))
        self.recovery = RecoveryCopies(session, self) if remember else None
        self._failure: object = None
        self._untold = False
        session.bridge.state_changed.connect(self._on_state_changed)
        session.refused.connect(self._on_refused)

    def close(self) -> None:
        """End what is under way; the drawing is safe, or not wanted."""
        self.exports.shutdown()
        self.exports.deleteLater()
        shut_down_experiments(self._session)
        self._session.bridge.close()
        if self.recovery is not None:
            self.recovery.discard()
            self.recovery.close()

    def tell_failure(self) -> None:
        """Say why the last run failed, unless that has been said; a drawing behind others waits until it is shown."""
        if self._untold and self._window.session is self._session:
            self._untold = False
            # Not from within the timer that looks at the run: the message waits for an answer.
            QTimer.singleShot(0, self, self._tell_failure)

    def _on_state_changed(self) -> None:
        failed = self._session.bridge.failed
        if failed is not self._failure:
            self._failure, self._untold = failed, failed is not None
            if failed is not None and failed.detail:
                self._session.log(failed.detail)
        self.tell_failure()

    def _on_refused(self, text: str) -> None:
        from nnstudio.ui.dialogs import messages

        # Not from within the gesture that asked for it: the message waits for an answer.
        QTimer.singleShot(0, self, lambda: messages.tell_error(self._window, tr("This cannot be done"), text))

    def _tell_failure(self) -> None:
        from nnstudio.ui.dialogs import messages

        failed = self._session.bridge.failed
        if failed is not None:
            node = self._session.project.graph.by_name.get(failed.node or "")
            if node is not None:
                self._session.select_in_model({node.id})
            begun = self._session.bridge.started is not None
            title = tr("Training could not go on") if begun else tr("Training could not begin")
            messages.tell_error(self._window, title, again(failed.message))
