"""The Builder: what it draws, what it leaves to the compiler, and the little that it refuses."""

from __future__ import annotations

import doctest
import itertools
from typing import Any

import pytest

import nnstudio
from nnstudio.core.graph import BlockParameter
from nnstudio.layers.blocks import LIBRARY
from nnstudio.project import builder as module
from nnstudio.project.builder import Builder, Handle, stem_of
from nnstudio.project.placement import CARD, MOST_COLUMNS, place


def test_names_follow_the_kind_and_stay_unique() -> None:
    b = Builder()
    x = b.input(shape=(3, 8, 8))
    for _ in range(2):
        x = b.add("Conv2d", x, out_channels=4, kernel_size=3)
    b.output(x)
    assert [node.name for node in b.project().graph.nodes] == ["input_1", "conv_1", "conv_2", "output_1"]


def test_inputs_are_wired_in_order() -> None:
    b = Builder()
    x, y, z = (b.input(name, shape=(4,)) for name in "xyz")
    b.output(b.add("Concat", y, x, z, y, name="join"))
    graph = b.project().graph
    join = graph.by_name["join"]
    arriving = {edge.target_port: graph.by_id[edge.source].name for edge in graph.into[join.id]}
    assert arriving == {"input_1": "y", "input_2": "x", "input_3": "z", "input_4": "y"}


def test_none_leaves_a_port_without_a_wire() -> None:
    b = Builder()
    steps, lengths = b.input("steps", shape=("T", 5)), b.input("lengths", shape=(), element="index")
    output, last = b.add("GRU", steps, None, lengths, hidden_size=4, name="gru")
    b.output(output)
    b.output(last)
    graph = b.project().graph
    assert [edge.target_port for edge in graph.into[graph.by_name["gru"].id]] == ["input", "lengths"]
    assert nnstudio.compile(b.project()).problems == ()


def test_several_outputs_are_a_tuple_of_handles() -> None:
    b = Builder()
    x = b.input("steps", shape=("T", 5))
    outputs = b.add("LSTM", x, hidden_size=7, name="lstm")
    assert [handle.port for handle in outputs] == ["output", "h_n", "c_n"]
    for handle, name in zip(outputs, ("all", "last", "cell"), strict=True):
        b.output(handle, name=name)
    compiled = nnstudio.compile(b.project())
    assert compiled.problems == ()
    assert (compiled.shapes["all"], compiled.shapes["last"], compiled.shapes["cell"]) == (("T", 7), (7,), (7,))


def test_a_block_is_defined_used_and_follows_its_parameters() -> None:
    b = Builder("bottleneck")
    block = b.block("Bottleneck", later={"stride": 1}, channels=16, stride=2)
    x = block.input("x")
    h = block.add("Conv2d", x, out_channels="=channels", kernel_size=3, padding=1, stride="=stride", name="conv")
    block.output(block.add("ReLU", h), name="y")
    x = b.input("image", shape=(3, 32, 32))
    h = b.add("Bottleneck", x, channels=8, repeat=3)
    h = b.add("Bottleneck", h, name="second")
    b.output(h)
    project = b.project()
    assert project.blocks_by_name["Bottleneck"].parameters == (
        BlockParameter(name="channels", default=16),
        BlockParameter(name="stride", default=2, later=1),
    )
    compiled = nnstudio.compile(project)
    assert compiled.problems == ()
    assert compiled.shapes["bottleneck_1"] == (8, 16, 16)
    assert compiled.shapes["second"] == (16, 8, 8)
    assert compiled.num_parameters == (8 * 27 + 8) + 2 * (8 * 72 + 8) + (16 * 72 + 16)


def test_a_block_with_two_ways_in_and_out() -> None:
    b = Builder()
    block = b.block("Swap")
    first, second = block.input("first"), block.input("second")
    block.output(second, name="left")
    block.output(first, name="right")
    x, y = b.input("x", shape=(3,)), b.input("y", shape=(5,))
    left, right = b.add("Swap", x, y)
    assert (left.port, right.port) == ("left", "right")
    b.output(left, name="a")
    b.output(right, name="b")
    compiled = nnstudio.compile(b.project())
    assert compiled.problems == ()
    assert (compiled.shapes["a"], compiled.shapes["b"]) == ((5,), (3,))


def test_blocks_nest() -> None:
    b = Builder()
    inner = b.block("Inner", width=4)
    inner.output(inner.add("Linear", inner.input("x"), out_features="=width"), name="y")
    outer = b.block("Outer", width=6)
    h = outer.add("Inner", outer.input("x"), width="=width")
    outer.output(outer.add("Inner", h, width=2), name="y")
    b.output(b.add("Outer", b.input("x", shape=(3,)), name="out"))
    compiled = nnstudio.compile(b.project())
    assert compiled.problems == ()
    assert compiled.num_parameters == (3 * 6 + 6) + (6 * 2 + 2)


@pytest.mark.parametrize("spelling", ["by name", "as Block"])
def test_a_block_of_the_library_comes_along(spelling: str) -> None:
    b = Builder()
    x = b.input("image", shape=(16, 8, 8))
    if spelling == "by name":
        h = b.add("ResidualBlock", x, channels=32, stride=2)
    else:
        h = b.add("Block", x, block="ResidualBlock", channels=32, stride=2)
    b.output(h)
    project = b.project()
    assert project.blocks == (LIBRARY["ResidualBlock"].block,)
    compiled = nnstudio.compile(project)
    assert compiled.problems == ()
    assert compiled.shapes["residual_block_1"] == (32, 4, 4)


def test_a_wrong_drawing_is_drawn_and_told_by_the_compiler() -> None:
    b = Builder()
    x = b.input("image", shape=(1, 8, 8))
    flat = b.add("Flatten", x, name="flat")
    bad = b.add("Conv2d", flat, kernel_size=0, colour="red", name="bad")
    odd = b.add("Mystery", bad, power=9000, name="odd")
    both = b.add("ReLU", flat, x, name="both")
    b.output(odd)
    b.output(both)
    compiled = nnstudio.compile(b.project())
    told = {problem.node: problem.code for problem in compiled.problems if problem.severity == "error"}
    assert told["bad"] == "setting"
    assert told["odd"] == "unknown_kind"
    assert told["both"] == "port_taken"
    assert compiled.shapes["flat"] == (64,)
    assert "bad" not in compiled.shapes
    odd_node = compiled.project.graph.by_name["odd"]
    assert (odd_node.kind, dict(odd_node.params)) == ("Mystery", {"power": 9000})


def test_handles_of_another_drawing_are_refused() -> None:
    b, other = Builder(), Builder()
    block = b.block("Inner")
    with pytest.raises(ValueError, match="Linear: expected handles of this drawing as inputs, got Handle"):
        b.add("Linear", other.input("x", shape=(4,)))
    with pytest.raises(ValueError, match="Output: expected handles of this drawing"):
        b.output(block.input("x"))
    with pytest.raises(ValueError, match="got 'x'"):
        b.add("Linear", "x")  # type: ignore[arg-type]
    assert b.project().graph.nodes == ()


@pytest.mark.parametrize("name", ["forward", "class", "2nd", "a b", "", "x" * 65, "taken"])
def test_unusable_names_are_refused(name: str) -> None:
    b = Builder()
    x = b.input("taken", shape=(4,))
    for attempt in (lambda: b.add("ReLU", x, name=name), lambda: b.output(x, name=name), lambda: b.input(name)):
        with pytest.raises(ValueError, match=r"name|word|means|called"):
            attempt()
    assert len(b.project().graph.nodes) == 1


def test_names_of_blocks_are_looked_at_too() -> None:
    b = Builder()
    word: dict[str, Any] = {"lambda": 1}
    b.block("Mine")
    for name in ("Mine", "Conv2d", "Block"):
        with pytest.raises(ValueError, match="already a layer or a block"):
            b.block(name)
    with pytest.raises(ValueError, match="starts with a letter"):
        b.block("My block")
    with pytest.raises(ValueError, match="word of the Python language"):
        b.block("Other", **word)
    with pytest.raises(ValueError, match="depth: no parameter of the block Other"):
        b.block("Other", later={"depth": 2}, width=1)
    assert [block.name for block in b.project().blocks] == ["Mine"]


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("ResidualBlock", "residual_block_"),
        ("LSTM", "lstm_"),
        ("MyGRU2d", "my_gru_2_d_"),
        ("层", "layer_"),
        ("3", "layer_"),
    ],
)
def test_stems(title: str, stem: str) -> None:
    assert stem_of(title) == stem


def test_cards_do_not_overlap_and_wires_lead_on() -> None:
    b = Builder()
    x = b.input("x", shape=(4,))
    branches = [b.add("ReLU", x) for _ in range(3)]
    joined = b.add("Add", *branches, b.add("Tanh", b.add("Tanh", x)))
    for _ in range(12):
        joined = b.add("ReLU", joined)
    b.output(joined)
    late = b.input("late", shape=(4,))
    b.output(b.add("Add", joined, late, name="sum"))
    graph = b.project().graph
    for one, other in itertools.combinations(graph.nodes, 2):
        apart = abs(one.xy[0] - other.xy[0]) >= CARD[0] or abs(one.xy[1] - other.xy[1]) >= CARD[1]
        assert apart, f"{one.name} lies on {other.name}"
    for edge in graph.edges:
        source, target = graph.by_id[edge.source], graph.by_id[edge.target]
        assert target.xy[0] > source.xy[0] or target.xy[1] > source.xy[1]
    width = MOST_COLUMNS * (CARD[0] + 60)
    assert max(node.xy[0] for node in graph.nodes) < width


def test_a_cycle_is_placed_too() -> None:
    from nnstudio.core.graph import Edge, Graph, Node

    nodes = tuple(Node(id=key, kind="ReLU", name=f"relu_{key}") for key in "abc")
    edges = (Edge("a", "output", "b", "input"), Edge("b", "output", "c", "input"), Edge("c", "output", "b", "input"))
    placed = place(Graph(nodes=nodes, edges=edges))
    assert len({node.xy for node in placed.nodes}) == 3


def test_the_example_in_the_documentation_runs() -> None:
    assert doctest.testmod(module).failed == 0


def test_a_handle_is_a_value() -> None:
    b = Builder()
    x = b.input("x", shape=(4,))
    assert x == Handle(b, "n1", "output")
