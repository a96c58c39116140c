"""Project to bytes: JSON with one layer and one wire per line, so that two versions of a file compare well."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from nnstudio.core.graph import Block, Graph
from nnstudio.core.words import tr
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.reader import decode
from nnstudio.project.schema import (
    FORMAT,
    PROGRAM,
    FileBlock,
    FileEdge,
    FileFrame,
    FileGraph,
    FileNode,
    FileParameter,
    FileProject,
)


def encode(project: Project) -> bytes:
    """Write a project as the bytes of a file, and make sure that reading them gives the same project.

    Raises:
        FileError: the project holds something that a file cannot, such as an infinite number.
    """
    file = FileProject(
        format=FORMAT,
        program=PROGRAM,
        name=project.name,
        graph=_file_graph(project.graph),
        blocks=[_file_block(block) for block in project.blocks],
        data=dict(project.data),
        recipe=dict(project.recipe),
    )
    try:
        data = _layout(msgspec.to_builtins(file)).encode()
    except UnicodeEncodeError as error:
        raise FileError(tr("This project cannot be saved: {detail}.", detail=error)) from None
    except (TypeError, ValueError):
        raise FileError(tr("This project cannot be saved: a setting in it is no finite number or text.")) from None
    try:
        same = decode(data) == project
    except FileError as error:
        raise FileError(
            tr("This project cannot be saved, its file could not be read: {detail}.", detail=error)
        ) from None
    if not same:
        raise FileError(tr("This project cannot be saved: its file would not hold all of it."))
    return data


def _file_graph(graph: Graph) -> FileGraph:
    return FileGraph(
        nodes=[
            FileNode(node.id, node.kind, node.name, dict(node.params), node.xy, node.shares, node.bypassed)
            for node in graph.nodes
        ],
        edges=[FileEdge(edge.source, edge.source_port, edge.target, edge.target_port) for edge in graph.edges],
        frames=[FileFrame(frame.id, frame.title, frame.rect, frame.note) for frame in graph.frames],
    )


def _file_block(block: Block) -> FileBlock:
    parameters = [FileParameter(parameter.name, parameter.default, parameter.later) for parameter in block.parameters]
    return FileBlock(block.name, parameters, _file_graph(block.graph))


def _layout(data: Mapping[str, Any]) -> str:
    """Lay the outer levels out over lines and keep each layer, wire, parameter and setting on one."""
    members = [f"{_line(key)}: {_member(key, value)}" for key, value in data.items()]
    return "{\n" + ",\n".join(members) + "\n}\n"


def _member(key: str, value: Any) -> str:
    if key == "graph":
        return _braces((f"{_line(inner)}: {_list(items)}" for inner, items in value.items()), "{}")
    if key == "blocks":
        return _braces(map(_block, value), "[]")
    return _line(value)


def _block(block: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{_line(key)}: {_member(key, value)}" for key, value in block.items()) + "}"


def _list(items: Iterable[Any]) -> str:
    return _braces(map(_line, items), "[]")


def _braces(lines: Iterable[str], pair: str) -> str:
    inner = ",\n".join(lines)
    return f"{pair[0]}\n{inner}\n{pair[1]}" if inner else pair


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
