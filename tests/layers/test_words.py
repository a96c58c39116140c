"""All that layers say is there in Chinese, with the same fields."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import nnstudio.layers
from nnstudio.core.words import catalogue


def sentences() -> set[str]:
    """Return every sentence that the layers give to ``tr``."""
    found: set[str] = set()
    for file in Path(nnstudio.layers.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
                first = node.args[0]
                assert isinstance(first, ast.Constant), f"{file.name}:{node.lineno}: tr() takes a literal"
                assert isinstance(first.value, str)
                found.add(first.value)
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_is_translated() -> None:
    chinese = catalogue("zh_CN")
    spoken = sentences()
    assert spoken
    assert spoken - chinese.keys() == set()
    for sentence in spoken:
        assert fields(chinese[sentence]) == fields(sentence), sentence
