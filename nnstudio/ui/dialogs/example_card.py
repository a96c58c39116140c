"""The card of one example in the gallery, painted by hand."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetrics,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QPushButton, QWidget

from nnstudio.core.words import tr
from nnstudio.project.gallery import Example
from nnstudio.ui import theme
from nnstudio.ui.exports.thumbnails import SIZE, thumbnail_path

NARROWEST: Final = 260
"""Least width of a card."""
_RADIUS: Final = 8.0
_INSET: Final = 12


class Card(QPushButton):
    """One example: its picture, its title, a sentence, and whether it can be trained here."""

    def __init__(self, example: Example, parent: QWidget) -> None:
        super().__init__(parent)
        self.example = example
        self.setObjectName(f"example_{example.name}")
        self.setAccessibleName(str(example.title))
        mark = tr("trains here")
        self.setAccessibleDescription(f"{example.summary} ({mark})" if example.trains else str(example.summary))
        self._mark = mark if example.trains else ""
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._theme = theme.current()
        self._picture = QPixmap()

    def heightForWidth(self, width: int) -> int:
        """Return how high the picture and the words under it are together."""
        return _picture_height(width) + 10 + _rows_height("strong", 1) + 3 + _rows_height("small", 2) + _INSET

    def sizeHint(self) -> QSize:
        """Return the size at the least width."""
        return QSize(NARROWEST, self.heightForWidth(NARROWEST))

    def words_fit(self) -> bool:
        """Whether title and sentence have room."""
        room, said = self._summary_room(), str(self.example.summary)
        needed = QFontMetrics(theme.font("small")).boundingRect(room, Qt.TextFlag.TextWordWrap, said)
        wide = QFontMetrics(theme.font("strong")).horizontalAdvance(str(self.example.title))
        return room.contains(needed) and wide <= room.width()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be pressed."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show it at rest."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint frame, picture and words."""
        colours, focused = self._theme, self.hasFocus()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1.0, 1.0, -1.0, -1.0)
        shape = QPainterPath()
        shape.addRoundedRect(frame, _RADIUS, _RADIUS)
        painter.fillPath(shape, colours.hover if self.underMouse() or self.isDown() else colours.raised)
        high = _picture_height(self.width())
        painter.setClipPath(shape)
        painter.drawPixmap(0, 0, self._picture_now())
        painter.setClipping(False)
        painter.setPen(QPen(colours.line, 1.0))
        painter.drawLine(QLineF(frame.left(), high + 0.5, frame.right(), high + 0.5))
        if focused:
            halo = QColor(colours.accent)
            halo.setAlphaF(0.32)
            painter.setPen(QPen(halo, 3.0))
            painter.drawPath(shape)
        painter.setPen(QPen(colours.accent if focused else colours.line, 1.0))
        painter.drawPath(shape)
        self._write(painter)
        painter.end()

    def _write(self, painter: QPainter) -> None:
        colours, row = self._theme, self._title_row()
        painter.setFont(theme.font("strong"))
        painter.setPen(colours.text)
        title = painter.fontMetrics().elidedText(str(self.example.title), Qt.TextElideMode.ElideRight, row.width())
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        painter.setFont(theme.font("small"))
        painter.setPen(colours.mute)
        painter.drawText(self._summary_room(), Qt.TextFlag.TextWordWrap, str(self.example.summary))
        if self._mark:
            self._paint_mark(painter)

    def _paint_mark(self, painter: QPainter) -> None:
        """Say in the corner of the picture that the example trains."""
        colours, corner = self._theme, QPointF(self.width() - 9, _picture_height(self.width()) - 8)
        size = QSizeF(painter.fontMetrics().horizontalAdvance(self._mark) + 28, _rows_height("small", 1) + 4)
        pill = QRectF(corner - QPointF(size.width(), size.height()), size)
        painter.setPen(QPen(colours.line, 1.0))
        painter.setBrush(colours.raised)
        painter.drawRoundedRect(pill.adjusted(0.5, 0.5, -0.5, -0.5), pill.height() / 2, pill.height() / 2)
        painter.setPen(colours.mute)
        painter.drawText(
            pill.adjusted(19, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._mark
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.ok)
        painter.drawEllipse(QPointF(pill.left() + 11.5, pill.center().y()), 3.0, 3.0)

    def _title_row(self) -> QRect:
        top = _picture_height(self.width()) + 10
        return QRect(_INSET, top, self.width() - 2 * _INSET, _rows_height("strong", 1))

    def _summary_room(self) -> QRect:
        row = self._title_row()
        return QRect(_INSET, row.bottom() + 4, row.width(), _rows_height("small", 2))

    def _picture_now(self) -> QPixmap:
        """Return the picture in the size of the card; it is read when it is first seen."""
        ratio = self.devicePixelRatioF()
        size = QSize(self.width(), _picture_height(self.width())) * ratio
        if self._picture.size() != size:
            image = QImage(str(thumbnail_path(self.example.name, dark=self._theme.dark)))
            fitting = Qt.AspectRatioMode.IgnoreAspectRatio
            smooth = Qt.TransformationMode.SmoothTransformation
            full = image.convertToFormat(QImage.Format.Format_RGB32)
            self._picture = QPixmap.fromImage(full.scaled(size, fitting, smooth))
            self._picture.setDevicePixelRatio(ratio)
        return self._picture


def _picture_height(width: int) -> int:
    return width * SIZE.height() // SIZE.width()


def _rows_height(kind: theme.FontKind, rows: int) -> int:
    """Return the height of so many rows of text; those in Chinese are higher than the font says."""
    text = "\n".join(["中g"] * rows)
    return QFontMetrics(theme.font(kind)).boundingRect(QRect(0, 0, 999, 999), Qt.TextFlag.TextWordWrap, text).height()
