"""Recovery copies while the window is open: at most half a minute after an edit, and before every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from nnstudio.core.words import tr
from nnstudio.project.autosave import MAX_SECONDS, Autosave
from nnstudio.project.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from nnstudio.project.document import Project
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

    def take_over(self, restored: Autosave) -> None:
        """Keep what was brought back into this drawing until it is saved."""
        self._autosave.take_over(restored)

    def close(self) -> None:
        """Let go of the copies; what is still unsaved is offered at the next start."""
        self._timer.stop()
        self._autosave.close()

    def _on_changed(self, _old: object, _new: object) -> None:
        if self._session.dirty and not self._timer.isActive():
            self._timer.start()


def offer(parent: QWidget, bring_back: Callable[[Project, Path | None], RecoveryCopies | None]) -> None:
    """Offer what programs that are gone left behind, one drawing after the other.

    Args:
        parent: questions stand before it.
        bring_back: opens a drawing that was in no file, and gives what keeps the copies of that drawing.
    """
    from nnstudio.ui.dialogs import messages

    for recovery in Autosave().pending():
        answer, held = messages.ask_restore(parent, recovery), Autosave()
        if answer == "forget":
            held.forget(recovery)
        if answer != "restore":
            continue
        try:
            project = held.restore(recovery)
        except FileError as error:
            held.close()
            messages.tell_error(parent, tr("The copy cannot be brought back"), str(error))
            continue
        copies = bring_back(project, recovery.original)
        if copies is not None:
            copies.take_over(held)
