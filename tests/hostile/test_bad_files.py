"""Files that are no projects: each has its exact sentence, and none gets as far as the document."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.core.words import set_language
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.reader import decode
from nnstudio.project.store import load
from nnstudio.project.writer import encode

GOOD = {"format": 1, "program": "NN Studio", "name": "net", "graph": {}}


def with_(**changes: object) -> bytes:
    return json.dumps(GOOD | changes).encode()


def with_graph(**parts: object) -> bytes:
    return with_(graph=parts)


def node(**changes: object) -> dict[str, object]:
    return {"id": "a", "kind": "ReLU", "name": "relu_1"} | changes


FOREIGN = "it was not made by NN Studio"
CUT = "it ends in the middle, so it was probably cut off while it was copied"

BAD = {
    "empty": (b"", "it is empty"),
    "blank": (b" \n\t ", "it is empty"),
    "zeros": (b"\0" * 100, FOREIGN),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is no text (at byte 1), so it is no project"),
    "latin-1": (
        with_(name="x").replace(b"net", b"x").replace(b'"x"', b'"\xe9t\xe9"'),
        "it is no text (at byte 48), so it is no project",
    ),
    "pickle": (b"cos\nsystem\n(S'true'\ntR.", FOREIGN),
    "list": (b"[1, 2, 3]", FOREIGN),
    "number": (b"17", FOREIGN),
    "text": (b'"NN Studio"', FOREIGN),
    "cut at a value": (b'{"format": 1, "program": "NN Studio", "name":', CUT),
    "cut in a string": (b'{"format": 1, "program": "NN Stu', CUT),
    "cut in an escape": (b'{"format": 1, "program": "NN \\', CUT),
    "cut at the end": (encode(Project())[:-3], CUT),
    "one brace": (b"{", CUT),
    "two documents": (with_() + with_(), "it is damaged at line 1, character 66"),
    "missing comma": (b'{"format": 1\n "program": "NN Studio"}', "it is damaged at line 2, character 2"),
    "single quotes": (b"{'format': 1}", "it is damaged at line 1, character 2"),
    "closed too often": (b"{}}}", "it is damaged at line 1, character 3"),
    "escaped quotes": (b'{"' + b'\\"' * 200_000, CUT),
    "other program": (with_(program="Other"), FOREIGN),
    "no program": (b'{"format": 1}', FOREIGN),
    "empty object": (b"{}", FOREIGN),
    "newer": (
        with_(format=7),
        "it was saved by a newer NN Studio (format 7; this version reads up to 1)",
    ),
    "format zero": (with_(format=0), "it is damaged: it does not say its format"),
    "format true": (with_(format=True), "it is damaged: it does not say its format"),
    "format text": (with_(format="1"), "it is damaged: it does not say its format"),
    "format fraction": (with_(format=1.0), "it is damaged: it does not say its format"),
    "twice": (
        b'{"format": 1, "program": "NN Studio", "name": "a", "name": "b"}',
        "it is damaged: 'name' stands twice in one place",
    ),
    "twice within": (
        with_graph(nodes=[node(params={"k": 1})]).replace(b'"k": 1', b'"k": 1, "k": 2'),
        "it is damaged: 'k' stands twice in one place",
    ),
    "NaN": (with_().replace(b'"net"', b"NaN"), "it is damaged: NaN is no number"),
    "infinity": (with_(recipe={"x": 1}).replace(b'"x": 1', b'"x": -Infinity'), "it is damaged: -Infinity is no number"),
    "too large a number": (
        with_(recipe={"x": 1}).replace(b'"x": 1', b'"x": 1e999'),
        "it is damaged: '1e999' is no number",
    ),
    "too long a number": (with_(recipe={"x": int("9" * 4000)}), "it is damaged: a number has 4000 digits"),
    "deep": (b'{"a":' * 17 + b"1" + b"}" * 17, "its values lie more than 16 levels deep"),
    "very deep": (b'{"a":' + b"[" * 1_000_000, "its values lie more than 16 levels deep"),
    "too many bytes": (b"{" + b" " * 2**24, "it has more than 16 MB, which is too large for a project"),
    "too many layers": (
        with_graph(nodes=[{}] * 20_001),
        "it has 20,001 layers; at most 20,000 are read",
    ),
    "too many layers in blocks": (
        with_(blocks=[{"name": f"b{n}", "graph": {"nodes": [{}] * 5_001}} for n in range(4)]),
        "it has 20,004 layers; at most 20,000 are read",
    ),
    "long name": (
        with_graph(nodes=[node(name="x" * 65)]),
        "it is damaged at graph.nodes[0].name: Expected `str` of length <= 64",
    ),
    "long id": (
        with_graph(nodes=[node(id="x" * 65)]),
        "it is damaged at graph.nodes[0].id: Expected `str` of length <= 64",
    ),
    "no id": (with_graph(nodes=[node(id="")]), "it is damaged at graph.nodes[0].id: Expected `str` of length >= 1"),
    "long setting": (
        with_graph(nodes=[node(params={"a": 1, "x" * 65: 1})]),
        "it is damaged at key in graph.nodes[0].params: Expected `str` of length <= 64",
    ),
    "many settings": (
        with_graph(nodes=[node(params={f"p{n}": n for n in range(65)})]),
        "it is damaged at graph.nodes[0].params: Expected `object` of length <= 64",
    ),
    "nested setting": (
        with_graph(nodes=[node(params={"a": {"b": 1}})]),
        "it is damaged at graph.nodes[0].params[...]: Expected `bool | int | float | str | array | null`, got `object`",
    ),
    "far away": (
        with_graph(nodes=[node(xy=[1e300, 0])]),
        "it is damaged at graph.nodes[0].xy[0]: Expected `float` <= 1000000.0",
    ),
    "no graph": (
        b'{"format": 1, "program": "NN Studio", "name": "x"}',
        "it is damaged: Object missing required field `graph`",
    ),
    "graph is a list": (with_(graph=[]), "it is damaged at graph: Expected `object`, got `array`"),
    "unknown key": (with_(extra=1), "it is damaged: Object contains unknown field `extra`"),
    "name is a number": (
        with_graph(nodes=[node(name=5)]),
        "it is damaged at graph.nodes[0].name: Expected `str`, got `int`",
    ),
    "short wire": (
        with_graph(nodes=[node()], edges=[["a", "output", "a"]]),
        "it is damaged at graph.edges[0]: Expected `array` of at least length 4, got 3",
    ),
    "loose wire": (
        with_graph(nodes=[node()], edges=[["a", "output", "b", "input"]]),
        "it is damaged: a wire ends at 'b', which is no layer",
    ),
    "two layers, one id": (with_graph(nodes=[node(), node(name="b")]), "it is damaged: two layers are called 'a'"),
    "two frames, one id": (
        with_graph(frames=[{"id": "f", "title": "", "rect": [0, 0, 1, 1]}] * 2),
        "it is damaged: two frames are called 'f'",
    ),
    "frame without a width": (
        with_graph(frames=[{"id": "f", "title": "", "rect": [0, 0, 0, 1]}]),
        "it is damaged at graph.frames[0].rect[2]: Expected `float` > 0.0",
    ),
    "frame of endless height": (
        with_graph(frames=[{"id": "f", "title": "", "rect": [0, 0, 1, 1e7]}]),
        "it is damaged at graph.frames[0].rect[3]: Expected `float` <= 2000000.0",
    ),
    "frame with an endless note": (
        with_graph(frames=[{"id": "f", "title": "", "rect": [0, 0, 1, 1], "note": "n" * 1001}]),
        "it is damaged at graph.frames[0].note: Expected `str` of length <= 1000",
    ),
    "two blocks, one name": (with_(blocks=[{"name": "b"}, {"name": "b"}]), "it is damaged: two blocks are called 'b'"),
    "two parameters, one name": (
        with_(blocks=[{"name": "b", "parameters": [{"name": "k", "default": 1}] * 2}]),
        "it is damaged: two parameters of a block are called 'k'",
    ),
    "block called like code": (
        with_(blocks=[{"name": "import os; os.abort()"}]),
        "it is damaged: 'import os; os.abort()' cannot be a name",
    ),
    "parameter called like code": (
        with_(blocks=[{"name": "b", "parameters": [{"name": "lambda", "default": 1}]}]),
        "it is damaged: 'lambda' cannot be a name",
    ),
}


@pytest.mark.parametrize(("data", "sentence"), BAD.values(), ids=BAD.keys())
def test_each_bad_file_has_its_sentence(data: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.nns"
    path.write_bytes(data)
    with pytest.raises(FileError) as caught:
        load(path)
    assert str(caught.value) == f"{path} cannot be opened: {sentence}."
    assert path.read_bytes() == data


def test_the_sentence_comes_in_chinese_too() -> None:
    set_language("zh_CN")
    with pytest.raises(FileError) as caught:
        decode(b"")
    assert str(caught.value) == "文件是空的"


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileError) as missing:
        load(tmp_path / "no.nns")
    assert str(missing.value) == f"{tmp_path / 'no.nns'} cannot be opened: there is no such file or folder."
    with pytest.raises(FileError) as folder:
        load(tmp_path)
    assert str(folder.value) == f"{tmp_path} cannot be opened: it is no file."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.nns")
    with pytest.raises(FileError, match="it is no file"):
        load(tmp_path / "pipe.nns")


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    data = b"\xef\xbb\xbf" + encode(Project(name="from Windows")).replace(b"\n", b"\r\n")
    assert decode(data).name == "from Windows"


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_and_nothing_else(data: bytes) -> None:
    with pytest.raises(FileError):
        decode(data)


@given(st.data())
def test_a_good_file_with_bytes_changed_is_read_or_refused(data: st.DataObject) -> None:
    good = bytearray(encode(Project(name="net", recipe={"epochs": 3, "learning_rate": 0.5})))
    for _ in range(data.draw(st.integers(1, 3))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        project = decode(bytes(good))
    except FileError:
        return
    assert decode(encode(project)) == project


@given(st.integers(0, len(encode(Project(name="net"))) - 4))
def test_every_shorter_file_is_refused(length: int) -> None:
    with pytest.raises(FileError):
        decode(encode(Project(name="net"))[:length])
