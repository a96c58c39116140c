"""File > Import: ask for a file, read it in another process, open what comes, and say what became of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from nnstudio.core.words import tr
from nnstudio.project.errors import FileError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from nnstudio.compiler.importers.report import Imported
    from nnstudio.project.document import Project
    from nnstudio.ui.dialogs.importing import Work
    from nnstudio.ui.session import Session

Suggest = Callable[[str], Path]


class Begin(Protocol):
    """Opens a document, as `Files.begin` does."""

    def __call__(self, project: Project, path: Path | None, *, saved: bool) -> Session:
        """Return the session that has it now."""


def ask_and_import(window: QWidget, begin: Begin, folder: Path, suggested: Suggest) -> None:
    """Ask for a file and draw the network in it.

    Args:
        window: questions stand before it.
        begin: opens the drawing.
        folder: where to begin looking.
        suggested: gives the place to suggest for a suffix.
    """
    from nnstudio.ui.dialogs import paths

    path = paths.ask_import(window, folder)
    if path is not None:
        import_file(window, begin, path, suggested)


def import_file(window: QWidget, begin: Begin, path: Path, suggested: Suggest) -> None:
    """Draw the network in a file; one that cannot be read changes nothing."""
    from nnstudio.ui.dialogs import messages
    from nnstudio.ui.dialogs.importing import ImportWait

    try:
        work = _work(window, path)
    except ValueError as error:
        messages.tell_error(window, tr("This file cannot be imported"), str(error))
        return
    if work is None:
        return
    wait = ImportWait(path.name, work, window)
    wait.exec()
    imported, fault = wait.imported, wait.fault
    wait.deleteLater()
    if fault:
        messages.tell_error(window, tr("This file cannot be imported"), fault)
    elif imported is not None:
        _open(window, begin, imported, suggested)


def _work(window: QWidget, path: Path) -> Work | None:
    """Return what is to be done in the thread; None where the person would not have the program run.

    Raises:
        ValueError: the file is none that can be imported.
    """
    from nnstudio.compiler.importers import process
    from nnstudio.compiler.importers.candidates import candidates
    from nnstudio.ui.dialogs.importing import RunQuestion

    if path.suffix.lower() == ".onnx":
        return lambda cancelled: process.import_onnx(path, cancelled=cancelled)
    if path.suffix.lower() != ".py":
        raise ValueError(tr("{path}: expected a file that ends in .onnx or .py", path=path))
    question = RunQuestion(path, candidates(path), window)
    answer, name, shapes = question.exec(), question.name, question.shapes
    question.deleteLater()
    if not answer:
        return None
    return lambda cancelled: process.import_python(path, name, shapes, cancelled=cancelled)


def _open(window: QWidget, begin: Begin, imported: Imported, suggested: Suggest) -> None:
    """Open what came in, and show the report."""
    from nnstudio.project.imports import project_of
    from nnstudio.ui.dialogs.importing import ImportReport

    session = begin(project_of(imported), None, saved=False)
    for line in imported.report.lines():
        session.log(line)
    save = (lambda: _save(window, session, imported, suggested)) if imported.weights else None
    report = ImportReport(imported.report, save, window)
    report.exec()
    report.deleteLater()


def _save(window: QWidget, session: Session, imported: Imported, suggested: Suggest) -> bool:
    """Ask for a place and save drawing and weights there; return whether they are saved."""
    from nnstudio.compiler.importers.parcel import weights_bytes
    from nnstudio.project.imports import weights_path
    from nnstudio.project.store import write_atomically
    from nnstudio.ui.dialogs import messages, paths

    path = paths.ask_save(window, suggested(paths.SUFFIX))
    if path is None:
        return False
    try:
        write_atomically(weights_path(path), weights_bytes(imported))
        session.save(path)
    except FileError as error:
        messages.tell_error(window, tr("The project was not saved"), str(error))
        return False
    session.log(tr("Wrote {path}", path=weights_path(path)))
    return True
