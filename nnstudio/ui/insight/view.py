"""What every live view does: follow a study while it is seen, show answers, and say why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr
from nnstudio.ui.monitor.empty import EmptyNote

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Seen, Study
    from nnstudio.ui.session import Session


class StudyView(QWidget):
    """Asks `study` while it is visible; a subclass says what to ask and shows what comes.

    Attributes:
        seen: the newest answer; None before the first.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.seen: Seen | None = None
        self._asked: Study | None = None
        self._is_empty = True
        self._note = EmptyNote("", self)
        session.bridge.studied.connect(self._on_studied)
        session.bridge.state_changed.connect(self.ask)
        session.bridge.mapped.connect(self._on_mapped)
        session.selection_changed.connect(self.ask)
        session.changed.connect(self.ask)

    def study(self) -> Study | None:
        """Return what is to be asked now; None where nothing can be, and then `reason` says why."""
        raise NotImplementedError

    def reason(self) -> str:
        """Say what is missing while `study` is None."""
        return tr("Select a layer to look inside.")

    def show_value(self, value: object) -> None:
        """Show an answer; None empties the view."""
        raise NotImplementedError

    @property
    def shown_value(self) -> object:
        """What is shown, as the study gave it; None while nothing is."""
        return None if self.seen is None else self.seen.value

    def ask(self) -> None:
        """Ask what is to be asked now, if the view is seen."""
        if not self.isVisible():
            return
        study = self.study()
        if study != self._asked:
            self._asked = study
            self.seen = None
            if study is None:
                self.session.bridge.drop(self)
            else:
                self.session.bridge.follow(self, study)
        self._on_studied()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to ask."""
        super().showEvent(event)
        self.ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more: what nobody sees costs nothing."""
        super().hideEvent(event)
        self._asked = None
        self.session.bridge.drop(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the note in the middle."""
        super().resizeEvent(event)
        self._note.setGeometry(QRect(0, 0, event.size().width(), event.size().height()))

    def _on_mapped(self) -> None:
        """The sample may be another one."""
        if self.isVisible() and self.study() != self._asked:
            self.ask()

    def _on_studied(self) -> None:
        if not self.isVisible():
            return
        seen = self.session.bridge.found(self) if self._asked is not None else None
        if seen is self.seen and seen is not None:
            return
        if seen is None and self._asked is not None and not self._is_empty and self.session.bridge.state != "idle":
            return  # what was seen last stays until there is something newer: no blinking
        self.seen = seen
        value = None if seen is None else seen.value
        self._is_empty = value is None
        self.show_value(value)
        self._note.setVisible(value is None)
        if value is None:
            self._note.setText(self._why_empty())
            self._note.raise_()

    def _why_empty(self) -> str:
        if self.session.bridge.state == "idle":
            return tr("Press Train to look inside.")
        if self._asked is None:
            return self.reason()
        return (self.seen.refusal if self.seen is not None else "") or tr("preparing…")


def keep_room(part: QWidget) -> None:
    """Let the choices above a part stay where they are while there is nothing to show."""
    policy = part.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    part.setSizePolicy(policy)
