"""The canvas by keys alone: walking, editing, and drawing wires; each key goes where the window system sends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.graph import Edge, Graph, Node
from nnstudio.project.document import Project
from nnstudio.ui.canvas.gestures.key_wire import KeyWire
from nnstudio.ui.canvas.overlay import HandWire
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import ALT, CTRL, NONE, SHIFT, Hand, assert_obeys

TAB, BACKTAB, ENTER, ESC = Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape
RIGHT, DOWN = Qt.Key.Key_Right, Qt.Key.Key_Down
W, A = Qt.Key.Key_W, Qt.Key.Key_A

Between = Callable[[Hand], tuple[QLineEdit, QLineEdit]]

BRANCHED = Project(
    graph=Graph(
        nodes=(
            Node(id="image", kind="Input", name="image", params={"shape": (1, 8, 8)}, xy=(0.0, 0.0)),
            Node(id="words", kind="Input", name="words", params={"shape": (8,), "element": "index"}, xy=(0.0, 400.0)),
            Node(id="conv", kind="Conv2d", name="conv", params={"out_channels": 1, "padding": 1}, xy=(240.0, 0.0)),
            Node(id="add", kind="Add", name="add", xy=(480.0, 0.0)),
            Node(id="table", kind="Embedding", name="table", xy=(480.0, 400.0)),
            Node(id="flat", kind="Flatten", name="flat", xy=(720.0, 0.0)),
        ),
        edges=(Edge("image", "output", "conv", "input"), Edge("conv", "output", "add", "input_1")),
    )
)
"""Two inputs, one of real numbers and one of rows in a table, and what takes each."""


def selected(hand: Hand) -> set[str]:
    return {hand.canvas.session.graph.by_id[id_].name for id_ in hand.canvas.session.selection}


def wires(hand: Hand) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.target, edge.target_port) for edge in hand.canvas.session.graph.edges}


def note(hand: Hand) -> str:
    return hand.canvas.pointing.note.text


def in_hand(hand: Hand) -> bool:
    return any(isinstance(item, HandWire) for item in hand.canvas.board.overlays())


@pytest.fixture
def between(qtbot: QtBot) -> Iterator[Between]:
    """Put a canvas between two fields, so that Tab can leave it; give the fields."""
    boxes: list[tuple[QWidget, Hand]] = []

    def put(hand: Hand) -> tuple[QLineEdit, QLineEdit]:
        box = QWidget()
        boxes.append((box, hand))
        before, after = QLineEdit(), QLineEdit()
        column = QVBoxLayout(box)
        for part in (before, hand.canvas, after):
            column.addWidget(part)
        box.resize(1200, 900)
        with qtbot.waitExposed(box):
            box.show()
        box.activateWindow()
        before.setFocus()
        qtbot.waitUntil(before.hasFocus)
        return before, after

    yield put
    for box, hand in boxes:
        hand.canvas.setParent(None)
        box.close()
        box.deleteLater()


# Walking


def test_tab_walks_in_and_through_and_out_again(hand: Hand, between: Between) -> None:
    before, after = between(hand)
    QTest.keyClick(before, TAB)
    walked: list[str] = []
    while hand.canvas.hasFocus():
        walked.append(*selected(hand))
        hand.key(TAB)
    assert walked == ["image", "conv", "relu", "flat"]
    assert after.hasFocus()
    QTest.keyClick(after, BACKTAB, SHIFT)
    assert hand.canvas.hasFocus()
    back: list[str] = []
    while hand.canvas.hasFocus():
        back.append(*selected(hand))
        hand.key(BACKTAB, SHIFT)
    assert back == ["flat", "relu", "conv", "image"]
    assert before.hasFocus()


def test_after_the_mouse_tab_opens_the_search_again(hand: Hand) -> None:
    hand.key(RIGHT)
    hand.key(TAB)
    assert hand.canvas.findChild(QLineEdit, "canvas_search_field") is None
    hand.click(QPointF(320.0, 300.0))
    hand.key(TAB)
    assert hand.canvas.findChild(QLineEdit, "canvas_search_field") is not None


def test_in_an_empty_drawing_tab_opens_the_search(make: Make, between: Between) -> None:
    hand = make(Project())
    before, _ = between(hand)
    QTest.keyClick(before, TAB)
    hand.key(TAB)
    assert hand.canvas.findChild(QLineEdit, "canvas_search_field") is not None


def test_enter_asks_for_the_settings(hand: Hand, qtbot: QtBot) -> None:
    hand.key(RIGHT)
    with qtbot.waitSignal(hand.canvas.edit_wanted):
        hand.key(ENTER)


# Wires


def test_w_and_enter_connect_to_the_nearest_free_port(make: Make) -> None:
    hand = make(BRANCHED)
    hand.canvas.caret.go_to("image")
    before = hand.canvas.session.project
    hand.key(W)
    assert in_hand(hand)
    assert note(hand) == "image → add.input_2: 1 × 8 × 8"
    assert hand.canvas.session.project is before
    hand.key(ENTER)
    assert ("image", "add", "input_2") in wires(hand)
    assert not in_hand(hand)
    assert note(hand) == ""
    assert hand.undo_label() == "Connect"
    hand.canvas.session.undo()
    assert hand.canvas.session.project is before
    assert_obeys(hand.canvas)


def test_escape_leaves_everything_as_it_was(make: Make) -> None:
    hand = make(BRANCHED)
    hand.canvas.caret.go_to("image")
    before = hand.canvas.session.project
    hand.key(W)
    hand.key(RIGHT)
    hand.key(ESC)
    assert hand.canvas.session.project is before
    assert not in_hand(hand)
    assert hand.canvas.board.lights.takes is None
    assert note(hand) == ""
    assert selected(hand) == {"image"}
    assert_obeys(hand.canvas)


def test_only_ports_that_take_it_are_offered(make: Make) -> None:
    hand = make(BRANCHED)
    hand.canvas.caret.go_to("words")
    hand.key(W)
    seen = set()
    for _ in range(8):
        seen.add(note(hand))
        hand.key(TAB)
    assert seen == {"words → table: 8", "words → flat: 8"}
    while "table" not in note(hand):
        hand.key(TAB)
    hand.key(Qt.Key.Key_Left)
    assert "real numbers" in note(hand), "it says why the others do not take it"
    hand.key(ENTER)
    assert ("words", "table", "input") in wires(hand)


def test_tab_and_arrows_go_over_them(make: Make) -> None:
    hand = make(BRANCHED)
    hand.canvas.caret.go_to("image")
    hand.key(W)
    first = note(hand)
    hand.key(TAB)
    assert note(hand) != first
    hand.key(BACKTAB, SHIFT)
    assert note(hand) == first
    hand.key(RIGHT)
    assert note(hand) == "image → flat: 1 × 8 × 8"
    hand.key(Qt.Key.Key_Left)
    hand.key(Qt.Key.Key_Left)
    assert note(hand) == "image → conv: 1 × 8 × 8 (connected already)"
    hand.key(ENTER)
    assert hand.undo_label() is None


def test_a_taken_port_says_which_wire_goes(make: Make) -> None:
    hand = make(BRANCHED)
    hand.canvas.caret.go_to("image")
    hand.key(W)
    hand.key(Qt.Key.Key_Up)
    assert note(hand) == "image → add.input_1: 1 × 8 × 8 (in place of conv)"
    hand.key(ENTER)
    assert ("image", "add", "input_1") in wires(hand)
    assert ("conv", "add", "input_1") not in wires(hand)


def test_w_once_more_takes_the_next_port(make: Make) -> None:
    hand = make(BRANCHED)
    hand.canvas.caret.go_to("flat")
    hand.key(W)
    hand.key(W)
    assert note(hand) == "add → flat"
    hand.key(ENTER)
    assert any(target == "flat" for _, target, _ in wires(hand))


def test_shift_a_offers_what_fits_and_connects_it(make: Make) -> None:
    hand = make(BRANCHED)
    hand.canvas.caret.go_to("words")
    hand.key(W)
    hand.key(A, SHIFT)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "bag")
    QTest.keyClick(field, ENTER)
    (new,) = [node for node in hand.canvas.session.graph.nodes if node.id not in BRANCHED.graph.by_id]
    assert new.kind == "EmbeddingBag"
    assert ("words", new.id, "input") in wires(hand)
    assert hand.canvas.hasFocus()
    hand.canvas.session.undo()
    assert hand.canvas.session.project == BRANCHED


def test_the_search_may_be_given_up_too(make: Make) -> None:
    hand = make(BRANCHED)
    hand.canvas.caret.go_to("words")
    hand.key(W)
    hand.key(A, SHIFT)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClick(field, ESC)
    assert hand.canvas.session.project == BRANCHED
    assert hand.canvas.hasFocus()
    assert not in_hand(hand)


def test_a_mouse_press_or_another_place_ends_it(make: Make, qtbot: QtBot) -> None:
    hand = make(BRANCHED)
    hand.canvas.caret.go_to("image")
    hand.key(W)
    hand.move(QPointF(100.0, 300.0))
    assert in_hand(hand), "the pointer may lie where it likes"
    hand.click(hand.card("flat"))
    assert not in_hand(hand)
    assert selected(hand) == {"flat"}
    hand.key(W)
    assert in_hand(hand)
    hand.canvas.clearFocus()
    assert not in_hand(hand)
    assert hand.canvas.session.project == BRANCHED


def test_what_is_said_stays_in_view(make: Make) -> None:
    hand = make(BRANCHED, centre=(250.0, 120.0))
    hand.canvas.caret.go_to("image")
    hand.key(W)
    hand.key(RIGHT)
    note_item = hand.canvas.pointing.note
    seen = hand.canvas.viewport().rect().toRectF()
    assert seen.contains(note_item.boundingRect().translated(hand.view(note_item.pos())))


def test_an_undo_meanwhile_ends_it(make: Make) -> None:
    hand = make(BRANCHED)
    hand.canvas.caret.go_to("image")
    hand.key(RIGHT, CTRL)
    hand.key(W)
    hand.canvas.session.undo()
    assert not in_hand(hand)
    assert_obeys(hand.canvas)


def test_a_node_alone_has_nowhere_to_go(make: Make) -> None:
    hand = make(Project(graph=Graph(nodes=(Node(id="image", kind="Input", name="image", params={"shape": (8,)}),))))
    hand.key(W)
    assert "Shift+A" in note(hand)
    hand.key(TAB)
    hand.key(RIGHT)
    hand.key(ENTER)
    assert hand.undo_label() is None
    assert hand.canvas.hasFocus()


def test_in_an_empty_drawing_it_means_nothing(make: Make) -> None:
    hand = make(Project())
    hand.key(W)
    hand.key(W, SHIFT)
    assert not in_hand(hand)


def test_other_keys_do_nothing_meanwhile(make: Make) -> None:
    hand = make(BRANCHED)
    hand.canvas.caret.go_to("conv")
    hand.key(W)
    for key, keys in ((Qt.Key.Key_Delete, NONE), (Qt.Key.Key_F, NONE), (Qt.Key.Key_M, ALT), (Qt.Key.Key_Space, NONE)):
        hand.key(key, keys)
    assert in_hand(hand)
    assert hand.canvas.session.project == BRANCHED
    assert KeyWire.by_keys


# Picking wires


def test_shift_w_walks_the_wires_and_delete_removes_one(hand: Hand) -> None:
    canvas = hand.canvas
    canvas.caret.go_to("conv")
    hand.key(W, SHIFT)
    assert canvas.pointing.picked == Edge("image", "output", "conv", "input")
    assert note(hand) == "image → conv: 1 × 8 × 8"
    hand.key(W, SHIFT)
    assert canvas.pointing.picked == Edge("conv", "output", "relu", "input")
    hand.key(Qt.Key.Key_Delete)
    assert ("conv", "relu", "input") not in wires(hand)
    assert hand.undo_label() == "Remove the wire"
    assert note(hand) == ""
    assert selected(hand) == {"conv"}
    canvas.session.undo()
    assert canvas.session.project == SMALL
    hand.key(W, SHIFT)
    hand.key(Qt.Key.Key_Backspace)
    assert ("image", "conv", "input") not in wires(hand)


def test_after_the_last_wire_none_is_picked(hand: Hand) -> None:
    hand.canvas.caret.go_to("image")
    hand.key(W, SHIFT)
    hand.key(W, SHIFT)
    assert hand.canvas.pointing.picked is None
    assert note(hand) == ""


@pytest.mark.parametrize(("key", "kept"), [(ESC, {"conv"}), (RIGHT, {"relu"})])
def test_a_picked_wire_is_let_go(hand: Hand, key: Qt.Key, kept: set[str]) -> None:
    hand.canvas.caret.go_to("conv")
    hand.key(W, SHIFT)
    hand.key(key)
    assert hand.canvas.pointing.picked is None
    assert selected(hand) == kept
    assert note(hand) == ""
