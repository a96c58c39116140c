"""Exports from the window: every format from the menu, with the weights of the run, beside other work."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
import torch
from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QDialog, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file

import nnstudio
from nnstudio.compiler import onnx
from nnstudio.compiler.tracing import Report
from nnstudio.core.edits import set_node
from nnstudio.core.graph import freeze_params
from nnstudio.core.resources import resource
from nnstudio.core.words import language, set_language
from nnstudio.exports.formats import FORMATS, Format
from nnstudio.exports.process import Cancelled
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.ui.canvas.geometry import port_place
from nnstudio.ui.dialogs import paths
from nnstudio.ui.exports import exports as exports_module
from nnstudio.ui.exports.pictures import MARGIN, MOST_PIXELS, make_sheet, render, sheet_rect
from nnstudio.ui.exports.tikz import escape
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.answers import answered, press

PATIENCE = 60_000
EXAMPLES = sorted(path.stem for path in resource("examples").glob("*.nns"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Answer the question for a file: the format's key gives the name. Return where a format goes."""

    def ask(_parent: object, _suggested: Path, chosen: Format) -> Path:
        return where(chosen.key)

    def where(key: str) -> Path:
        return tmp_path / f"{key}{FORMATS[key].suffix}"

    monkeypatch.setattr(paths, "ask_export", ask)
    return where


def choose(window: MainWindow, key: str) -> None:
    """Pick a format from the menu."""
    menu = window.findChild(QMenu, "menu_export")
    assert isinstance(menu, QMenu)
    action = next(action for action in menu.actions() if action.objectName() == f"action_export_{key}")
    action.trigger()


def finish(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.exports.is_busy, timeout=PATIENCE)


def log(window: MainWindow) -> str:
    return "\n".join(window.session.logbook)


def trained(qtbot: QtBot, window: MainWindow) -> None:
    window.session.bridge.start()
    qtbot.waitUntil(lambda: not window.session.bridge.is_active, timeout=PATIENCE)
    assert window.session.bridge.failed is None


# From the menu


def test_the_menu_offers_every_format_with_what_it_is_for(window: MainWindow) -> None:
    menu = window.findChild(QMenu, "menu_export")
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == [str(entry.title) for entry in FORMATS.values()]
    assert all(action.statusTip() for action in menu.actions())


@pytest.mark.parametrize("key", FORMATS)
def test_each_format_is_written_and_noted(
    key: str, window: MainWindow, qtbot: QtBot, place: Callable[[str], Path]
) -> None:
    choose(window, key)
    finish(qtbot, window)
    assert place(key).stat().st_size > 200
    assert f"Wrote {place(key)}" in log(window)
    assert ("With starting weights" in log(window)) == FORMATS[key].has_weights


def test_nothing_is_written_where_the_person_thinks_better_of_it(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "ask_export", lambda _parent, _suggested, _chosen: None)
    for key in FORMATS:
        choose(window, key)
    assert not window.exports.is_busy
    assert list(tmp_path.iterdir()) == []


def test_the_file_dialog_asks_for_the_right_kind(window: MainWindow) -> None:
    asked: list[tuple[str, str, str]] = []

    def look(dialog: QDialog) -> None:
        asked.append((dialog.windowTitle(), dialog.nameFilters()[0], dialog.defaultSuffix()))  # type: ignore[attr-defined]
        dialog.reject()

    with answered(look):
        choose(window, "weights")
    assert asked == [("Export: Weights (safetensors)", "Weights (*.safetensors)", "safetensors")]


@pytest.mark.parametrize("key", [key for key, entry in FORMATS.items() if not entry.is_picture])
def test_an_unfinished_drawing_is_told_before_a_place_is_asked_for(
    key: str, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: object) -> Path:
        raise AssertionError("asked for a place")

    monkeypatch.setattr(paths, "ask_export", never)
    spoil(window.session)
    told: list[str] = []
    with answered(press("OK", told)):
        choose(window, key)
    assert told[0].startswith("The drawing is not finished")


def test_missing_packages_are_told_before_a_place_is_asked_for(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx, "_PACKAGES", ("no_such_package",))
    told: list[str] = []
    with answered(press("OK", told)):
        choose(window, "onnx")
    assert "pip install" in told[0]


@pytest.mark.parametrize("key", ["python", "script", "weights", "svg"])
def test_a_place_that_cannot_be_is_told(
    key: str, window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "no" / f"x{FORMATS[key].suffix}"
    monkeypatch.setattr(paths, "ask_export", lambda _parent, _suggested, _chosen: out)
    told: list[str] = []
    with answered(press("OK", told)):
        choose(window, key)
        finish(qtbot, window)
        qtbot.waitUntil(lambda: bool(told))
    assert told == [f"The export did not succeed\n{out} cannot be saved: there is no such file or folder."]


# Weights of the run


def test_the_weights_of_the_run_are_exported(window: MainWindow, qtbot: QtBot, place: Callable[[str], Path]) -> None:
    trained(qtbot, window)
    handover = window.session.bridge.handover
    assert handover is not None
    expected = handover.take()
    for key in ("weights", "pt2"):
        choose(window, key)
        finish(qtbot, window)
    steps = f"{window.session.bridge.num_steps:,}"
    assert log(window).count(f"With the weights trained up to step {steps}.") == 2
    got = load_file(place("weights"))
    assert got.keys() == expected.keys()
    assert all(torch.equal(got[name], value) for name, value in expected.items())
    program: Any = torch.export.load(place("pt2")).module()
    assert torch.equal(program.state_dict()["conv_1.weight"], expected["conv_1.weight"])


def test_weights_can_be_taken_while_the_run_goes_on(
    window: MainWindow, qtbot: QtBot, place: Callable[[str], Path]
) -> None:
    session = window.session
    longer = msgspec.structs.replace(session.project, recipe=freeze_params({"epochs": 10_000}))
    session.commit("Train for long", project=longer)
    session.bridge.start()
    qtbot.waitUntil(lambda: session.bridge.num_steps > 3, timeout=PATIENCE)
    choose(window, "weights")
    finish(qtbot, window)
    assert session.bridge.is_active
    assert "With the weights trained up to step" in log(window)
    state = load_file(place("weights"))
    start = nnstudio.compile(session.project).module.state_dict()
    assert state.keys() == start.keys()
    session.bridge.shutdown()


def test_weights_of_a_drawing_that_was_changed_since_are_not_taken(
    window: MainWindow, qtbot: QtBot, place: Callable[[str], Path]
) -> None:
    trained(qtbot, window)
    node = window.session.graph.by_name["conv_1"]
    moved = set_node(window.session.graph, msgspec.structs.replace(node, xy=(800.0, 800.0)))
    window.session.commit("Move", moved)
    choose(window, "weights")
    finish(qtbot, window)
    assert "With the weights trained up to step" in log(window)
    other = msgspec.structs.replace(node, params=freeze_params({"out_channels": 5, "kernel_size": 3}))
    window.session.commit("Change", set_node(window.session.graph, other))
    choose(window, "weights")
    finish(qtbot, window)
    assert "the drawing has been changed since it was trained" in log(window)
    assert load_file(place("weights"))["conv_1.weight"].shape == (5, 1, 3, 3)


# Progress and cancel


def slow(
    _project: object, _key: str, _path: Path, *, report: Report, cancelled: Callable[[], bool], **_: object
) -> Any:
    report("thinking")
    waiting = threading.Event()
    while not cancelled():
        waiting.wait(0.01)
    raise Cancelled


def test_a_long_export_shows_its_stage_and_can_be_stopped(
    window: MainWindow, qtbot: QtBot, place: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nnstudio.exports import process

    monkeypatch.setattr(process, "export_apart", slow)
    choose(window, "onnx")
    qtbot.waitUntil(lambda: shown_progress(window) is not None)
    dialog = shown_progress(window)
    assert dialog is not None
    qtbot.waitUntil(lambda: "thinking" in texts(dialog))
    assert any("With starting weights" in text for text in texts(dialog))
    assert not dialog.isModal(), "the drawing can be worked on meanwhile"
    choose(window, "pt2")
    assert "One export at a time" in log(window)
    button = dialog.findChild(QPushButton, "export_cancel")
    assert isinstance(button, QPushButton)
    button.click()
    finish(qtbot, window)
    assert shown_progress(window) is None
    assert "The export was stopped." in log(window)
    assert not place("onnx").exists()


def test_closing_the_window_ends_the_export(
    window: MainWindow, qtbot: QtBot, place: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nnstudio.exports import process

    monkeypatch.setattr(process, "export_apart", slow)
    choose(window, "pt2")
    assert window.exports.is_busy
    window.close()
    assert not window.exports.is_busy


def test_what_nobody_foresaw_is_told_and_logged(
    window: MainWindow, qtbot: QtBot, place: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> Callable[[Report, Callable[[], bool]], tuple[Path, ...]]:
        def work(_report: Report, _cancelled: Callable[[], bool]) -> tuple[Path, ...]:
            raise KeyError("lost")

        return work

    monkeypatch.setattr(exports_module, "_work", broken)
    told: list[str] = []
    with answered(press("OK", told)):
        choose(window, "script")
        qtbot.waitUntil(lambda: bool(told))
    assert "The export came upon an error: KeyError: 'lost'" in told[0]
    assert "Traceback" in log(window)


# Pictures


def test_the_picture_is_what_the_canvas_shows(window: MainWindow, project: Project) -> None:
    sheet = make_sheet(project, "light")
    board = window.design.canvas.board
    assert {id_: item.card for id_, item in sheet.nodes.items()} == {
        id_: item.card for id_, item in board.nodes.items()
    }
    assert {id_: item.face for id_, item in sheet.nodes.items()} == {
        id_: item.face for id_, item in board.nodes.items()
    }
    assert {edge: wire.path() for edge, wire in sheet.wires.items()} == {
        edge: wire.path() for edge, wire in board.wires.items()
    }
    rect = sheet_rect(sheet)
    assert rect.contains(sheet.itemsBoundingRect().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
    sheet.deleteLater()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_has_all_its_pictures(qtbot: QtBot, name: str) -> None:
    project = nnstudio.load(resource("examples", f"{name}.nns"))
    root = ElementTree.fromstring(render(project, "svg", "light"))  # noqa: S314 written just now
    words = {element.text for element in root.iter(f"{SVG}text")}
    assert {node.name for node in project.graph.nodes if len(node.name) < 9} <= words
    image = QImage.fromData(QByteArray(render(project, "png", "light")))
    assert not image.isNull()
    assert max(image.width(), image.height()) <= MOST_PIXELS
    assert render(project, "pdf", "light").startswith(b"%PDF-")
    check_tex(render(project, "tikz", "light").decode(), project)


def test_svg_is_made_of_lines_and_holds_widths(qtbot: QtBot, project: Project) -> None:
    text = render(project, "svg", "light").decode()
    root = ElementTree.fromstring(text)  # noqa: S314 written just now
    assert "<image" not in text
    assert root.findtext(f"{SVG}title") == "Small"
    labels = list(root.iter(f"{SVG}text"))
    assert len(labels) > 15
    for element in labels:
        assert float(element.get("textLength", "0")) > 0
        assert element.get("font-family", "").endswith("sans-serif")
    assert QSvgRenderer(QByteArray(text.encode())).isValid()


def test_svg_and_png_show_the_same(qtbot: QtBot, project: Project) -> None:
    png = QImage.fromData(QByteArray(render(project, "png", "light")))
    drawn = QImage(png.size(), QImage.Format.Format_RGB32)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(render(project, "svg", "light"))).render(painter, QRectF(drawn.rect()))
    painter.end()
    places = [(x, y) for x in range(0, png.width(), 7) for y in range(0, png.height(), 7)]
    far = [at for at in places if distance(png.pixelColor(*at), drawn.pixelColor(*at)) > 60]
    assert len(far) < 0.02 * len(places)  # letters may differ by a font


def test_problems_are_in_the_picture(qtbot: QtBot) -> None:
    b = Builder("Wrong")
    b.output(b.add("Conv2d", b.input("v", shape=(4,)), name="conv"))
    project = b.project()
    svg = render(project, "svg", "light").decode()
    assert "Conv2d needs" in " ".join(re.findall(r">([^<>]+)</text>", svg))
    assert "stroke-dasharray" in svg
    tex = render(project, "tikz", "light").decode()
    assert "Conv2d needs" in tex
    assert "dashed" in tex


def test_pdf_is_one_page_of_the_drawings_size(qtbot: QtBot, project: Project) -> None:
    data = render(project, "pdf", "light")
    sheet = make_sheet(project, "light")
    rect = sheet_rect(sheet)
    sheet.deleteLater()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert len(boxes) == 1
    assert float(boxes[0][0]) == pytest.approx(0.75 * rect.width(), abs=1)
    assert float(boxes[0][1]) == pytest.approx(0.75 * rect.height(), abs=1)


def test_a_very_wide_drawing_stays_within_what_formats_can_hold(qtbot: QtBot, project: Project) -> None:
    graph = project.graph
    far = msgspec.structs.replace(graph.by_name["digit"], xy=(60_000.0, 0.0))
    wide = msgspec.structs.replace(project, graph=set_node(graph, far))
    image = QImage.fromData(QByteArray(render(wide, "png", "light")))
    assert image.width() == MOST_PIXELS
    (box,) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ", render(wide, "pdf", "light"))
    assert float(box) <= 14_401
    tex = render(wide, "tikz", "light").decode()
    (length,) = re.findall(r"\\paperwidth=([\d.e+]+)pt", tex)
    assert float(length) < 16_000


def test_selection_and_running_tiles_are_left_out(qtbot: QtBot, window: MainWindow, project: Project) -> None:
    before = render(project, "png", "light")
    window.session.select([project.graph.nodes[1].id])
    assert render(window.session.project, "png", "light") == before


# LaTeX


def check_tex(text: str, project: Project) -> None:
    """Hold a file against what TeX needs: closed groups and environments, known commands, no bare special letters."""
    assert text.isascii(), {letter for letter in text if not letter.isascii()}
    lines = [re.sub(r"(?<!\\)%.*", "", line) for line in text.splitlines()]
    body = "\n".join(lines)
    assert re.findall(r"\\usepackage\{(\w+)\}", body) == ["tikz"]
    opened: list[str] = []
    for word, name in re.findall(r"\\(begin|end)\{(\w+)\}", body):
        if word == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert opened == []
    bare = re.sub(r"\\[\\{}$&#_%]", "", body)
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") % 2 == 0
    assert not re.search(r"[&#^~]", re.sub(r"\$\^[^$]*\$", "", bare))
    picture = body[body.index("\\begin{tikzpicture}") : body.index("\\end{tikzpicture}")]
    statements = picture[picture.index("\n]\n") + 3 :].splitlines()
    for line in statements:
        assert not line.strip() or line.rstrip().endswith((";", "}")), line
    for used in set(re.findall(r"\bnn[0-9A-F]{6}\b", picture)):
        assert rf"\definecolor{{{used}}}" in body
    for node in project.graph.nodes:
        assert re.search(rf"\\node\[card[^\]]*\] \({node.name}\) at \(", picture), node.name
    curves = [line for line in statements if ".. controls" in line or "-- (" in line]
    assert len(curves) >= len(project.graph.edges)


def test_cards_stand_where_the_canvas_has_them(qtbot: QtBot, project: Project) -> None:
    text = render(project, "tikz", "light").decode()
    sheet = make_sheet(project, "light")
    for item in sheet.nodes.values():
        middle = item.card.center()
        assert f"({item.face.name}) at ({middle.x():.6g}, {middle.y():.6g})" in text
        port = item.card.topLeft() + port_place(0, output=bool(item.face.outputs))
        assert f"({port.x():.6g}, {port.y():.6g}) circle" in text
    sheet.deleteLater()


def test_words_are_english_and_the_language_stays(qtbot: QtBot, project: Project) -> None:
    english = render(project, "tikz", "light")
    set_language("zh_CN")
    assert render(project, "tikz", "light") == english
    assert language() == "zh_CN"


def test_one_drawing_gives_one_text(qtbot: QtBot, project: Project) -> None:
    assert len({render(project, "tikz", "light") for _ in range(3)}) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conv_1", r"conv\_1"),
        (r"50% & $x^2$ #1 {a}", r"50\% \& \$x\textasciicircum{}2\$ \#1 \{a\}"),
        ("\\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}"),
        ("3×3 ~ ⌊(T-4)/2⌋", r"3$\times$3 \textasciitilde{} $\lfloor$(T-4)/2$\rfloor$"),
        ("a<b|c>d", r"a\textless{}b\textbar{}c\textgreater{}d"),
        ("say “no”…", r"say ``no''\dots{}"),
        ("line\nbreak\x00\x07", "linebreak"),
        ("网络", "网络"),
    ],
)
def test_special_letters_are_shown_as_they_are(text: str, expected: str) -> None:
    assert escape(text) == expected


def test_names_cannot_break_out_of_comments_or_nodes(qtbot: QtBot, project: Project) -> None:
    nodes = tuple(
        msgspec.structs.replace(node, name="a.b\n\\input{x}") if node.kind == "ReLU" else node
        for node in project.graph.nodes
    )
    graph = msgspec.structs.replace(project.graph, nodes=nodes)
    text = render(msgspec.structs.replace(project, graph=graph, name="x\n\\input{y}"), "tikz", "light").decode()
    for line in text.splitlines():
        assert r"\input" not in line.partition("%")[0].replace(r"\textbackslash{}input", "")


def spoil(session: Session) -> None:
    graph = session.graph
    session.commit("Disconnect", msgspec.structs.replace(graph, edges=graph.edges[1:]))
    assert not session.analysis.ok


def shown_progress(window: MainWindow) -> QDialog | None:
    dialog = window.findChild(QDialog, "export_progress")
    return dialog if isinstance(dialog, QDialog) and dialog.isVisible() else None


def texts(dialog: QDialog) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in dialog.findChildren(QLabel)]


def distance(one: QColor, other: QColor) -> int:
    return abs(one.red() - other.red()) + abs(one.green() - other.green()) + abs(one.blue() - other.blue())
