"""Asking for files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from nnstudio.core.words import tr
from nnstudio.exports.formats import Format

SUFFIX = ".nns"


def ask_open(parent: QWidget, folder: Path) -> Path | None:
    """Ask which project to open; None where the person thinks better of it."""
    dialog = _dialog(parent, tr("Open a project"), folder, f"{tr('NN Studio projects')} (*{SUFFIX})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _answer(dialog)


def ask_import(parent: QWidget, folder: Path) -> Path | None:
    """Ask which network to import."""
    dialog = _dialog(parent, tr("Import a network"), folder, f"{tr('ONNX or Python')} (*.onnx *.py)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _answer(dialog)


def ask_save(parent: QWidget, suggested: Path) -> Path | None:
    """Ask where the project is to be saved."""
    return ask_new(parent, tr("Save the project"), suggested, tr("NN Studio projects"))


def ask_export(parent: QWidget, suggested: Path, chosen: Format) -> Path | None:
    """Ask where an exported file is to go."""
    return ask_new(parent, tr("Export: {what}", what=str(chosen.title).rstrip("…")), suggested, str(chosen.kind))


def ask_new(parent: QWidget, title: str, suggested: Path, kind: str) -> Path | None:
    """Ask where to save a new file of one kind, with a suggested place and name; None where nothing was chosen."""
    dialog = _dialog(parent, title, suggested.parent, f"{kind} (*{suggested.suffix})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(suggested.suffix)
    dialog.selectFile(suggested.name)
    return _answer(dialog)


def _dialog(parent: QWidget, title: str, folder: Path, filter_: str) -> QFileDialog:
    dialog = QFileDialog(parent, title, str(folder), filter_)
    dialog.setObjectName("file_dialog")
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, tr("Folder:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileName, tr("File name:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, tr("Kind of file:"))
    dialog.resize(820, 540)
    return dialog


def _answer(dialog: QFileDialog) -> Path | None:
    try:
        return Path(dialog.selectedFiles()[0]) if dialog.exec() and dialog.selectedFiles() else None
    finally:
        dialog.deleteLater()
