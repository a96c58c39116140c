"""What one process hands to another: a drawing and a report as JSON, weights as safetensors. Data, never objects.

The process that wrote it ran somebody's code, so nothing in it is taken on trust: types, lengths and counts are checked
while it is read.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from nnstudio.compiler.importers.draft import MOST_NODES
from nnstudio.compiler.importers.report import BadImportError, Check, Entry, Imported, Report, State
from nnstudio.core.graph import Edge, Graph, Node, Value
from nnstudio.core.words import tr

DRAWING: Final = "drawing.json"
WEIGHTS: Final = "weights.safetensors"
FAULT: Final = "fault.json"
MAX_BYTES: Final = 64 * 2**20
"""Bytes of a drawing with its report."""

_Word = Annotated[str, Meta(min_length=1, max_length=64)]
_Text = Annotated[str, Meta(max_length=2_000)]


class _Node(msgspec.Struct, forbid_unknown_fields=True):
    id: _Word
    kind: _Word
    name: _Word
    params: Annotated[dict[_Word, Value], Meta(max_length=64)]
    shares: _Word | None


class _Edge(msgspec.Struct, array_like=True):
    source: _Word
    source_port: _Word
    target: _Word
    target_port: _Word


class _Entry(msgspec.Struct, array_like=True):
    source: _Text
    node: _Text
    kind: _Text
    state: State
    note: _Text


class _Drawing(msgspec.Struct, forbid_unknown_fields=True):
    name: _Text
    nodes: Annotated[list[_Node], Meta(max_length=MOST_NODES)]
    edges: Annotated[list[_Edge], Meta(max_length=100_000)]
    origin: _Text
    entries: Annotated[list[_Entry], Meta(max_length=MOST_NODES)]
    notes: Annotated[list[_Text], Meta(max_length=1_000)]
    check: Check
    difference: float | None


class _Fault(msgspec.Struct, forbid_unknown_fields=True):
    fault: _Text


def pack(imported: Imported, folder: Path) -> None:
    """Write an import into a folder."""
    report = imported.report
    finite = report.difference is not None and report.difference < float("inf")
    drawing = _Drawing(
        imported.name[:2_000],
        [_Node(n.id, n.kind, n.name, dict(n.params), n.shares) for n in imported.graph.nodes],
        [_Edge(e.source, e.source_port, e.target, e.target_port) for e in imported.graph.edges],
        report.origin[:2_000],
        [_Entry(e.source[:2_000], e.node, e.kind, e.state, e.note[:2_000]) for e in report.entries],
        [note[:2_000] for note in report.notes],
        report.check,
        report.difference if finite else None,
    )
    (folder / WEIGHTS).write_bytes(weights_bytes(imported))
    (folder / DRAWING).write_bytes(msgspec.json.encode(drawing))


def pack_fault(text: str, folder: Path) -> None:
    """Write what went wrong into a folder."""
    (folder / FAULT).write_bytes(msgspec.json.encode(_Fault(text[:2_000])))


def unpack(folder: Path) -> Imported:
    """Read an import from a folder.

    Raises:
        BadImportError: it holds a fault, or nothing that could be an import.
    """
    if (folder / FAULT).is_file():
        raise BadImportError(_read(folder / FAULT, _Fault).fault)
    drawing = _read(folder / DRAWING, _Drawing)
    graph = Graph(
        nodes=tuple(Node(id=n.id, kind=n.kind, name=n.name, params=n.params, shares=n.shares) for n in drawing.nodes),
        edges=tuple(Edge(e.source, e.source_port, e.target, e.target_port) for e in drawing.edges),
    )
    ids = graph.by_id
    if len(ids) < len(drawing.nodes) or not all(e.source in ids and e.target in ids for e in graph.edges):
        raise BadImportError(tr("What came back from reading the network is no drawing."))
    report = Report(
        origin=drawing.origin,
        entries=tuple(Entry(e.source, e.node, e.kind, e.state, e.note) for e in drawing.entries),
        notes=tuple(drawing.notes),
        check=drawing.check,
        difference=drawing.difference,
    )
    return Imported(name=drawing.name, graph=graph, weights=_read_weights(folder / WEIGHTS), report=report)


def weights_bytes(imported: Imported) -> bytes:
    """Return the weights as a safetensors file."""
    save: Any = importlib.import_module("safetensors.numpy").save
    data: bytes = save(dict(imported.weights), {"format": "pt"})
    return data


def _read(path: Path, type_: Any) -> Any:
    try:
        if not path.is_file() or path.is_symlink() or path.stat().st_size > MAX_BYTES:
            raise ValueError(path.name)
        return msgspec.json.decode(path.read_bytes(), type=type_)
    except (OSError, ValueError) as error:
        raise BadImportError(tr("What came back from reading the network is no drawing.")) from error


def _read_weights(path: Path) -> Any:
    numpy: Any = importlib.import_module("safetensors.numpy")
    fault: Any = importlib.import_module("safetensors").SafetensorError
    try:
        if not path.is_file() or path.is_symlink():
            raise ValueError(path.name)
        return numpy.load_file(path)
    except (OSError, ValueError, KeyError, fault) as error:
        raise BadImportError(tr("What came back from reading the network is no drawing.")) from error
