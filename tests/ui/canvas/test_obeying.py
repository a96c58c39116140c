"""The scene follows the document, whatever happens to it."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from nnstudio.compiler.analysis import input_ports, output_ports
from nnstudio.core import edits, frames
from nnstudio.core.graph import Edge, Frame, Graph
from nnstudio.project.document import Project
from nnstudio.ui.canvas import placing
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.session import Session
from tests.ui.canvas.conftest import SMALL, Make
from tests.ui.canvas.hand import Hand, assert_obeys

KINDS = ("Input", "Output", "Conv2d", "ReLU", "Linear", "Add", "Concat", "Flatten", "Block:ResidualBlock", "LSTM")
Step = Callable[[Session], None]


def _add(key: str, x: int, y: int) -> Step:
    return lambda session: session.commit("add", project=placing.add(session.project, key, (8.0 * x, 8.0 * y))[0])


def _with_node(number: int, act: Callable[[Session, str], None]) -> Step:
    def step(session: Session) -> None:
        if session.graph.nodes:
            act(session, session.graph.nodes[number % len(session.graph.nodes)].id)

    return step


def _remove(session: Session, id_: str) -> None:
    session.commit("remove", graph=edits.remove_and_reconnect(session.graph, {id_}))


def _move(x: int, y: int) -> Callable[[Session, str], None]:
    return lambda session, id_: session.commit("move", graph=edits.move(session.graph, {id_: (8.0 * x, 8.0 * y)}))


def _rename(name: str) -> Callable[[Session, str], None]:
    def act(session: Session, id_: str) -> None:
        if name not in session.graph.by_name:
            session.commit("rename", graph=edits.rename(session.graph, id_, name))

    return act


def _toggle(session: Session, id_: str) -> None:
    session.select(session.selection ^ {id_})


def _share(first: int, second: int) -> Step:
    def step(session: Session) -> None:
        ids = [node.id for node in session.graph.nodes]
        if ids:
            owner, taker = ids[first % len(ids)], ids[second % len(ids)]
            session.commit("share", graph=edits.share_weights(session.graph, owner, [taker]))

    return step


def _part(session: Session, id_: str) -> None:
    session.commit("part", graph=edits.own_weights(session.graph, [id_]))


def _connect(first: int, second: int, port: int) -> Step:
    def step(session: Session) -> None:
        nodes = session.graph.nodes
        if not nodes:
            return
        source, target = nodes[first % len(nodes)], nodes[second % len(nodes)]
        ends = input_ports(session.graph, target, session.blocks)
        starts = output_ports(session.graph, source, session.blocks)
        if starts and ends:
            edge = Edge(source.id, starts[port % len(starts)].name, target.id, ends[port % len(ends)].name)
            try:
                session.commit("connect", graph=edits.connect(session.graph, edge))
            except ValueError:
                return  # it would have closed a cycle

    return step


def _cut(number: int) -> Step:
    def step(session: Session) -> None:
        edges = session.graph.edges
        if edges:
            session.commit("cut", graph=edits.disconnect(session.graph, (edges[number % len(edges)],)))

    return step


def _frame(first: int, second: int) -> Step:
    def step(session: Session) -> None:
        ids = [node.id for node in session.graph.nodes]
        chosen = {ids[first % len(ids)], ids[second % len(ids)]} if ids else set[str]()
        session.commit("frame", graph=frames.add_frame(session.graph, "", chosen)[0])

    return step


def _with_frame(number: int, act: Callable[[Session, Frame], Graph]) -> Step:
    def step(session: Session) -> None:
        if session.graph.frames:
            frame = session.graph.frames[number % len(session.graph.frames)]
            session.commit("frame", graph=act(session, frame))

    return step


def _move_frame(x: int, y: int, alone: bool) -> Callable[[Session, Frame], Graph]:
    return lambda session, frame: frames.move_frame(session.graph, frame.id, (8.0 * x, 8.0 * y), alone=alone)


def _title_frame(title: str) -> Callable[[Session, Frame], Graph]:
    return lambda session, frame: frames.set_frame(session.graph, edits.replace(frame, title=title, note=title))


def _remove_frame(session: Session, frame: Frame) -> Graph:
    return frames.remove_frames(session.graph, (frame.id,))


def _redo_all(session: Session) -> None:
    while session.redo_label is not None:
        session.redo()


small, place = st.integers(0, 20), st.integers(-60, 60)
steps = st.one_of(
    st.builds(_add, st.sampled_from(KINDS), place, place),
    st.builds(_with_node, small, st.just(_remove)),
    st.builds(_with_node, small, st.builds(_move, place, place)),
    st.builds(_with_node, small, st.builds(_rename, st.sampled_from(("a", "b1", "gate")))),
    st.builds(_with_node, small, st.just(_toggle)),
    st.builds(_connect, small, small, st.integers(0, 3)),
    st.builds(_connect, small, small, st.integers(0, 3)),
    st.builds(_share, small, small),
    st.builds(_share, small, small),
    st.builds(_with_node, small, st.just(_part)),
    st.builds(_cut, small),
    st.builds(_frame, small, small),
    st.builds(_with_frame, small, st.builds(_move_frame, place, place, st.booleans())),
    st.builds(_with_frame, small, st.builds(_title_frame, st.sampled_from(("Head", "")))),
    st.builds(_with_frame, small, st.just(_remove_frame)),
    st.just(Session.undo),
    st.just(Session.undo),
    st.just(Session.redo),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=5, max_size=20))
def test_the_scene_equals_the_document_after_any_edits(qapp: object, plan: list[Step]) -> None:
    session = Session(SMALL)
    canvas = Canvas(session)
    start = session.project
    for step in plan:
        step(session)
        assert_obeys(canvas)
    _redo_all(session)
    end = session.project
    while session.undo_label is not None:
        session.undo()
    assert session.project == start
    assert_obeys(canvas)
    _redo_all(session)
    assert session.project == end
    assert_obeys(canvas)
    canvas.deleteLater()
    session.deleteLater()


def test_a_step_makes_no_new_items_for_what_stays(hand: Hand) -> None:
    before = dict(hand.canvas.board.nodes)
    session = hand.canvas.session
    session.commit("set", graph=edits.set_param(session.graph, "conv", "out_channels", 8))
    assert hand.canvas.board.nodes == before
    assert hand.canvas.node_item("conv").face.shape == "8×6×6"
    assert hand.canvas.node_item("flat").face.shape == "288"


def test_undo_and_redo_move_cards_and_their_wires(hand: Hand) -> None:
    session, item = hand.canvas.session, hand.canvas.node_item("conv")
    home = item.pos()
    hand.drag(hand.card("conv"), hand.card("conv") + QPointF(40.0, 160.0))
    away = item.pos()
    assert away == home + QPointF(40.0, 160.0)
    session.undo()
    assert item.pos() == home
    assert_obeys(hand.canvas)
    session.redo()
    assert item.pos() == away
    assert_obeys(hand.canvas)


def test_opening_another_drawing_shows_that_one_whole(hand: Hand) -> None:
    far = edits.move(SMALL.graph, {node.id: (node.xy[0] + 9000.0, node.xy[1]) for node in SMALL.graph.nodes})
    hand.canvas.session.begin(Project(graph=far), None)
    assert_obeys(hand.canvas)
    assert hand.canvas.seen.contains(hand.canvas.board.cards_rect())


def test_an_edit_leaves_the_view_where_it_is(qtbot: QtBot) -> None:
    session = Session(SMALL)
    canvas = Canvas(session)
    qtbot.addWidget(canvas)
    canvas.resize(900, 700)
    with qtbot.waitExposed(canvas):
        canvas.show()
    before = canvas.seen
    assert before.contains(canvas.board.cards_rect())
    session.commit("add", project=placing.add(session.project, "ReLU", (900.0, 400.0))[0])
    session.undo()
    assert canvas.seen == before


def test_the_drawing_is_framed_anew_until_it_was_seen(qtbot: QtBot) -> None:
    canvas = Canvas(Session(SMALL))
    qtbot.addWidget(canvas)
    for size in ((300, 200), (1200, 300), (640, 480)):
        canvas.resize(*size)
    with qtbot.waitExposed(canvas):
        canvas.show()
    assert canvas.seen.contains(canvas.board.cards_rect())
    assert (canvas.centre - canvas.board.painted_rect().center()).manhattanLength() < 80.0


def test_a_canvas_made_anew_looks_where_the_old_one_looked(make: Make, qtbot: QtBot) -> None:
    hand = make()
    session = hand.canvas.session
    hand.canvas.show_place(0.5, QPointF(100.0, 50.0))
    again = Canvas(session)
    qtbot.addWidget(again)
    again.resize(1200, 800)
    with qtbot.waitExposed(again):
        again.show()
    assert again.zoom == 0.5
    assert again.centre == hand.canvas.centre == QPointF(100.0, 50.0)


def test_damaged_drawings_are_shown_as_far_as_they_go(make: Make) -> None:
    graph = SMALL.graph
    loose = Edge("gone", "output", "conv", "another")
    twice = Edge("image", "output", "relu", "input")
    strange = Edge("image", "no_such_port", "flat", "nor_this")
    cycle = Edge("flat", "output", "conv", "third")
    broken = edits.replace(graph, edges=(*graph.edges, loose, twice, strange, cycle, twice))
    hand = make(Project(graph=broken))
    assert hand.canvas.board.nodes.keys() == graph.by_id.keys()
    hand.canvas.grab()
    hand.canvas.session.commit("clear", graph=Graph())
    assert_obeys(hand.canvas)
