"""Every text has its Chinese, with the same fields, and no Chinese is left over."""

from __future__ import annotations

import ast
import json
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import nnstudio
from nnstudio.core.resources import resource
from nnstudio.core.words import LANGUAGES, catalogue, set_language, tr

PACKAGE = Path(nnstudio.__file__).resolve().parent
SOURCES = sorted(path for path in PACKAGE.rglob("*.py"))
FOLDER = resource("translations", "zh_CN")


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
            yield node


def literal(call: ast.Call) -> str | None:
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def texts() -> dict[str, str]:
    """Return every text, with a place where it stands."""
    found = {}
    for path in SOURCES:
        for call in calls(path):
            text = literal(call)
            if text is not None:
                found[text] = f"{path.relative_to(PACKAGE)}:{call.lineno}"
    return found


def fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_texts_are_literals_and_their_fields_are_given(path: Path) -> None:
    for call in calls(path):
        place = f"{path.name}:{call.lineno}"
        text = literal(call)
        assert text is not None, f"{place}: the text must stand in the call, or no translation can be found for it"
        assert len(call.args) == 1, f"{place}: values are given by name"
        given = sorted(keyword.arg for keyword in call.keywords if keyword.arg is not None)
        wanted = sorted(set(fields(text)))
        assert given == wanted, f"{place}: {text!r} has the fields {wanted}, the call gives {given}"


def test_every_text_has_chinese() -> None:
    chinese = catalogue("zh_CN")
    missing = {text: place for text, place in texts().items() if text not in chinese}
    assert missing == {}


def test_no_chinese_is_left_over() -> None:
    left_over = catalogue("zh_CN").keys() - texts().keys()
    assert left_over == set()


def test_translations_have_the_same_fields() -> None:
    for text, translation in catalogue("zh_CN").items():
        assert fields(text) == fields(translation), text


def test_no_translation_is_empty_or_the_english() -> None:
    for text, translation in catalogue("zh_CN").items():
        assert translation.strip(), text
        if any(character.isalpha() and character.islower() for character in text):
            assert translation != text, text


def test_every_text_stands_in_one_file_once() -> None:
    def once(pairs: list[tuple[str, str]]) -> dict[str, str]:
        keys = [key for key, _ in pairs]
        assert len(set(keys)) == len(keys), sorted(key for key in keys if keys.count(key) > 1)
        return dict(pairs)

    for file in sorted(FOLDER.glob("*.json")):
        json.loads(file.read_text("utf-8"), object_pairs_hook=once)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_filled_in(language: str) -> None:
    class Anything(float):
        def __getattr__(self, name: str) -> Anything:
            return self

    set_language(language)
    for text in texts():
        shown = tr(text, **{name.partition(".")[0]: Anything(1) for name in fields(text)})
        assert shown
        assert not any(f"{{{name}" in shown for name in fields(text)), shown
