"""Thirty drawings with a mistake each: the right layer is named, and one click mends it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.core.edits import replace, set_node
from nnstudio.core.graph import Block, Graph
from nnstudio.core.history import History
from nnstudio.core.problem import Problem
from nnstudio.data.catalog import entries
from nnstudio.project.document import Project
from nnstudio.training.ready import ready
from nnstudio.training.recipe import Recipe
from tests.compiler.drawings import Layer, chain, drawing

IMAGE: Layer = ("image", "Input", {"shape": (3, 16, 16)})
GREY: Layer = ("image", "Input", {"shape": (16, 16)})
ROW: Layer = ("row", "Input", {"shape": (6,)})
STEPS: Layer = ("steps", "Input", {"shape": (7, 6)})
SIGNS: Layer = ("signs", "Input", {"shape": (7,), "element": "index"})
FLATTEN: Layer = ("flatten", "Flatten", {})
OUT: Layer = ("out", "Output", {})
CONV: Layer = ("conv", "Conv2d", {"out_channels": 8, "padding": 1})

Fault = tuple[str, Graph, str | None, str]
"""What is seeded, the drawing, the layer to blame, and the mend that is offered first."""


def renamed(graph: Graph, id_: str, name: str) -> Graph:
    return set_node(graph, replace(graph.by_id[id_], name=name))


def side_by_side(*layers: Layer, last: Layer) -> Graph:
    """Let every layer get the first one's output, and ``last`` join them."""
    head, *rest = layers
    wires = [f"{head[0]}>{layer[0]}" for layer in rest]
    wires += [f"{layer[0]}>{last[0]}.input_{number}" for number, layer in enumerate(rest, 1)]
    return drawing((*layers, last, OUT), " ".join([*wires, f"{last[0]}>out"]))


def tied() -> Graph:
    graph = chain(ROW, ("a", "Linear", {"out_features": 6}), ("b", "Linear", {"out_features": 4}), OUT)
    return set_node(graph, replace(graph.by_id["b"], shares="a"))


PLAIN: Layer = ("plain", "ReLU", {})
PLAIN2: Layer = ("p2", "Tanh", {})
ADD: Layer = ("add", "Add", {})
FAULTS: list[Fault] = [
    ("convolution behind Flatten", chain(IMAGE, FLATTEN, CONV, OUT), "conv", "Connect before flatten"),
    ("norm behind Flatten", chain(IMAGE, FLATTEN, ("norm", "BatchNorm2d", {}), OUT), "norm", "Connect before flatten"),
    ("image without channels", chain(GREY, CONV, OUT), "conv", "Insert Unsqueeze before conv"),
    ("kernel too large", chain(IMAGE, ("conv", "Conv2d", {"kernel_size": 19}), OUT), "conv", "Make the window 16×16"),
    (
        "window too large",
        chain(IMAGE, ("pool", "MaxPool2d", {"kernel_size": 20}), OUT),
        "pool",
        "Make the window 16×16",
    ),
    ("pool padding too large", chain(IMAGE, ("pool", "AvgPool2d", {"padding": 2}), OUT), "pool", "Set the padding to"),
    ("groups do not divide", chain(IMAGE, ("conv", "Conv2d", {"groups": 2}), OUT), "conv", "Set groups to 1"),
    (
        "same with a stride",
        chain(IMAGE, ("conv", "Conv2d", {"padding": "same", "stride": 2}), OUT),
        "conv",
        "Set the padding to 1×1",
    ),
    (
        "mirror too wide",
        chain(IMAGE, ("conv", "Conv2d", {"padding": 16, "padding_mode": "reflect"}), OUT),
        "conv",
        "Pad with zeros",
    ),
    ("sum of 3 and 8 channels", side_by_side(IMAGE, PLAIN, CONV, last=ADD), "add", "Insert Shortcut before add"),
    (
        "sum of two sizes",
        side_by_side(IMAGE, PLAIN, ("conv", "Conv2d", {"out_channels": 3, "stride": 2, "padding": 1}), last=ADD),
        "add",
        "Insert Shortcut before add",
    ),
    (
        "sum of two rows",
        side_by_side(ROW, PLAIN, ("dense", "Linear", {"out_features": 9}), last=ADD),
        "add",
        "Insert Dense before add",
    ),
    (
        "join of two sizes",
        side_by_side(IMAGE, PLAIN, ("pool", "MaxPool2d", {}), last=("join", "Concat", {})),
        "join",
        "Insert Shortcut before join",
    ),
    (
        "join along no axis",
        side_by_side(ROW, PLAIN, PLAIN2, last=("join", "Concat", {"axis": 3})),
        "join",
        "Join along axis 0",
    ),
    ("signs into Dense", chain(SIGNS, ("dense", "Linear", {}), OUT), "dense", "Insert Embedding before dense"),
    ("numbers into a table", chain(ROW, ("table", "Embedding", {}), OUT), "table", "Let row give table positions"),
    ("features into an LSTM", chain(ROW, ("memory", "LSTM", {}), OUT), "memory", "Insert Unsqueeze before memory"),
    (
        "a cycle",
        drawing((ROW, ADD, ("b", "ReLU", {}), OUT), "row>add.input_1 b>add.input_2 add>b add>out"),
        "add",
        "Remove the wire from b",
    ),
    (
        "two wires, one port",
        drawing((ROW, PLAIN, PLAIN2, ("c", "ReLU", {}), OUT), "row>plain row>p2 plain>c p2>c c>out"),
        "c",
        "Keep plain",
    ),
    (
        "a port that is not there",
        drawing((ROW, PLAIN, OUT), "row>plain plain.side>out plain>out"),
        "out",
        "Remove the wire",
    ),
    ("no wire", drawing((ROW, PLAIN, OUT), "plain>out"), "plain", "Connect row to it"),
    ("no Output", chain(ROW, PLAIN, PLAIN2), None, "Add an Output behind p2"),
    ("no Input", chain(PLAIN, PLAIN2, OUT), None, "Add an Input before plain"),
    ("one name twice", renamed(chain(ROW, PLAIN, PLAIN2, OUT), "p2", "plain"), "plain", "Call it plain_1"),
    ("a word of Python", renamed(chain(ROW, PLAIN, OUT), "plain", "class"), "class", "Call it class_1"),
    ("no units", chain(ROW, ("dense", "Linear", {"out_features": 0}), OUT), "dense", "Set out_features back"),
    ("a setting of another layer", chain(ROW, ("dense", "Linear", {"width": 3}), OUT), "dense", "Set width back"),
    ("shared weights that differ", tied(), "b", "Give b weights of its own"),
    (
        "not as many answers as classes",
        chain(("image", "Input", {"shape": (1, 8, 8)}), FLATTEN, ("dense", "Linear", {"out_features": 7}), OUT),
        "dense",
        "Give dense 10 units",
    ),
    (
        "an Input that is not the data",
        chain(("image", "Input", {"shape": (1, 9, 9)}), FLATTEN, ("dense", "Linear", {"out_features": 10}), OUT),
        "image",
        "Set the Input to",
    ),
]


def errors(graph: Graph, blocks: Mapping[str, Block], *, with_data: bool) -> list[Problem]:
    analysis = analyse(graph, blocks)
    found = [problem for problem in analysis.problems if problem.severity == "error"]
    if with_data and not found:
        found += ready(graph, analysis, entries()["digits8"], Recipe())
    return found


def test_there_are_thirty() -> None:
    assert len({fault[0] for fault in FAULTS}) == len(FAULTS) == 30


@pytest.mark.parametrize(("seeded", "graph", "node", "mend"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_the_layer_is_named_and_mended_by_one_click(seeded: str, graph: Graph, node: str | None, mend: str) -> None:
    with_data = "class" in seeded or "data" in seeded
    problem = errors(graph, {}, with_data=with_data)[0]
    assert problem.node == node, problem
    assert problem.fixes, problem
    assert problem.fixes[0].label.startswith(mend), problem.fixes
    history = History(Project(name="seeded", graph=graph))
    mended = problem.fixes[0].edit(graph)
    history.commit(problem.fixes[0].label, replace(history.now, graph=mended))
    left = errors(mended, {}, with_data=with_data)
    assert problem.code not in {other.code for other in left if other.id == problem.id or problem.id is None}, left
    history.undo()
    assert history.now.graph == graph


def test_two_single_numbers_are_not_projected_onto_each_other() -> None:
    layers: tuple[Layer, ...] = (ROW, ("mean", "Mean", {}), ("dot", "DotProduct", {}), OUT)
    graph = drawing(layers, "row>mean mean>dot.input mean>dot.other dot>out")
    (problem,) = errors(graph, {}, with_data=False)
    assert (problem.node, problem.fixes) == ("dot", ())
