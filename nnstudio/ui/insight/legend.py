"""Which colour stands for which class, in a line."""

from __future__ import annotations

from math import ceil
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.data.class_words import class_title
from nnstudio.ui import theme
from nnstudio.ui.insight.classes import class_colour

_MARK: Final = 10.0
_GAP: Final = 16.0


class Legend(QWidget):
    """Marks and names from left to right; nothing where there are no classes."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("legend")
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.classes: tuple[str, ...] = ()
        self._first = 0

    def show_classes(self, classes: tuple[str, ...], first: int = 0) -> None:
        """Name other classes, from number ``first`` on, which has the first colour."""
        if (classes, first) != (self.classes, self._first):
            self.classes, self._first = classes, first
            self.setAccessibleName(", ".join(map(class_title, classes[first:])))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """One line of text."""
        return QSize(200, ceil(QFontMetricsF(self.font()).lineSpacing()) if self.classes else 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint marks and names."""
        painter, metrics = QPainter(self), QFontMetricsF(self.font())
        left = 0.0
        for number, name in list(enumerate(map(class_title, self.classes)))[self._first :]:
            wide, colour = metrics.horizontalAdvance(name), class_colour(number - self._first)
            painter.fillRect(QRectF(left, (self.height() - _MARK) / 2, _MARK, _MARK), colour)
            painter.setPen(theme.current().text)
            place = QRectF(left + _MARK + 5.0, 0.0, wide + 2.0, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)
            left += _MARK + 5.0 + wide + _GAP
