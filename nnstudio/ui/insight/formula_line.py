"""A formula that may change often."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.ui import theme
from nnstudio.ui.inspector.formula import formula_svg


class FormulaLine(QWidget):
    """A formula that may change often: small enough for its place, painted from the left."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("drill_formula")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.tex = ""
        self._renderer = QSvgRenderer(self)

    def show_tex(self, tex: str, *, lasting: bool = True) -> None:
        """Show another formula; one without numbers, which ``lasting`` says, is set in print only once."""
        if tex == self.tex:
            return
        self.tex = tex
        self.setAccessibleName(tex)
        write = formula_svg if lasting else formula_svg.__wrapped__
        self._renderer.load(QByteArray(write(tex, theme.current().text.name())))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a fraction."""
        return QSize(300, 42)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        natural = self._renderer.viewBoxF().size()
        if natural.isEmpty():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fit = min(1.0, self.width() / natural.width(), self.height() / natural.height())
        high = natural.height() * fit
        self._renderer.render(painter, QRectF(0.0, (self.height() - high) / 2, natural.width() * fit, high))
