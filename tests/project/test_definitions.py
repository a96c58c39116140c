"""Edits of block definitions: all instances follow, and nothing else changes."""

from __future__ import annotations

import pytest

from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.core.edits import rename, replace
from nnstudio.core.graph import Block, BlockParameter, Graph, Node
from nnstudio.project.builder import Builder
from nnstudio.project.definitions import (
    add_parameter,
    block_fault,
    duplicate_block,
    free_name,
    remove_blocks,
    remove_parameter,
    rename_block,
    rename_parameter,
    set_block,
    set_parameter,
    unused_blocks,
    uses_parameter,
    with_drawing,
)
from nnstudio.project.document import Project
from nnstudio.project.reader import decode
from nnstudio.project.writer import encode


def nested() -> Project:
    """Two instances of Stack, whose Unit lies in another one too, and a block that nothing uses."""
    b = Builder("nested")
    unit = b.block("Unit", width=4, bias=True)
    h = unit.input("x", shape=(8,))
    h = unit.add("Linear", h, out_features="=2*width", bias="=bias", name="dense")
    unit.output(h, name="y")
    stack = b.block("Stack", later={"channels": 3}, channels=6)
    h = stack.input("x", shape=(8,))
    h = stack.add("Unit", h, width="=channels", name="first")
    h = stack.add("Unit", h, bias=False, name="second")
    stack.output(h, name="y")
    spare = b.block("Spare")
    spare.output(spare.add("Stack", spare.input("x", shape=(8,))), name="y")
    x = b.input("numbers", shape=(8,))
    h = b.add("Stack", x, channels=10, repeat=2, name="one")
    h = b.add("Stack", h, name="two")
    b.output(b.add("Unit", h, width=7, name="last"))
    return b.project()


def looked_at(project: Project) -> Analysis:
    analysis = analyse(project.graph, project.blocks_by_name)
    assert decode(encode(project)) == project
    return analysis


def numbers(project: Project) -> tuple[int, int | None, bool]:
    analysis = looked_at(project)
    return analysis.num_parameters, analysis.macs, analysis.ok


def test_one_edit_of_a_definition_changes_all_instances() -> None:
    project = nested()
    before = looked_at(project)
    unit = project.blocks_by_name["Unit"]
    dense = replace(unit.graph.by_name["dense"], params={"out_features": "=width"})
    graph = replace(unit.graph, nodes=tuple(dense if node.id == dense.id else node for node in unit.graph.nodes))
    edited = with_drawing(project, "Unit", graph)
    after = looked_at(edited)
    assert after.ok
    assert edited.graph is project.graph
    assert after.facts[project.graph.by_name["one"].id] != before.facts[project.graph.by_name["one"].id]
    assert after.num_parameters < before.num_parameters


def test_wires_follow_ports_that_get_other_names() -> None:
    project = nested()
    unit = project.blocks_by_name["Unit"]
    graph = rename(unit.graph, unit.inputs[0].id, "signal")
    graph = rename(graph, unit.outputs[0].id, "result")
    edited = set_block(project, replace(unit, graph=graph))
    assert numbers(edited) == numbers(project)
    ports = {edge.target_port for edge in edited.blocks_by_name["Stack"].graph.edges}
    assert ports == {"signal", "input"}


def test_a_block_cannot_come_to_lie_within_itself() -> None:
    project = nested()
    unit = project.blocks_by_name["Unit"]
    inner = Node(id="new", kind="Block", name="again", params={"block": "Stack"})
    graph = replace(unit.graph, nodes=(*unit.graph.nodes, inner))
    with pytest.raises(ValueError, match="The block Unit lies within itself: Unit → Stack → Unit"):
        set_block(project, replace(unit, graph=graph))


def test_a_renamed_block_keeps_its_instances() -> None:
    project = nested()
    renamed = rename_block(project, "Unit", "Cell")
    assert numbers(renamed) == numbers(project)
    assert [block.name for block in renamed.blocks] == ["Cell", "Stack", "Spare"]
    assert rename_block(renamed, "Cell", "Unit") == project
    for taken in ("Stack", "Conv2d", "Block"):
        with pytest.raises(ValueError, match=f"There is already a layer or a block called '{taken}'"):
            rename_block(project, "Unit", taken)
    with pytest.raises(ValueError, match="a word of the Python language"):
        rename_block(project, "Unit", "class")


def test_a_copy_of_a_definition_goes_its_own_way() -> None:
    project = nested()
    id_ = project.graph.by_name["two"].id
    copied = duplicate_block(project, "Stack", "Tower", instance=id_)
    assert numbers(copied) == numbers(project)
    assert copied.graph.by_id[id_].params["block"] == "Tower"
    assert copied.graph.by_name["one"].params["block"] == "Stack"
    assert duplicate_block(project, "Stack", "Tower").graph is project.graph
    assert free_name(project, "Stack") == "Stack_1"
    assert block_fault(project, "Tower") is None


def test_only_what_nothing_uses_is_removed() -> None:
    project = nested()
    assert unused_blocks(project) == ("Spare",)
    left = remove_blocks(project, unused_blocks(project))
    assert [block.name for block in left.blocks] == ["Unit", "Stack"]
    assert numbers(left) == numbers(project)
    with pytest.raises(ValueError, match="Unit is still used in the block Stack"):
        remove_blocks(project, ["Unit"])
    with pytest.raises(ValueError, match="Stack is still used in the drawing, by one"):
        remove_blocks(left, ["Stack"])
    empty = remove_blocks(replace(left, graph=Graph()), ["Unit", "Stack"])
    assert empty.blocks == ()


def test_parameters_come_and_go() -> None:
    project = nested()
    more = add_parameter(project, "Unit", "depth", 2)
    assert numbers(more) == numbers(project)
    assert not uses_parameter(more.blocks_by_name["Unit"], "depth")
    assert remove_parameter(more, "Unit", "depth") == project
    for name, message in (
        ("width", "The block Unit already has a parameter 'width'"),
        ("copy", "'copy' already means something in every block"),
        ("in_channels", "'in_channels' already means something"),
        ("1st", "A name starts with a letter"),
    ):
        with pytest.raises(ValueError, match=message):
            add_parameter(project, "Unit", name, 1)


def test_a_renamed_parameter_stays_connected() -> None:
    project = nested()
    renamed = rename_parameter(project, "Unit", "width", "size")
    assert numbers(renamed) == numbers(project)
    assert renamed.blocks_by_name["Unit"].graph.by_name["dense"].params["out_features"] == "=2*size"
    assert renamed.blocks_by_name["Stack"].graph.by_name["first"].params["size"] == "=channels"
    assert renamed.graph.by_name["last"].params["size"] == 7
    assert rename_parameter(renamed, "Unit", "size", "width") == project


def test_what_referred_to_a_removed_parameter_gets_its_default() -> None:
    project = nested()
    fixed = remove_parameter(remove_parameter(project, "Unit", "width"), "Unit", "bias")
    dense = fixed.blocks_by_name["Unit"].graph.by_name["dense"]
    assert dict(dense.params) == {"out_features": "=2*4", "bias": True}
    assert uses_parameter(project.blocks_by_name["Unit"], "width")
    assert fixed.blocks_by_name["Unit"].parameters == ()
    assert "width" not in fixed.graph.by_name["last"].params
    assert looked_at(fixed).ok


def test_a_parameter_of_another_type_forgets_what_was_said() -> None:
    project = nested()
    other = set_parameter(project, "Unit", BlockParameter(name="width", default=8, later=2))
    assert other.graph.by_name["last"].params["width"] == 7
    word = set_parameter(project, "Unit", BlockParameter(name="width", default="wide"))
    assert "width" not in word.graph.by_name["last"].params
    with pytest.raises(ValueError, match="width: expected a whole number"):
        set_parameter(project, "Unit", BlockParameter(name="width", default=8, later="wide"))


def test_a_new_definition_is_added() -> None:
    project = nested()
    assert set_block(project, Block(name="Empty")).blocks[-1] == Block(name="Empty")
