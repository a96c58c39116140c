"""Files that are well formed and hold the strangest drawings: they open, the trouble is told, and nothing raises."""

from __future__ import annotations

import ast
import itertools
import json
from typing import Any

import pytest

import nnstudio
from nnstudio.project.reader import decode


def node(id_: str, kind: str = "ReLU", name: str | None = None, **params: object) -> dict[str, object]:
    return {"id": id_, "kind": kind, "name": name or f"node_{id_}", "params": params}


def chain(*ids: str) -> list[list[str]]:
    return [[source, "output", target, "input"] for source, target in itertools.pairwise(ids)]


IN, OUT = node("i", "Input", "x", shape=[4]), node("o", "Output", "y")


def block(name: str, *inner: dict[str, object], wires: list[list[str]], **parameters: int) -> dict[str, Any]:
    return {
        "name": name,
        "parameters": [{"name": key, "default": value} for key, value in parameters.items()],
        "graph": {"nodes": list(inner), "edges": wires},
    }


def selfish(name: str, other: str) -> dict[str, Any]:
    return block(
        name, IN, node("b", "Block", block=other), OUT, wires=[["i", "output", "b", "x"], ["b", "y", "o", "input"]]
    )


def doubling(number: int) -> dict[str, Any]:
    """A block of two copies of the next block: thirty of them would be a thousand million layers."""
    inner = [node(key, "Block", block=f"D{number + 1}", repeat=1000) for key in "ab"]
    wires = [["i", "output", "a", "x"], ["a", "y", "b", "x"], ["b", "y", "o", "input"]]
    return block(f"D{number}", IN, *inner, OUT, wires=wires)


LAST = block("D12", IN, node("r"), OUT, wires=chain("i", "r", "o"))
THROUGH = [["i", "output", "b", "x"], ["b", "y", "o", "input"]]

DRAWINGS: dict[str, tuple[dict[str, Any], str]] = {
    "a wire to itself": ({"nodes": [IN, node("r"), OUT], "edges": [*chain("r", "r"), *chain("r", "o")]}, "cycle"),
    "a cycle": ({"nodes": [IN, node("a"), node("b"), OUT], "edges": chain("a", "b", "a") + chain("b", "o")}, "cycle"),
    "two wires into one port": (
        {"nodes": [IN, node("a"), OUT], "edges": [*chain("i", "a", "o"), *chain("i", "o")]},
        "port_taken",
    ),
    "a port that is not there": ({"nodes": [IN, OUT], "edges": [["i", "side", "o", "input"]]}, "port"),
    "a wire into an Input": (
        {"nodes": [IN, node("a"), OUT], "edges": [*chain("i", "a", "o"), *chain("a", "i")]},
        "port",
    ),
    "two layers of one name": (
        {"nodes": [IN, node("a", name="same"), node("b", name="same"), OUT], "edges": chain("i", "a", "b", "o")},
        "name",
    ),
    "a name with code in it": (
        {"nodes": [IN, node("a", name="x = __import__('os')"), OUT], "edges": chain("i", "a", "o")},
        "name",
    ),
    "a name with markup": ({"nodes": [IN, node("a", name="<img src=x>"), OUT], "edges": chain("i", "a", "o")}, "name"),
    "a huge layer": (
        {"nodes": [IN, node("a", "Linear", out_features=10**15), OUT], "edges": chain("i", "a", "o")},
        "setting",
    ),
    "a block that is not there": ({"nodes": [IN, node("b", "Block", block="None"), OUT], "edges": THROUGH}, "setting"),
    "a block without a name": ({"nodes": [IN, node("b", "Block"), OUT], "edges": THROUGH}, "setting"),
    "far too many copies": (
        {
            "nodes": [IN, node("b", "Block", block="R", repeat=10**9), OUT],
            "edges": THROUGH,
            "blocks": [block("R", IN, node("r"), OUT, wires=chain("i", "r", "o"))],
        },
        "setting",
    ),
    "weights shared with nobody": (
        {"nodes": [IN, {**node("a", "Linear"), "shares": "gone"}, OUT], "edges": chain("i", "a", "o")},
        "shares",
    ),
    "weights shared in a ring": (
        {
            "nodes": [IN, {**node("a", "Linear"), "shares": "b"}, {**node("b", "Linear"), "shares": "a"}, OUT],
            "edges": chain("i", "a", "b", "o"),
        },
        "shares",
    ),
}

BLOCKS: dict[str, list[dict[str, Any]]] = {
    "a block in itself": [selfish("S", "S")],
    "two blocks in each other": [selfish("S", "T"), selfish("T", "S")],
    "blocks that multiply": [*(doubling(number) for number in range(12)), LAST],
}


def compiled(graph: dict[str, Any]) -> nnstudio.Compiled:
    graph = dict(graph)
    blocks = graph.pop("blocks", [])
    file = {"format": 1, "program": "NN Studio", "name": "odd", "graph": graph, "blocks": blocks}
    return nnstudio.compile(decode(json.dumps(file).encode()))


@pytest.mark.parametrize(("graph", "code"), DRAWINGS.values(), ids=DRAWINGS.keys())
def test_trouble_is_told_and_nothing_is_built(graph: dict[str, Any], code: str) -> None:
    found = compiled(graph)
    assert code in {problem.code for problem in found.problems if problem.severity == "error"}
    assert found.shapes["x"] == (4,)
    with pytest.raises(nnstudio.CompileError):
        found.source()


@pytest.mark.parametrize("blocks", BLOCKS.values(), ids=BLOCKS.keys())
def test_blocks_without_end_are_told_at_once(blocks: list[dict[str, Any]]) -> None:
    name = blocks[0]["name"]
    found = compiled({"nodes": [IN, node("b", "Block", block=name), OUT], "edges": THROUGH, "blocks": blocks})
    (problem,) = [problem for problem in found.problems if problem.severity == "error"]
    assert problem.id == "b"
    with pytest.raises(nnstudio.CompileError):
        found.source()


def test_a_very_long_chain_is_no_trouble() -> None:
    ids = [f"n{number}" for number in range(5_000)]
    nodes = [IN, *(node(key, name=f"relu_{key}") for key in ids), OUT]
    found = compiled({"nodes": nodes, "edges": chain("i", *ids, "o")})
    assert {problem.code for problem in found.problems} == {"no_effect"}  # ReLU upon ReLU
    assert len(found.plan.steps) == 5_000


def test_a_title_with_code_in_it_stays_text() -> None:
    graph = {"nodes": [IN, node("a", "Linear", out_features=2), OUT], "edges": chain("i", "a", "o")}
    project = nnstudio.Project(name='"""\nimport os; os.abort()\n"""', graph=compiled(graph).project.graph)
    source = nnstudio.compile(project).source()
    tree = ast.parse(source)
    imported = {alias.name for item in ast.walk(tree) if isinstance(item, ast.Import) for alias in item.names}
    assert imported == {"torch"}
    assert not any(isinstance(item, ast.Attribute) and item.attr == "abort" for item in ast.walk(tree))
