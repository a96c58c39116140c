"""Recovery copies while the window is open: at most half a minute after an edit, and before every run."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr
from nnstudio.project.autosave import MAX_SECONDS, Autosave
from nnstudio.project.errors import FileError
from nnstudio.ui.session import Session

DELAY_MS = min(10, MAX_SECONDS) * 1000
"""From the first unsaved edit to the copy."""


class RecoveryCopies(QObject):
    """Keeps a copy of what is unsaved. `close` it when the window goes."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._autosave = Autosave()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.write)
        session.changed.connect(self._on_changed)
        session.saved.connect(self.discard)

    def write(self) -> None:
        """Write a copy now if anything is unsaved; a copy that cannot be written is told in the log."""
        self._timer.stop()
        if not self._session.dirty:
            return
        try:
            self._autosave.write(self._session.project, self._session.path)
        except FileError as error:
            self._session.log(str(error))

    def discard(self) -> None:
        """Throw the copies away: the drawing is safe, or not wanted."""
        self._timer.stop()
        self._autosave.discard()

    def offer(self, parent: QWidget | None) -> bool:
        """Offer what programs that are gone left behind; return whether something was brought back."""
        from nnstudio.ui.dialogs import messages

        for recovery in self._autosave.pending():
            answer = messages.ask_restore(parent, recovery)
            if answer == "forget":
                self._autosave.forget(recovery)
            if answer != "restore":
                continue
            try:
                project = self._autosave.restore(recovery)
            except FileError as error:
                messages.tell_error(parent, tr("The copy cannot be brought back"), str(error))
                continue
            self._session.begin(project, recovery.original, saved=False)
            return True
        return False

    def close(self) -> None:
        """Let go of the copies; what is still unsaved is offered at the next start."""
        self._timer.stop()
        self._autosave.close()

    def _on_changed(self, _old: object, _new: object) -> None:
        if self._session.dirty and not self._timer.isActive():
            self._timer.start()
