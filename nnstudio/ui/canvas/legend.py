"""What the looks of wires mean, in a corner of the canvas."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.insight.flow_colours import DECADES, flow_colour

_MARGIN: Final = 16
_PAD: Final = 10.0
_STRIP: Final = 132.0
_LINE: Final = 17.0


class Legend(QWidget):
    """A small sheet that hands go through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("overlay_legend")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFont(theme.font("small"))
        self._overlay = ""
        self.lines: tuple[str, ...] = ()
        self.hide()

    def show_overlay(self, overlay: str, *, waiting: bool) -> None:
        """Explain an overlay; an empty one hides the sheet. ``waiting`` says that there is no run yet."""
        self._overlay = overlay
        self.setVisible(bool(overlay))
        if not overlay:
            return
        if overlay == "weights":
            self.lines = (tr("Wires: mean size of the weights they lead to"),)
        else:
            self.lines = (tr("Wires: gradient, compared with that at the output"),)
        if waiting:
            self.lines = (*self.lines, tr("Press Train to see it."))
        metrics = QFontMetricsF(self.font())
        wide = max(_STRIP + 90.0, *(metrics.horizontalAdvance(line) for line in self.lines))
        self.resize(round(wide + 2 * _PAD), round(_LINE * (len(self.lines) + 1) + 2 * _PAD))
        self.setAccessibleName(" ".join(self.lines))
        self.settle()
        self.update()

    def settle(self) -> None:
        """Keep to the lower left corner."""
        around = self.parentWidget()
        if around is not None:
            self.move(_MARGIN, around.height() - self.height() - _MARGIN)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the words and the scale."""
        painter, colours = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.line, 1.0))
        painter.setBrush(colours.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(colours.text)
        for number, line in enumerate(self.lines):
            room = QRectF(_PAD, _PAD + number * _LINE, self.width() - 2 * _PAD, _LINE)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, line)
            painter.setPen(colours.mute)
        room = QRectF(_PAD, _PAD + len(self.lines) * _LINE, self.width() - 2 * _PAD, _LINE)
        if self._overlay == "gradients":
            self._paint_colours(painter, room)
        else:
            self._paint_widths(painter, room)

    def _paint_colours(self, painter: QPainter, room: QRectF) -> None:
        low, high = tr("vanishing"), tr("exploding")
        metrics = QFontMetricsF(self.font())
        left = room.left() + metrics.horizontalAdvance(low) + 8.0
        strip = QRectF(left, room.center().y() - 3.0, _STRIP * 0.7, 6.0)
        shades = QLinearGradient(strip.topLeft(), strip.topRight())
        for number in range(9):
            shades.setColorAt(number / 8, flow_colour(10.0 ** (DECADES * (number / 4 - 1.0))))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, f"{low}")
        painter.fillRect(strip, shades)
        painter.drawText(
            room.adjusted(strip.right() + 8.0 - room.left(), 0, 40, 0), Qt.AlignmentFlag.AlignVCenter, high
        )

    def _paint_widths(self, painter: QPainter, room: QRectF) -> None:
        colours, y = theme.current(), room.center().y()
        low, high = tr("small"), tr("large")
        wide = QFontMetricsF(self.font()).horizontalAdvance(low)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, low)
        for number, width in enumerate((1.0, 3.0, 5.0, 8.0)):
            x = room.left() + wide + 10.0 + number * 26.0
            painter.setPen(QPen(colours.edge, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(x, y), QPointF(x + 20.0, y))
        painter.setPen(colours.mute)
        painter.drawText(room.adjusted(wide + 118.0, 0, 40, 0), Qt.AlignmentFlag.AlignVCenter, high)
