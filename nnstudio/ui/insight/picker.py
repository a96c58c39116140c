"""A choice of names that the network itself gives: the layers of a kind, or the classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from nnstudio.core.words import tr
from nnstudio.ui.insight.chosen import chosen_layer

if TYPE_CHECKING:
    from nnstudio.ui.session import Session


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


class LayerPicker(Picker):
    """Offers layers; the one that is wanted is what was chosen here, or selected in the drawing since."""

    def __init__(self, session: Session, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, tr("Layer"), parent)
        self._session = session
        self._selected: str | None = None
        self._wanted = ""

    @property
    def wanted(self) -> str:
        """The layer to ask for; empty for whichever comes first."""
        selected = chosen_layer(self._session)
        if selected is not None and selected != self._selected and (not self.count() or self.findText(selected) >= 0):
            self._wanted = selected
        self._selected = selected
        return self._wanted

    def _on_activated(self, index: int) -> None:
        self._wanted = self.currentText()
        super()._on_activated(index)
