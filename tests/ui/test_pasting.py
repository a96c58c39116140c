"""Layers go as text from drawing to drawing: between tabs, programs and files; and what is none is told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from nnstudio.core import edits
from nnstudio.core.graph import Block
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.project.grouping import make_block
from nnstudio.project.newcomers import beside
from nnstudio.project.store import save
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = CONTROL) -> None:
    window.activateWindow()
    canvas = window.design.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, key, modifiers)


def status(window: MainWindow) -> str:
    """Return what the bar at the bottom says in passing."""
    label = window.status_bar.findChild(QLabel, "run_label")
    assert label is not None
    return label.text()


def kinds(session: Session) -> list[str]:
    return [node.kind for node in session.graph.nodes]


def drawing(features: int, *, name: str = "Part") -> Project:
    """Draw image -> a block of a dense layer of so many features and a ReLU -> output."""
    b = Builder("Blocks")
    h = b.input("image", shape=(4,))
    h = b.add("Linear", h, out_features=features)
    h = b.add("ReLU", h)
    b.output(h, name="out")
    return grouped(b.project(), ("dense_1", "relu_1"), name)


def grouped(project: Project, names: Sequence[str], block: str) -> Project:
    made, _ = make_block(project, [project.graph.by_name[name].id for name in names], block)
    return made


def instance(project: Project) -> str:
    """Return the id of the only block in a drawing."""
    (id_,) = (node.id for node in project.graph.nodes if node.kind == "Block")
    return id_


def nested(features: int) -> Project:
    """Draw a block Outer with a block Inner in it, as in `drawing`."""
    project = drawing(features, name="Inner")
    made, _ = make_block(project, [instance(project)], "Outer")
    return made


def test_from_tab_to_tab(window: MainWindow) -> None:
    window.session.begin(drawing(8), None)
    press(window, Qt.Key.Key_A)
    press(window, Qt.Key.Key_C)
    press(window, Qt.Key.Key_T)
    press(window, Qt.Key.Key_V)
    press(window, Qt.Key.Key_V)
    session = window.session
    assert session.project.name == "Untitled"
    assert kinds(session) == ["Input", "Block", "Output"] * 2
    names = [node.name for node in session.graph.nodes]
    assert len(set(names)) == 6
    assert [block.name for block in session.project.blocks] == ["Part"]
    assert len(session.graph.edges) == 4
    press(window, Qt.Key.Key_Z)
    press(window, Qt.Key.Key_Z)
    assert session.graph.nodes == ()
    assert session.project.blocks == ()


def test_a_block_of_the_same_name_that_is_another_comes_under_a_new_name(window: MainWindow) -> None:
    window.session.begin(drawing(8), None)
    press(window, Qt.Key.Key_A)
    press(window, Qt.Key.Key_C)
    press(window, Qt.Key.Key_T)
    session = window.session
    session.begin(drawing(5), None)
    for _ in range(2):
        press(window, Qt.Key.Key_V)
    blocks = session.project.blocks_by_name
    assert sorted(blocks) == ["Part", "Part_1"], "the second time the first newcomer is used again"
    assert features(blocks["Part"]) == 5
    assert features(blocks["Part_1"]) == 8
    used = [node.params["block"] for node in session.graph.nodes if node.kind == "Block"]
    assert used == ["Part", "Part_1", "Part_1"]


def features(block: Block) -> object:
    return next(node.params["out_features"] for node in block.graph.nodes if node.kind == "Linear")


def test_blocks_within_blocks_are_renamed_from_within() -> None:
    clip, known = nested(8), nested(5)
    fitted = beside(clip, known.blocks_by_name)
    assert {block.name: block.uses for block in fitted.blocks} == {"Inner_1": (), "Outer_1": ("Inner_1",)}
    both = {**known.blocks_by_name, **fitted.blocks_by_name}
    assert beside(clip, both) == fitted
    assert beside(clip, clip.blocks_by_name) is clip


WRITER = """
from nnstudio.project.store import load
from nnstudio.ui.canvas.clipboard import write
import sys
project = load(sys.argv[1])
print(write(project, [node.id for node in project.graph.nodes if node.kind != "Input"]))
"""


def test_from_another_program(window: MainWindow, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "blocks.nns"
    save(drawing(8), path)
    text = subprocess.run(
        [sys.executable, "-c", WRITER, str(path)], capture_output=True, text=True, check=True, encoding="utf-8"
    ).stdout
    QGuiApplication.clipboard().setText(text)
    before = session.project
    press(window, Qt.Key.Key_V)
    assert kinds(session)[6:] == ["Block", "Output"]
    assert len({node.name for node in session.graph.nodes}) == 8
    assert len(session.graph.edges) == len(before.graph.edges) + 1
    assert session.selection == {node.id for node in session.graph.nodes[6:]}
    press(window, Qt.Key.Key_Z)
    assert session.project == before


def test_a_whole_file(window: MainWindow, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "whole.nns"
    save(session.project, path)
    QGuiApplication.clipboard().setText(path.read_text("utf-8"))
    press(window, Qt.Key.Key_V)
    assert kinds(session) == kinds(session)[:6] * 2
    assert session.undo_label == "Paste"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "There is nothing to paste: the clipboard holds no text."),
        ("a shopping list: 3 eggs", "The clipboard holds no layers: it was not made by NN Studio."),
        ('{"nodes": [', "it ends in the middle"),
        ('{"program": "else"}', "The clipboard holds no layers: "),
        ("\ud800 half a letter", "The clipboard holds no layers: "),
        ("{" * 5_000, "The clipboard holds no layers: "),
    ],
)
def test_what_is_no_drawing_is_told_and_nothing_is_lost(
    window: MainWindow, session: Session, text: str, told: str
) -> None:
    before = session.project
    window.design.canvas.commands.paste(text, (0.0, 0.0))
    assert session.project is before
    assert session.undo_label is None
    assert told in status(window)
    assert told in session.logbook[-1]
    assert "Traceback" not in status(window)


def test_what_was_told_goes_with_the_next_edit(window: MainWindow, session: Session) -> None:
    QGuiApplication.clipboard().setText("no drawing")
    press(window, Qt.Key.Key_V)
    assert status(window).startswith("The clipboard holds no layers")
    session.commit("Remove", edits.remove_nodes(session.graph, [session.graph.by_name["relu_1"].id]))
    assert status(window) == ""


def test_a_block_is_not_pasted_into_itself(window: MainWindow, session: Session) -> None:
    session.begin(drawing(8), None)
    id_ = instance(session.project)
    session.select([id_])
    press(window, Qt.Key.Key_C)
    session.enter("Part", id_)
    before, told = session.project, list[str]()
    session.refused.disconnect()
    session.refused.connect(told.append)
    press(window, Qt.Key.Key_V)
    QApplication.processEvents()
    assert session.project is before
    assert "lies within itself" in told[0]
