"""Finding in the drawing: what is found, how one goes from one to the next, and how the drawing shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnstudio.core.resources import resource
from nnstudio.project.store import load
from nnstudio.ui.canvas.find_bar import FindBar
from nnstudio.ui.finding import Finder
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import send_deletions

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    """Residual network: three instances of one block, which has layers of its own."""
    made = Session(load(resource("examples", "residual-digits.nns")))
    yield made
    if isValid(made):
        made.deleteLater()
        send_deletions()


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def open_bar(qtbot: QtBot, window: MainWindow) -> FindBar:
    window.activateWindow()
    window.design.canvas.setFocus()
    qtbot.waitUntil(window.design.canvas.hasFocus)
    QTest.keyClick(focused(), Qt.Key.Key_F, CTRL)
    bar = window.findChild(FindBar, "find_bar")
    assert bar is not None
    assert bar.isVisible()
    assert focused() is bar.field
    return bar


def count(bar: FindBar) -> str:
    label = bar.findChild(QLabel, "find_count")
    assert label is not None
    return label.text()


def names(session: Session, query: str) -> list[str]:
    found = []
    for hit in Finder(session.project, session.model.order).find(query):
        graph = session.blocks[hit.trail[-1].block].graph if hit.trail else session.graph
        found.append("/".join((*(level.block for level in hit.trail), graph.by_id[hit.node].name)))
    return found


def test_names_kinds_titles_and_settings_are_found_in_blocks_too(session: Session) -> None:
    everywhere = names(session, "conv2d")
    assert any("/" in name for name in everywhere)
    assert any("/" not in name for name in everywhere)
    assert names(session, "CONV2D") == everywhere
    assert names(session, "二维卷积") == everywhere
    assert names(session, "ewjj") == everywhere
    some = everywhere[0].rsplit("/", 1)[-1]
    assert everywhere[0] in names(session, some)
    assert set(names(session, "conv2d kernel_size=3")) <= set(everywhere)
    assert names(session, "conv2d kernel_size=77") == []
    assert names(session, "  ") == []


def test_a_block_is_found_by_its_name_and_its_inside_once(session: Session) -> None:
    block = session.project.blocks[0]
    instances = [node.name for node in session.graph.nodes if node.params.get("block") == block.name]
    assert len(instances) > 1
    assert set(instances) <= set(names(session, block.name))
    inside = [name for name in names(session, "conv2d") if name.startswith(f"{block.name}/")]
    assert len(inside) == len(set(inside))


def test_enter_goes_on_and_shift_enter_back(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    bar = open_bar(qtbot, window)
    QTest.keyClicks(focused(), "conv2d")
    number = len(names(session, "conv2d"))
    assert count(bar) == f"1 of {number}"
    seen = {(session.within, *session.selection)}
    for _ in range(number - 1):
        QTest.keyClick(focused(), Qt.Key.Key_Return)
        assert focused() is bar.field
        seen.add((session.within, *session.selection))
    assert len(seen) == number
    assert count(bar).startswith(f"{number} of {number}")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert count(bar) == f"1 of {number}"
    QTest.keyClick(focused(), Qt.Key.Key_Return, SHIFT)
    assert count(bar).startswith(f"{number} of {number}")
    QTest.keyClick(focused(), Qt.Key.Key_F3)
    assert count(bar) == f"1 of {number}"


def test_what_lies_in_a_block_is_gone_to(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    block = session.project.blocks[0]
    inner = next(node for node in block.graph.nodes if node.kind == "Conv2d")
    bar = open_bar(qtbot, window)
    QTest.keyClicks(focused(), "conv2d")
    while session.within is None:
        QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert session.within == block.name
    assert session.trail[-1].node is not None
    assert session.selection == {inner.id}
    assert " · " in count(bar)
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert focused() is window.design.canvas
    assert session.selection == {inner.id}
    assert not bar.isVisible()


def test_what_is_found_is_lit_while_one_looks(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    board = window.design.canvas.board
    open_bar(qtbot, window)
    QTest.keyClicks(focused(), "conv2d")
    convs = frozenset(node.id for node in session.graph.nodes if node.kind == "Conv2d")
    assert board.lights.found == convs
    QTest.keyClicks(focused(), "zzz")
    assert board.lights.found == frozenset()
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert board.lights.found is None


def test_before_anything_is_typed_nothing_is_dimmed(qtbot: QtBot, window: MainWindow) -> None:
    open_bar(qtbot, window)
    assert window.design.canvas.board.lights.found is None


def test_nothing_found_is_said(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    bar = open_bar(qtbot, window)
    QTest.keyClicks(focused(), "no such layer")
    before = session.selection
    assert count(bar) == "nothing found"
    assert bar.field.property("wrong")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert session.selection == before


def test_keys_of_the_canvas_mean_nothing_while_one_types(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    before = session.project
    bar = open_bar(qtbot, window)
    QTest.keyClicks(focused(), "conv2d")
    for key in (Qt.Key.Key_D, Qt.Key.Key_G, Qt.Key.Key_B, Qt.Key.Key_Delete):
        QTest.keyClick(focused(), key, CTRL)
    QTest.keyClick(focused(), Qt.Key.Key_Backspace)
    QTest.keyClick(focused(), Qt.Key.Key_W, SHIFT)
    assert bar.field.text() == "conv2w"
    assert session.project is before
    assert window.design.canvas.pointing.picked is None


def test_f3_looks_for_the_same_once_more(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    bar = open_bar(qtbot, window)
    QTest.keyClicks(focused(), "conv2d")
    first = session.selection
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    QTest.keyClick(focused(), Qt.Key.Key_F3)
    assert (session.within, session.selection) != (None, first)
    assert not bar.isVisible()
    QTest.keyClick(focused(), Qt.Key.Key_F3, SHIFT)
    assert (session.within, session.selection) == (None, first)


def test_it_follows_an_edit(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    bar = open_bar(qtbot, window)
    QTest.keyClicks(focused(), "conv2d")
    number = len(names(session, "conv2d"))
    window.design.canvas.commands.remove(session.selection)
    assert count(bar) == f"{number - 1} found"


def test_it_is_built_anew_with_the_window(qtbot: QtBot, window: MainWindow) -> None:
    open_bar(qtbot, window)
    QTest.keyClicks(focused(), "conv")
    window.rebuild()
    send_deletions()
    assert window.design.canvas.board.lights.found is None
    open_bar(qtbot, window)
