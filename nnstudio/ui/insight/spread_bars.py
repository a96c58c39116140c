"""How values are spread: bars over an axis with zero in its middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.core.words import figure, tr
from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.figures import grouped
from nnstudio.ui.insight.signed import negative, positive

if TYPE_CHECKING:
    from nnstudio.training.studies.weights import Spread

_FOOT: Final = 20.0
_TOP: Final = 4.0


class SpreadBars(Described):
    """A histogram: a bar's height says how many values lie there."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 60)
        self._spread: Spread | None = None

    @property
    def spread(self) -> Spread | None:
        """What it shows."""
        return self._spread

    def show_spread(self, spread: Spread | None) -> None:
        """Show other values."""
        self._spread = spread
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the marks of the axis."""
        return QSize(260, 160)

    def bars(self) -> list[QRectF]:
        """Return where the bars are painted; their heights are as the counts."""
        if self._spread is None:
            return []
        counts = self._spread.counts.tolist()
        most, room = max(1, *counts), self._room()
        wide = room.width() / len(counts)
        return [
            QRectF(room.left() + number * wide, room.bottom(), max(1.0, wide - 1.0), -room.height() * count / most)
            for number, count in enumerate(counts)
        ]

    def describe(self, place: QPointF) -> str:
        """Say what the bar at a place stands for; empty where there is none."""
        spread, room = self._spread, self._room()
        if spread is None or not room.left() <= place.x() < room.right():
            return ""
        bar = int((place.x() - room.left()) / room.width() * len(spread.counts))
        return tr(
            "{low:.3g} to {high:.3g}: {count}",
            low=spread.edges[bar],
            high=spread.edges[bar + 1],
            count=grouped(int(spread.counts[bar])),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bars, axis and three marks."""
        if self._spread is None:
            return
        painter, colours, room = QPainter(self), theme.current(), self._room()
        painter.setPen(Qt.PenStyle.NoPen)
        rects = self.bars()
        for number, rect in enumerate(rects):
            painter.setBrush(negative() if number < len(rects) // 2 else positive())
            if number == len(rects) // 2:
                painter.setBrush(colours.mute)
            painter.drawRect(rect.normalized())
        painter.setPen(QPen(colours.line, 1.0))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.setPen(colours.mute)
        foot = QRectF(room.left(), room.bottom() + 2.0, room.width(), _FOOT - 2.0)
        reach = float(self._spread.edges[-1])
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, figure(-reach, ".2g"))
        painter.drawText(foot, Qt.AlignmentFlag.AlignHCenter, "0")
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, figure(reach, ".2g"))

    def _room(self) -> QRectF:
        return QRectF(1.0, _TOP, self.width() - 2.0, self.height() - _FOOT - _TOP)
