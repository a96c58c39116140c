"""Blocks in files that mean harm: refused or told at once, and never worked out for long."""

from __future__ import annotations

import json
from typing import Any

import pytest

import nnstudio
from nnstudio.project.errors import FileError
from nnstudio.project.reader import decode

IN: dict[str, Any] = {"id": "i", "kind": "Input", "name": "x", "params": {"shape": [4]}}
OUT: dict[str, Any] = {"id": "o", "kind": "Output", "name": "y"}


def inner(**params: object) -> dict[str, Any]:
    nodes = [IN, {"id": "n", "kind": "Linear", "name": "dense", "params": params}, OUT]
    return {"nodes": nodes, "edges": [["i", "output", "n", "input"], ["n", "output", "o", "input"]]}


def file(parameters: list[dict[str, Any]], used: dict[str, Any], **params: object) -> bytes:
    """A drawing with one instance of one block."""
    nodes = [IN, {"id": "b", "kind": "Block", "name": "b", "params": {"block": "B", **used}}, OUT]
    graph = {"nodes": nodes, "edges": [["i", "output", "b", "x"], ["b", "y", "o", "input"]]}
    blocks = [{"name": "B", "parameters": parameters, "graph": inner(**params)}]
    whole = {"format": 1, "program": "NN Studio", "name": "odd", "graph": graph, "blocks": blocks}
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    "parameter",
    [
        {"name": "k", "default": None},
        {"name": "k", "default": [1]},
        {"name": "k", "default": {"a": 1}},
        {"name": "k", "default": "x" * 65},
        {"name": "k", "default": 1, "later": [2]},
        {"name": "k", "default": 1, "code": "import os"},
        {"name": "k"},
        {"name": "copy", "default": 1},
        {"name": "repeat", "default": 1},
        {"name": "block", "default": 1},
        {"name": "in_channels", "default": 1},
        {"name": "__class__", "default": 1},
        {"name": "", "default": 1},
    ],
    ids=str,
)
def test_parameters_that_cannot_be_are_refused(parameter: dict[str, Any]) -> None:
    with pytest.raises(FileError, match="it is damaged"):
        decode(file([parameter], {}))


@pytest.mark.parametrize(
    ("default", "used", "setting", "part"),
    [
        (1, {}, "=" + "(" * 10_000, "at most 500 signs"),
        (1, {}, "=" + "-" * 400 + "k", "more than 32 deep"),
        (1, {}, "=" + "k**9" * 100, ""),
        (1, {}, "=9**9**9", "cannot be worked out"),
        (9, {}, "=k**k**k", "cannot be worked out"),
        (1, {}, "=k.__class__", "has no meaning in a formula"),
        (1, {}, "=__import__('os').system('true')", "has no meaning in a formula"),
        (1, {}, "=eval(k)", "is no function"),
        (1, {}, "=1/(k-1)", "by zero"),
        (1, {}, "=10**12", "expected a whole number from 1 to 1,000,000"),
        (10**17, {}, "=k", "expected a whole number from -1000000 to 1,000,000"),
        (1, {"k": "x" * 10_000}, "=k", "expected a whole number"),
        (1, {"k": [1] * 5_000}, "=k", "one for each of 1 copies; got 5000 values"),
        (1, {"k": True}, "=k", "expected a whole number"),
        ("=k", {}, "=k", "a word does not begin with ="),
        ("word", {}, "=k", "expected a whole number from 1 to 1,000,000, got 'word'"),
        (1.5, {"k": 2}, "=k", "expected a whole number from 1 to 1,000,000, got 2.0"),
        (1, {"repeat": 10**9}, "=k", "expected a whole number from 1 to 1,000"),
        (1, {"repeat": "=k"}, "=k", "stands for a parameter of a block, and this layer lies in none"),
    ],
)
def test_settings_that_cannot_be_are_told(default: object, used: dict[str, Any], setting: str, part: str) -> None:
    compiled = nnstudio.compile(decode(file([{"name": "k", "default": default}], used, out_features=setting)))
    (problem,) = [problem for problem in compiled.problems if problem.severity == "error"]
    assert problem.id == "b"
    assert part in problem.message
    assert len(problem.message) < 700
