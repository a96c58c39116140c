"""Mistakes that other programs of this kind have made, each tried here."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch

import nnstudio
from nnstudio.compiler.plan import CompileError
from nnstudio.core.edits import connect, move, replace
from nnstudio.core.graph import Edge, Graph
from nnstudio.core.history import History
from nnstudio.data.catalog import load
from nnstudio.project.document import Project
from nnstudio.project.reader import decode
from nnstudio.training.events import RunEnded, StepDone
from nnstudio.training.loop import run
from nnstudio.training.recipe import Recipe


def run_source(compiled: nnstudio.Compiled, class_name: str) -> torch.nn.Module:
    """Run exported code as a person would who took it home, and give it the weights of the drawing."""
    space: dict[str, Any] = {"__name__": "exported"}
    exec(compiled.source(), space)  # noqa: S102  our own output, which is what is tried here
    network: torch.nn.Module = space[class_name]()
    network.load_state_dict(compiled.module.state_dict(), strict=True)
    return network


def test_a_network_that_ends_in_an_activation_returns_what_the_activation_gives() -> None:
    b = nnstudio.Builder("Ends in ReLU")
    h = b.add("Linear", b.input("x", shape=(6,)), out_features=8, name="dense")
    b.output(b.add("ReLU", h))
    module = nnstudio.compile(b.project()).module
    x = torch.randn(32, 6)
    before = module.get_submodule("dense")(x)
    assert bool((before < 0).any())
    assert torch.equal(module(x), before.clamp(min=0))


def test_an_unknown_layer_is_kept_with_its_wires_and_never_bridged() -> None:
    text = """{"format": 1, "program": "NN Studio", "name": "n", "graph": {"nodes": [
        {"id": "i", "kind": "Input", "name": "x", "params": {"shape": [4]}},
        {"id": "u", "kind": "QuantumLayer", "name": "q", "params": {"depth": 3}},
        {"id": "o", "kind": "Output", "name": "y"}],
        "edges": [["i", "output", "u", "input"], ["u", "output", "o", "input"]]}}"""
    project = decode(text.encode())
    compiled = nnstudio.compile(project)
    assert [(p.node, p.code) for p in compiled.problems] == [("q", "unknown_kind")]
    assert project.graph.by_id["u"].params == {"depth": 3}
    assert len(project.graph.edges) == 2
    with pytest.raises(CompileError, match="QuantumLayer"):
        _ = compiled.module


def test_a_kernel_given_as_a_pair_changes_the_kernel_and_nothing_else() -> None:
    b = nnstudio.Builder("Pair")
    h = b.add("Conv2d", b.input("x", shape=(3, 12, 12)), out_channels=7, kernel_size=(5, 5), padding=2, name="conv")
    b.output(h)
    conv = nnstudio.compile(b.project()).module.get_submodule("conv")
    assert isinstance(conv, torch.nn.Conv2d)
    assert (conv.kernel_size, conv.out_channels, conv.padding) == ((5, 5), 7, (2, 2))


def test_a_cycle_does_not_compile() -> None:
    b = nnstudio.Builder("Cycle")
    x = b.input("x", shape=(4,))
    add = b.add("Add", x, name="add")
    relu = b.add("ReLU", add, name="relu")
    b.output(relu)
    project = b.project()
    ids = {name: node.id for name, node in project.graph.by_name.items()}
    with pytest.raises(ValueError, match="close a cycle"):
        connect(project.graph, Edge(ids["relu"], "output", ids["add"], "input_2"))
    forced = replace(project.graph, edges=(*project.graph.edges, Edge(ids["relu"], "output", ids["add"], "input_2")))
    compiled = nnstudio.compile(replace(project, graph=forced))
    assert {p.node for p in compiled.problems if p.code == "cycle"} == {"add", "relu"}


def test_a_residual_connection_is_a_sum() -> None:
    b = nnstudio.Builder("Residual")
    x = b.input("x", shape=(5,))
    h = b.add("Tanh", b.add("Linear", x, out_features=5, name="dense"))
    b.output(b.add("Add", x, h))
    module = nnstudio.compile(b.project()).module
    values = torch.randn(3, 5)
    assert torch.equal(module(values), values + torch.tanh(module.get_submodule("dense")(values)))


def test_two_equal_layers_stay_two() -> None:
    b = nnstudio.Builder("Twins")
    h = b.input("x", shape=(8, 9, 9))
    for _ in range(2):
        h = b.add("Conv2d", h, out_channels=8, kernel_size=3, padding=1)
    b.output(h)
    compiled = nnstudio.compile(b.project())
    assert compiled.num_parameters == sum(p.numel() for p in compiled.module.parameters()) == 1168


def test_two_wires_into_one_port_are_no_silent_join() -> None:
    b = nnstudio.Builder("Fan-in")
    x = b.input("x", shape=(4,))
    one, other = b.add("ReLU", x, name="one"), b.add("Tanh", x, name="other")
    b.output(b.add("Linear", one, other, out_features=2, name="dense"))
    compiled = nnstudio.compile(b.project())
    assert [(p.node, p.code) for p in compiled.problems if p.severity == "error"] == [("dense", "port_taken")]


def test_exported_code_computes_what_was_trained_with_padding_and_decay() -> None:
    b = nnstudio.Builder("Padded")
    h = b.input("image", shape=(1, 8, 8))
    h = b.add("Conv2d", h, out_channels=4, kernel_size=3, padding=2, padding_mode="reflect")
    h = b.add("Flatten", b.add("ReLU", h))
    b.output(b.add("Linear", h, out_features=10))
    recipe = {"weight_decay": 0.3, "epochs": 1}
    project = b.project(data={"name": "digits8"}, recipe=recipe)
    compiled = nnstudio.compile(project)
    trained = compiled.module
    for _ in run(trained, load(project.data), Recipe(weight_decay=0.3, epochs=1)):
        pass
    taken_home = run_source(compiled, "Padded").eval()
    x = torch.randn(6, 1, 8, 8)
    assert torch.equal(taken_home(x), trained.eval()(x))


def test_one_wrong_layer_hides_no_number_of_the_others() -> None:
    b = nnstudio.Builder("Half wrong")
    h = b.add("Linear", b.input("x", shape=(10,)), out_features=5, name="good")
    h = b.add("Conv2d", h, name="wrong")
    b.output(b.add("Linear", h, out_features=3, name="after"))
    compiled = nnstudio.compile(b.project())
    assert compiled.shapes["good"] == (5,)
    assert not {"wrong", "after"} & compiled.shapes.keys()
    assert compiled.num_parameters == 55
    assert [p.node for p in compiled.problems if p.severity == "error"] == ["wrong"]


def test_two_wrong_layers_are_told_one_by_one() -> None:
    b = nnstudio.Builder("Two wrong")
    x = b.input("x", shape=(3, 8, 8))
    b.output(b.add("Conv2d", x, kernel_size=11, name="large"))
    b.output(b.add("Conv2d", x, groups=2, name="grouped"))
    problems = nnstudio.compile(b.project()).problems
    assert {p.node for p in problems if p.severity == "error"} == {"large", "grouped"}


def test_a_run_stops_within_a_batch() -> None:
    b = nnstudio.Builder("Stops")
    b.output(b.add("Linear", b.add("Flatten", b.input("x", shape=(1, 8, 8))), out_features=10))
    module, data = nnstudio.compile(b.project()).module, load({"name": "digits8"})
    events: list[object] = []

    def enough() -> bool:
        return sum(isinstance(event, StepDone) for event in events) >= 5

    for event in run(module, data, Recipe(batch_size=8, epochs=3), stop=enough):
        events.append(event)
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.reason, ended.steps) == ("stopped", 5)


def test_undo_brings_a_moved_layer_back() -> None:
    b = nnstudio.Builder("Moves")
    b.output(b.add("ReLU", b.input("x", shape=(4,)), name="relu"))
    start = b.project()
    history: History[Project] = History(start)
    relu = start.graph.by_name["relu"].id
    moved: Graph = move(start.graph, {relu: (900.0, -40.0)})
    history.commit("Move", replace(start, graph=moved))
    assert history.now.graph.by_id[relu].xy == (900.0, -40.0)
    history.undo()
    assert history.now == start


def test_no_shape_is_ever_told_as_zero() -> None:
    b = nnstudio.Builder("Too small")
    b.output(b.add("MaxPool2d", b.input("x", shape=(1, 2, 2)), kernel_size=3, name="pool"))
    compiled = nnstudio.compile(b.project())
    assert "pool" not in compiled.shapes
    (problem,) = [p for p in compiled.problems if p.severity == "error"]
    assert not re.search(r"\b0\b", problem.message)
