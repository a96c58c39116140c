"""Bytes to Project. Whatever the bytes are, the outcome is a project or a `FileError` with one sentence.

The order matters: size, text and nesting are looked at before anything is parsed; duplicate keys and numbers that
JSON does not have while it is parsed; the number of layers and every length before any value of the document exists.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from nnstudio.compiler.values import parameter_fault
from nnstudio.core.graph import Block, BlockParameter, Edge, Frame, Graph, Node
from nnstudio.core.names import name_fault
from nnstudio.core.words import tr
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.migrations import migrate
from nnstudio.project.schema import (
    FORMAT,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_NODES,
    PROGRAM,
    FileBlock,
    FileGraph,
    FileProject,
)

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
"""A string, closed or cut off, or one bracket; every character is looked at once."""


def decode(data: bytes) -> Project:
    """Read the bytes of a project file.

    Raises:
        FileError: they are no project of a format that this version reads; the message is the second half of a
            sentence that begins with the file's name.
    """
    return build(parse(data))


def parse(data: bytes) -> dict[str, Any]:
    """Read the JSON in the bytes of a project file, for `build`; nothing is known of what it says but its size.

    Raises:
        FileError: see `decode`; this and `build` are its two halves.
    """
    if len(data) > MAX_BYTES:
        raise FileError(tr("it has more than {count} MB, which is too large for a project", count=MAX_BYTES // 2**20))
    if not data.strip():
        raise FileError(tr("it is empty"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(tr("it is no text (at byte {place}), so it is no project", place=error.start + 1)) from None
    if not text.lstrip().startswith("{"):
        raise FileError(_foreign())
    _check_nesting(text)
    return _parse(text)


def build(parsed: dict[str, Any]) -> Project:
    """Make a project of what was parsed.

    Raises:
        FileError: see `decode`.
    """
    return _build(_convert(_migrated(parsed)))


def _foreign() -> str:
    return tr("it was not made by {program}", program=PROGRAM)


def _check_nesting(text: str) -> None:
    depth = 0
    for match in _TOKEN.finditer(text):
        first = match[0][0]
        if first in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise FileError(tr("its values lie more than {count} levels deep", count=MAX_DEPTH))
        elif first in "]}":
            depth -= 1
    if depth > 0:  # so it is too where a string is cut off: nothing after its first quote is counted
        raise FileError(tr("it ends in the middle, so it was probably cut off while it was copied"))


def _parse(text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_short,
        )
    except json.JSONDecodeError as error:
        raise FileError(
            tr("it is damaged at line {line}, character {column}", line=error.lineno, column=error.colno)
        ) from None
    assert isinstance(parsed, dict)
    return parsed


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise FileError(tr("it is damaged: {key} stands twice in one place", key=_short_text(twice)))
    return found


def _refuse_constant(word: str) -> float:
    raise FileError(tr("it is damaged: {word} is no number", word=word))


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise FileError(tr("it is damaged: {word} is no number", word=_short_text(digits)))
    return number


def _short(digits: str) -> int:
    if len(digits) > MAX_DIGITS + 1:
        raise FileError(tr("it is damaged: a number has {count} digits", count=len(digits.lstrip("-"))))
    return int(digits)


def _short_text(text: str) -> str:
    shown = repr(text)
    return shown if len(shown) <= 40 else shown[:39] + "…"


def _migrated(parsed: dict[str, Any]) -> dict[str, Any]:
    if parsed.get("program") != PROGRAM:
        raise FileError(_foreign())
    found = parsed.get("format")
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise FileError(tr("it is damaged: it does not say its format"))
    if found > FORMAT:
        raise FileError(
            tr(
                "it was saved by a newer {program} (format {found}; this version reads up to {newest})",
                program=PROGRAM,
                found=found,
                newest=FORMAT,
            )
        )
    return migrate(parsed, found)


def _convert(data: dict[str, Any]) -> FileProject:
    num_nodes = sum(map(_count_nodes, (data.get("graph"), *_block_graphs(data.get("blocks")))))
    if num_nodes > MAX_NODES:
        raise FileError(
            tr("it has {found} layers; at most {most} are read", found=f"{num_nodes:,}", most=f"{MAX_NODES:,}")
        )
    try:
        return msgspec.convert(data, FileProject)
    except msgspec.ValidationError as error:
        detail, _, place = str(error).partition(" - at ")
        place = re.sub(r"`|\$\.?", "", place)
        if not place:
            raise FileError(tr("it is damaged: {detail}", detail=detail)) from None
        raise FileError(tr("it is damaged at {place}: {detail}", place=place, detail=detail)) from None


def _block_graphs(blocks: object) -> Iterable[object]:
    return (block.get("graph") for block in blocks if isinstance(block, dict)) if isinstance(blocks, list) else ()


def _count_nodes(graph: object) -> int:
    nodes = graph.get("nodes") if isinstance(graph, dict) else None
    return len(nodes) if isinstance(nodes, list) else 0


def _build(file: FileProject) -> Project:
    blocks = tuple(_build_block(block) for block in file.blocks)
    _check_once((block.name for block in blocks), tr("blocks"))
    return Project(name=file.name, graph=_build_graph(file.graph), blocks=blocks, data=file.data, recipe=file.recipe)


def _build_block(block: FileBlock) -> Block:
    faults = {block.name: name_fault(block.name)}
    faults |= {parameter.name: parameter_fault(parameter.name) for parameter in block.parameters}
    for name, fault in faults.items():
        if fault is not None:
            raise FileError(tr("it is damaged: {name} cannot be a name", name=_short_text(name)))
    _check_once((parameter.name for parameter in block.parameters), tr("parameters of a block"))
    parameters = tuple(
        BlockParameter(name=parameter.name, default=parameter.default, later=parameter.later)
        for parameter in block.parameters
    )
    return Block(name=block.name, parameters=parameters, graph=_build_graph(block.graph))


def _build_graph(graph: FileGraph) -> Graph:
    _check_once((node.id for node in graph.nodes), tr("layers"))
    _check_once((frame.id for frame in graph.frames), tr("frames"))
    ids = {node.id for node in graph.nodes}
    for edge in graph.edges:
        for end in (edge.source, edge.target):
            if end not in ids:
                raise FileError(tr("it is damaged: a wire ends at {id}, which is no layer", id=_short_text(end)))
    return Graph(
        nodes=tuple(
            Node(
                id=node.id,
                kind=node.kind,
                name=node.name,
                params=node.params,
                xy=node.xy,
                shares=node.shares,
                bypassed=node.bypassed,
            )
            for node in graph.nodes
        ),
        edges=tuple(Edge(edge.source, edge.source_port, edge.target, edge.target_port) for edge in graph.edges),
        frames=tuple(Frame(id=frame.id, title=frame.title, rect=frame.rect, note=frame.note) for frame in graph.frames),
    )


def _check_once(values: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise FileError(tr("it is damaged: two {what} are called {value}", what=what, value=_short_text(value)))
        seen.add(value)
