"""Small pictures of the example projects, from the items of the canvas themselves; the gallery shows them.

They lie in ``resources/examples/thumbnails``, for light and for dark windows. Words on them are English in every
language of the program.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter

from nnstudio.core.fingerprint import fingerprint
from nnstudio.core.resources import resource
from nnstudio.core.words import language, set_language
from nnstudio.project.document import Project
from nnstudio.ui.exports.pictures import make_sheet, sheet_rect

SIZE: Final = QSize(320, 180)
"""How large a thumbnail is shown, in pixels at 100 %."""
SHARPNESS: Final = 2
"""Pixels of the file per pixel at 100 %."""
THEMES: Final = ("light", "dark")
"""The themes that thumbnails are made in."""
DRAWN: Final = "Drawing"
"""Under this key a file says what it shows, so that a test finds pictures of drawings that have changed since."""
_LARGEST: Final = 1.5
"""Pixels of the file per scene unit at most: a drawing of few layers is not blown up."""

_COLOURS: Final = 128
_COMMON: Final = 48
_SHADE: Final = 0xF8F8F8


def thumbnail_path(name: str, *, dark: bool) -> Path:
    """Return where the thumbnail of an example lies."""
    return resource("examples", "thumbnails", f"{name}-dark.png" if dark else f"{name}.png")


def paint_thumbnail(project: Project, theme_name: str) -> QImage:
    """Return a picture of a whole drawing, on plain ground.

    Args:
        project: what to paint.
        theme_name: a key of `theme.THEMES`.

    Raises:
        ValueError: nothing is drawn.
    """
    speech = language()
    set_language("en")
    try:
        sheet = make_sheet(project, theme_name)
        image = QImage(SIZE * SHARPNESS, QImage.Format.Format_RGB32)
        image.fill(sheet.style_.theme.bg)
        rect = sheet_rect(sheet)
        scale = min(_LARGEST, image.width() / rect.width(), image.height() / rect.height())
        place = QRectF(0.0, 0.0, rect.width() * scale, rect.height() * scale)
        place.moveCenter(QRectF(image.rect()).center())
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        sheet.render(painter, place, rect, Qt.AspectRatioMode.IgnoreAspectRatio)
        painter.end()
        sheet.deleteLater()
        image.setText(DRAWN, drawn(project))
        return image
    finally:
        set_language(speech)


def drawn(project: Project) -> str:
    """Return a short text that stands for a drawing as it looks: its network, and where things are."""
    places = sorted((node.name, node.xy) for node in project.graph.nodes)
    text = f"{fingerprint(project.graph, project.blocks_by_name)} {places}"
    if project.graph.frames:
        text += f" {sorted((frame.rect, frame.title, frame.note) for frame in project.graph.frames)}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def encode_thumbnail(image: QImage) -> bytes:
    """Return a picture as the bytes of a PNG file with few colours, which is a quarter as large."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setCompression(100)
    writer.write(image.convertToFormat(QImage.Format.Format_Indexed8, _colours(image)))
    return bytes(data.data())


def _colours(image: QImage) -> list[int]:
    """Return the colours that stand for all in a picture: the commonest as they are, then one for each shade."""
    counted = Counter(memoryview(image.constBits()).cast("I")).most_common()
    shades = {colour & _SHADE: colour for colour, _ in reversed(counted)}
    kept = dict.fromkeys([colour for colour, _ in counted[:_COMMON]])
    for colour, _ in counted:
        if len(kept) == _COLOURS:
            break
        kept[shades[colour & _SHADE]] = None
    return list(kept)
