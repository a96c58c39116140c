"""A formula that may change often."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.ui import theme
from nnstudio.ui.insight.typeset import PRINT, Part, Setting, split

_HIGH: Final = 48
_LOOK_MS: Final = 20


class FormulaLine(QWidget):
    """A formula that may change often: small enough for its place, painted from the left.

    Pieces that were never printed are made in a thread; until they are there the formula before stays.

    Attributes:
        tex: what is to be shown.
        setting: what is shown; None before the first formula.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("drill_formula")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.tex = ""
        self.setting: Setting | None = None
        self._parts: tuple[Part, ...] = ()
        self._wait = QTimer(self)
        self._wait.setInterval(_LOOK_MS)
        self._wait.timeout.connect(self._on_waited)

    @property
    def is_set(self) -> bool:
        """Whether what is wanted is shown."""
        return not self._wait.isActive()

    def show_tex(self, tex: str) -> None:
        """Show another formula."""
        if tex == self.tex:
            return
        self.tex = tex
        self.setAccessibleName(tex)
        self._parts = split(tex)
        self._wait.start()
        self._on_waited()

    def sizeHint(self) -> QSize:
        """Room for a fraction."""
        return QSize(300, _HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        if self.setting is None or self.setting.box.isEmpty():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.setting.box
        fit = min(1.0, self.width() / box.width(), self.height() / box.height())
        painter.translate(0.0, (self.height() - box.height() * fit) / 2)
        painter.scale(fit, fit)
        painter.translate(-box.left(), -box.top())
        self.setting.paint(painter)

    def _on_waited(self) -> None:
        colour = theme.current().text.name()
        if not PRINT.has(self._parts, colour):
            return
        self._wait.stop()
        self.setting = Setting(self._parts, colour)
        self.update()
