"""Frames: what they hold, and how they go along."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.core import edits, frames
from nnstudio.core.diff import diff
from nnstudio.core.graph import Frame, Graph, Node

ROW = Graph(
    nodes=tuple(Node(id=f"n{place}", kind="ReLU", name=f"relu{place}", xy=(place * 240.0, 0.0)) for place in range(4))
)
steps = st.integers(-50, 50).map(lambda number: number * 8.0)
ways = st.tuples(steps, steps)


def framed(*ids: str, title: str = "Stem", graph: Graph = ROW) -> tuple[Graph, str]:
    return frames.add_frame(graph, title, ids)


def test_a_new_frame_holds_just_the_nodes_it_was_made_around() -> None:
    graph, id_ = framed("n1", "n2")
    frame = frames.frame_of(graph, id_)
    assert frames.held(graph, frame.rect) == {"n1", "n2"}
    assert frame.title == "Stem"
    assert graph.nodes is ROW.nodes


def test_a_frame_around_nothing_is_empty_and_where_it_is_asked_for() -> None:
    graph, id_ = frames.add_frame(ROW, "Later", (), (1000.0, 2000.0))
    left, top, wide, high = frames.frame_of(graph, id_).rect
    assert (left + wide / 2, top + high / 2) == (1000.0, 2000.0)
    assert not frames.held(graph, frames.frame_of(graph, id_).rect)


def test_a_card_of_another_size_is_held_where_all_of_it_lies_within() -> None:
    graph, id_ = frames.add_frame(ROW, "", ("n0",), sizes={"n0": (168.0, 300.0)})
    rect = frames.frame_of(graph, id_).rect
    assert frames.held(graph, rect, {"n0": (168.0, 300.0)}) == {"n0"}
    assert not frames.held(graph, rect, {"n0": (168.0, 600.0)})


def test_a_frame_around_framed_nodes_lies_around_their_frame() -> None:
    graph, inner = framed("n1")
    graph, outer = framed("n0", "n1", graph=graph)
    assert frames.held_frames(graph, frames.frame_of(graph, outer)) == {inner}
    assert not frames.held_frames(graph, frames.frame_of(graph, inner))


def test_two_frames_of_one_size_do_not_hold_each_other() -> None:
    graph, first = framed("n1")
    graph = edits.replace(graph, frames=(*graph.frames, edits.replace(graph.frames[0], id="other")))
    assert frames.held_frames(graph, graph.frames[0]) == {"other"}
    assert not frames.held_frames(graph, graph.frames[1])
    assert first != "other"


@given(ways, st.booleans())
def test_a_frame_is_moved_with_all_that_it_holds_or_alone(way: tuple[float, float], alone: bool) -> None:
    graph, inner = framed("n1")
    graph, outer = framed("n0", "n1", graph=graph)
    moved = frames.move_frame(graph, outer, way, alone=alone)
    for node in graph.nodes:
        gone = not alone and node.id in ("n0", "n1")
        assert moved.by_id[node.id].xy == ((node.xy[0] + way[0], node.xy[1] + way[1]) if gone else node.xy)
    assert frames.frame_of(moved, outer) == frames.shifted(frames.frame_of(graph, outer), way)
    assert (frames.frame_of(moved, inner) == frames.frame_of(graph, inner)) == (alone or way == (0.0, 0.0))


@pytest.mark.parametrize(
    ("across", "down", "to", "expected"),
    [
        (1, 1, (500.0, 400.0), (0.0, 0.0, 500.0, 400.0)),
        (-1, -1, (-8.0, -16.0), (-8.0, -16.0, 208.0, 116.0)),
        (0, 1, (999.0, 80.0), (0.0, 0.0, 200.0, 80.0)),
        (1, 0, (-999.0, 0.0), (0.0, 0.0, 96.0, 100.0)),
        (-1, -1, (999.0, 999.0), (104.0, 52.0, 96.0, 48.0)),
    ],
)
def test_what_is_held_goes_where_it_is_brought_and_the_rest_stays(
    across: int, down: int, to: tuple[float, float], expected: frames.Rect
) -> None:
    assert frames.resized((0.0, 0.0, 200.0, 100.0), across, down, to) == expected


def test_removing_a_frame_leaves_what_it_held() -> None:
    graph, id_ = framed("n1")
    assert frames.remove_frames(graph, (id_,)) == ROW


def test_the_difference_of_two_drawings_names_the_frames() -> None:
    graph, id_ = framed("n1")
    assert diff(ROW, graph).framed == diff(graph, ROW).framed == {id_}
    renamed = frames.set_frame(graph, edits.replace(graph.frames[0], title="Head"))
    assert diff(graph, renamed).framed == {id_}
    assert diff(renamed, edits.move(renamed, {"n0": (8.0, 8.0)})).framed == frozenset()


def test_a_copy_brings_along_the_frames_that_hold_nothing_else() -> None:
    graph, _ = framed("n1")
    graph, _ = framed("n0", "n1", graph=graph, title="Both")
    whole = frames.whole_frames(graph, {"n1", "n3"})
    assert [frame.title for frame in whole] == ["Stem"]
    new, ids = edits.paste(graph, [graph.by_id["n1"]], (), (0.0, 800.0), whole)
    copy = new.frames[-1]
    assert copy.id not in {frame.id for frame in graph.frames}
    assert frames.held(new, copy.rect) == set(ids)


@given(ways)
def test_a_frame_goes_as_it_is_where_its_nodes_all_go_the_same_way(way: tuple[float, float]) -> None:
    graph, id_ = framed("n1", "n2")
    moved = edits.move(graph, {key: _gone(graph.by_id[key].xy, way) for key in ("n1", "n2")})
    fitted = frames.fit_frames(graph, moved)
    assert frames.frame_of(fitted, id_) == frames.shifted(frames.frame_of(graph, id_), way)


@given(st.tuples(ways, ways, ways, ways))
def test_a_frame_holds_after_a_new_layout_what_it_held_before(places: tuple[tuple[float, float], ...]) -> None:
    graph, inner = framed("n1")
    graph, outer = framed("n0", "n1", "n2", graph=graph)
    graph = edits.replace(graph, frames=(*graph.frames, Frame(id="e", title="", rect=(5e3, 5e3, 100.0, 100.0))))
    moved = edits.move(graph, {f"n{number}": place for number, place in enumerate(places)})
    fitted = frames.fit_frames(graph, moved)
    assert frames.held(fitted, frames.frame_of(fitted, inner).rect) >= {"n1"}
    assert frames.held(fitted, frames.frame_of(fitted, outer).rect) >= {"n0", "n1", "n2"}
    assert inner in frames.held_frames(fitted, frames.frame_of(fitted, outer))
    assert frames.frame_of(fitted, "e") == frames.frame_of(graph, "e")


def test_a_drawing_whose_nodes_stayed_keeps_its_frames_as_they_are() -> None:
    graph, _ = framed("n1")
    assert frames.fit_frames(graph, graph) is graph


def _gone(place: tuple[float, float], way: tuple[float, float]) -> tuple[float, float]:
    return (place[0] + way[0], place[1] + way[1])
