"""ONNX: another program computes what the drawing does, for any number of samples."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, NamedTuple

import pytest
import torch

from nnstudio.compiler import onnx as onnx_writer
from nnstudio.compiler.link import link
from nnstudio.compiler.onnx import missing_packages, write_onnx
from nnstudio.compiler.plan import Plan, make_plan
from nnstudio.compiler.tracing import ExportError, example_inputs, vocabularies
from nnstudio.core.graph import Graph
from tests.compiler.drawings import chain, drawing, lenet, memory
from tests.compiler.examples import compiled, small_examples

MOST_ERROR = 1e-5


def session(data: bytes) -> Any:
    return import_module("onnxruntime").InferenceSession(data, providers=["CPUExecutionProvider"])


def worst_error(plan: Plan, module: torch.nn.Module, data: bytes, batch: int, length: int = 16) -> float:
    """Return how far onnxruntime is from torch, relative to the largest output."""
    inputs = example_inputs(plan, batch, length, seed=batch)
    with torch.no_grad():
        outputs = module.eval()(*inputs)
    expected = outputs if isinstance(outputs, tuple) else (outputs,)
    given = {name: tensor.numpy() for (name, _), tensor in zip(plan.inputs, inputs, strict=True)}
    got = session(data).run([name for name, _ in plan.outputs], given)
    assert [one.shape for one in got] == [tuple(other.shape) for other in expected]
    return max(
        float((torch.from_numpy(one) - other).abs().max()) / max(1e-30, float(other.abs().max()))
        for one, other in zip(got, expected, strict=True)
    )


def exported(graph: Graph) -> tuple[Plan, torch.nn.Module, bytes]:
    plan = make_plan(graph, {})
    module = link(plan, seed=1)
    return plan, module, write_onnx(plan, module, {"name": "test"})


class Written(NamedTuple):
    """An export: what was written, of what, and the stages that were told."""

    module: torch.nn.Module
    data: bytes
    told: list[str]


@pytest.fixture(scope="module")
def written() -> Written:
    """LeNet-5, exported once for all that is asked of the file."""
    plan = make_plan(lenet(), {})
    module, told = link(plan, seed=1), list[str]()
    return Written(module, write_onnx(plan, module, {"name": "test"}, told.append), told)


@pytest.mark.parametrize("name", small_examples())
def test_examples_give_the_same_numbers_in_onnxruntime(name: str) -> None:
    example = compiled(name)
    data = write_onnx(example.plan, example.module, {"name": name})
    for batch in (1, 5):
        assert worst_error(example.plan, example.module, data, batch) < MOST_ERROR


def test_units_that_settle_one_by_one_give_the_same_numbers() -> None:
    plan, module, data = exported(memory())
    for batch in (1, 5):
        assert worst_error(plan, module, data, batch) == 0


def test_free_lengths_stay_free_and_keep_their_names() -> None:
    graph = chain(
        ("text", "Input", {"shape": ("T",), "element": "index"}),
        ("table", "Embedding", {"num_embeddings": 20, "embedding_dim": 6}),
        ("lstm", "LSTM", {"hidden_size": 5}),
        ("dense", "Linear", {"out_features": 3}),
        ("words", "Output", {}),
    )
    plan, module, data = exported(graph)
    for batch, length in ((1, 9), (4, 33)):
        assert worst_error(plan, module, data, batch, length) < MOST_ERROR
    assert [(entry.name, entry.shape) for entry in session(data).get_inputs()] == [("text", ["batch", "T"])]
    assert [(entry.name, entry.shape) for entry in session(data).get_outputs()] == [("words", ["batch", "T", 3])]


def test_several_inputs_and_outputs_bear_the_drawings_names() -> None:
    graph = drawing(
        (
            ("y", "Input", {"shape": (6,)}),
            ("z", "Input", {"shape": (6,)}),
            ("sum", "Add", {}),
            ("dense", "Linear", {"out_features": 2}),
            ("first", "Output", {}),
            ("second", "Output", {}),
        ),
        "y>sum.input_1 z>sum.input_2 sum>first sum>dense dense>second",
    )
    plan, module, data = exported(graph)
    assert worst_error(plan, module, data, 2) < MOST_ERROR
    assert [entry.name for entry in session(data).get_inputs()] == ["y", "z"]
    assert [entry.name for entry in session(data).get_outputs()] == ["first", "second"]


def test_weights_keep_their_names_and_the_file_says_where_it_comes_from(written: Written) -> None:
    model = import_module("onnx").load_model_from_string(written.data)
    assert {entry.name for entry in model.graph.initializer} >= set(written.module.state_dict())
    assert (model.producer_name, model.graph.name) == ("NN Studio", "test")
    assert [(entry.key, entry.value) for entry in model.metadata_props] == [("name", "test")]


def test_the_file_tells_nothing_of_the_computer_that_wrote_it(written: Written) -> None:
    assert b".py" not in written.data
    assert sys.prefix.encode() not in written.data


def test_dropout_is_off() -> None:
    graph = chain(("v", "Input", {"shape": (50,)}), ("drop", "Dropout", {}), ("d", "Linear", {}), ("o", "Output", {}))
    plan, module, data = exported(graph)
    assert worst_error(plan, module.train(), data, 3) < MOST_ERROR


def test_missing_packages_are_one_line_that_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing_packages() == ()
    monkeypatch.setattr(onnx_writer, "_PACKAGES", ("onnx", "no_such_package"))
    plan = make_plan(lenet(), {})
    with pytest.raises(ExportError) as caught:
        write_onnx(plan, link(plan), {})
    assert str(caught.value) == 'Writing ONNX needs no_such_package: install them with pip install "nnstudio[onnx]".'


def test_the_stages_are_told(written: Written) -> None:
    assert written.told == ["tracing the network", "translating to ONNX", "checking the file"]


def test_index_inputs_stay_within_the_smallest_table_they_reach() -> None:
    graph = drawing(
        (
            ("a", "Input", {"shape": (4,), "element": "index"}),
            ("b", "Input", {"shape": (4,), "element": "index"}),
            ("one", "Embedding", {"num_embeddings": 9, "embedding_dim": 2}),
            ("two", "Embedding", {"num_embeddings": 7, "embedding_dim": 2}),
            ("three", "Embedding", {"num_embeddings": 30, "embedding_dim": 2}),
            ("sum", "Add", {}),
            ("o", "Output", {}),
        ),
        "a>one a>two b>three one>sum.input_1 two>sum.input_2 three>sum.input_3 sum>o",
    )
    assert vocabularies(make_plan(graph, {})) == {"a": 7, "b": 30}


def test_index_inputs_are_followed_into_blocks() -> None:
    from nnstudio.core.graph import Block

    inner = chain(
        ("x", "Input", {"shape": (4,), "element": "index"}),
        ("table", "Embedding", {"num_embeddings": 11, "embedding_dim": 2}),
        ("y", "Output", {}),
    )
    graph = chain(
        ("v", "Input", {"shape": (4,), "element": "index"}),
        ("inside", "Block", {"block": "Lookup"}),
        ("o", "Output", {}),
    )
    wired = Graph(
        nodes=graph.nodes,
        edges=tuple(
            type(edge)(
                edge.source,
                "y" if edge.source == "inside" else edge.source_port,
                edge.target,
                "x" if edge.target == "inside" else edge.target_port,
            )
            for edge in graph.edges
        ),
    )
    plan = make_plan(wired, {"Lookup": Block(name="Lookup", graph=inner)})
    assert vocabularies(plan) == {"v": 11}


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_recurrent_layers_stay_free_in_both_directions(kind: str) -> None:
    graph = chain(
        ("steps", "Input", {"shape": ("T", 3)}),
        ("both", kind, {"hidden_size": 5, "bidirectional": True, "num_layers": 2}),
        ("dense", "Linear", {"out_features": 3}),
        ("o", "Output", {}),
    )
    plan, module, data = exported(graph)
    for batch, length in ((1, 9), (4, 33)):
        assert worst_error(plan, module, data, batch, length) < MOST_ERROR
    operators = {node.op_type for node in import_module("onnx").load_model_from_string(data).graph.node}
    assert kind in operators


def test_a_length_that_cannot_stay_free_is_named() -> None:
    graph = chain(("steps", "Input", {"shape": ("T", 3)}), ("rnn", "RNN", {"hidden_size": 5}), ("o", "Output", {}))
    with pytest.raises(ExportError, match="T cannot stay free in this network: give the Input a number"):
        exported(graph)


def test_what_onnx_has_no_words_for_is_told_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    graph = chain(
        ("x", "Input", {"shape": (5, "W")}), ("p", "AdaptiveMaxPool1d", {"output_size": 6}), ("o", "Output", {})
    )
    said = r"This network cannot be said in ONNX: No ONNX function found for .*adaptive"
    with pytest.raises(ExportError, match=said) as caught:
        exported(graph)
    assert str(caught.value).isprintable()
    assert capfd.readouterr() == ("", "")


def test_short_lengths_are_found_where_long_ones_are_too_long() -> None:
    graph = chain(
        ("x", "Input", {"shape": ("T", 3)}), ("place", "LearnedPosition", {"max_length": 5}), ("o", "Output", {})
    )
    plan, module, data = exported(graph)
    assert worst_error(plan, module, data, 2, 5) < MOST_ERROR
