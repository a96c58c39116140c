"""What the inspector says of a layer that is skipped, and the way back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import skipping
from nnstudio.ui.controls import label, link
from nnstudio.ui.session import Session


class SkippedNote(QWidget):
    """Two lines about one selected node; not there at all while it is in use."""

    def __init__(self, session: Session, id_: str) -> None:
        super().__init__()
        self.setObjectName("skipped_note")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._session = session
        self._id = id_
        self.setVisible(False)

    def refresh(self) -> None:
        """Show what is true now; the lines are made when first needed."""
        is_bypassed = self._session.graph.by_id[self._id].bypassed
        if is_bypassed and self.layout() is None:
            self._fill()
        self.setVisible(is_bypassed)

    def _fill(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        text = tr("This layer is skipped: what comes in goes out as it is, and exported code has nothing of it.")
        column.addWidget(label(text, mute=True, wrap=True))
        again = link(tr("Use again"))
        again.setObjectName("use_again")
        again.clicked.connect(lambda: skipping.toggle(self._session))
        column.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)
