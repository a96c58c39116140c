"""Questions and messages. What they show is plain text; their buttons are in the window's language."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from nnstudio.core.words import language, tr
from nnstudio.project.autosave import Recovery
from nnstudio.ui.controls import unbroken

Icon = QMessageBox.Icon
Role = QMessageBox.ButtonRole


def tell_error(parent: QWidget | None, title: str, text: str) -> None:
    """Say what went wrong, and wait until the person has read it."""
    box = _box(parent, Icon.Warning, title, text)
    box.setObjectName("error_message")
    box.setDefaultButton(box.addButton(tr("OK"), Role.AcceptRole))
    box.exec()


def ask_save(parent: QWidget, name: str) -> Literal["save", "discard", "cancel"]:
    """Ask what is to become of unsaved changes."""
    box = _box(
        parent,
        Icon.Question,
        tr("Save the changes to “{name}”?", name=name),
        tr("They are lost if you do not save them."),
    )
    box.setObjectName("save_question")
    save = box.addButton(tr("Save"), Role.AcceptRole)
    discard = box.addButton(tr("Discard"), Role.DestructiveRole)
    cancel = box.addButton(tr("Cancel"), Role.RejectRole)
    box.setDefaultButton(save)
    box.setEscapeButton(cancel)
    box.exec()
    clicked = box.clickedButton()
    return "save" if clicked is save else "discard" if clicked is discard else "cancel"


def ask_delete(parent: QWidget, count: int) -> bool:
    """Ask whether runs are to go for good."""
    if count == 1:
        box = _box(parent, Icon.Question, tr("Delete this run?"), tr("It cannot be brought back."))
    else:
        box = _box(parent, Icon.Question, tr("Delete {count} runs?", count=count), tr("They cannot be brought back."))
    box.setObjectName("delete_question")
    delete = box.addButton(tr("Delete"), Role.DestructiveRole)
    cancel = box.addButton(tr("Cancel"), Role.RejectRole)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    box.exec()
    return box.clickedButton() is delete


def ask_restore(parent: QWidget | None, recovery: Recovery) -> Literal["restore", "later", "forget"]:
    """Ask whether a drawing that a crash left behind is to be brought back."""
    moment = QDateTime.fromSecsSinceEpoch(int(recovery.saved))
    time = QLocale(language()).toString(moment, QLocale.FormatType.ShortFormat)
    if recovery.original is None:
        text = tr("The program ended while a drawing had never been saved. There is a copy from {time}.", time=time)
    else:
        name = recovery.original.name
        text = tr("The program ended while {name} was unsaved. There is a copy from {time}.", name=name, time=time)
    box = _box(parent, Icon.Question, tr("Bring back unsaved work?"), text)
    box.setObjectName("restore_question")
    restore = box.addButton(tr("Bring back"), Role.AcceptRole)
    forget = box.addButton(tr("Throw away"), Role.DestructiveRole)
    later = box.addButton(tr("Not now"), Role.RejectRole)
    box.setDefaultButton(restore)
    box.setEscapeButton(later)
    box.exec()
    clicked = box.clickedButton()
    return "restore" if clicked is restore else "forget" if clicked is forget else "later"


def tell_crash(parent: QWidget | None, text: str, report: Path) -> QMessageBox:
    """Say that something unexpected happened and where the report lies.

    It does not wait for an answer; whoever asks for the message has to keep it until it is closed.
    """
    box = _box(
        parent,
        Icon.Critical,
        tr("Something went wrong"),
        tr(
            "{text}\n\nYour drawing is still open; save it under another name to be safe. "
            "A report that you can send is in\n{report}",
            text=text,
            report=report,
        ),
    )
    box.setObjectName("crash_message")
    box.setDefaultButton(box.addButton(tr("OK"), Role.AcceptRole))
    box.open()
    return box


def _box(parent: QWidget | None, icon: QMessageBox.Icon, title: str, text: str) -> QMessageBox:
    box = QMessageBox(parent)
    box.setIcon(icon)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle("NN Studio")
    box.setText(title)
    box.setInformativeText(unbroken(text))
    return box
