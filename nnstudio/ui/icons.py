"""Icons from ``resources/icons``, drawn in the colour that is asked for: the files say ``currentColor``."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nnstudio.core.resources import resource
from nnstudio.layers.blocks import LIBRARY


def kind_icon(kind: str, colour: QColor, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """Return the picture of a layer kind or of a block in a colour.

    Args:
        kind: its key in the catalogue; a kind without a picture gets a plain rounded square. ``Block:`` and a name
            stand for a block; one without a picture of its own gets that of all blocks.
        colour: usually the family's.
        size: edge length in logical pixels.
        ratio: device pixels per logical pixel of where it is painted.
    """
    return _draw(_place(kind), colour.name(), size, ratio)


def paint_kind_icon(painter: QPainter, rect: QRectF, kind: str, colour: QColor) -> None:
    """Paint the picture of a layer kind as strokes, for paper and for files that are made of lines."""
    source = _source(_place(kind))
    if source is None:
        _paint_plain(painter, rect, colour)
    else:
        QSvgRenderer(_coloured(source, colour)).render(painter, rect)


def app_icon() -> QIcon:
    """Return the program's own icon, in its own colours."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(_draw(resource("icons", "app.svg"), "#2563eb", size, 1.0))
    return made


@cache
def _place(kind: str) -> Path:
    block = kind.removeprefix("Block:")
    if block == kind:
        return resource("icons", "kinds", f"{kind}.svg")
    own = resource("icons", "blocks", f"{block}.svg")
    return own if block in LIBRARY and own.is_file() else resource("icons", "kinds", "Block.svg")


@cache
def _source(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


@lru_cache(maxsize=512)
def _draw(path: Path, colour: str, size: int, ratio: float) -> QPixmap:
    source = _source(path)
    if source is None and path.parent.name != "kinds":
        raise FileNotFoundError(path)
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rect = QRectF(0, 0, size, size)
    if source is None:
        _paint_plain(painter, rect, QColor(colour))
    else:
        QSvgRenderer(_coloured(source, QColor(colour))).render(painter, rect)
    painter.end()
    return picture


def _coloured(source: str, colour: QColor) -> QByteArray:
    return QByteArray(source.replace("currentColor", colour.name()).encode())


def _paint_plain(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """Paint a plain rounded square, for a kind without a picture."""
    size = rect.width()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(rect.adjusted(size * 0.2, size * 0.2, -size * 0.2, -size * 0.2), size * 0.15, size * 0.15)
