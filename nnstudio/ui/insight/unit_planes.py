"""Every unit as a small plane: what it says of each point of 2-D data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.insight.signed import signed_image

if TYPE_CHECKING:
    from nnstudio.training.studies.boundary import Plane

_TILE: Final = 34.0
_GAP: Final = 4.0
_NAME: Final = 18.0


class UnitPlanes(QWidget):
    """Each layer's units as small planes, layer by layer; pointing at one, or keys, show it large."""

    pointed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("unit_tiles")
        self.setAccessibleName(tr("What every unit says over the plane"))
        self.setFont(theme.font("small"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._plane: Plane | None = None
        self._images: list[list[QImage]] = []
        self.unit: tuple[str, int] | None = None
        """Layer and number of the unit that is pointed at."""

    def show_plane(self, plane: Plane) -> None:
        """Show other values."""
        import numpy as np

        self._plane = plane
        self._images = [
            [signed_image(unit[::-2, ::2], float(np.abs(np.nan_to_num(unit)).max())) for unit in units.values]
            for units in plane.units
        ]
        if self.unit is not None and self.unit not in self._all():
            self.unit = None
        self._arrange()
        self.update()

    def tile(self, layer: str, number: int) -> QRectF:
        """Return where a unit is painted."""
        return next(rect for name, index, rect in self._places() if (name, index) == (layer, number))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the unit under the pointer large."""
        place = event.position()
        self._point(next(((name, number) for name, number, rect in self._places() if rect.contains(place)), None))

    def leaveEvent(self, _event: QEvent) -> None:
        """Show the answer again."""
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right step through the units; Escape shows the answer again."""
        units = self._all()
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and units:
            at = units.index(self.unit) if self.unit in units else -1 if key == Qt.Key.Key_Right else len(units)
            step = 1 if key == Qt.Key.Key_Right else -1
            self._point(units[max(0, min(len(units) - 1, at + step))])
        elif key == Qt.Key.Key_Escape and self.unit is not None:
            self._point(None)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, _event: object) -> None:
        """Break the rows anew."""
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint names and tiles."""
        if self._plane is None:
            return
        painter, colours = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        images = iter([image for layer in self._images for image in layer])
        for name, number, rect in self._places():
            if number == 0:
                painter.setPen(colours.mute)
                painter.drawText(
                    QRectF(0.0, rect.top() - _NAME, self.width(), _NAME), Qt.AlignmentFlag.AlignVCenter, name
                )
            painter.drawImage(rect, next(images))
            if (name, number) == self.unit:
                painter.setPen(QPen(colours.accent, 2.0))
                painter.drawRect(rect)
        if self.hasFocus() and self.unit is None:
            painter.setPen(colours.accent)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _all(self) -> list[tuple[str, int]]:
        if self._plane is None:
            return []
        return [(units.layer, number) for units in self._plane.units for number in range(len(units.values))]

    def _point(self, unit: tuple[str, int] | None) -> None:
        if unit != self.unit:
            self.unit = unit
            self.update()
            self.pointed.emit()

    def _places(self) -> list[tuple[str, int, QRectF]]:
        found: list[tuple[str, int, QRectF]] = []
        top = 0.0
        across = max(1, int((self.width() + _GAP) / (_TILE + _GAP)))
        for units in self._plane.units if self._plane is not None else ():
            top += _NAME
            for number in range(len(units.values)):
                row, column = divmod(number, across)
                rect = QRectF(column * (_TILE + _GAP), top + row * (_TILE + _GAP), _TILE, _TILE)
                found.append((units.layer, number, rect))
            top += -(-len(units.values) // across) * (_TILE + _GAP)
        return found

    def _arrange(self) -> None:
        places = self._places()
        self.setMinimumHeight(int(places[-1][2].bottom()) + 3 if places else 0)
