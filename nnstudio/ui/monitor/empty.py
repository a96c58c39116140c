"""What stands in the middle of a view that has nothing to show yet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from nnstudio.ui import theme
from nnstudio.ui.controls import unbroken


class EmptyNote(QLabel):
    """A quiet sentence in plain text, centred, that never asks for more room than there is."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("empty_note")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font("small"))
        self.setProperty("mute", True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Say something else; no line ends within a shape."""
        super().setText(unbroken(text))
