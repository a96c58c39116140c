"""Skipped layers: the analysis passes them by, and what is built and written is the drawing without them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import torch

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.link import link
from nnstudio.compiler.lint import lint
from nnstudio.compiler.plan import CompileError, make_plan
from nnstudio.compiler.source import write_source
from nnstudio.core.edits import (
    connect,
    disconnect,
    remove_and_reconnect,
    replace,
    set_bypassed,
    set_param,
    share_weights,
)
from nnstudio.core.fingerprint import fingerprint
from nnstudio.core.graph import Block, Edge, Graph
from nnstudio.layers.blocks import LIBRARY
from nnstudio.layers.catalog import catalog
from tests.compiler.drawings import Layers, chain, drawing, lenet
from tests.compiler.test_source import inputs_for, prove


def assert_same_network(graph: Graph, without: Graph, blocks: Mapping[str, Block] | None = None) -> None:
    """Two drawings give the same weights, the same numbers bit for bit, and the same code."""
    one, other = make_plan(graph, blocks or {}), make_plan(without, blocks or {})
    assert write_source(one, "Net") == write_source(other, "Net")
    first, second = link(one, seed=5), link(other, seed=5)
    assert list(first.state_dict()) == list(second.state_dict())
    inputs = inputs_for(one)
    first.eval(), second.eval()
    with torch.no_grad():
        assert torch.equal(first(*inputs), second(*inputs))


@pytest.mark.parametrize("names", [("tanh_1",), ("pool_2",), ("conv_1",), ("tanh_1", "pool_1"), ("dense_2", "tanh_4")])
def test_a_skipped_layer_is_as_good_as_gone(names: tuple[str, ...]) -> None:
    graph = lenet()
    assert_same_network(set_bypassed(graph, names, True), remove_and_reconnect(graph, names))


def test_exported_code_runs_and_has_nothing_of_it(tmp_path: Path) -> None:
    source = prove(set_bypassed(lenet(), ("tanh_1", "conv_2"), True), {}, "net", tmp_path)
    assert "tanh_1" not in source
    assert "conv_2" not in source


def test_it_costs_nothing_and_its_output_is_its_input() -> None:
    graph = set_bypassed(lenet(), ("conv_2",), True)
    analysis = analyse(graph, {})
    facts, before = analysis.facts["conv_2"], analysis.facts["pool_1"]
    assert analysis.ok
    assert facts.outputs == facts.inputs == before.outputs
    assert (facts.cost.parameters, facts.cost.macs, facts.activations, facts.num_nodes) == (0, 0, 0, 0)
    assert (facts.field, facts.jump) == (before.field, before.jump)
    gone = analyse(remove_and_reconnect(lenet(), ("conv_2",)), {})
    assert analysis.num_parameters == gone.num_parameters
    assert (analysis.macs, analysis.activations, analysis.num_nodes) == (gone.macs, gone.activations, gone.num_nodes)


def test_wrong_settings_are_no_matter_while_it_is_skipped() -> None:
    graph = set_param(lenet(), "conv_2", "kernel_size", 99)
    assert not analyse(graph, {}).ok
    assert analyse(set_bypassed(graph, ("conv_2",), True), {}).ok
    unknown = replace(graph, nodes=tuple(replace(n, kind="Conv9d") if n.id == "conv_2" else n for n in graph.nodes))
    assert analyse(set_bypassed(unknown, ("conv_2",), True), {}).ok


def test_what_follows_may_then_be_wrong_and_says_so() -> None:
    graph = chain(
        ("image", "Input", {"shape": (3, 8, 8)}),
        ("flat", "Flatten", {}),
        ("norm", "BatchNorm1d", {}),
        ("out", "Output", {}),
    )
    assert analyse(graph, {}).ok
    problems = analyse(set_bypassed(graph, ("flat",), True), {}).by_node
    assert [problem.code for problem in problems["norm"]] == ["shape"]
    assert "flat" not in problems


def test_an_edit_is_followed_quickly_and_rightly() -> None:
    graph = lenet()
    known = analyse(graph, {})
    skipped = set_bypassed(graph, ("conv_1",), True)
    after = analyse(skipped, {}, known)
    assert after == analyse(skipped, {})
    edited = set_param(skipped, "image", "shape", (2, 40, 40))
    assert edited.edges is skipped.edges
    assert analyse(edited, {}, after) == analyse(edited, {})
    assert analyse(edited, {}, after).facts["conv_1"].outputs[0].shape == (2, 40, 40)
    assert analyse(set_bypassed(edited, ("conv_1",), False), {}, after).facts["conv_1"].outputs[0].shape == (6, 36, 36)


def test_of_several_inputs_the_first_that_has_a_wire_passes() -> None:
    graph = drawing(
        (
            ("image", "Input", {"shape": (4, 8, 8)}),
            ("conv", "Conv2d", {"out_channels": 4, "padding": 1}),
            ("sum", "Add", {}),
            ("out", "Output", {}),
        ),
        "image>conv image>sum.input_2 conv>sum.input_1 sum>out",
    )
    skipped = set_bypassed(graph, ("sum",), True)
    without = connect(remove_and_reconnect(graph, ("sum",)), Edge("conv", "output", "out", "input"))
    assert_same_network(skipped, without)
    other = disconnect(skipped, (Edge("conv", "output", "sum", "input_1"),))
    assert make_plan(other, {}).steps == ()
    assert [problem.code for problem in analyse(other, {}).problems] == ["unused"], "conv leads nowhere now"


def test_the_branch_that_is_not_passed_on_is_no_part_of_the_model() -> None:
    graph = drawing(
        (
            ("image", "Input", {"shape": (4, 8, 8)}),
            ("conv", "Conv2d", {"out_channels": 4, "padding": 1}),
            ("sum", "Add", {}),
            ("out", "Output", {}),
        ),
        "image>conv image>sum.input_1 conv>sum.input_2 sum>out",
    )
    analysis = analyse(set_bypassed(graph, ("sum",), True), {})
    assert analysis.ok
    assert not analysis.facts["conv"].live
    assert analysis.num_parameters == 0


@pytest.mark.parametrize("name", ["image", "scores"])
def test_the_ends_cannot_be_skipped(name: str) -> None:
    analysis = analyse(set_bypassed(lenet(), (name,), True), {})
    (problem,) = [problem for problem in analysis.problems if problem.code == "bypass"]
    assert problem.id == name
    assert "cannot be skipped" in problem.message
    (fix,) = problem.fixes
    assert analyse(fix.edit(analysis.graph), {}).ok


def test_a_further_output_that_is_used_cannot_be_passed_by() -> None:
    layers: Layers = (
        ("letters", "Input", {"shape": ("T", 6)}),
        ("lstm", "LSTM", {"hidden_size": 6}),
        ("out", "Output", {}),
        ("more", "Output", {}),
    )
    graph = set_bypassed(drawing(layers, "letters>lstm lstm>out"), ("lstm",), True)
    analysis = analyse(graph, {})
    assert "bypass" not in {problem.code for problem in analysis.problems}
    other = connect(graph, Edge("lstm", catalog()["LSTM"].outputs[1].name, "more", "input"))
    (problem,) = [problem for problem in analyse(other, {}, analysis).problems if problem.code == "bypass"]
    assert "more" in problem.message


def test_nobody_can_use_the_weights_of_a_skipped_layer() -> None:
    graph = chain(
        ("image", "Input", {"shape": (8,)}),
        ("one", "Linear", {"out_features": 8}),
        ("relu", "ReLU", {}),
        ("two", "Linear", {"out_features": 8}),
        ("out", "Output", {}),
    )
    shared = share_weights(graph, "one", ("two",))
    analysis = analyse(set_bypassed(shared, ("one",), True), {})
    (problem,) = analysis.problems
    assert problem.message == "two uses the weights of one, which is skipped."
    with pytest.raises(CompileError):
        make_plan(analysis.graph, {}, analysis)
    (fix,) = problem.fixes
    assert analyse(fix.edit(analysis.graph), {}).num_parameters == 72
    assert analyse(set_bypassed(shared, ("two",), True), {}).num_parameters == 72


def test_blocks_and_layers_within_blocks() -> None:
    block = LIBRARY["ResidualBlock"].block
    blocks = {block.name: block}
    layers: Layers = (
        ("image", "Input", {"shape": (8, 8, 8)}),
        ("first", "Block", {"block": block.name, "channels": 8, "repeat": 2}),
        ("second", "Block", {"block": block.name, "channels": 8}),
        ("out", "Output", {}),
    )
    graph = drawing(layers, "image>first.x first.y>second.x second.y>out")
    assert_same_network(set_bypassed(graph, ("first",), True), remove_and_reconnect(graph, ("first",)), blocks)
    relu = next(node.id for node in block.graph.nodes if node.kind == "ReLU")
    within = {block.name: replace(block, graph=set_bypassed(block.graph, (relu,), True))}
    without = {block.name: replace(block, graph=remove_and_reconnect(block.graph, (relu,)))}
    one, other = make_plan(graph, within), make_plan(graph, without)
    assert write_source(one, "Net") == write_source(other, "Net")
    assert fingerprint(graph, within) != fingerprint(graph, blocks)


def test_lint_looks_past_it() -> None:
    graph = chain(
        ("image", "Input", {"shape": (8,)}),
        ("one", "Linear", {"out_features": 8}),
        ("relu", "ReLU", {}),
        ("two", "Linear", {"out_features": 8}),
        ("out", "Output", {}),
    )
    assert lint(analyse(graph, {})) == ()
    found = lint(analyse(set_bypassed(graph, ("relu",), True), {}))
    assert [problem.code for problem in found] == ["two_linear"]
    assert lint(analyse(set_bypassed(graph, ("one", "relu"), True), {})) == ()


def test_the_fingerprint_knows_it() -> None:
    graph = lenet()
    assert fingerprint(graph, {}) != fingerprint(set_bypassed(graph, ("tanh_1",), True), {})
    assert fingerprint(graph, {}) == fingerprint(set_bypassed(graph, ("tanh_1",), False), {})
