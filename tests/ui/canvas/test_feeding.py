"""Copies that keep the wires which fed the originals."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from nnstudio.core.graph import Edge
from nnstudio.project.document import Project
from nnstudio.ui.canvas import clipboard
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import CTRL, SHIFT, Hand, assert_obeys

ROW = {("image", "conv"), ("conv", "relu"), ("relu", "flat")}


def wires(hand: Hand) -> set[tuple[str, str]]:
    graph = hand.canvas.session.graph
    return {(graph.by_id[edge.source].name, graph.by_id[edge.target].name) for edge in graph.edges}


def test_pasted_with_wires_copies_are_fed_as_the_originals(hand: Hand) -> None:
    hand.canvas.session.select(["conv", "relu"])
    hand.key(Qt.Key.Key_C, CTRL)
    hand.key(Qt.Key.Key_V, CTRL | SHIFT)
    assert wires(hand) == ROW | {("image", "conv_1"), ("conv_1", "relu_1")}
    assert hand.undo_label() == "Paste"
    assert_obeys(hand.canvas)
    hand.canvas.session.undo()
    assert wires(hand) == ROW
    hand.key(Qt.Key.Key_V, CTRL)
    assert wires(hand) == ROW | {("conv_1", "relu_1")}


def test_the_text_names_the_wires_from_outside(hand: Hand) -> None:
    hand.canvas.session.select(["conv", "relu"])
    hand.key(Qt.Key.Key_C, CTRL)
    text = QGuiApplication.clipboard().text()
    parsed = json.loads(text)
    assert parsed["feeds"] == [["image", "output", "conv", "input"]]
    assert '["image", "output", "conv", "input"]' in text.splitlines()
    clip = clipboard.read(text)
    assert clip.feeds == (Edge("image", "output", "conv", "input"),)
    assert set(clip.project.graph.by_name) == {"conv", "relu"}


def test_where_nothing_feeds_them_the_text_is_a_file(hand: Hand) -> None:
    text = clipboard.write(hand.canvas.session.project, {"image", "conv"})
    assert "feeds" not in json.loads(text)
    assert clipboard.read(text).feeds == ()


def test_what_was_cut_comes_back_to_where_it_was_fed(hand: Hand) -> None:
    hand.canvas.session.select(["relu", "flat"])
    hand.key(Qt.Key.Key_X, CTRL)
    hand.key(Qt.Key.Key_V, CTRL | SHIFT)
    assert wires(hand) == ROW


def test_sources_that_are_gone_feed_nothing(hand: Hand) -> None:
    hand.canvas.session.select(["relu", "flat"])
    hand.key(Qt.Key.Key_C, CTRL)
    hand.canvas.session.select(["conv"])
    hand.key(Qt.Key.Key_Delete)
    hand.key(Qt.Key.Key_V, CTRL | SHIFT)
    assert wires(hand) == {("relu", "flat"), ("relu_1", "flat_1")}
    assert_obeys(hand.canvas)


def test_in_an_empty_drawing_nothing_feeds_them(hand: Hand, make: Make) -> None:
    hand.canvas.session.select(["conv"])
    hand.key(Qt.Key.Key_C, CTRL)
    other = make(Project())
    other.key(Qt.Key.Key_V, CTRL | SHIFT)
    assert len(other.canvas.session.graph.nodes) == 1
    assert wires(other) == set()


def test_in_another_drawing_the_layer_of_that_name_feeds_them(hand: Hand, make: Make) -> None:
    hand.canvas.session.select(["conv"])
    hand.key(Qt.Key.Key_C, CTRL)
    other = make(Project(graph=SMALL.graph))
    other.key(Qt.Key.Key_V, CTRL | SHIFT)
    assert wires(other) == ROW | {("image", "conv_1")}


def test_duplicates_with_wires(hand: Hand) -> None:
    hand.canvas.session.select(["relu"])
    hand.key(Qt.Key.Key_D, CTRL | SHIFT)
    assert wires(hand) == ROW | {("conv", "relu_1")}
    assert hand.undo_label() == "Duplicate"
    hand.canvas.session.undo()
    assert wires(hand) == ROW
    assert_obeys(hand.canvas)


def clip(feeds: object) -> str:
    parsed = json.loads(clipboard.write(SMALL, {"conv"}))
    return json.dumps({**parsed, "feeds": feeds})


@pytest.mark.parametrize(
    "feeds",
    [
        3,
        {"image": "conv"},
        [["image", "output", "conv"]],
        [["image", "output", "conv", 4]],
        [["image", "output", "conv", "x" * 65]],
        [["image", "output", "conv", "input"]] * 20_001,
    ],
)
def test_what_is_wrong_there_is_noted_and_left(hand: Hand, feeds: object) -> None:
    before = hand.canvas.session.project
    hand.canvas.commands.paste(clip(feeds), (0.0, 0.0), fed=True)
    assert hand.canvas.session.project is before
    (line,) = hand.canvas.session.logbook
    assert "clipboard" in line
    assert "feeds" in line


@pytest.mark.parametrize(
    "feeds",
    [
        [["nobody", "output", "conv", "input"]],
        [["image", "no_port", "conv", "input"]],
        [["image", "output", "nobody", "input"]],
    ],
)
def test_wires_that_cannot_be_are_left_out(hand: Hand, feeds: object) -> None:
    hand.canvas.commands.paste(clip(feeds), (0.0, 0.0), fed=True)
    assert wires(hand) == ROW
    assert len(hand.canvas.session.graph.nodes) == 5
    assert_obeys(hand.canvas)
