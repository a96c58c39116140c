"""Samples as small pictures with a line or two below each; a click shows the sample everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.monitor.bars import bars_image
from nnstudio.ui.monitor.sample import sample_image

if TYPE_CHECKING:
    from nnstudio.data.arrays import Array
    from nnstudio.ui.session import Session

_PICTURE: Final = 56
_LINE: Final = 16
_GAP: Final = 10
_EDGE: Final = 3
"""Room for the line around the field that has the keyboard."""
_MOST_SIGNS: Final = 24


class Thumb(msgspec.Struct, frozen=True):
    """One sample: its row of the data set, two lines of text, and whether the first is bad news."""

    row: int
    first: str
    second: str = ""
    bad: bool = False


class Thumbs(QScrollArea):
    """As many samples as there are, in rows; scrolled where they do not fit."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__()
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.field = ThumbField(session, name, self)
        self.field.setAutoFillBackground(False)
        self.setWidget(self.field)

    def show_thumbs(self, thumbs: Sequence[Thumb]) -> None:
        """Show other samples."""
        self.field.show_thumbs(tuple(thumbs))


class ThumbField(Described):
    """What `Thumbs` scrolls."""

    def __init__(self, session: Session, name: str, area: QScrollArea) -> None:
        super().__init__(area)
        self.setObjectName("thumbs")
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.thumbs: tuple[Thumb, ...] = ()
        self._area = area
        self._session = session
        self._images: dict[int, QImage] = {}
        self._width = _PICTURE
        session.bridge.mapped.connect(self.update)

    def show_thumbs(self, thumbs: tuple[Thumb, ...]) -> None:
        """Show other samples."""
        if thumbs == self.thumbs:
            return
        self._images = {thumb.row: self._images[thumb.row] for thumb in thumbs if thumb.row in self._images}
        self.thumbs = thumbs
        metrics = QFontMetrics(self.font())
        texts = [text for thumb in thumbs for text in (thumb.first, thumb.second)]
        self._width = max([_PICTURE, *(min(140, metrics.horizontalAdvance(text) + 4) for text in texts)])
        self._arrange()
        self.update()

    def place(self, index: int) -> QRect:
        """Return where a sample is painted, with its lines."""
        across = max(1, (self.width() - 2 * _EDGE + _GAP) // (self._width + _GAP))
        row, column = divmod(index, across)
        left, top = _EDGE + column * (self._width + _GAP), _EDGE + row * (self._tall + _GAP)
        return QRect(left, top, self._width, self._tall)

    @property
    def _tall(self) -> int:
        return _PICTURE + _LINE * (2 if any(thumb.second for thumb in self.thumbs) else 1)

    def resizeEvent(self, _event: object) -> None:
        """Break the rows anew."""
        self._arrange()

    def _arrange(self) -> None:
        self.setMinimumHeight(self.place(len(self.thumbs) - 1).bottom() + _EDGE if self.thumbs else 0)

    def at(self, place: QPoint) -> int | None:
        """Return which sample lies at a place."""
        return next((number for number in range(len(self.thumbs)) if self.place(number).contains(place)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the sample everywhere."""
        number = self.at(event.position().toPoint())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self._session.bridge.set_sample(self.thumbs[number].row)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right show the sample before and after."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self.thumbs:
            super().keyPressEvent(event)
            return
        rows = [thumb.row for thumb in self.thumbs]
        now = self._session.bridge.sample
        wanted = min(len(rows) - 1, max(0, rows.index(now) + step)) if now in rows else 0
        self._session.bridge.set_sample(rows[wanted])
        self._area.ensureVisible(self.place(wanted).center().x(), self.place(wanted).center().y())
        self.update()

    def describe(self, place: QPointF) -> str:
        """Say what the picture at a place is."""
        number = self.at(place.toPoint())
        if number is None:
            return ""
        thumb = self.thumbs[number]
        return tr("Sample {row}: {first} {second}", row=thumb.row, first=thumb.first, second=thumb.second).rstrip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is in view."""
        dataset, colours = self._session.bridge.dataset, theme.current()
        if dataset is None:
            return
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        for number, thumb in enumerate(self.thumbs):
            place = self.place(number)
            if not place.intersects(event.rect()) or thumb.row >= len(dataset.inputs):
                continue
            room = QRect(place.left(), place.top(), _PICTURE, _PICTURE)
            self._paint_sample(painter, room, thumb.row, dataset.inputs[thumb.row])
            if thumb.row == self._session.bridge.sample:
                painter.setPen(colours.accent)
                painter.drawRect(room.adjusted(0, 0, -1, -1))
                painter.drawRect(room.adjusted(1, 1, -2, -2))
            for line, text in enumerate((thumb.first, thumb.second)):
                painter.setPen((colours.err if thumb.bad else colours.text) if line == 0 else colours.mute)
                where = QRect(place.left(), room.bottom() + 1 + line * _LINE, self._width, _LINE)
                painter.drawText(
                    where,
                    Qt.AlignmentFlag.AlignVCenter,
                    metrics.elidedText(text, Qt.TextElideMode.ElideRight, where.width()),
                )
        if self.hasFocus():
            painter.setPen(colours.accent)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_sample(self, painter: QPainter, room: QRect, row: int, values: Array) -> None:
        image = self._images.get(row)
        if image is None:
            image = self._images[row] = thumb_image(values, _PICTURE, self.devicePixelRatioF())
        size = image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.drawImage(QRect(room.topLeft(), size), image)


def thumb_image(values: Array, edge: int, ratio: float = 1.0) -> QImage:
    """Paint a sample small: a picture as it is, numbers as bars, signs as text."""
    colours = theme.current()
    if values.dtype.kind != "i" and values.ndim >= 2:
        return sample_image(values)
    if values.dtype.kind != "i":
        bars = bars_image(
            values.reshape(-1).astype("float32"), (edge - 8, edge - 8), (colours.family("io"), colours.line), ratio
        )
        return _on_ground(bars, QPoint(4, 4), edge, ratio)
    blank = QImage()
    image = _on_ground(blank, QPoint(0, 0), edge, ratio)
    painter = QPainter(image)
    painter.setFont(theme.font("caption"))
    painter.setPen(colours.text)
    text = " ".join(str(sign) for sign in values.reshape(-1)[:_MOST_SIGNS].tolist())
    flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(3, 2, edge - 6, edge - 4), int(flags), text)
    painter.end()
    return image


def _on_ground(inner: QImage, place: QPoint, edge: int, ratio: float) -> QImage:
    size = QSize(round(edge * ratio), round(edge * ratio))
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(theme.current().hover))
    if not inner.isNull():
        painter = QPainter(image)
        painter.drawImage(place, inner)
        painter.end()
    return image
