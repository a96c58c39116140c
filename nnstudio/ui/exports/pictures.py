"""Pictures of a drawing, from the items of the canvas themselves: SVG, PNG, PDF, and by way of `tikz` LaTeX.

The whole drawing is painted at full detail on plain ground, with wires and with what is wrong; selection and live tiles
belong to the window and are left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QImageWriter, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from nnstudio.compiler.analysis import analyse
from nnstudio.core.graph import Graph
from nnstudio.core.words import tr
from nnstudio.project.document import Project
from nnstudio.ui import theme as themes
from nnstudio.ui.canvas.card import Style
from nnstudio.ui.canvas.scene import Scene

MARGIN: Final = 24.0
"""Empty ground around the drawing, in scene units."""
SHARPNESS: Final = 2.0
"""Pixels of a PNG per scene unit, where that is not too much."""
MOST_PIXELS: Final = 16_000
"""Longest side of a PNG."""
POINTS: Final = 0.75
"""Points of paper per scene unit: a title is then 9.75 pt high."""
MOST_POINTS: Final = 14_400.0
"""Longest side of a PDF page, by the rules of that format."""
_DPI: Final = 1200
_ATTRIBUTE: Final = re.compile(r'([-:\w]+)="([^"]*)"')


class Sheet(Scene):
    """A scene on plain ground."""

    def drawBackground(self, painter: QPainter, rect: QRectF | object, /) -> None:
        """Fill the ground, without the dots that help while drawing."""
        assert isinstance(rect, QRectF)
        painter.fillRect(rect, self.style_.theme.bg)


def render_apart(project: Project, key: str, theme_name: str) -> bytes:
    """Return a picture of a project where there is no window yet.

    Raises:
        ValueError: nothing is drawn.
    """
    from nnstudio.ui.app import make_application

    make_application()
    return render(project, key, theme_name)


def render(project: Project, key: str, theme_name: str) -> bytes:
    """Return the bytes of a picture of the whole drawing.

    Args:
        project: what to paint.
        key: ``svg``, ``png``, ``pdf`` or ``tikz``.
        theme_name: a key of `theme.THEMES`.

    Raises:
        ValueError: nothing is drawn.
    """
    if key == "tikz":
        from nnstudio.ui.exports.tikz import write_tikz

        return write_tikz(project, theme_name).encode()
    sheet = make_sheet(project, theme_name)
    try:
        return _PAINTERS[key](sheet, sheet_rect(sheet), project.name)
    finally:
        sheet.deleteLater()


def make_sheet(project: Project, theme_name: str) -> Sheet:
    """Return the items of a drawing.

    Raises:
        ValueError: nothing is drawn.
    """
    if not project.graph.nodes:
        raise ValueError(tr("There is no picture of an empty drawing."))
    blocks = project.blocks_by_name
    sheet = Sheet(Style(themes.load_theme(theme_name)))
    sheet.obey(Graph(), project.graph, blocks, analyse(project.graph, blocks))
    return sheet


def sheet_rect(sheet: Sheet) -> QRectF:
    """Return all that is painted, with a margin around it, in scene units."""
    return sheet.itemsBoundingRect().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).toAlignedRect().toRectF()


def _svg(sheet: Sheet, rect: QRectF, title: str) -> bytes:
    data, buffer = _buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle(title)
    generator.setDescription("NN Studio")
    generator.setViewBox(QRectF(0.0, 0.0, rect.width(), rect.height()))
    generator.setSize(rect.size().toSize())
    _paint(sheet, generator, rect, QSizeF(rect.size()))
    return _hold_widths(bytes(data.data()).decode()).encode()


def _hold_widths(svg: str) -> str:
    """Say how wide every text is, so that it stays between its neighbours where the font is another one."""

    def hold(match: re.Match[str]) -> str:
        attributes = dict(_ATTRIBUTE.findall(match[1]))
        font = QFont()
        font.setFamilies(attributes["font-family"].split(","))
        font.setPixelSize(round(float(attributes["font-size"])))
        font.setWeight(QFont.Weight(int(attributes["font-weight"])))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        width = QFontMetricsF(font).horizontalAdvance(html.unescape(match[2]))
        return f'<text {match[1].strip()} textLength="{width:.2f}" lengthAdjust="spacingAndGlyphs">{match[2]}</text>'

    held = re.sub(r"<text ([^>]*)>([^<]+)</text>", hold, svg)
    return re.sub(r'font-family="([^"]+)"', r'font-family="\1,sans-serif"', held)


def _png(sheet: Sheet, rect: QRectF, title: str) -> bytes:
    scale = min(SHARPNESS, MOST_PIXELS / max(rect.width(), rect.height()))
    size = (rect.size() * scale).toSize().expandedTo(QSize(1, 1))
    image = QImage(size, QImage.Format.Format_RGB32)
    if image.isNull():
        raise ValueError(
            tr("There is not enough memory for a picture of {size} pixels.", size=f"{size.width()}×{size.height()}")
        )
    image.fill(sheet.style_.theme.bg)
    image.setText("Title", title)
    _paint(sheet, image, rect, QSizeF(size))
    data, buffer = _buffer()
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(data.data())


def _pdf(sheet: Sheet, rect: QRectF, title: str) -> bytes:
    scale = min(POINTS, MOST_POINTS / max(rect.width(), rect.height()))
    data, buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("NN Studio")
    writer.setResolution(_DPI)
    page = QPageSize(rect.size() * scale, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageSize(page)
    writer.setPageMargins(QMarginsF())
    _paint(sheet, writer, rect, rect.size() * (scale * _DPI / 72.0))
    return bytes(data.data())


_PAINTERS: Mapping[str, Callable[[Sheet, QRectF, str], bytes]] = {"svg": _svg, "png": _png, "pdf": _pdf}


def _paint(sheet: Sheet, device: QSvgGenerator | QImage | QPdfWriter, rect: QRectF, size: QSizeF) -> None:
    painter = QPainter(device)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    sheet.render(painter, QRectF(0.0, 0.0, size.width(), size.height()), rect, Qt.AspectRatioMode.IgnoreAspectRatio)
    painter.end()


def _buffer() -> tuple[QByteArray, QBuffer]:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return data, buffer
