"""What a project file holds: format 1, as types with limits.

A file is one JSON object. Keys that are not named here are refused, because a later save would lose them; kinds of
layers and their parameters are free, because a newer program or a plug-in may know them. These types are apart from
those of the document, so that the document can change without the files that people have.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from nnstudio.core.graph import Value

FORMAT: Final = 1
"""The format written by this version, and the newest it reads."""

PROGRAM: Final = "NN Studio"
SUFFIX = ".nns"

MAX_BYTES = 16 * 2**20
MAX_DEPTH = 16
MAX_NODES = 20_000
"""Layers in one file, those within blocks included."""
MAX_DIGITS = 18
"""Digits of a whole number; so it fits 64 bits."""

_Id = Annotated[str, Meta(min_length=1, max_length=64)]
_Name = Annotated[str, Meta(max_length=64)]
_Text = Annotated[str, Meta(max_length=1_000)]
_Place = Annotated[float, Meta(ge=-1e6, le=1e6)]
_Length = Annotated[float, Meta(gt=0, le=2e6)]
_Scalar = bool | int | float | Annotated[str, Meta(max_length=64)]
_Params = Annotated[dict[_Id, Value], Meta(max_length=64)]


class FileNode(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One placed layer; see `nnstudio.core.graph.Node`."""

    id: _Id
    kind: _Id
    name: _Name
    params: _Params = {}
    xy: tuple[_Place, _Place] = (0.0, 0.0)
    shares: _Id | None = None
    bypassed: bool = False


class FileEdge(msgspec.Struct, forbid_unknown_fields=True, array_like=True):
    """A wire, as a list of four: from which layer and port, to which layer and port."""

    source: _Id
    source_port: _Id
    target: _Id
    target_port: _Id


class FileFrame(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A titled rectangle: left, top, width and height."""

    id: _Id
    title: _Text
    rect: tuple[_Place, _Place, _Length, _Length]
    note: _Text = ""


class FileGraph(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A drawing."""

    nodes: list[FileNode] = []
    edges: Annotated[list[FileEdge], Meta(max_length=100_000)] = []
    frames: Annotated[list[FileFrame], Meta(max_length=2_000)] = []


class FileParameter(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A parameter of a block."""

    name: _Name
    default: _Scalar
    later: _Scalar | None = None


class FileBlock(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A block's definition."""

    name: _Name
    parameters: Annotated[list[FileParameter], Meta(max_length=64)] = []
    graph: FileGraph = msgspec.field(default_factory=FileGraph)


class FileProject(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A whole file."""

    format: Literal[1]
    program: Literal["NN Studio"]
    name: _Text
    graph: FileGraph
    blocks: Annotated[list[FileBlock], Meta(max_length=1_000)] = []
    data: _Params = {}
    recipe: _Params = {}
