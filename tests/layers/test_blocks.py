"""The blocks of the library are whole drawings that compile."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
import torch
from torch import nn

from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.compiler.values import names_used
from nnstudio.core.edits import replace
from nnstudio.core.graph import Edge, Graph, Node, Params, Value, freeze_params
from nnstudio.layers.blocks import LIBRARY, definitions
from nnstudio.layers.catalog import catalog
from nnstudio.layers.code import Infix
from nnstudio.layers.spec import FAMILIES, Signal
from tests.compiler.test_source import inputs_for, prove

BLOCKS = {name: spec.block for name, spec in LIBRARY.items()}
CARD = (168.0, 112.0)
ROOM = 60.0


def residual(shape: tuple[int | str, ...], **params: Value) -> Analysis:
    """Analyse a residual block between an Input and an Output."""
    nodes = (
        Node(id="a", kind="Input", name="image", params={"shape": shape}),
        Node(id="b", kind="Block", name="stage", params={"block": "ResidualBlock", **params}),
        Node(id="c", kind="Output", name="answer"),
    )
    edges = (Edge("a", "output", "b", "x"), Edge("b", "y", "c", "input"))
    return analyse(Graph(nodes=nodes, edges=edges), BLOCKS)


@pytest.mark.parametrize("name", LIBRARY)
def test_blocks_explain_themselves(name: str) -> None:
    spec = LIBRARY[name]
    assert spec.block.name == name
    assert spec.family in FAMILIES
    assert spec.labels.keys() == {parameter.name for parameter in spec.block.parameters} | {"repeat"}
    for words in (spec.title, spec.summary, spec.help, *spec.labels.values()):
        assert words.en.isprintable()
        assert words.en
        assert any("\u4e00" <= letter <= "\u9fff" for letter in words.zh)


@pytest.mark.parametrize("name", LIBRARY)
def test_blocks_are_tidy_drawings(name: str) -> None:
    graph = LIBRARY[name].block.graph
    assert len(graph.by_id) == len(graph.by_name) == len(graph.nodes)
    for edge in graph.edges:
        assert {edge.source, edge.target} <= graph.by_id.keys()
        assert graph.by_id[edge.source].xy[0] < graph.by_id[edge.target].xy[0]
    for one, other in combinations(graph.nodes, 2):
        apart = [abs(a - b) >= side + ROOM for a, b, side in zip(one.xy, other.xy, CARD, strict=True)]
        assert any(apart), f"{one.name} and {other.name} are too close"
    block = LIBRARY[name].block
    names = {parameter.name for parameter in block.parameters}
    assert names <= names_used(block) <= names | {"copy", "in_channels", "in_features"}
    for node in graph.nodes:
        if node.kind == "Block":
            inner = LIBRARY[str(node.params["block"])].block
            assert node.params.keys() <= {"block", "repeat", *(parameter.name for parameter in inner.parameters)}
        else:
            assert node.params.keys() <= {parameter.name for parameter in catalog()[node.kind].params}


@pytest.mark.parametrize(
    ("shape", "params", "leaves", "projects"),
    [
        ((16, 32, 32), {"channels": 16}, (16, 32, 32), False),
        ((16, 32, 32), {"channels": 32}, (32, 32, 32), True),
        ((16, 33, 32), {"channels": 16, "stride": 2}, (16, 17, 16), True),
        ((8, 7, 1), {"channels": 24, "stride": 3}, (24, 3, 1), True),
        ((16, "H", "W"), {"channels": 32, "stride": 2}, (32, "⌊(H+1)/2⌋", "⌊(W+1)/2⌋"), True),
    ],
)
def test_the_residual_block_projects_only_where_shapes_change(
    shape: tuple[int | str, ...], params: dict[str, Value], leaves: tuple[int | str, ...], projects: bool
) -> None:
    analysis = residual(shape, **params)
    assert analysis.problems == ()
    assert analysis.facts["b"].outputs == (Signal(leaves),)
    channels = int(shape[0])
    out = int(str(params["channels"]))
    parts: list[nn.Module] = [
        nn.Conv2d(channels, out, 3, bias=False),
        nn.BatchNorm2d(out),
        nn.Conv2d(out, out, 3, bias=False),
        nn.BatchNorm2d(out),
    ]
    if projects:
        parts += [nn.Conv2d(channels, out, 1, bias=False), nn.BatchNorm2d(out)]
    assert analysis.num_parameters == sum(p.numel() for part in parts for p in part.parameters())
    assert analysis.num_buffers == sum(b.numel() for part in parts for b in part.buffers())


def test_only_the_first_of_repeated_copies_strides() -> None:
    analysis = residual((16, 32, 32), channels=32, stride=2, repeat=3)
    assert analysis.problems == ()
    assert analysis.facts["b"].outputs == (Signal((32, 16, 16)),)
    first = residual((16, 32, 32), channels=32, stride=2).num_parameters
    later = residual((32, 16, 16), channels=32).num_parameters
    assert analysis.num_parameters == first + 2 * later


def use_of(name: str, **params: Value) -> Graph:
    """Draw one instance between Inputs of the shapes that the block itself shows, and Outputs."""
    block = LIBRARY[name].block
    given = [
        Node(id=f"in_{node.name}", kind="Input", name=f"in_{node.name}", params=_small(node.params))
        for node in block.inputs
    ]
    taken = [Node(id=f"out_{node.name}", kind="Output", name=f"out_{node.name}") for node in block.outputs]
    instance = Node(id="b", kind="Block", name="tried", params={"block": name, **params})
    edges = [Edge(node.id, "output", "b", inner.name) for node, inner in zip(given, block.inputs, strict=True)]
    edges += [Edge("b", inner.name, node.id, "input") for node, inner in zip(taken, block.outputs, strict=True)]
    return Graph(nodes=(*given, instance, *taken), edges=tuple(edges))


def _small(params: Params) -> Params:
    """Make images small, so that trying them is quick: sides of 8 and 4 in place of 64 and 32."""
    shape = params["shape"]
    assert isinstance(shape, tuple)
    sides = (side // 8 if isinstance(side, int) and len(shape) == 3 else side for side in shape[1:])
    return freeze_params({"shape": (shape[0], *sides)})


@pytest.mark.parametrize("name", LIBRARY)
def test_blocks_train_and_go_home_bit_equal(name: str, tmp_path: Path) -> None:
    repeat = 2 if len(LIBRARY[name].block.inputs) == 1 else 1
    graph = use_of(name, repeat=repeat)
    analysis = analyse(graph, BLOCKS)
    assert analysis.problems == ()
    source = prove(graph, BLOCKS, f"Tried {name}", tmp_path)
    assert f"class {name}" in source
    plan = make_plan(graph, BLOCKS, analysis)
    module = link(plan, seed=1).train()
    assert sum(p.numel() for p in module.parameters()) == analysis.num_parameters
    assert sum(b.numel() for b in module.buffers()) == analysis.num_buffers
    before = {key: value.clone() for key, value in module.named_parameters()}
    torch.manual_seed(2)
    for _ in range(3):
        optimizer = torch.optim.Adam(module.parameters(), lr=0.1)
        loss = (module(*inputs_for(plan)) - 1).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    still = [key for key, value in module.named_parameters() if torch.equal(value, before[key])]
    assert still == []


def count(name: str, shape: tuple[int | str, ...], **params: Value) -> int:
    graph = use_of(name, **params)
    entry = replace(graph.nodes[0], params=freeze_params({"shape": shape}))
    analysis = analyse(replace(graph, nodes=(entry, *graph.nodes[1:])), BLOCKS)
    assert analysis.problems == ()
    return analysis.num_parameters


def test_counts_are_those_of_the_papers() -> None:
    """GoogLeNet's 3a and 4e, a layer of torch's encoder, SE-ResNet's gates."""
    assert count("Inception", (192, 28, 28)) == 163_696
    widths = {"ch1x1": 256, "ch3x3red": 160, "ch3x3": 320, "ch5x5red": 32, "ch5x5": 128, "pool_proj": 128}
    assert count("Inception", (528, 14, 14), **widths) == 868_352
    layer = nn.TransformerEncoderLayer(64, 4, 256)
    assert count("EncoderBlock", ("T", 64)) == sum(p.numel() for p in layer.parameters())
    assert count("SqueezeExcitation", (256, 8, 8)) == 256 * 16 + 16 + 16 * 256 + 256
    assert count("SqueezeExcitation", (8, 8, 8)) == 8 + 1 + 8 + 8


@pytest.mark.parametrize(
    ("channels", "stride", "adds"), [(16, 1, True), (24, 1, False), (16, 2, False), (24, 2, False)]
)
def test_an_inverted_residual_adds_only_where_shapes_agree(channels: int, stride: int, adds: bool) -> None:
    plan = make_plan(use_of("InvertedResidual", channels=channels, stride=stride), BLOCKS)
    (step,) = [step for step in plan.steps[0].copies[0].steps if step.kind == "SkipAdd"]
    assert isinstance(step.forward[0], Infix) == adds


def test_dense_layers_grow_copy_by_copy() -> None:
    analysis = analyse(use_of("DenseBlock", layers=5, growth=12), BLOCKS)
    assert analysis.facts["b"].outputs[0].shape[0] == 64 + 5 * 12


def test_a_padded_shortcut_has_no_weights() -> None:
    whole = residual((16, 32, 32), channels=32, stride=2).num_parameters
    padded = residual((16, 32, 32), channels=32, stride=2, shortcut="padding").num_parameters
    assert whole - padded == 16 * 32 + 2 * 32


def test_blocks_bring_along_what_lies_in_them() -> None:
    assert [block.name for block in definitions("DenseBlock")] == ["DenseBlock", "DenseLayer"]
    assert [block.name for block in definitions("ResidualBlock")] == ["ResidualBlock"]
    with pytest.raises(KeyError):
        definitions("Conv2d")
