"""The bar above the canvas while a block is open: how one came there, and the way back."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui.canvas.face import block_title
from nnstudio.ui.controls import ElidedLabel, hairline, label, link
from nnstudio.ui.session import Session


class TrailBar(QWidget):
    """``‹ Back   LeNet-5 › Bottleneck``: not there while the document's own drawing is open."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trail")
        self.setAccessibleName(tr("Open block"))
        self.setAutoFillBackground(True)
        self._session = session
        self._steps: list[QWidget] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(12, 5, 12, 5)
        self._row.setSpacing(6)
        column.addLayout(self._row)
        column.addWidget(hairline())
        back = QToolButton()
        back.setObjectName("trail_back")
        back.setText(tr("‹ Back"))
        back.setAccessibleName(tr("Back"))
        back.setToolTip(tr("Back to the drawing around this block (Esc)"))
        back.clicked.connect(lambda: session.leave())
        self._row.addWidget(back)
        self._row.addSpacing(6)
        session.entered.connect(self.refresh)
        session.changed.connect(self.refresh)
        self.refresh()

    def titles(self) -> list[str]:
        """Return the names on the way, the document's first."""
        return [self._session.project.name, *(block_title(level.block) for level in self._session.trail)]

    def refresh(self) -> None:
        """Show the way to the drawing that is open."""
        for widget in self._steps:
            self._row.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._steps = []
        titles = self.titles()
        for depth, title in enumerate(titles[:-1]):
            step = link(title)
            step.setObjectName(f"trail_{depth}")
            step.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            step.clicked.connect(partial(self._leave_to, depth))
            self._steps += [step, label("›", mute=True)]
        here = ElidedLabel(titles[-1], "strong")
        here.setObjectName("trail_here")
        self._steps.append(here)
        for widget in self._steps:
            self._row.addWidget(widget, 1 if widget is here else 0)
            widget.show()  # at once: a layout would do it only later
        self.setVisible(bool(self._session.trail))

    def _leave_to(self, depth: int, _checked: bool = False) -> None:
        self._session.leave(len(self._session.trail) - depth)
