"""The person's own blocks as the widgets see them: read once, and told when they change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from nnstudio.core.words import tr
from nnstudio.project.errors import FileError
from nnstudio.project.personal import Kept, forget, keep, read_kept

if TYPE_CHECKING:
    from nnstudio.ui.session import Session


class KeptBlocks(QObject):
    """The library of the person, for one session; faults of files are refused aloud and change nothing."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._known: dict[str, Kept] | None = None

    @property
    def blocks(self) -> Mapping[str, Kept]:
        """The blocks by name; files that cannot be read are noted in the log once."""
        if self._known is None:
            self._known, faults = read_kept()
            for fault in faults:
                self._session.log(fault)
        return self._known

    def keep(self, name: str) -> None:
        """Save a block of the document; one of that name there before is replaced."""
        try:
            keep(name, self._session.blocks)
        except FileError as error:
            self._session.refuse(str(error))
            return
        self._session.log(tr("{name} is among your blocks now.", name=name))
        self.read_again()

    def forget(self, name: str) -> None:
        """Take a block out."""
        try:
            forget(name)
        except FileError as error:
            self._session.refuse(str(error))
            return
        self._session.log(tr("{name} is no longer among your blocks.", name=name))
        self.read_again()

    def read_again(self) -> None:
        """Look at the folder anew."""
        self._known = None
        self.changed.emit()
