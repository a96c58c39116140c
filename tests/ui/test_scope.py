"""Blocks opened on the canvas: edits go to the definition, undo reaches across, and the way back is kept."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.core import edits
from nnstudio.core.graph import Edge, Graph
from nnstudio.layers.spec import Signal
from nnstudio.project.builder import Builder
from nnstudio.project.definitions import remove_blocks, rename_block
from nnstudio.project.document import Project
from nnstudio.ui.session import Session


def towers() -> Project:
    """Two instances of Tower, each with a Unit in it."""
    b = Builder("towers")
    unit = b.block("Unit", width=4)
    h = unit.input("x", shape=(8,))
    h = unit.add("Linear", h, out_features="=2*width", name="dense")
    unit.output(h, name="y")
    tower = b.block("Tower", channels=6)
    h = tower.input("x", shape=(8,))
    h = tower.add("Unit", h, width="=channels+in_features", name="unit")
    h = tower.add("ReLU", h, name="relu")
    tower.output(h, name="y")
    x = b.input("numbers", shape=(5,))
    h = b.add("Tower", x, channels=10, name="one")
    b.output(b.add("Tower", h, name="two"))
    return b.project()


@pytest.fixture
def session(qtbot: QtBot) -> Session:
    return Session(towers())


def id_of(session: Session, name: str) -> str:
    return session.graph.by_name[name].id


def enter(session: Session, *names: str) -> None:
    for name in names:
        node = session.graph.by_name[name]
        session.enter(str(node.params["block"]), node.id)


def test_a_block_is_seen_as_it_is_where_it_was_entered(session: Session) -> None:
    enter(session, "one")
    assert (session.within, len(session.trail)) == ("Tower", 1)
    assert session.graph is session.blocks["Tower"].graph
    assert dict(session.values) == {"channels": 10, "copy": 0, "in_channels": 5, "in_features": 5}
    assert session.analysis.facts[id_of(session, "relu")].outputs == (Signal((30,)),)
    enter(session, "unit")
    assert session.values["width"] == 15
    assert session.analysis.facts[id_of(session, "dense")].outputs == (Signal((30,)),)
    session.leave_all()
    enter(session, "two")
    assert session.analysis.facts[id_of(session, "relu")].outputs == (Signal((2 * (6 + 30),)),)


def test_a_block_entered_by_name_is_seen_with_its_defaults(session: Session) -> None:
    session.enter("Tower")
    assert session.values["channels"] == 6
    assert session.analysis.facts[id_of(session, "relu")].outputs == (Signal((2 * (6 + 8),)),)
    with pytest.raises(KeyError):
        session.enter("Nothing")


def test_an_edit_changes_all_instances_and_one_undo_restores_them(session: Session) -> None:
    before, parameters = session.project, session.model.num_parameters
    enter(session, "one", "unit")
    session.commit("Wider", edits.set_param(session.graph, id_of(session, "dense"), "out_features", "=3*width"))
    assert session.project.graph is before.graph
    assert session.blocks["Unit"].graph.by_name["dense"].params["out_features"] == "=3*width"
    assert session.analysis.facts[id_of(session, "dense")].outputs == (Signal((45,)),)
    assert session.model.num_parameters > parameters
    session.leave_all()
    assert session.analysis is session.model
    session.undo()
    assert session.project is before
    assert session.model.num_parameters == parameters


def test_selection_and_view_wait_outside(session: Session) -> None:
    told: list[str | None] = []
    session.entered.connect(lambda: told.append(session.within))
    session.select([id_of(session, "one")])
    session.view.zoom, session.view.centre = 0.5, (3.0, 4.0)
    enter(session, "one")
    assert session.selection == frozenset()
    assert [session.view.zoom, session.view.centre] == [None, None]
    assert session.model_selection == {session.trail[0].node}
    session.select([id_of(session, "relu")])
    session.leave()
    assert session.selection == {id_of(session, "one")} == session.model_selection
    assert (session.view.zoom, session.view.centre) == (0.5, (3.0, 4.0))
    session.leave()
    assert told == ["Tower", None]


def test_a_renamed_block_stays_open_and_a_removed_one_is_left(session: Session) -> None:
    enter(session, "one", "unit")
    session.commit("Rename", project=rename_block(session.project, "Tower", "Turm"))
    assert [level.block for level in session.trail] == ["Turm", "Unit"]
    assert session.values["width"] == 15
    session.undo()
    assert [level.block for level in session.trail] == ["Tower", "Unit"]
    empty = edits.replace(session.project, graph=Graph())
    session.commit("Remove", project=remove_blocks(empty, ["Tower", "Unit"]))
    assert session.trail == ()
    assert session.graph == Graph()


def test_an_instance_that_goes_leaves_its_block_open(session: Session) -> None:
    enter(session, "one")
    session.commit("Cut off", project=edits.replace(session.project, graph=Graph()))
    assert session.within == "Tower"
    assert session.values["channels"] == 6


def test_a_block_is_not_put_into_itself(session: Session) -> None:
    told: list[str] = []
    session.refused.connect(told.append)
    enter(session, "one", "unit")
    before = session.project
    graph, _ = edits.add_node(session.graph, "Block", "again_", {"block": "Tower"})
    session.commit("Add", graph)
    assert session.project is before
    assert told == ["The block Unit lies within itself: Unit → Tower → Unit."]


def test_steps_in_two_drawings_are_two_steps(session: Session) -> None:
    first = session.project
    session.commit("Move", edits.move(session.graph, {"n1": (8.0, 0.0)}), merge="nudge n1")
    second = session.project
    enter(session, "one")
    session.commit("Move", edits.move(session.graph, {"n1": (8.0, 0.0)}), merge="nudge n1")
    session.undo()
    assert session.project is second
    session.undo()
    assert session.project is first


def test_ports_renamed_inside_keep_their_wires(session: Session) -> None:
    enter(session, "one")
    session.commit("Rename", edits.rename(session.graph, id_of(session, "y"), "result"))
    assert session.model.ok
    assert Edge(session.project.graph.by_name["one"].id, "result", session.project.graph.by_name["two"].id, "x") in (
        session.project.graph.edges
    )


def test_a_wrong_expression_is_told_at_its_layer(session: Session) -> None:
    enter(session, "one", "unit")
    id_ = id_of(session, "dense")
    session.commit("Set", edits.set_param(session.graph, id_, "out_features", "=widht"))
    (problem,) = session.analysis.by_node[id_]
    assert problem.message.startswith("Units: 'widht' has no value here; there is width, copy")
    assert [problem.node for problem in session.model.problems] == ["one.unit.dense"]  # two waits for it


def test_a_new_document_is_seen_from_outside(session: Session) -> None:
    enter(session, "one")
    session.begin(Project(), None)
    assert (session.trail, session.within, session.graph) == ((), None, Graph())
