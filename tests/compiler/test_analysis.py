"""Shapes, costs and problems: every number known without torch, every fault told at its node."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.core.edits import connect, move, remove_nodes, replace, set_node, set_param
from nnstudio.core.graph import Block, Edge, Graph, Value
from nnstudio.core.problem import Problem
from tests.compiler.drawings import Layer, chain, drawing, lenet, residual

IMAGE: Layer = ("image", "Input", {"shape": (1, 32, 32)})
FLATTEN: Layer = ("flatten", "Flatten", {})
OUT: Layer = ("out", "Output", {})


def shapes(analysis: Analysis) -> dict[str, tuple[int | str, ...]]:
    return {id_: facts.outputs[0].shape for id_, facts in analysis.facts.items() if facts.outputs}


def only_problem(graph: Graph) -> Problem:
    (problem,) = [problem for problem in analyse(graph, {}).problems if problem.severity == "error"]
    return problem


def test_lenet_has_its_published_numbers() -> None:
    analysis = analyse(lenet(), {})
    assert analysis.problems == ()
    assert analysis.num_parameters == 61_706
    assert analysis.num_buffers == 0
    assert shapes(analysis)["pool_2"] == (16, 5, 5)
    assert analysis.facts["conv_1"].cost.parameters == 156
    assert analysis.facts["conv_2"].cost.parameters == 2_416
    assert analysis.facts["conv_1"].cost.macs == 117_600
    assert analysis.facts["conv_2"].field == (14, 14)


def test_a_missing_input_is_told_at_its_node() -> None:
    problem = only_problem(drawing((IMAGE, ("conv", "Conv2d", {}), OUT), "conv>out"))
    assert (problem.node, problem.code) == ("conv", "missing_input")
    assert problem.message == "Nothing is connected to the input of conv yet."


def test_add_wants_two() -> None:
    problem = only_problem(drawing((IMAGE, ("add", "Add", {}), OUT), "image>add.input_1 add>out"))
    assert (problem.node, problem.code) == ("add", "missing_input")


def test_two_wires_into_one_port_are_named_and_mended() -> None:
    graph = drawing(
        (IMAGE, ("a", "ReLU", {}), ("b", "Tanh", {}), ("c", "ReLU", {}), OUT),
        "image>a image>b a>c b>c c>out",
    )
    problem = next(p for p in analyse(graph, {}).problems if p.code == "port_taken")
    assert problem.node == "c"
    assert "from a and from b" in problem.message
    assert [fix.label for fix in problem.fixes] == ["Keep a", "Keep b"]
    mended = problem.fixes[1].edit(graph)
    assert [edge.source for edge in mended.edges if edge.target == "c"] == ["b"]
    assert analyse(mended, {}).ok


def test_conv_after_flatten_says_what_it_needs_and_offers_its_place() -> None:
    graph = chain(IMAGE, ("flatten", "Flatten", {}), ("conv", "Conv2d", {}), ("dense", "Linear", {}), OUT)
    analysis = analyse(graph, {})
    (problem,) = analysis.problems
    assert (problem.node, problem.code) == ("conv", "shape")
    assert "channels × height × width" in problem.message
    assert "1024" in problem.message.replace(",", "")
    assert shapes(analysis) == {"image": (1, 32, 32), "flatten": (1024,)}
    (fix,) = problem.fixes
    assert fix.label == "Connect before flatten"
    mended = analyse(fix.edit(graph), {})
    assert mended.by_node.get("conv") is None
    assert shapes(mended)["conv"][1:] != ()


def test_a_kernel_larger_than_its_image_is_told() -> None:
    small: Layer = ("image", "Input", {"shape": (1, 4, 4)})
    graph = chain(small, ("conv", "Conv2d", {"kernel_size": 7}), OUT)
    problem = only_problem(graph)
    assert (problem.node, problem.code) == ("conv", "shape")
    assert "7" in problem.message
    assert "4" in problem.message
    assert analyse(problem.fixes[0].edit(graph), {}).ok


def test_add_never_stretches() -> None:
    graph = drawing(
        (
            IMAGE,
            ("conv", "Conv2d", {"out_channels": 4, "kernel_size": 3, "padding": 1}),
            ("add", "Add", {}),
            OUT,
        ),
        "image>conv image>add.input_1 conv>add.input_2 add>out",
    )
    analysis = analyse(graph, {})
    (problem,) = analysis.problems
    assert (problem.node, problem.code) == ("add", "shape")
    assert "1 × 32 × 32" in problem.message
    assert "4 × 32 × 32" in problem.message
    assert shapes(analysis)["conv"] == (4, 32, 32)


def test_a_cycle_from_a_file_is_named_with_all_its_layers() -> None:
    graph = drawing(
        (IMAGE, ("a", "ReLU", {}), ("add", "Add", {}), ("b", "ReLU", {}), ("after", "ReLU", {}), OUT),
        "image>add.input_1 b>add.input_2 add>a a>b b>after after>out",
    )
    analysis = analyse(graph, {})
    named = {p.node for p in analysis.problems if p.code == "cycle"}
    assert named == {"a", "add", "b"}
    assert shapes(analysis) == {"image": (1, 32, 32)}
    assert not analysis.ok


@pytest.mark.parametrize(
    ("kind", "params", "expected"),
    [
        ("Linear", {"out_features": 0}, "Units: expected a whole number from 1 to 1,000,000, got 0"),
        ("Linear", {"out_features": True}, "got True"),
        (
            "Linear",
            {"width": 3},
            "Linear has no parameter 'width'; it has out_features, bias, start, start_scale, frozen.",
        ),
        ("Conv2d", {"kernel_size": (3, 3, 3)}, "Kernel size: expected"),
        ("Conv2d", {"kernel_size": "five"}, "got 'five'"),
    ],
)
def test_settings_that_cannot_be_are_told_at_the_node(kind: str, params: Mapping[str, Value], expected: str) -> None:
    problem = only_problem(chain(IMAGE, ("layer", kind, params), OUT))
    assert (problem.node, problem.code) == ("layer", "setting")
    assert expected in problem.message


def test_an_unknown_layer_is_kept_and_told() -> None:
    problem = only_problem(chain(IMAGE, ("magic", "Magic9", {"power": 3}), OUT))
    assert (problem.node, problem.code) == ("magic", "unknown_kind")
    assert "'Magic9'" in problem.message


def test_what_leads_nowhere_only_warns() -> None:
    graph = drawing((IMAGE, OUT, ("lost", "Conv2d", {}), ("tail", "ReLU", {})), "image>out image>tail")
    analysis = analyse(graph, {})
    assert {(p.node, p.code, p.severity) for p in analysis.problems} == {
        ("lost", "missing_input", "warning"),
        ("tail", "unused", "warning"),
    }
    assert analysis.ok
    assert not analysis.facts["tail"].live
    assert analysis.num_parameters == 0


def test_an_empty_drawing_says_so() -> None:
    assert [p.code for p in analyse(Graph(), {}).problems] == ["empty"]


def test_no_way_in_or_out_is_told() -> None:
    problems = analyse(chain(("a", "ReLU", {}), ("b", "ReLU", {})), {}).problems
    assert [(p.code, p.severity) for p in problems] == [
        ("no_input", "error"),
        ("no_output", "error"),
        ("missing_input", "warning"),
    ]


def test_loose_wires_from_a_file_are_told_and_removed() -> None:
    graph = drawing((IMAGE, ("relu", "ReLU", {}), OUT), "image>relu ghost>relu.input relu.side>out relu>out")
    analysis = analyse(graph, {})
    found = [p for p in analysis.problems if p.code == "port"]
    assert {p.node for p in found} == {"relu", "out"}
    for problem in found:
        graph = problem.fixes[0].edit(graph)
    assert analyse(graph, {}).ok


def test_equal_names_are_told() -> None:
    graph = chain(IMAGE, ("a", "ReLU", {}), OUT)
    twin = graph.nodes[1]
    twins = Graph(nodes=(*graph.nodes, type(twin)(id="z", kind="ReLU", name="a")), edges=graph.edges)
    assert [p.id for p in analyse(twins, {}).problems if p.code == "name"] == ["a", "z"]


def test_indices_and_numbers_do_not_mix() -> None:
    problem = only_problem(chain(IMAGE, ("embedding", "Embedding", {}), OUT))
    assert "whole numbers" in problem.message
    words: Layer = ("words", "Input", {"shape": (8,), "element": "index"})
    problem = only_problem(chain(words, ("dense", "Linear", {}), OUT))
    assert "put an Embedding first" in problem.message


def test_a_second_analysis_takes_over_what_did_not_change() -> None:
    graph = lenet()
    first = analyse(graph, {})
    edited = set_param(graph, "dense_1", "out_features", 64)
    second = analyse(edited, {}, first)
    assert second.facts["conv_2"] is first.facts["conv_2"]
    assert second.facts["dense_2"].cost.parameters == 84 * 65
    assert_alike(second, analyse(edited, {}))
    third = analyse(remove_nodes(edited, ["tanh_3"]), {}, second)
    assert_alike(third, analyse(remove_nodes(edited, ["tanh_3"]), {}))


@pytest.mark.parametrize(
    ("id_", "name", "value"),
    [
        ("conv_1", "kernel_size", 40),
        ("conv_1", "out_channels", 3),
        ("image", "shape", (1, 8, 8)),
        ("dense_1", "bias", 2),
    ],
)
def test_following_an_edit_finds_what_a_fresh_look_finds(id_: str, name: str, value: Value) -> None:
    graph = lenet()
    there = set_param(graph, id_, name, value)
    back = set_node(there, graph.by_id[id_])
    first = analyse(graph, {})
    followed = analyse(there, {}, first)
    assert_alike(followed, analyse(there, {}))
    assert_alike(analyse(back, {}, followed), first)


def assert_alike(one: Analysis, other: Analysis) -> None:
    """Compare two analyses but for the edits in them, which are functions."""

    def told(analysis: Analysis) -> list[tuple[object, ...]]:
        return [(p.id, p.code, p.message, p.severity, [fix.label for fix in p.fixes]) for p in analysis.problems]

    assert one.facts == other.facts
    assert told(one) == told(other)
    assert (one.num_parameters, one.num_buffers, one.macs, one.activations) == (
        other.num_parameters,
        other.num_buffers,
        other.macs,
        other.activations,
    )


def test_moving_a_layer_works_nothing_out_again() -> None:
    graph = lenet()
    first = analyse(graph, {})
    moved = analyse(move(graph, {node.id: (8.0, 8.0) for node in graph.nodes}), {}, first)
    assert all(moved.facts[id_] is first.facts[id_] for id_ in first.facts)


def test_blocks_follow_their_definition_and_count_every_copy() -> None:
    graph, blocks = residual()
    analysis = analyse(graph, blocks)
    assert analysis.problems == ()
    assert shapes(analysis)["stage_2"] == (16, 8, 8)
    same = 2 * (8 * 8 * 9) + 2 * 16
    assert analysis.facts["stage_1"].cost.parameters == 2 * same
    grown = 16 * 8 * 9 + 16 * 16 * 9 + 2 * 32 + 16 * 8 + 32
    later = 2 * 16 * 16 * 9 + 2 * 32
    assert analysis.facts["stage_2"].cost.parameters == grown + 2 * later


def test_a_fault_inside_a_block_names_instance_and_layer() -> None:
    graph, blocks = residual()
    wrong = set_param(graph, "stage_2", "channels", 0)
    problems = analyse(wrong, blocks).problems
    assert {(p.node, p.id) for p in problems} == {("stage_2.conv_1", "stage_2")} or problems[0].id == "stage_2"
    assert all(p.severity == "error" for p in problems)


def test_a_block_that_contains_itself_is_told() -> None:
    inner = drawing(
        (("x", "Input", {}), ("again", "Block", {"block": "R"}), ("y", "Output", {})), "x>again.x again.y>y"
    )
    endless = {"R": Block(name="R", graph=inner)}
    outer = drawing((IMAGE, ("r", "Block", {"block": "R"}), OUT), "image>r.x r.y>out")
    (problem,) = analyse(outer, endless).problems
    assert problem.id == "r"
    assert problem.message == "The block R lies within itself: R → R."


def test_shared_weights_are_counted_once_and_must_fit() -> None:
    units: Mapping[str, Value] = {"out_features": 1024}
    graph = chain(IMAGE, FLATTEN, ("a", "Linear", units), ("b", "Linear", units), OUT)
    tied = set_node(graph, replace(graph.by_id["b"], shares="a"))
    assert analyse(tied, {}).num_parameters == 1024 * 1025
    misfit = set_param(tied, "a", "out_features", 512)
    assert [p.code for p in analyse(misfit, {}).problems] == ["shares"]


def test_a_wire_that_would_close_a_cycle_is_refused_at_once() -> None:
    graph = lenet()
    with pytest.raises(ValueError, match="close a cycle"):
        connect(graph, Edge("tanh_2", "output", "conv_1", "input"))


def test_receptive_fields_grow_with_kernels_and_strides() -> None:
    graph = chain(
        IMAGE,
        ("a", "Conv2d", {"kernel_size": 3, "stride": 2}),
        ("b", "MaxPool2d", {"kernel_size": 2}),
        ("c", "Conv2d", {"kernel_size": (1, 3)}),
        ("pool", "AdaptiveAvgPool2d", {"output_size": 1}),
        OUT,
    )
    facts = analyse(graph, {}).facts
    assert [facts[name].field for name in ("image", "a", "b", "c", "pool")] == [(1, 1), (3, 3), (5, 5), (5, 13), None]
