"""Layers into a block and back: what is computed stays the same, and one undo would restore it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.core.edits import replace, set_param
from nnstudio.core.frames import add_frame, held
from nnstudio.core.graph import Edge, Graph, Node, Value
from nnstudio.project.builder import Builder
from nnstudio.project.definitions import drawing_of, with_drawing
from nnstudio.project.document import Project
from nnstudio.project.grouping import make_block, place_of
from nnstudio.project.unpacking import unpack_block


def branched() -> Project:
    """Two ways from one convolution, a residual block in a chain, an LSTM's several outputs left alone."""
    b = Builder("branches")
    x = b.input("image", shape=(3, 16, 16))
    h = b.add("Conv2d", x, out_channels=8, kernel_size=3, padding=1, name="stem")
    left = b.add("ReLU", h, name="left")
    right = b.add("Conv2d", h, out_channels=8, kernel_size=1, name="right")
    h = b.add("Add", left, right, name="join")
    h = b.add("ResidualBlock", h, channels=16, stride=2, repeat=3, name="stage")
    h = b.add("AdaptiveAvgPool2d", h, output_size=1, name="pool")
    h = b.add("Flatten", h, name="flat")
    b.output(b.add("Linear", h, out_features=10, name="logits"), name="scores")
    return b.project()


def looked_at(project: Project) -> Analysis:
    return analyse(project.graph, project.blocks_by_name)


def ids(project: Project, *names: str) -> set[str]:
    return {project.graph.by_name[name].id for name in names}


def written(graph: Graph) -> tuple[set[tuple[str, str, frozenset[tuple[str, Value]]]], set[tuple[str, str, str, str]]]:
    """A drawing without ids and places."""
    nodes = {(node.kind, node.name, frozenset(node.params.items())) for node in graph.nodes}
    names = {node.id: node.name for node in graph.nodes}
    wires = {(names[e.source], e.source_port, names[e.target], e.target_port) for e in graph.edges}
    return nodes, wires


def same_numbers(one: Analysis, other: Analysis) -> bool:
    return (one.num_parameters, one.num_buffers, one.macs) == (other.num_parameters, other.num_buffers, other.macs)


def test_cut_wires_become_ports() -> None:
    project = branched()
    grouped, id_ = make_block(project, ids(project, "left", "right", "join"), "Fork")
    block = grouped.blocks_by_name["Fork"]
    assert [node.name for node in block.inputs] == ["x"]  # one outlet feeds both ways
    assert [node.name for node in block.outputs] == ["y"]
    assert block.inputs[0].params["shape"] == (8, 16, 16)
    node = grouped.graph.by_id[id_]
    assert (node.kind, node.name, dict(node.params)) == ("Block", "fork_1", {"block": "Fork"})
    assert len(grouped.graph.nodes) == len(project.graph.nodes) - 2
    after = looked_at(grouped)
    assert after.problems == ()
    assert same_numbers(after, looked_at(project))
    back, added = unpack_block(grouped, id_)
    assert written(back.graph) == written(project.graph)
    assert {back.graph.by_id[new].name for new in added} == {"left", "right", "join"}
    assert back.blocks_by_name.keys() >= {"Fork"}


NEXT = {
    "stem": ("left", "right"),
    "left": ("join",),
    "right": ("join",),
    "join": ("stage",),
    "stage": ("pool",),
    "pool": ("flat",),
    "flat": ("logits",),
    "logits": (),
}


def leaves_and_returns(names: set[str]) -> bool:
    """Say whether a way out of the group leads back into it."""

    def returns(name: str) -> bool:
        return name in names or any(map(returns, NEXT[name]))

    outside = {after for name in names for after in NEXT[name]} - names
    return any(returns(after) for name in outside for after in NEXT[name])


@settings(max_examples=80, deadline=None)
@given(st.sets(st.sampled_from(list(NEXT)), min_size=1))
def test_any_group_computes_what_its_layers_did(names: set[str]) -> None:
    project = branched()
    if leaves_and_returns(names):
        with pytest.raises(ValueError, match="Between the chosen layers"):
            make_block(project, ids(project, *names), "Group")
        return
    grouped, id_ = make_block(project, ids(project, *names), "Group")
    after = looked_at(grouped)
    assert after.problems == ()
    assert same_numbers(after, looked_at(project))
    assert written(unpack_block(grouped, id_)[0].graph) == written(project.graph)


def test_a_group_with_a_hole_is_refused() -> None:
    project = branched()
    with pytest.raises(ValueError, match=r"Between the chosen layers lies what is not chosen: left, right\."):
        make_block(project, ids(project, "stem", "join"), "Group")


@pytest.mark.parametrize(
    ("names", "name", "message"),
    [
        (("image", "stem"), "Group", "image cannot lie in a block: Inputs and Outputs stay outside."),
        ((), "Group", "Choose the layers that the block is to hold."),
        (("stem",), "Conv2d", "There is already a layer or a block called 'Conv2d'."),
        (("stem",), "ResidualBlock", "There is already a layer or a block called 'ResidualBlock'."),
        (("stem",), "my block", "A name starts with a letter"),
    ],
)
def test_what_cannot_be_a_block_is_refused(names: tuple[str, ...], name: str, message: str) -> None:
    project = branched()
    with pytest.raises(ValueError, match=message):
        make_block(project, ids(project, *names), name)


def test_shared_weights_stay_together() -> None:
    project = branched()
    graph = project.graph
    tied = replace(graph.by_name["right"], shares=graph.by_name["stem"].id)
    nodes = tuple(tied if node.id == tied.id else node for node in graph.nodes)
    project = replace(project, graph=replace(graph, nodes=nodes))
    with pytest.raises(ValueError, match="right uses the weights of stem: both have to be in the block, or none"):
        make_block(project, ids(project, "right"), "Group")


def test_loose_ends_become_ports_too() -> None:
    nodes = (
        Node(id="a", kind="Linear", name="first", params={"out_features": 4}),
        Node(id="b", kind="Add", name="sum"),
    )
    project = Project(graph=Graph(nodes=nodes, edges=(Edge("a", "output", "b", "input_2"),)))
    grouped, id_ = make_block(project, {"a", "b"}, "Loose")
    block = grouped.blocks_by_name["Loose"]
    assert [node.name for node in block.inputs] == ["x_1", "x_2"]
    assert [node.name for node in block.outputs] == ["y"]
    assert written(unpack_block(grouped, id_)[0].graph) == written(project.graph)


def stage(**params: Value) -> Project:
    b = Builder("chain")
    x = b.input("image", shape=(8, 16, 16))
    b.output(b.add("ResidualBlock", x, name="stage", **params))
    return b.project()


@pytest.mark.parametrize(
    "params",
    [
        {"channels": 16, "stride": 2, "repeat": 3},
        {"channels": (8, 16, 4), "repeat": 3},
        {"channels": 8},
    ],
)
def test_a_chain_of_copies_is_unpacked_with_its_numbers(params: Mapping[str, Value]) -> None:
    project = stage(**params)
    (id_,) = ids(project, "stage")
    unpacked, added = unpack_block(project, id_)
    after = looked_at(unpacked)
    assert after.problems == ()
    assert same_numbers(after, looked_at(project))
    assert len(added) == 8 * int(str(params.get("repeat", 1)))
    values = [value for node in unpacked.graph.nodes for value in node.params.values()]
    assert not any(isinstance(value, str) and value.startswith("=") for value in values)


def test_what_follows_an_unpacked_block_makes_room() -> None:
    """Each copy has a line of its own; what was to the right is still there, and lines below are further down."""
    project = stage(channels=8, repeat=2)
    (id_,) = ids(project, "stage")
    below = Node(id="below", kind="ReLU", name="below", xy=(0.0, 200.0))
    above = Node(id="above", kind="ReLU", name="above", xy=(600.0, -200.0))
    graph = project.graph
    unpacked, added = unpack_block(replace(project, graph=replace(graph, nodes=(*graph.nodes, below, above))), id_)
    places = [unpacked.graph.by_id[new].xy for new in added]
    assert unpacked.graph.by_name["output_1"].xy == (max(x for x, _ in places) + 168 + 60, 0.0)
    assert unpacked.graph.by_name["below"].xy[1] >= max(y for _, y in places) + 112
    assert unpacked.graph.by_name["above"].xy == above.xy
    assert len(set(places)) == len(places)


def parametric() -> Project:
    b = Builder("parametric")
    inner = b.block("Unit", width=4, number=1)
    h = inner.input("x", shape=(8,))
    h = inner.add("Linear", h, out_features="=2*width+number", bias=False, name="dense")
    inner.output(h, name="y")
    outer = b.block("Stack", channels=6)
    h = outer.input("x", shape=(8,))
    h = outer.add("Unit", h, width="=channels//2", number="=copy", name="unit")
    h = outer.add("Linear", h, out_features="=in_features+copy", bias=False, name="last")
    outer.output(h, name="y")
    x = b.input("numbers", shape=(5,))
    b.output(b.add("Stack", x, channels=10, repeat=2, name="stack"))
    return b.project()


def test_a_group_within_a_block_hands_its_parameters_on() -> None:
    project = parametric()
    before = looked_at(project)
    assert before.problems == ()
    graph = drawing_of(project, "Stack")
    chosen = {graph.by_name["unit"].id, graph.by_name["last"].id}
    grouped, id_ = make_block(project, chosen, "Both", within="Stack")
    node = drawing_of(grouped, "Stack").by_id[id_]
    assert dict(node.params) == {
        "block": "Both",
        "channels": "=channels",
        "number": "=copy",
        "features_in": "=in_features",
    }
    assert same_numbers(looked_at(grouped), before)
    unpacked, _ = unpack_block(grouped, id_, within="Stack")
    after = looked_at(unpacked)
    assert after.problems == ()
    assert same_numbers(after, before)


def test_expressions_are_written_out_where_they_depend_on_what_lies_around() -> None:
    project = parametric()
    graph = drawing_of(project, "Stack")
    unpacked, added = unpack_block(project, graph.by_name["unit"].id, within="Stack")
    (new,) = added
    assert drawing_of(unpacked, "Stack").by_id[new].params["out_features"] == "=2*(channels//2)+(copy)"
    assert same_numbers(looked_at(unpacked), looked_at(project))


def test_sizes_that_arrive_are_known_only_where_they_arrive() -> None:
    project = parametric()
    (id_,) = ids(project, "stack")
    unpacked, _ = unpack_block(project, id_)
    assert same_numbers(looked_at(unpacked), looked_at(project))
    loose = with_drawing(project, None, replace(project.graph, edges=()))
    with pytest.raises(ValueError, match="Settings in stack follow from what arrives there, which is not known yet"):
        unpack_block(loose, id_)


def test_only_blocks_are_unpacked() -> None:
    project = branched()
    (id_,) = ids(project, "stem")
    with pytest.raises(ValueError, match="stem is no block"):
        unpack_block(project, id_)
    (stage_id,) = ids(project, "stage")
    wrong = replace(project, graph=set_param(project.graph, stage_id, "depth", 3))
    with pytest.raises(ValueError, match="has no parameter 'depth'"):
        unpack_block(wrong, stage_id)


def test_a_block_is_looked_at_with_its_defaults() -> None:
    project = parametric()
    block = project.blocks_by_name["Stack"]
    analysis = analyse(block.graph, project.blocks_by_name, place=place_of(project, "Stack"))
    assert analysis.problems == ()
    assert analysis.num_parameters == 8 * 6 + 6 * 8


def test_a_frame_that_holds_only_chosen_layers_goes_into_the_block_and_comes_back() -> None:
    project = branched()
    chosen = ids(project, "left", "right", "join")
    graph, _ = add_frame(project.graph, "Fork", chosen)
    graph, _ = add_frame(graph, "All", {*chosen, *ids(project, "stem")})
    grouped, id_ = make_block(replace(project, graph=graph), chosen, "Fork")
    assert [frame.title for frame in grouped.graph.frames] == ["All"]
    drawing = grouped.blocks_by_name["Fork"].graph
    assert [frame.title for frame in drawing.frames] == ["Fork"]
    names = {drawing.by_id[key].name for key in held(drawing, drawing.frames[0].rect)}
    assert names == {"left", "right", "join"}
    unpacked, added = unpack_block(grouped, id_)
    outer, inner = unpacked.graph.frames
    assert (outer.title, inner.title) == ("All", "Fork")
    assert held(unpacked.graph, inner.rect) == set(added)
    assert held(unpacked.graph, outer.rect) >= {*added, *ids(unpacked, "stem")}
