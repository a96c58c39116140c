"""Answering questions that hold the program until they are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPushButton


@contextmanager
def answered(act: Callable[[QDialog], None]) -> Iterator[list[QDialog]]:
    """Let ``act`` deal with each dialog that opens within; give a list of those that did. At least one has to."""
    met: list[QDialog] = []
    timer = QTimer()

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog.isVisible():
            met.append(dialog)
            act(dialog)

    timer.timeout.connect(look)
    timer.start(5)
    try:
        yield met
    finally:
        timer.stop()
    assert met, "no dialog opened"


def press(text: str, told: list[str] | None = None) -> Callable[[QDialog], None]:
    """Return an act that presses the button of this text; what a message says goes into ``told``."""

    def act(dialog: QDialog) -> None:
        if told is not None and isinstance(dialog, QMessageBox):
            told.append(f"{dialog.text()}\n{dialog.informativeText()}")
            assert dialog.textFormat() == Qt.TextFormat.PlainText
        button = next(button for button in dialog.findChildren(QPushButton) if button.text() == text)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    return act
