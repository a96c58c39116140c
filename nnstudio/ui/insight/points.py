"""Pictures of samples as points, each within reach of pointer and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.insight.classes import sample_name

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.ui.session import Session

_NEAR: Final = 12.0
"""Pixels from which a point is pointed at."""


class PointPicture(Described):
    """Tells the point under the pointer; arrow keys go from one to the next, a click or Enter shows its sample.

    Attributes:
        rows: for each point the row of the data ``(n,)``; None while there is nothing to see.
    """

    pointed = Signal(int)
    """The row of the data that pointer or keys have gone to; -1 for none."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.session = session
        self.rows: npt.NDArray[Any] | None = None
        self._number: int | None = None
        session.bridge.mapped.connect(self.update)

    def pixels(self) -> npt.NDArray[Any]:
        """Return where the points are painted ``(n, 2)``."""
        raise NotImplementedError

    def tell(self, number: int) -> str:
        """Say what a point is."""
        dataset = self.session.bridge.dataset
        return "" if dataset is None or self.rows is None else sample_name(dataset, int(self.rows[number]))

    def describe(self, place: QPointF) -> str:
        """Say what the point at a place is; empty where there is none."""
        number = self.nearest(place)
        return "" if number is None else self.tell(number)

    @property
    def pointed_at(self) -> int | None:
        """Number of the point that pointer or keys have gone to."""
        return self._number

    def point_at(self, number: int | None) -> None:
        """Go to a point; None lets go."""
        if number != self._number:
            self._number = number
            self.setAccessibleDescription("" if number is None else self.tell(number))
            self.update()
            self.pointed.emit(-1 if number is None or self.rows is None else int(self.rows[number]))

    def nearest(self, place: QPointF) -> int | None:
        """Return which point lies within a few pixels of a place."""
        import numpy as np

        if self.rows is None or not len(self.rows):
            return None
        squares = ((self.pixels() - np.array([place.x(), place.y()])) ** 2).sum(axis=1)
        number = int(squares.argmin())
        return number if float(squares[number]) <= _NEAR**2 else None

    def beside(self, number: int, across: int, up: int) -> int:
        """Return the nearest point within 45° of a direction, ``across`` to the right or ``up``; itself if none is."""
        import numpy as np

        away = (self.pixels() - self.pixels()[number]) * np.array([1.0, -1.0])
        along, aside = away @ np.array([across, up]), np.abs(away @ np.array([up, across]))
        lengths = np.where((along > 0.0) & (along >= aside), np.hypot(along, aside), np.inf)
        nearest = int(lengths.argmin())
        return nearest if np.isfinite(lengths[nearest]) else number

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the point under the pointer."""
        self.point_at(self.nearest(event.position()))

    def leaveEvent(self, _event: QEvent) -> None:
        """Tell none."""
        self.point_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the sample everywhere."""
        number = self.nearest(event.position())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self._show(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go from point to point and tell each, Enter and space show its sample everywhere, Esc lets go."""
        key = Qt.Key(event.key())
        ways = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        if self.rows is None or not len(self.rows):
            super().keyPressEvent(event)
        elif key in ways:
            number = self._start() if self._number is None else self.beside(self._number, *ways[key])
            self.point_at(number)
            QToolTip.showText(self.mapToGlobal(QPointF(*self.pixels()[number]).toPoint()), self.tell(number), self)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._number is not None:
            self._show(self._number)
        elif key == Qt.Key.Key_Escape and self._number is not None:
            self.point_at(None)
            QToolTip.hideText()
        else:
            super().keyPressEvent(event)

    def paint_rings(self, painter: QPainter, radius: float) -> None:
        """Paint rings around the sample shown and the point pointed at, and a frame for the keyboard."""
        colours = theme.current()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rings = [(number, colours.text) for number in self._shown()]
        if self._number is not None:
            rings.append((self._number, colours.accent))
        if rings:
            pixels = self.pixels()
            for number, colour in rings:
                painter.setPen(QPen(colour, 2.0))
                painter.drawEllipse(QPointF(*pixels[number]), radius, radius)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(colours.accent, 1.0))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _shown(self) -> list[int]:
        """Return which points are of the sample that is shown everywhere."""
        return [] if self.rows is None else (self.rows == self.session.bridge.sample).nonzero()[0].tolist()

    def _start(self) -> int:
        """Return the point of the sample that is shown, else the one nearest to the middle."""
        import numpy as np

        shown = self._shown()
        if shown:
            return shown[0]
        away = self.pixels() - np.array([self.width(), self.height()]) / 2.0
        return int((away**2).sum(axis=1).argmin())

    def _show(self, number: int) -> None:
        assert self.rows is not None
        self.session.bridge.set_sample(int(self.rows[number]))
        self.update()
