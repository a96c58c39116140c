"""What all parts that follow a run have in common: unseen they do nothing, and shown again they catch up."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget


class FollowsWhileSeen(QWidget):
    """Shows what is known now whenever it is shown; a subclass says how."""

    def refresh(self) -> None:
        """Show what is known now."""
        raise NotImplementedError

    def refresh_if_seen(self) -> None:
        """Show news; unseen, leave them for later."""
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while nobody saw it."""
        super().showEvent(event)
        self.refresh()
