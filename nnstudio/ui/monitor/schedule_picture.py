"""A small picture of how the learning rate will go over the whole run."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.core.words import figure, tr
from nnstudio.training.recipe import Recipe
from nnstudio.training.schedules import share_of_rate
from nnstudio.ui import theme

_POINTS: Final = 200
_HEIGHT: Final = 64


class SchedulePicture(QWidget):
    """The rate of each step from the first to the last; its height is the recipe's learning rate.

    A schedule that waits for the loss cannot be foreseen: what it might do is dashed.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("schedule_picture")
        self._theme = theme.current()
        self._recipe = Recipe()
        self._steps_per_epoch = 1
        self.points: tuple[float, ...] = ()
        """Shares of the learning rate, from the first step to the last, evenly spread."""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Learning rate over the run"))
        self.show_recipe(self._recipe, 1)

    def show_recipe(self, recipe: Recipe, steps_per_epoch: int) -> None:
        """Show another recipe's schedule, with this many batches in an epoch."""
        self._recipe, self._steps_per_epoch = recipe, steps_per_epoch
        whole = recipe.epochs * steps_per_epoch
        count = min(_POINTS, whole)
        steps = [round(index * (whole - 1) / max(1, count - 1)) for index in range(count)]
        self.points = tuple(share_of_rate(step, recipe, steps_per_epoch) for step in steps)
        last = recipe.learning_rate * self.points[-1]
        self.setToolTip(
            tr(
                "From {first} in the first step to {last} in the last, over {count} steps.",
                first=figure(recipe.learning_rate * self.points[0], ".3g"),
                last=figure(last, ".3g"),
                count=f"{whole:,}",
            )
            if recipe.schedule != "plateau"
            else tr("How far the rate goes down shows only when the loss stalls.")
        )
        self.update()

    def sizeHint(self) -> QSize:
        """As high as three lines."""
        return QSize(200, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the curve over its ground line, with the highest rate and the epochs."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        metrics = painter.fontMetrics()
        top = figure(self._recipe.learning_rate, ".3g")
        left = metrics.horizontalAdvance(top) + 6.0
        room = QRectF(left, 5.0, self.width() - left - 2.0, self.height() - metrics.height() - 8.0)
        painter.setPen(self._theme.mute)
        painter.drawText(QPointF(0.0, room.top() + metrics.ascent() - 3.0), top)
        painter.drawText(QPointF(left - 6.0 - metrics.horizontalAdvance("0"), room.bottom() + 4.0), "0")
        words = tr("{count} epochs", count=self._recipe.epochs)
        painter.drawText(QPointF(room.right() - metrics.horizontalAdvance(words), self.height() - 3.0), words)
        painter.setPen(QPen(self._theme.line, 1.0))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.setPen(QPen(self._theme.accent, 1.6))
        painter.drawPolyline(self._polyline(room, self.points))
        if self._recipe.schedule == "plateau":
            painter.setPen(QPen(self._theme.accent, 1.2, Qt.PenStyle.DashLine))
            painter.drawPolyline(self._polyline(room, self._guess()))

    def _guess(self) -> tuple[float, ...]:
        """Return what the rate would do if the loss stalled after a half and after three quarters."""
        count, factor = len(self.points), self._recipe.plateau_factor
        levels = ((1.0, 0, 0.5), (factor, 0.5, 0.75), (factor**2, 0.75, 1.0))
        return tuple(
            level * self.points[index]
            for level, low, high in levels
            for index in range(int(low * count), int(high * count))
        )

    def _polyline(self, room: QRectF, shares: tuple[float, ...]) -> QPolygonF:
        many = len(shares) > 1
        wide = room.width() / (len(shares) - 1) if many else room.width()
        shown = shares if many else shares * 2
        return QPolygonF(
            [
                QPointF(room.left() + index * wide, room.bottom() - share * room.height())
                for index, share in enumerate(shown)
            ]
        )
