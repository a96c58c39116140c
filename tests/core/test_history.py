"""Undo keeps documents: whatever was done, undoing all of it gives the start, redoing all of it the end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nnstudio.core.diff import diff
from nnstudio.core.edits import add_node, connect, disconnect, move, remove_nodes, rename, set_param
from nnstudio.core.graph import Edge, Graph
from nnstudio.core.history import History
from nnstudio.core.names import name_fault

steps = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "wire", "unwire", "set", "move", "undo", "redo"]), st.integers(0, 40)),
    max_size=60,
)


def edited(graph: Graph, what: str, pick: int) -> Graph:
    """Apply one edit; ``pick`` chooses where. Edits that are impossible leave the drawing as it is."""
    nodes = graph.nodes
    if what == "add" or not nodes:
        return add_node(graph, "Linear", "dense_", {"out_features": pick + 1}, (pick * 8.0, 0.0))[0]
    node = nodes[pick % len(nodes)]
    if what == "remove":
        return remove_nodes(graph, [node.id])
    if what == "wire":
        other = nodes[(pick * 7 + 3) % len(nodes)]
        try:
            return connect(graph, Edge(node.id, "output", other.id, "input"))
        except ValueError:
            return graph
    if what == "unwire" and graph.edges:
        return disconnect(graph, [graph.edges[pick % len(graph.edges)]])
    if what == "set":
        return set_param(graph, node.id, "out_features", pick + 1)
    return move(graph, {node.id: (pick * 1.0, pick * 2.0)})


def undo_all(history: History[Graph]) -> None:
    while history.undo_label is not None:
        history.undo()


def redo_all(history: History[Graph]) -> None:
    while history.redo_label is not None:
        history.redo()


@given(steps)
def test_undo_all_gives_the_start_and_redo_all_the_end(sequence: list[tuple[str, int]]) -> None:
    start = Graph()
    history = History(start)
    for what, pick in sequence:
        if what == "undo":
            history.undo()
        elif what == "redo":
            history.redo()
        else:
            history.commit(what, edited(history.now, what, pick))
    redo_all(history)
    end = history.now
    undo_all(history)
    assert history.now == start
    redo_all(history)
    assert history.now == end


@given(steps, steps)
def test_diff_says_exactly_what_changed(first: list[tuple[str, int]], second: list[tuple[str, int]]) -> None:
    old = Graph()
    for what, pick in first:
        old = edited(old, what, pick)
    new = old
    for what, pick in second:
        new = edited(new, what, pick)
    change = diff(old, new)
    assert set(new.by_id) == (set(old.by_id) - change.removed) | change.added
    assert set(new.edges) == (set(old.edges) - change.unwired) | change.wired
    same = set(old.by_id) & set(new.by_id) - change.changed
    assert all(old.by_id[id_] == new.by_id[id_] for id_ in same)
    assert all(old.by_id[id_] != new.by_id[id_] for id_ in change.changed)


@given(steps)
def test_drawings_stay_sound(sequence: list[tuple[str, int]]) -> None:
    graph = Graph()
    for what, pick in sequence:
        graph = edited(graph, what, pick)
    names = [node.name for node in graph.nodes]
    assert len(set(names)) == len(names)
    assert all(name_fault(name) is None for name in names)
    assert all(edge.source in graph.by_id and edge.target in graph.by_id for edge in graph.edges)
    ends = [(edge.target, edge.target_port) for edge in graph.edges]
    assert len(set(ends)) == len(ends)


def test_a_slider_leaves_one_step() -> None:
    graph, id_ = add_node(Graph(), "Linear", "dense_")
    history = History(graph)
    for value in range(1, 20):
        history.commit("Units", set_param(history.now, id_, "out_features", value), merge=f"{id_}.out_features")
    history.undo()
    assert history.now == graph
    assert history.undo_label is None


def test_a_slider_that_comes_back_to_where_it_began_leaves_no_step() -> None:
    history = History(0)
    history.commit("before", 1)
    for value in (2, 3, 1):
        history.commit("slide", value, merge="slider")
    assert history.undo_label == "before"
    history.commit("slide", 5, merge="slider")
    history.undo()
    assert history.now == 1
    history.undo()
    assert history.now == 0


def test_a_step_after_another_of_the_same_slider_but_after_undo_is_its_own() -> None:
    history = History(0)
    history.commit("a", 1, merge="slider")
    history.commit("a", 2, merge="slider")
    history.undo()
    history.commit("a", 3, merge="slider")
    history.undo()
    assert history.now == 0


def test_equal_documents_are_no_step() -> None:
    graph, id_ = add_node(Graph(), "Linear", "dense_")
    history = History(graph)
    history.commit("Rename", rename(graph, id_, graph.by_id[id_].name))
    assert history.undo_label is None


def test_listeners_get_old_and_new() -> None:
    history = History("a")
    seen: list[tuple[str, str]] = []
    history.listen(lambda old, new: seen.append((old, new)))
    history.commit("type", "b")
    history.undo()
    history.redo()
    history.restart("z")
    assert seen == [("a", "b"), ("b", "a"), ("a", "b"), ("b", "z")]
    assert history.undo_label is None
