"""A choice of names that the network itself gives: the layers of a kind, or the classes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QWidget


class Picker(QComboBox):
    """Offers names; hidden while there is no choice."""

    picked = Signal()
    """The person has chosen."""

    def __init__(self, name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(220)
        self.hide()
        self.activated.connect(self._on_activated)

    def offer(self, names: Sequence[str], chosen: str) -> None:
        """Offer these, and show which is chosen now."""
        if [self.itemText(number) for number in range(self.count())] != list(names):
            with QSignalBlocker(self):
                self.clear()
                self.addItems(list(names))
        if self.currentText() != chosen:
            with QSignalBlocker(self):
                self.setCurrentText(chosen)
        self.setVisible(self.count() > 1)

    def _on_activated(self, _index: int) -> None:
        self.picked.emit()
