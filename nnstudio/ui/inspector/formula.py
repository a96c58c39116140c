"""Formulas: ziamath turns TeX into an SVG picture, Qt paints it in the text's colour."""

from __future__ import annotations

import importlib
import threading
from functools import cache
from typing import Any

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.ui import theme

_SIZE = 19
_RENDERING = threading.Lock()
"""Held while ziamath works: all formulas seek and read in one font file, so that two threads would mix glyphs."""


@cache
def formula_svg(tex: str, colour: str) -> bytes:
    """Return a formula as SVG; the first call imports ziamath, which takes a tenth of a second. Any thread may ask.

    Raises:
        ValueError: this is no TeX that ziamath understands.
    """
    ziamath: Any = importlib.import_module("ziamath")
    with _RENDERING:
        # Qt draws plain paths only; the symbols that SVG 2 files refer to come out cut off.
        ziamath.config.svg2 = False
        try:
            picture: str = ziamath.Latex(tex, size=_SIZE, color=colour).svg()
        except (KeyError, IndexError, AttributeError, TypeError) as error:
            raise ValueError(f"formula {tex!r}: {error}") from error
    return picture.encode()


class FormulaView(QWidget):
    """Shows one formula in the middle; one that is wider than its place is made smaller."""

    def __init__(self, tex: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("formula")
        self.setAccessibleName(tex)
        self._renderer = QSvgRenderer(QByteArray(formula_svg(tex, theme.current().text.name())), self)
        self._natural = self._renderer.viewBoxF().size()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As large as the formula is, and some air."""
        return QSize(int(self._natural.width()) + 1, int(self._natural.height()) + 13)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect())
        fit = min(1.0, room.width() / self._natural.width(), room.height() / self._natural.height())
        place = QRectF(0, 0, self._natural.width() * fit, self._natural.height() * fit)
        place.moveCenter(room.center())
        self._renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        self._renderer.render(painter, place)
