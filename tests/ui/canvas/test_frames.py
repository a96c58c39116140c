"""Frames by hand and by key: made, named, moved, resized, removed; each with its way back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QPlainTextEdit, QWidget

from nnstudio.core import frames
from nnstudio.core.graph import Frame
from nnstudio.project.document import Project
from nnstudio.ui.canvas.frame_items import FrameItem
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import ALT, CTRL, NONE, RIGHT, SHIFT, Hand, assert_obeys


@pytest.fixture
def framed(make: Make) -> Hand:
    """A hand on image, conv, relu, flat in a row; conv and relu lie in a frame."""
    graph, _ = frames.add_frame(SMALL.graph, "Stem", ("conv", "relu"))
    return make(Project(graph=graph))


def frame_of(hand: Hand) -> Frame:
    (frame,) = hand.canvas.session.graph.frames
    return frame


def item_of(hand: Hand) -> FrameItem:
    return hand.canvas.framing.item(frame_of(hand).id)


def title(hand: Hand) -> QPointF:
    return item_of(hand).tab.rect(hand.canvas.zoom).center()


def corner(hand: Hand) -> QPointF:
    return item_of(hand).rect.bottomRight()


def title_editor(hand: Hand) -> QLineEdit:
    editor = hand.canvas.findChild(QLineEdit, "frame_title")
    assert isinstance(editor, QLineEdit)
    return editor


def is_editing(hand: Hand) -> bool:
    return any(
        not editor.isHidden()
        for kind, name in ((QLineEdit, "frame_title"), (QPlainTextEdit, "frame_note"))
        for editor in hand.canvas.findChildren(kind, name)
        if isinstance(editor, QWidget)
    )


def places(hand: Hand) -> dict[str, tuple[float, float]]:
    return {node.name: node.xy for node in hand.canvas.session.graph.nodes}


def assert_picked(hand: Hand, id_: str | None) -> None:
    assert hand.canvas.framing.picked == id_
    assert item_of(hand).is_picked == (id_ is not None)


# Making


def test_c_frames_the_selection_and_asks_for_the_title(hand: Hand) -> None:
    before = hand.canvas.session.graph
    hand.canvas.session.select(("conv", "relu"))
    hand.key(Qt.Key.Key_C)
    frame = frame_of(hand)
    assert frames.held(hand.canvas.session.graph, frame.rect) == {"conv", "relu"}
    assert hand.canvas.framing.picked == frame.id
    editor = title_editor(hand)
    QTest.keyClicks(editor, "Feature maker")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert frame_of(hand).title == "Feature maker"
    assert not is_editing(hand)
    assert_obeys(hand.canvas)
    hand.canvas.session.undo()  # made and named in one step
    assert hand.canvas.session.graph == before
    assert_obeys(hand.canvas)


def test_c_with_nothing_selected_puts_an_empty_frame_into_the_middle(hand: Hand) -> None:
    hand.canvas.show_place(1.0, QPointF(4000.0, 4000.0))
    hand.key(Qt.Key.Key_C)
    QTest.keyClick(title_editor(hand), Qt.Key.Key_Escape)
    assert item_of(hand).rect.contains(QPointF(4000.0, 4000.0))
    assert frame_of(hand).title == "Frame"
    assert not is_editing(hand)


def test_the_view_goes_to_a_frame_that_is_not_seen(framed: Hand) -> None:
    framed.canvas.show_place(1.0, QPointF(9000.0, 9000.0))
    framed.key(Qt.Key.Key_C, ALT)
    assert framed.canvas.framing.picked == frame_of(framed).id
    assert framed.canvas.seen.contains(title(framed))
    assert "Stem" in framed.canvas.accessibleDescription()


# Picking


def test_a_click_on_the_title_picks_the_frame_out_and_no_layers(framed: Hand) -> None:
    framed.click(framed.card("image"))
    framed.click(title(framed))
    assert_picked(framed, frame_of(framed).id)
    assert not framed.canvas.session.selection
    framed.click(framed.card("conv"))
    assert_picked(framed, None)
    assert framed.undo_label() is None


def test_a_press_within_a_frame_is_a_press_in_the_empty(framed: Hand) -> None:
    rect = item_of(framed).rect
    framed.drag(rect.topLeft() + QPointF(12.0, 12.0), rect.bottomRight() - QPointF(12.0, 12.0))
    assert framed.canvas.session.selection == {"conv", "relu"}


def test_del_removes_the_frame_and_leaves_what_it_holds(framed: Hand) -> None:
    before = framed.canvas.session.graph
    framed.click(title(framed))
    framed.key(Qt.Key.Key_Delete)
    assert framed.canvas.session.graph.frames == ()
    assert framed.canvas.session.graph.nodes == before.nodes
    assert_obeys(framed.canvas)
    framed.canvas.session.undo()
    assert framed.canvas.session.graph == before
    assert_obeys(framed.canvas)


def test_f_shows_the_picked_frame(framed: Hand) -> None:
    framed.click(title(framed))
    framed.canvas.show_place(0.3, QPointF(0.0, 0.0))
    framed.key(Qt.Key.Key_F)
    assert framed.canvas.seen.contains(item_of(framed).outer)
    assert framed.canvas.zoom > 0.9


def test_escape_lets_the_frame_go(framed: Hand) -> None:
    framed.click(title(framed))
    framed.key(Qt.Key.Key_Escape)
    assert framed.canvas.framing.picked is None


# Moving


def test_a_drag_on_the_title_moves_the_frame_and_all_it_holds(framed: Hand) -> None:
    before = framed.canvas.session.graph
    was, start = places(framed), title(framed)
    framed.drag(start, start + QPointF(83.0, 157.0))
    frame = frame_of(framed)
    way = (frame.rect[0] - before.frames[0].rect[0], frame.rect[1] - before.frames[0].rect[1])
    assert way == (80.0, 160.0)
    now = places(framed)
    for name in ("conv", "relu"):
        assert now[name] == (was[name][0] + 80.0, was[name][1] + 160.0)
    for name in ("image", "flat"):
        assert now[name] == was[name]
    assert framed.undo_label() == "Move the frame Stem"
    assert_obeys(framed.canvas)
    framed.canvas.session.undo()
    assert framed.canvas.session.graph == before
    assert_obeys(framed.canvas)


@pytest.mark.parametrize("keys", [CTRL, ALT])
def test_with_ctrl_or_alt_the_frame_goes_alone(framed: Hand, keys: Qt.KeyboardModifier) -> None:
    was, start = places(framed), title(framed)
    framed.drag(start, start + QPointF(80.0, 160.0), keys)
    assert places(framed) == was
    assert frame_of(framed).rect[0] != SMALL.graph.nodes[1].xy[0] - frames.MARGIN
    assert_obeys(framed.canvas)


def test_shift_suspends_the_grid_while_a_frame_is_moved(framed: Hand) -> None:
    was, start = frame_of(framed).rect, title(framed)
    framed.drag(start, start + QPointF(83.0, 157.0), SHIFT)
    assert frame_of(framed).rect[:2] == (was[0] + 83.0, was[1] + 157.0)


def test_escape_puts_a_moved_frame_back(framed: Hand) -> None:
    before = framed.canvas.session.graph
    framed.click(framed.card("image"))
    start = title(framed)
    framed.carry(start, start + QPointF(80.0, 160.0))
    assert item_of(framed).rect.left() != before.frames[0].rect[0]
    framed.key(Qt.Key.Key_Escape)
    framed.release(start)
    assert framed.canvas.session.graph is before
    assert framed.canvas.session.selection == {"image"}
    assert_obeys(framed.canvas)


def test_frames_within_go_along(make: Make) -> None:
    graph, inner = frames.add_frame(SMALL.graph, "Inner", ("conv",))
    graph, outer = frames.add_frame(graph, "Outer", ("conv", "relu"))
    hand = make(Project(graph=graph))
    start = hand.canvas.framing.item(outer).tab.rect(1.0).center()
    hand.drag(start, start + QPointF(0.0, 80.0))
    moved = {frame.id: frame.rect[1] for frame in hand.canvas.session.graph.frames}
    was = {frame.id: frame.rect[1] for frame in graph.frames}
    assert moved == {inner: was[inner] + 80.0, outer: was[outer] + 80.0}
    assert_obeys(hand.canvas)


def test_from_far_away_a_frame_is_moved_by_its_title_too(framed: Hand) -> None:
    framed.canvas.show_place(0.15, QPointF(320.0, 120.0))
    was, start = places(framed), title(framed)
    framed.drag(start, start + QPointF(800.0, 0.0))
    assert places(framed)["conv"][0] == pytest.approx(was["conv"][0] + 800.0, abs=8.0)
    assert_obeys(framed.canvas)


def test_ctrl_and_arrows_move_the_picked_frame(framed: Hand) -> None:
    before = framed.canvas.session.graph
    framed.click(title(framed))
    framed.key(Qt.Key.Key_Right, CTRL)
    framed.key(Qt.Key.Key_Right, CTRL)
    assert frame_of(framed).rect[0] == before.frames[0].rect[0] + 16.0
    assert places(framed)["conv"][0] == before.by_id["conv"].xy[0] + 16.0
    framed.canvas.session.undo()
    assert framed.canvas.session.graph == before


def test_all_frames_go_along_where_the_whole_drawing_is_moved(framed: Hand) -> None:
    before = framed.canvas.session.graph
    framed.key(Qt.Key.Key_A, CTRL)
    framed.carry(framed.card("conv"), framed.card("conv") + QPointF(80.0, 160.0))
    assert item_of(framed).rect.top() == before.frames[0].rect[1] + 160.0
    framed.key(Qt.Key.Key_Escape)
    framed.release(framed.card("conv"))
    assert_obeys(framed.canvas)
    framed.drag(framed.card("conv"), framed.card("conv") + QPointF(80.0, 160.0))
    framed.key(Qt.Key.Key_Right, CTRL)
    rect = before.frames[0].rect
    assert frame_of(framed).rect == (rect[0] + 88.0, rect[1] + 160.0, *rect[2:])
    assert_obeys(framed.canvas)
    framed.canvas.session.undo()
    framed.canvas.session.undo()
    assert framed.canvas.session.graph == before


def test_with_alt_the_whole_drawing_takes_its_frames_along_too(framed: Hand) -> None:
    before = framed.canvas.session.graph
    framed.key(Qt.Key.Key_A, CTRL)
    framed.drag(framed.card("conv"), framed.card("conv") + QPointF(80.0, 160.0), ALT)
    assert framed.canvas.session.graph.edges == before.edges
    assert frame_of(framed).rect[1] == before.frames[0].rect[1] + 160.0
    assert_obeys(framed.canvas)


def test_a_card_is_dragged_out_of_its_frame(framed: Hand) -> None:
    before = frame_of(framed)
    framed.drag(framed.card("relu"), framed.card("relu") + QPointF(0.0, 400.0))
    assert frame_of(framed) == before
    assert framed.canvas.framing.held(before.id) == {"conv"}


def test_a_frame_makes_room_for_what_is_put_into_a_wire_within(framed: Hand) -> None:
    start = framed.port("conv", "output", output=True)
    assert framed.drop("Dropout", (start + framed.port("relu", "input")) / 2 - QPointF(0.0, 2.0))
    names = {framed.canvas.session.graph.by_id[id_].name for id_ in framed.canvas.framing.held(frame_of(framed).id)}
    assert {"conv", "relu"} < names
    assert_obeys(framed.canvas)


# Resizing


def test_a_drag_on_a_corner_resizes(framed: Hand) -> None:
    before = framed.canvas.session.graph
    was = before.frames[0].rect
    framed.drag(corner(framed), corner(framed) + QPointF(41.0, 63.0))
    right, bottom = corner(framed).x(), corner(framed).y()
    assert frame_of(framed).rect[:2] == was[:2]
    assert (right % 8, bottom % 8) == (0.0, 0.0)
    assert right == pytest.approx(was[0] + was[2] + 41.0, abs=4.0)
    assert framed.undo_label() == "Resize the frame Stem"
    assert framed.canvas.session.graph.nodes == before.nodes
    assert_obeys(framed.canvas)
    framed.canvas.session.undo()
    assert framed.canvas.session.graph == before
    assert_obeys(framed.canvas)


def test_a_drag_on_an_edge_moves_only_that_edge(framed: Hand) -> None:
    was = item_of(framed).rect
    start = QPointF(was.left(), was.bottom() - 40.0)
    framed.drag(start, start + QPointF(-37.0, 90.0), SHIFT)
    now = item_of(framed).rect
    assert (now.left(), now.right(), now.top(), now.bottom()) == (
        was.left() - 37.0,
        was.right(),
        was.top(),
        was.bottom(),
    )


def test_escape_gives_a_frame_its_size_back(framed: Hand) -> None:
    before = framed.canvas.session.graph
    framed.carry(corner(framed), corner(framed) + QPointF(80.0, 80.0))
    assert item_of(framed).rect.width() > before.frames[0].rect[2]
    framed.key(Qt.Key.Key_Escape)
    framed.release(corner(framed))
    assert framed.canvas.session.graph is before
    assert_obeys(framed.canvas)


def test_the_pointer_shows_which_edge_is_under_it(framed: Hand) -> None:
    rect, cursor = item_of(framed).rect, framed.canvas.viewport().cursor
    framed.move(rect.topLeft())
    assert cursor().shape() == Qt.CursorShape.SizeFDiagCursor
    framed.move(rect.bottomLeft())
    assert cursor().shape() == Qt.CursorShape.SizeBDiagCursor
    framed.move(QPointF(rect.right(), rect.bottom() - 40.0))
    assert cursor().shape() == Qt.CursorShape.SizeHorCursor
    framed.move(QPointF(rect.center().x(), rect.bottom()))
    assert cursor().shape() == Qt.CursorShape.SizeVerCursor
    framed.move(rect.center() + QPointF(0.0, 80.0))
    assert cursor().shape() == Qt.CursorShape.ArrowCursor


def test_from_far_away_titles_lie_over_what_wrong_cards_say(framed: Hand) -> None:
    framed.canvas.show_place(1.0, QPointF(0.0, 0.0))
    near = item_of(framed).tab.zValue()
    framed.canvas.show_place(0.4, QPointF(0.0, 0.0))
    wrong = 1.0
    assert near < wrong < item_of(framed).tab.zValue()


def test_a_title_is_as_large_on_the_screen_from_far_away(framed: Hand) -> None:
    tab = item_of(framed).tab
    heights = {round(tab.rect(zoom).height() * zoom, 3) for zoom in (0.5, 0.3, 0.15, 0.05)}
    assert len(heights) == 1
    assert heights.pop() >= 20.0
    assert tab.rect(2.0).height() == tab.rect(1.0).height()


# Words


def test_a_double_click_on_the_title_edits_it_in_its_place(framed: Hand) -> None:
    before = framed.canvas.session.graph
    framed.double_click(title(framed))
    editor = title_editor(framed)
    assert editor.text() == "Stem"
    QTest.keyClicks(editor, "Head")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert frame_of(framed).title == "Head"
    assert framed.undo_label() == "Name the frame Head"
    framed.canvas.session.undo()
    assert framed.canvas.session.graph == before


def test_escape_leaves_the_title(framed: Hand) -> None:
    framed.click(title(framed))
    framed.key(Qt.Key.Key_F2)
    QTest.keyClicks(title_editor(framed), "nonsense")
    QTest.keyClick(title_editor(framed), Qt.Key.Key_Escape)
    assert frame_of(framed).title == "Stem"
    assert not is_editing(framed)
    assert framed.undo_label() is None


def test_a_click_elsewhere_takes_what_was_typed(framed: Hand) -> None:
    framed.click(title(framed))
    framed.key(Qt.Key.Key_F2)
    QTest.keyClicks(title_editor(framed), "Body")
    framed.click(framed.card("image"))
    assert frame_of(framed).title == "Body"
    assert not is_editing(framed)


def test_letters_of_a_title_are_no_commands(framed: Hand) -> None:
    framed.click(title(framed))
    framed.key(Qt.Key.Key_F2)
    editor = title_editor(framed)
    for key in (Qt.Key.Key_C, Qt.Key.Key_F, Qt.Key.Key_Up, Qt.Key.Key_Delete, Qt.Key.Key_Tab):
        QTest.keyClick(editor, key)
    assert len(framed.canvas.session.graph.frames) == 1


def test_a_note_is_typed_in_its_place_and_has_room(framed: Hand) -> None:
    before = framed.canvas.session.graph
    framed.click(title(framed))
    framed.key(Qt.Key.Key_F2, SHIFT)
    editor = framed.canvas.findChild(QPlainTextEdit, "frame_note")
    assert isinstance(editor, QPlainTextEdit)
    for line in ("Finds edges first,", "then corners,", "then parts of digits,", "and whole digits last."):
        QTest.keyClicks(editor, line)
        QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)
    frame = frame_of(framed)
    assert frame.note.splitlines()[-1] == "and whole digits last."
    top = min(framed.canvas.node_item(id_).card.top() for id_ in ("conv", "relu"))
    assert item_of(framed).rect.top() + item_of(framed).note_height(frame.note) <= top
    assert item_of(framed).rect.bottom() == before.frames[0].rect[1] + before.frames[0].rect[3]
    assert frames.held(framed.canvas.session.graph, frame.rect) == {"conv", "relu"}
    framed.canvas.session.undo()
    assert framed.canvas.session.graph == before


def test_an_undo_while_a_title_is_typed_ends_the_typing(framed: Hand) -> None:
    framed.canvas.commands.nudge(0.0, 0.0)
    framed.click(title(framed))
    framed.canvas.framing.nudge(8.0, 0.0)
    framed.key(Qt.Key.Key_F2)
    framed.canvas.session.undo()
    assert not is_editing(framed)
    assert frame_of(framed).title == "Stem"


# Copies and menus


def test_copies_bring_their_frame_along(framed: Hand) -> None:
    framed.canvas.session.select(("conv", "relu"))
    framed.canvas.copying.duplicate()
    assert [frame.title for frame in framed.canvas.session.graph.frames] == ["Stem", "Stem"]
    assert_obeys(framed.canvas)
    framed.canvas.session.undo()
    framed.canvas.session.select(("conv",))
    framed.canvas.copying.duplicate()
    assert len(framed.canvas.session.graph.frames) == 1


def test_the_clipboard_carries_frames(framed: Hand) -> None:
    framed.canvas.session.select(("conv", "relu"))
    framed.canvas.copying.copy()
    framed.canvas.copying.paste()
    first, second = framed.canvas.session.graph.frames
    assert (second.title, second.rect[2:]) == (first.title, first.rect[2:])
    assert frames.held(framed.canvas.session.graph, second.rect) >= framed.canvas.session.selection
    assert_obeys(framed.canvas)


def test_a_copy_of_the_picked_frame_is_one_of_all_it_holds(framed: Hand) -> None:
    framed.click(title(framed))
    framed.key(Qt.Key.Key_D, CTRL)
    graph = framed.canvas.session.graph
    assert len(graph.frames) == 2
    assert len(framed.canvas.session.selection) == 2
    assert framed.canvas.session.selection <= frames.held(graph, graph.frames[1].rect)


def test_a_drawing_that_is_only_shown_gets_no_frame(framed: Hand) -> None:
    before = framed.canvas.session.graph
    framed.canvas.session.locked = True
    framed.canvas.framing.add()
    framed.canvas.framing.edit_title(frame_of(framed).id)
    framed.canvas.framing.edit_note(frame_of(framed).id)
    assert framed.canvas.session.graph is before
    assert not is_editing(framed)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_on_a_title_is_about_the_frame(framed: Hand) -> None:
    framed.click(title(framed), RIGHT)
    menu = framed.canvas.findChild(QMenu, "canvas_menu")
    assert isinstance(menu, QMenu)
    texts = [action.text() for action in menu.actions()]
    assert texts[:2] == ["Rename the frame", "Edit the note"]
    menu.actions()[texts.index("Select what it holds")].trigger()
    assert framed.canvas.session.selection == {"conv", "relu"}
    menu.close()


def test_a_frame_is_gone_from_the_pick_when_its_block_is_left(framed: Hand) -> None:
    framed.click(title(framed), keys=NONE)
    framed.canvas.session.new()
    assert framed.canvas.framing.picked is None
    assert_obeys(framed.canvas)
