"""Skipping layers on the canvas: by key and by menu, refused in words, seen on card, wire and inspector, and undone."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.edits import replace, set_bypassed
from nnstudio.layers.blocks import LIBRARY
from nnstudio.project.document import Project
from nnstudio.project.reader import decode
from nnstudio.project.writer import encode
from nnstudio.ui import skipping, theme
from nnstudio.ui.canvas import clipboard
from nnstudio.ui.canvas.face import make_face
from nnstudio.ui.canvas.tiles import make_picture
from nnstudio.ui.exports.tikz import write_tikz
from nnstudio.ui.inspector.panel import Inspector
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.canvas.conftest import SMALL, Make, row
from tests.ui.canvas.hand import RIGHT, Hand, assert_obeys

NETWORK = row(
    ("image", "Input", {"shape": (1, 8, 8)}),
    ("conv", "Conv2d", {"out_channels": 4}),
    ("relu", "ReLU", {}),
    ("flat", "Flatten", {}),
    ("norm", "BatchNorm1d", {}),
    ("scores", "Output", {}),
)


def skipped(session: Session) -> set[str]:
    return {node.name for node in session.graph.nodes if node.bypassed}


@pytest.fixture
def told(hand: Hand) -> list[str]:
    """Return what the canvas refuses, as it comes."""
    found: list[str] = []
    hand.canvas.session.refused.connect(found.append)
    return found


def test_the_key_skips_the_selection_and_undo_takes_it_back(make: Make) -> None:
    hand = make(NETWORK)
    session = hand.canvas.session
    action = QAction(hand.canvas)  # as the window makes it
    action.setShortcut("Ctrl+B")
    action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    action.triggered.connect(lambda: skipping.toggle(session))
    hand.canvas.addAction(action)
    hand.click(hand.card("conv"))
    hand.key(Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert skipped(session) == {"conv"}
    assert hand.undo_label() == "Bypass conv"
    assert_obeys(hand.canvas)
    session.undo()
    assert skipped(session) == set()
    assert_obeys(hand.canvas)


def test_some_of_them_skipped_means_all_then_none(make: Make) -> None:
    session = make(NETWORK).canvas.session
    session.commit("before", set_bypassed(session.graph, ("relu",), True))
    session.select(("conv", "relu"))
    assert skipping.toggle_title(session) == "Bypass"
    skipping.toggle(session)
    assert skipped(session) == {"conv", "relu"}
    assert skipping.toggle_title(session) == "Use again"
    skipping.toggle(session)
    assert skipped(session) == set()
    assert session.undo_label == "Use conv, relu again"


def test_nothing_selected_is_nothing_done(hand: Hand, told: list[str]) -> None:
    skipping.toggle(hand.canvas.session)
    assert hand.undo_label() is None
    assert not told


def test_the_ends_are_refused_in_words(hand: Hand, told: list[str]) -> None:
    hand.canvas.session.select(("image", "conv"))
    skipping.toggle(hand.canvas.session)
    assert told == ["image cannot be skipped: it passes nothing on from its left to its right."]
    assert hand.undo_label() is None


def test_what_another_layer_could_not_work_without_is_refused(make: Make) -> None:
    session = make(NETWORK).canvas.session
    found: list[str] = []
    session.refused.connect(found.append)
    session.select(("flat",))
    skipping.toggle(session)
    assert skipped(session) == set()
    (text,) = found
    assert text.startswith("Without flat the drawing cannot work. norm: ")
    assert "4 × 6 × 6" in text


def test_a_layer_that_is_wrong_already_keeps_nobody_from_skipping(make: Make) -> None:
    session = make(NETWORK).canvas.session
    session.commit("wrong", set_bypassed(session.graph, ("flat",), True))
    assert not session.analysis.ok
    session.select(("relu",))
    skipping.toggle(session)
    assert skipped(session) == {"flat", "relu"}


def test_within_a_block_the_whole_document_is_looked_at(make: Make) -> None:
    block = LIBRARY["ResidualBlock"].block
    project = row(("image", "Input", {"shape": (4, 8, 8)}), ("body", "Block", {"block": block.name, "channels": 8}))
    wire = replace(project.graph.edges[0], target_port="x")
    project = Project(graph=replace(project.graph, edges=(wire,)), blocks=(block,))
    session = make(project).canvas.session
    assert session.analysis.facts["body"].outputs
    found: list[str] = []
    session.refused.connect(found.append)
    session.enter(block.name, "body")
    convs = [node.id for node in block.graph.nodes if node.kind == "Conv2d"]
    session.select(convs)
    skipping.toggle(session)
    shortcuts = [node.id for node in block.graph.nodes if node.kind == "Shortcut"]
    assert skipped(session) == set(), "the Shortcut gives eight channels, the other way four"
    assert found
    session.select((*convs, *shortcuts))
    skipping.toggle(session)
    assert len(skipped(session)) == len(convs) + len(shortcuts)
    assert session.undo_label is not None
    session.undo()
    assert skipped(session) == set()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_of_a_card_offers_it(hand: Hand) -> None:
    hand.click(hand.card("relu"), RIGHT)
    (menu,) = hand.canvas.findChildren(QMenu, "canvas_menu")
    (entry,) = [entry for entry in menu.actions() if entry.text() == "Bypass"]
    entry.trigger()
    menu.close()
    assert skipped(hand.canvas.session) == {"relu"}


def test_the_window_has_it_in_its_menu_with_a_key(window: MainWindow) -> None:
    action = window.actions_["bypass"]
    assert action.shortcut().toString() == "Ctrl+B"
    edit = window.findChild(QMenu, "menu_edit")
    assert edit is not None
    assert action in edit.actions()


def test_the_card_shows_it(make: Make) -> None:
    hand = make(NETWORK, (320.0, 60.0))
    session = hand.canvas.session
    before = make_face(session.graph, session.graph.by_id["relu"], session.blocks, session.analysis)
    item = hand.canvas.node_item("relu")
    place = hand.view(hand.port("relu", "input")).toPoint() + QPoint(60, 0)
    colours = theme.current()
    assert hand.canvas.grab().toImage().pixelColor(place) == colours.raised
    session.select(("relu",))
    skipping.toggle(session)
    session.select(())
    assert item.face.is_bypassed
    assert item.face.is_quiet
    assert item.face.parameters == "skipped"
    assert "skipped" in item.face.spoken
    assert "skipped" not in before.spoken
    assert hand.canvas.grab().toImage().pixelColor(place) == colours.edge, "the wire runs through"
    hand.canvas.show_place(0.2, item.card.center())
    middle = hand.view(item.card.center()).toPoint()
    assert hand.canvas.grab().toImage().pixelColor(middle) != colours.raised, "from afar it is hollow"


def test_live_tiles_go_when_it_is_skipped(hand: Hand) -> None:
    item = hand.canvas.node_item("relu")
    values = np.ones((4, 6, 6), dtype=np.float32)
    item.show_picture(make_picture(values, theme.current().accent, object()))
    assert item.picture is not None
    hand.canvas.session.select(("relu",))
    skipping.toggle(hand.canvas.session)
    assert item.picture is None


def test_of_several_inputs_the_wire_that_passes_runs_through(make: Make) -> None:
    graph = row(("image", "Input", {"shape": (4,)}), ("sum", "Add", {}), ("out", "Output", {})).graph
    first, last = graph.edges
    graph = replace(graph, edges=(replace(first, target_port="input_2"), last))
    hand = make(Project(graph=set_bypassed(graph, ("sum",), True)))
    face = hand.canvas.node_item("sum").face
    assert face.passing == 1
    assert face.trouble is None


def test_ends_that_a_file_says_are_skipped_are_told_and_painted(make: Make) -> None:
    hand = make(replace(NETWORK, graph=set_bypassed(NETWORK.graph, ("image", "scores"), True)), (640.0, 60.0))
    assert hand.canvas.node_item("scores").face.is_wrong
    hand.canvas.grab()
    hand.canvas.show_place(0.2, hand.card("scores"))
    hand.canvas.grab()


def test_it_stays_skipped_within_a_new_block_and_out_of_it(make: Make) -> None:
    graph = row(
        ("image", "Input", {"shape": (4,)}), ("sum", "Add", {}), ("relu", "ReLU", {}), ("out", "Output", {})
    ).graph
    first, *others = graph.edges
    graph = replace(graph, edges=(replace(first, target_port="input_2"), *others))
    canvas = make(Project(graph=set_bypassed(graph, ("sum",), True))).canvas
    session = canvas.session
    session.select(("sum", "relu"))
    canvas.commands.group()
    (block,) = session.project.blocks
    assert [node.name for node in block.graph.nodes if node.bypassed] == ["sum"]
    assert len(block.inputs) == 1, "the free port of a skipped Add needs nothing"
    assert session.analysis.ok
    skipping.toggle(session)
    assert session.analysis.ok
    canvas.commands.unpack()
    assert skipped(session) == {"sum", "relu"}, "a skipped block comes apart into skipped layers"
    assert session.analysis.ok


def test_copies_are_skipped_too(hand: Hand) -> None:
    session = hand.canvas.session
    session.select(("relu",))
    skipping.toggle(session)
    clip = clipboard.read(clipboard.write(session.project, {"conv", "relu"})).project
    assert {node.name for node in clip.graph.nodes if node.bypassed} == {"relu"}
    hand.canvas.commands.duplicate()
    assert len(skipped(session)) == 2


def test_files_keep_it_and_older_ones_stay_as_they_are() -> None:
    plain = encode(SMALL)
    assert b"bypassed" not in plain
    project = replace(SMALL, graph=set_bypassed(SMALL.graph, ("relu",), True))
    data = encode(project)
    assert decode(data) == project
    assert decode(plain) == SMALL
    assert data.count(b"bypassed") == 1
    block = replace(LIBRARY["ResidualBlock"].block, graph=project.graph)
    whole = Project(graph=SMALL.graph, blocks=(block,))
    assert decode(encode(whole)) == whole


def test_the_inspector_says_so_and_leads_back(make: Make, qtbot: QtBot) -> None:
    session = make(NETWORK).canvas.session
    inspector = Inspector(session)
    qtbot.addWidget(inspector)
    inspector.resize(320, 900)
    inspector.show()
    session.select(("relu",))
    note = inspector.findChild(QWidget, "skipped_note")
    assert note is not None
    assert not note.isVisible()
    skipping.toggle(session)
    note = inspector.findChild(QWidget, "skipped_note")
    assert note is not None
    assert note.isVisible()
    again = note.findChild(QAbstractButton, "use_again")
    assert again is not None
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    assert skipped(session) == set()
    assert not note.isVisible()


def test_a_figure_shows_it_too() -> None:
    project = replace(NETWORK, graph=set_bypassed(NETWORK.graph, ("relu",), True))
    text = write_tikz(project, "light")
    assert text.count("dashed, fill") == 1
    assert "{skipped}" in text
