"""The blocks of the library are whole drawings that compile."""

from __future__ import annotations

from itertools import combinations

import pytest
from torch import nn

from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.compiler.values import names_used
from nnstudio.core.graph import Edge, Graph, Node, Value
from nnstudio.layers.blocks import LIBRARY
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import FAMILIES, Signal

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
