"""Opening and saving, with the questions and messages that belong to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QWidget

from nnstudio.core.resources import resource
from nnstudio.core.words import tr
from nnstudio.project.errors import FileError
from nnstudio.project.store import load
from nnstudio.ui.session import Session
from nnstudio.ui.settings import Settings

START_EXAMPLE = "lenet5-digits"
"""What a newcomer sees."""


class Files(QObject):
    """What the File menu does. No step here loses unsaved changes without asking."""

    def __init__(self, window: QWidget, session: Session, settings: Settings, flush: Callable[[], object]) -> None:
        """Take the window that questions stand before, and ``flush``, which hands on what is being typed."""
        super().__init__(window)
        self._flush = flush
        self._window = window
        self._session = session
        self._settings = settings

    def new(self) -> None:
        """Begin an empty drawing."""
        if self.may_leave():
            self._session.bridge.stop()
            self._session.new()

    def ask_and_open(self) -> None:
        """Ask for a project file and open it."""
        from nnstudio.ui.dialogs import paths

        path = paths.ask_open(self._window, self._folder())
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> bool:
        """Open a file in place of the present drawing; one that cannot be read leaves that untouched."""
        from nnstudio.ui.dialogs import messages

        if not self.may_leave():
            return False
        try:
            self._session.open(path)
        except FileError as error:
            messages.tell_error(self._window, tr("This file cannot be opened"), str(error))
            return False
        self._session.bridge.stop()
        self._settings.add_recent(path)
        return True

    def choose_example(self) -> None:
        """Show the gallery and open the example that is chosen there."""
        from nnstudio.ui.dialogs.examples import choose_example

        name = choose_example(self._window)
        if name is not None:
            self.open_example(name)

    def open_example(self, name: str) -> None:
        """Open a copy of an example; saving it asks for a place."""
        if self.may_leave():
            self._session.bridge.stop()
            self._session.begin(load(resource("examples", f"{name}.nns")), None)

    def ask_and_import(self) -> None:
        """Ask for an ONNX file or a .py and draw the network in it."""
        from nnstudio.ui.imports import ask_and_import

        if self.may_leave():
            ask_and_import(self._window, self._session, self._folder(), self.suggested)

    def save(self) -> bool:
        """Save to the drawing's file, or ask for one; return whether it is saved."""
        self._flush()
        return self._save_to(self._session.path) if self._session.path is not None else self.save_as()

    def save_as(self) -> bool:
        """Ask for a place and save there; return whether it is saved."""
        from nnstudio.ui.dialogs import paths

        self._flush()
        path = paths.ask_save(self._window, self.suggested(paths.SUFFIX))
        return path is not None and self._save_to(path)

    def may_leave(self) -> bool:
        """Ask about unsaved changes; return whether the present drawing may go."""
        from nnstudio.ui.dialogs import messages

        self._flush()
        if not self._session.dirty:
            return True
        answer = messages.ask_save(self._window, self._session.project.name)
        return answer == "discard" or (answer == "save" and self.save())

    def _save_to(self, path: Path) -> bool:
        from nnstudio.ui.dialogs import messages

        try:
            self._session.save(path)
        except FileError as error:
            messages.tell_error(self._window, tr("The project was not saved"), str(error))
            return False
        self._settings.add_recent(path)
        return True

    def _folder(self) -> Path:
        if self._session.path is not None:
            return self._session.path.parent
        recent = self._settings.recent
        if recent:
            return recent[0].parent
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return Path(documents) if documents and Path(documents).is_dir() else Path.home()

    def suggested(self, suffix: str) -> Path:
        """Return a place for a file of the drawing's name: beside the project, or where the last one was."""
        if self._session.path is not None:
            return self._session.path.with_suffix(suffix)
        return self._folder() / f"{file_stem(self._session.project.name)}{suffix}"


def file_stem(name: str) -> str:
    """Make a file name of a project's name: letters, digits, dots and dashes."""
    kept = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in name.lower()).strip("-.")
    while "--" in kept:
        kept = kept.replace("--", "-")
    return kept[:60] or "drawing"
