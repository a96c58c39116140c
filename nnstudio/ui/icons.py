"""Icons from ``resources/icons``, drawn in the theme's colours: the files say ``currentColor``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nnstudio.core.resources import resource
from nnstudio.ui import theme

_RATIOS = (1.0, 1.5, 2.0, 3.0)


def icon(name: str, colour: QColor | None = None, size: int = 16) -> QIcon:
    """Return ``resources/icons/<name>.svg`` in a colour, by default the current theme's text.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    now = theme.current()
    made = QIcon()
    for ratio in _RATIOS:
        made.addPixmap(_draw(resource("icons", f"{name}.svg"), (colour or now.text).name(), size, ratio))
        faded = theme.blend(now.mute, now.panel, 0.45).name()
        made.addPixmap(_draw(resource("icons", f"{name}.svg"), faded, size, ratio), QIcon.Mode.Disabled)
    return made


def kind_icon(kind: str, colour: QColor, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """Return the picture of a layer kind (or of ``Block``) in a colour.

    Args:
        kind: its key in the catalogue; a kind without a picture gets a plain rounded square.
        colour: usually the family's.
        size: edge length in logical pixels.
        ratio: device pixels per logical pixel of where it is painted.
    """
    return _draw(resource("icons", "kinds", f"{kind}.svg"), colour.name(), size, ratio)


def app_icon() -> QIcon:
    """Return the program's own icon, in its own colours."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(_draw(resource("icons", "app.svg"), "#2563eb", size, 1.0))
    return made


@cache
def _source(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


@cache
def _draw(path: Path, colour: str, size: int, ratio: float) -> QPixmap:
    source = _source(path)
    if source is None and path.parent.name != "kinds":
        raise FileNotFoundError(path)
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if source is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(size * 0.2, size * 0.2, size * 0.6, size * 0.6), size * 0.15, size * 0.15)
    else:
        data = QByteArray(source.replace("currentColor", colour).encode())
        QSvgRenderer(data).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture
