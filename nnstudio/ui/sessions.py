"""The drawings that are open in one window, in the order of their tabs, and which of them is shown."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from nnstudio.core.words import tr
from nnstudio.ui.session import Session


class Sessions(QObject):
    """Open drawings, one of them shown. There is always at least one."""

    added = Signal(Session)
    leaving = Signal()
    """Another drawing is about to be shown; what is typed and not handed on yet belongs to the present one."""
    shown = Signal()
    """`current` is another."""
    removed = Signal(Session)
    """It is open no longer; whoever holds something of it lets go."""
    moved = Signal()
    """The order is another."""

    def __init__(self, first: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        first.setParent(self)
        self._open = [first]
        self._current = first

    @property
    def all(self) -> tuple[Session, ...]:
        """The open drawings from left to right."""
        return tuple(self._open)

    @property
    def current(self) -> Session:
        """The one that is shown."""
        return self._current

    def add(self, session: Session, *, show: bool = True) -> None:
        """Put a drawing behind the present one, or with ``show`` False at the end, where it waits to be shown."""
        session.setParent(self)
        self._open.insert(self._open.index(self._current) + 1 if show else len(self._open), session)
        self.added.emit(session)
        if show:
            self.show(session)

    def show(self, session: Session) -> None:
        """Show one of the open drawings."""
        assert session in self._open
        if session is not self._current:
            self.leaving.emit()
            self._current = session
            self.shown.emit()

    def step(self, by: int) -> None:
        """Show the drawing so many places to the right; after the last comes the first."""
        self.show(self._open[(self._open.index(self._current) + by) % len(self._open)])

    def move(self, place: int, to: int) -> None:
        """Put the drawing at one place of the order at another."""
        self._open.insert(to, self._open.pop(place))
        self.moved.emit()

    def remove(self, session: Session) -> None:
        """Close a drawing for good; the one to its right is shown in its place, or else that to its left."""
        assert len(self._open) > 1
        place = self._open.index(session)
        if session is self._current:
            self.show(self._open[place + 1 if place + 1 < len(self._open) else place - 1])
        self._open.remove(session)
        self.removed.emit(session)
        session.deleteLater()

    def find(self, path: Path) -> Session | None:
        """Return the drawing that was read from a file, or saved there."""
        wanted = path.resolve()
        return next((one for one in self._open if one.path is not None and one.path.resolve() == wanted), None)

    def is_replaceable(self, session: Session) -> bool:
        """Whether a drawing may give its place to another: nobody has saved, changed or trained it."""
        touched = session.dirty or session.undo_label is not None or session.redo_label is not None
        return session.path is None and not touched and session.bridge.state == "idle"

    def free_title(self) -> str:
        """Return a name for a new drawing that none of the open ones has."""
        taken = {session.project.name for session in self._open}
        title, number = tr("Untitled"), 1
        while title in taken:
            number += 1
            title = f"{tr('Untitled')} {number}"
        return title
