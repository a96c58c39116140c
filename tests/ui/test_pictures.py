"""Pictures hold what the canvas shows, as it shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontInfo, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from nnstudio.core.edits import replace, set_bypassed
from nnstudio.core.frames import add_frame, frame_of, set_frame
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.project.grouping import make_block
from nnstudio.ui import theme as themes
from nnstudio.ui.canvas import scene
from nnstudio.ui.canvas.items import NodeItem
from nnstudio.ui.canvas.tiles import make_picture
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.exports.pictures import SHARPNESS, make_sheet, render, render_session, sheet_rect
from nnstudio.ui.exports.snapshot import copy_view, grab_view
from nnstudio.ui.session import Session

CLEARLY = 90
"""Sum of the differences of red, green and blue from which on a colour is another one."""
TOLERATED = 0.001
"""Share of pixels that may differ: edges of letters, which a renderer of SVG lays down in its own way."""
THEMES = ("light", "dark", "contrast")


@pytest.fixture
def project() -> Project:
    """Two frames, one with a note; a wrong layer, a skipped one, and a wire over what lies in its way."""
    b = Builder("Framed")
    image = b.input("image", shape=(1, 12, 12))
    conv = b.add("Conv2d", image, out_channels=4, kernel_size=3, padding=1, name="conv")
    relu = b.add("ReLU", conv, name="relu")
    added = b.add("Add", relu, conv, name="join")
    dense = b.add("Linear", added, out_features=10, name="dense")
    wrong = b.add("Conv2d", b.add("Flatten", dense, name="flat"), name="wrong")
    b.output(wrong, name="out")
    project = b.project()
    graph = project.graph
    graph = set_bypassed(graph, (graph.by_name["relu"].id,), True)
    ids = [graph.by_name[name].id for name in ("conv", "relu", "join")]
    graph, first = add_frame(graph, "Residual & more", ids)
    graph, _ = add_frame(graph, "Head", [graph.by_name["dense"].id])
    noted = replace(frame_of(graph, first), note="What goes in is added\nto what comes out.")
    return replace(project, graph=set_frame(graph, noted))


@pytest.fixture
def canvas(qtbot: QtBot, project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Canvas]:
    """A canvas whose ground has no dots, as pictures have none."""
    monkeypatch.setattr(scene, "paint_ground", lambda painter, rect, ground, _dots: painter.fillRect(rect, ground))
    session = Session(project)
    canvas = Canvas(session)
    qtbot.addWidget(canvas)
    with qtbot.waitExposed(canvas):
        canvas.show()
    yield canvas
    session.bridge.shutdown()


def seen(canvas: Canvas, rect: QRectF, zoom: float) -> QImage:
    """What the canvas shows of a part of the scene."""
    canvas.resize((rect.size() * zoom).toSize())
    canvas.show_place(zoom, rect.center())
    canvas.pan(canvas.viewportTransform().map(rect.topLeft()))
    return grab_view(canvas).toImage().convertToFormat(QImage.Format.Format_RGB32)


def drawn(svg: bytes, size: QSize) -> QImage:
    """An SVG as Qt's own reader paints it, which takes a list of fonts for the name of one."""
    family = QFontInfo(themes.font()).family().encode()
    svg = re.sub(rb'font-family="[^"]*"', b'font-family="%s"' % family, svg)
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor("magenta"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg)).render(painter, QRectF(image.rect()))
    painter.end()
    return image


def pixels(image: QImage) -> npt.NDArray[np.int16]:
    wide, high = image.width(), image.height()
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(high, image.bytesPerLine())
    return flat[:, : 4 * wide].reshape(high, wide, 4)[..., :3].astype(np.int16)


def share_that_differs(one: QImage, other: QImage) -> float:
    """How many of the pixels have clearly another colour, and so have all that are beside them."""
    assert one.size() == other.size()
    first, second = pixels(one), pixels(other)
    steps = [(down, across) for down in (-1, 0, 1) for across in (-1, 0, 1)]
    gaps = [np.abs(first - np.roll(second, step, (0, 1))).sum(-1) for step in steps]
    return float((np.minimum.reduce(gaps) > CLEARLY).mean())


@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_the_svg_is_what_the_canvas_shows(canvas: Canvas, project: Project, zoom: float) -> None:
    sheet = make_sheet(project, "light")
    rect = sheet_rect(sheet)
    sheet.deleteLater()
    picture = seen(canvas, rect, zoom)
    svg = drawn(render_session(canvas.session, "svg", "light"), picture.size())
    assert share_that_differs(picture, svg) < TOLERATED


def test_the_png_is_what_the_canvas_shows_at_its_sharpness(canvas: Canvas, project: Project) -> None:
    sheet = make_sheet(project, "light")
    rect = sheet_rect(sheet)
    sheet.deleteLater()
    png = QImage.fromData(QByteArray(render_session(canvas.session, "png", "light")))
    picture = seen(canvas, rect, SHARPNESS)
    assert share_that_differs(picture, png.convertToFormat(QImage.Format.Format_RGB32)) < TOLERATED


@pytest.mark.parametrize("theme", THEMES)
def test_frames_are_in_every_picture(qtbot: QtBot, project: Project, theme: str) -> None:
    svg = render(project, "svg", theme).decode()
    words = re.findall(r">([^<>]+)</text>", svg)
    assert "Residual &amp; more" in words
    assert "Head" in words
    assert "What goes in is added" in words
    assert "to what comes out." in words
    tex = render(project, "tikz", theme).decode()
    assert r"Residual \& more" in tex
    assert r"What goes in is added \\ to what comes out." in tex
    assert tex.index("% frames") < tex.index("% wires")


def test_a_title_keeps_to_its_frame_in_a_picture(qtbot: QtBot, project: Project) -> None:
    sheet = make_sheet(project, "light")
    rect = sheet_rect(sheet)
    for item in sheet.frames.items.values():
        assert rect.contains(item.outer)
    lowest = max(item.sceneBoundingRect().bottom() for item in sheet.nodes.values())
    assert rect.bottom() < lowest + 100.0
    sheet.deleteLater()


def test_the_open_block_is_what_is_in_the_picture(qtbot: QtBot, project: Project) -> None:
    names = ("conv", "relu", "join")
    grouped, id_ = make_block(project, [project.graph.by_name[name].id for name in names], "Residual")
    session = Session(grouped)
    session.enter("Residual", id_)
    words = re.findall(r">([^<>]+)</text>", render_session(session, "svg", "light").decode())
    assert "join" in words
    assert "dense" not in words
    assert "Residual &amp; more" in words
    assert "4×12×12" in words  # with the signals of the block that was entered
    session.leave()
    words = re.findall(r">([^<>]+)</text>", render_session(session, "svg", "light").decode())
    assert "dense" in words
    session.bridge.shutdown()


def test_live_tiles_are_in_the_picture(qtbot: QtBot, project: Project) -> None:
    maps = make_picture(np.linspace(0.0, 1.0, 4 * 12 * 12, dtype=np.float32).reshape(4, 12, 12), QColor("red"))
    plain = render(project, "svg", "light").decode()

    def dress(items: Iterable[NodeItem]) -> None:
        for item in items:
            if item.face.name == "conv":
                item.show_picture(maps)

    dressed = render(project, "svg", "light", dress=dress).decode()
    assert "<image" not in plain
    assert dressed.count("<image") == 4
    assert render(project, "png", "light", dress=dress) != render(project, "png", "light")


@dataclass
class Snapshot:
    values: dict[str, npt.NDArray[np.float32]]


def test_what_the_run_shows_is_in_the_picture_of_the_session(canvas: Canvas, project: Project) -> None:
    session = canvas.session
    conv = project.graph.by_name["conv"].id
    session.bridge.project = project
    session.bridge.snapshot = Snapshot({"conv": np.ones((4, 12, 12), np.float32)})  # type: ignore[assignment]
    canvas.following.show_pictures()
    assert canvas.node_item(conv).picture is not None
    assert render_session(session, "svg", "light").count(b"<image") == 4


def test_the_view_goes_to_the_clipboard_as_it_is_seen(canvas: Canvas) -> None:
    canvas.resize(640, 480)
    canvas.show_place(0.5, QPointF(200.0, 100.0))
    copy_view(canvas)
    copied = QGuiApplication.clipboard().image()
    assert copied.size() == canvas.viewport().size()
    expected = canvas.viewport().grab().toImage()
    assert share_that_differs(*(image.convertToFormat(QImage.Format.Format_RGB32) for image in (copied, expected))) == 0
    assert "clipboard" in canvas.session.logbook[-1]


def test_a_drawing_of_frames_alone_has_a_picture(qtbot: QtBot) -> None:
    graph, _ = add_frame(Project().graph, "Plans", ())
    assert b"Plans" in render(Project(graph=graph), "svg", "light")
