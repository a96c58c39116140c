"""Pictures of a drawing, from the items of the canvas themselves: SVG, PNG, PDF, and by way of `tikz` LaTeX.

The whole drawing that is open on the canvas, a block's too, is painted at full detail on plain ground: cards as they
are shown, wires as they are laid, frames, what is wrong, and live tiles while there are any. What belongs to the hand
is left out: selection, and the dots of the ground. The colours are those of the theme that is asked for; the window
asks for the light one, as pictures are for paper and pages.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QImageWriter, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.compiler.lint import with_lint
from nnstudio.core.graph import Graph
from nnstudio.core.words import tr
from nnstudio.project.document import Project
from nnstudio.training.aim import aim_of
from nnstudio.ui import theme as themes
from nnstudio.ui.canvas.card import Style
from nnstudio.ui.canvas.frame_items import FrameItem, TabItem
from nnstudio.ui.canvas.items import NodeItem
from nnstudio.ui.canvas.scene import Scene
from nnstudio.ui.canvas.tiles import LiveTiles
from nnstudio.ui.session import Session

Dress = Callable[[Iterable[NodeItem]], object]

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


def render_session(session: Session, key: str, theme_name: str) -> bytes:
    """Return a picture of what is open on the canvas, with the live tiles of the run; see `render`.

    Raises:
        ValueError: nothing is drawn.
    """
    tiles = LiveTiles(session, themes.load_theme(theme_name))
    project = session.sheet
    if session.within is None:
        return render(project, key, theme_name, dress=tiles.show)
    project = msgspec.structs.replace(project, name=session.within)
    return render(project, key, theme_name, analysis=session.analysis)


def render(
    project: Project, key: str, theme_name: str, *, analysis: Analysis | None = None, dress: Dress | None = None
) -> bytes:
    """Return the bytes of a picture of the whole drawing.

    Args:
        project: what to paint.
        key: ``svg``, ``png``, ``pdf`` or ``tikz``.
        theme_name: a key of `theme.THEMES`.
        analysis: what is known of the drawing; None works it out.
        dress: puts on the cards what the drawing itself does not say, such as live tiles.

    Raises:
        ValueError: nothing is drawn.
    """
    if key == "tikz":
        from nnstudio.ui.exports.tikz import write_tikz

        return write_tikz(project, theme_name, analysis).encode()
    sheet = make_sheet(project, theme_name, analysis)
    if dress is not None:
        dress(sheet.nodes.values())
    try:
        return _PAINTERS[key](sheet, sheet_rect(sheet), project.name)
    finally:
        sheet.deleteLater()


def make_sheet(project: Project, theme_name: str, analysis: Analysis | None = None) -> Sheet:
    """Return the items of a drawing; what is known of it is worked out where it is not given.

    Raises:
        ValueError: nothing is drawn.
    """
    if not project.graph.nodes and not project.graph.frames:
        raise ValueError(tr("There is no picture of an empty drawing."))
    blocks = project.blocks_by_name
    sheet = Sheet(Style(themes.load_theme(theme_name)))
    if analysis is None:
        analysis = with_lint(analyse(project.graph, blocks), aim_of(project.recipe, project.data))
    sheet.obey(Graph(), project.graph, blocks, analysis)
    return sheet


def sheet_rect(sheet: Sheet) -> QRectF:
    """Return all that is painted, with a margin around it, in scene units."""
    rect = sheet.frames.rect()  # without the room that their titles may need on a screen
    for item in sheet.items():
        if not isinstance(item, FrameItem | TabItem):
            rect = rect.united(item.sceneBoundingRect())
    return rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).toAlignedRect().toRectF()


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
