"""Opening and saving, with the questions and messages that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QWidget

from nnstudio.core.resources import resource
from nnstudio.core.words import tr
from nnstudio.project.errors import FileError
from nnstudio.project.store import load
from nnstudio.ui.session import Session

if TYPE_CHECKING:
    from nnstudio.project.document import Project
    from nnstudio.ui.sessions import Sessions
    from nnstudio.ui.settings import Settings

START_EXAMPLE = "lenet5-digits"
"""What a newcomer sees."""


class Files(QObject):
    """What the File menu does. No step here loses unsaved changes without asking."""

    def __init__(self, window: QWidget, sessions: Sessions, settings: Settings, flush: Callable[[], object]) -> None:
        """Take the window that questions stand before, and ``flush``, which hands on what is being typed."""
        super().__init__(window)
        self._flush = flush
        self._window = window
        self._sessions = sessions
        self._settings = settings

    # Coming

    def new(self) -> None:
        """Begin an empty drawing in a tab of its own."""
        from nnstudio.project.document import Project

        self._sessions.add(Session(Project(name=self._sessions.free_title())))

    def ask_and_open(self) -> None:
        """Ask for a project file and open it."""
        from nnstudio.ui.dialogs import paths

        path = paths.ask_open(self._window, self._folder())
        if path is not None:
            self.open(path)

    def open(self, path: Path, *, show: bool = True) -> bool:
        """Open a file beside the present drawing, or bring the tab to the front that has it.

        Args:
            path: the file. One that cannot be read is told; return whether it could.
            show: whether its tab comes to the front; one that takes the place of the present drawing always does.
        """
        from nnstudio.ui.dialogs import messages

        known = self._sessions.find(path)
        if known is not None:
            if show:
                self._sessions.show(known)
            return True
        try:
            project = load(path)
        except FileError as error:
            messages.tell_error(self._window, tr("This file cannot be opened"), str(error))
            return False
        self.begin(project, path, show=show).log(tr("Opened {path}", path=path))
        self._settings.add_recent(path)
        return True

    def open_all(self, paths: Sequence[Path]) -> None:
        """Open several files; the first of them that can be read is shown."""
        shown = False
        for path in paths:
            shown = self.open(path, show=not shown) or shown

    def begin(self, project: Project, path: Path | None, *, saved: bool = True, show: bool = True) -> Session:
        """Open a document in a tab of its own, or in place of a present one that nobody has touched.

        Args:
            project: the document.
            path: its file, if it has one.
            saved: whether the file holds just this; see `Session.begin`.
            show: whether its tab comes to the front.
        """
        present = self._sessions.current
        if self._sessions.is_replaceable(present):
            present.begin(project, path, saved=saved)
            return present
        session = Session(project, path)
        self._sessions.add(session, show=show)
        if not saved:
            session.begin(project, path, saved=False)  # its keeper hears that, and writes a recovery copy soon
        return session

    def bring_back(self, project: Project, path: Path | None) -> Session:
        """Open a drawing that a crash left behind, in place of its older state where that is open."""
        known = self._sessions.find(path) if path is not None else None
        if known is not None and not known.dirty:
            known.begin(project, path, saved=False)
            self._sessions.show(known)
            return known
        # Two tabs must not save to one file.
        return self.begin(project, path if known is None else None, saved=False)

    def choose_example(self) -> None:
        """Show the gallery and open the example that is chosen there."""
        from nnstudio.ui.dialogs.examples import choose_example

        name = choose_example(self._window)
        if name is not None:
            self.open_example(name)

    def open_example(self, name: str) -> None:
        """Open a copy of an example; saving it asks for a place."""
        self.begin(load(resource("examples", f"{name}.nns")), None)

    def ask_and_import(self) -> None:
        """Ask for an ONNX file or a .py and draw the network in it."""
        from nnstudio.ui.imports import ask_and_import

        ask_and_import(self._window, self.begin, self._folder(), self.suggested)

    # Staying

    def save(self, session: Session | None = None) -> bool:
        """Save to the drawing's file, or ask for one; return whether it is saved. None is the drawing that is shown."""
        session = session or self._sessions.current
        self._flush()
        return self._save_to(session, session.path) if session.path is not None else self._ask_and_save(session)

    def save_as(self) -> bool:
        """Ask for a place and save there; return whether it is saved."""
        self._flush()
        return self._ask_and_save(self._sessions.current)

    # Going

    def may_leave(self, session: Session) -> bool:
        """Ask about unsaved changes, with the drawing in front; return whether it may go."""
        from nnstudio.ui.dialogs import messages

        self._flush()
        if not session.dirty:
            return True
        self._sessions.show(session)
        answer = messages.ask_save(self._window, session.project.name)
        return answer == "discard" or (answer == "save" and self.save(session))

    def close(self, session: Session | None = None) -> None:
        """Close a drawing, or the one that is shown; with the last one goes the window."""
        session = session or self._sessions.current
        if len(self._sessions.all) == 1:
            self._window.close()
        elif self.may_leave(session):
            self._sessions.remove(session)

    # Inside

    def _ask_and_save(self, session: Session) -> bool:
        from nnstudio.ui.dialogs import paths

        path = paths.ask_save(self._window, self.suggested(paths.SUFFIX, session))
        return path is not None and self._save_to(session, path)

    def _save_to(self, session: Session, path: Path) -> bool:
        from nnstudio.ui.dialogs import messages

        try:
            if self._sessions.find(path) not in (None, session):
                raise FileError(tr("{path} is open in another tab. Choose another name.", path=path.name))
            session.save(path)
        except FileError as error:
            messages.tell_error(self._window, tr("The project was not saved"), str(error))
            return False
        self._settings.add_recent(path)
        return True

    def _folder(self) -> Path:
        present = self._sessions.current
        if present.path is not None:
            return present.path.parent
        recent = self._settings.recent
        if recent:
            return recent[0].parent
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return Path(documents) if documents and Path(documents).is_dir() else Path.home()

    def suggested(self, suffix: str, session: Session | None = None) -> Path:
        """Return a place for a file of a drawing's name: beside the project, or where the last one was."""
        session = session or self._sessions.current
        if session.path is not None:
            return session.path.with_suffix(suffix)
        return self._folder() / f"{file_stem(session.project.name)}{suffix}"


def file_stem(name: str) -> str:
    """Make a file name of a project's name: letters, digits, dots and dashes."""
    kept = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in name.lower()).strip("-.")
    while "--" in kept:
        kept = kept.replace("--", "-")
    return kept[:60] or "drawing"
