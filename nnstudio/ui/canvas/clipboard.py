"""The clipboard's text: layers, the wires among them and the blocks they use, written as a small project file.

One entry is added: ``feeds`` names the wires that led to the layers from outside, as lists of four like all wires, but
by the layers' names, as these mean something in another drawing too.

So a person can read it, mail it, and paste a whole file's text too; and what is pasted, which may come from anywhere,
passes the same checks as a file before anything is made of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Annotated

import msgspec

from nnstudio.compiler.analysis import output_ports
from nnstudio.core.arranging import feeds, paste_fed
from nnstudio.core.edits import replace
from nnstudio.core.frames import whole_frames
from nnstudio.core.graph import Block, Edge, Graph, Node
from nnstudio.core.words import tr
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.reader import build, parse
from nnstudio.project.schema import FileEdge
from nnstudio.project.writer import encode
from nnstudio.ui.canvas.face import BLOCK
from nnstudio.ui.canvas.placing import with_blocks

_FEEDS = "feeds"
_FileFeeds = Annotated[list[FileEdge], msgspec.Meta(max_length=20_000)]


class Clip(msgspec.Struct, frozen=True):
    """What lies on the clipboard.

    Attributes:
        project: the layers and the blocks they use.
        feeds: wires that led to them from outside; their ends are names of layers.
    """

    project: Project
    feeds: tuple[Edge, ...] = ()


def write(project: Project, ids: Collection[str]) -> str:
    """Return these nodes, the wires among them, the frames that hold no others, and their blocks as text."""
    nodes = tuple(
        node if node.shares is None or node.shares in ids else replace(node, shares=None)
        for node in project.graph.nodes
        if node.id in ids
    )
    edges = tuple(edge for edge in project.graph.edges if edge.source in ids and edge.target in ids)
    graph = Graph(nodes=nodes, edges=edges, frames=whole_frames(project.graph, ids))
    clip = Project(name=project.name, graph=graph, blocks=_used(project, nodes))
    text = encode(clip).decode()
    names = {node.id: node.name for node in project.graph.nodes}
    lines = [
        json.dumps([names[edge.source], edge.source_port, names[edge.target], edge.target_port], ensure_ascii=False)
        for edge in feeds(project.graph, ids)
    ]
    if not lines:
        return text
    inner = ",\n".join(lines)
    return text.removesuffix("\n}\n") + f',\n"{_FEEDS}": [\n{inner}\n]\n}}\n'


def read(text: str) -> Clip:
    """Read the clipboard's text.

    Raises:
        ValueError: it holds no layers; says why.
    """
    if not text.strip():
        raise ValueError(tr("There is nothing to paste: the clipboard holds no text."))
    try:
        parsed = parse(text.encode("utf-8", "replace"))
        fed = _read_feeds(parsed.pop(_FEEDS, []))
        project = build(parsed)
    except FileError as error:
        raise ValueError(tr("The clipboard holds no layers: {detail}.", detail=error)) from error
    if not project.graph.nodes:
        raise ValueError(tr("The clipboard holds a drawing without layers."))
    return Clip(project, fed)


def place(
    project: Project, clip: Clip, offset: tuple[float, float], *, fed: bool = False
) -> tuple[Project, tuple[str, ...]]:
    """Add copies of what lies on the clipboard; return the copies' ids too.

    Args:
        project: what they are added to.
        clip: what lies there.
        offset: how far from where they were they come to stand.
        fed: whether they are fed from where they were, by the layers that have those names here.
    """
    from nnstudio.project.newcomers import beside  # not needed for the first window

    clip = replace(clip, project=beside(clip.project, project.blocks_by_name))
    feeding = _feeding(project, clip) if fed else ()
    graph, ids = paste_fed(project.graph, clip.project.graph, feeding, offset)
    return replace(project, graph=graph, blocks=with_blocks(project.blocks, clip.project.blocks)), ids


def _read_feeds(parsed: object) -> tuple[Edge, ...]:
    try:
        found = msgspec.convert(parsed, _FileFeeds)
    except msgspec.ValidationError as error:
        raise FileError(tr("it is damaged at {place}: {detail}", place=_FEEDS, detail=error)) from None
    return tuple(Edge(edge.source, edge.source_port, edge.target, edge.target_port) for edge in found)


def _feeding(project: Project, clip: Clip) -> Iterator[Edge]:
    """Return the feeds whose source is in a drawing, by ids instead of names."""
    graph, blocks = project.graph, project.blocks_by_name
    for edge in clip.feeds:
        source, target = graph.by_name.get(edge.source), clip.project.graph.by_name.get(edge.target)
        if source is None or target is None:
            continue
        if edge.source_port in {port.name for port in output_ports(graph, source, blocks)}:
            yield Edge(source.id, edge.source_port, target.id, edge.target_port)


def _used(project: Project, nodes: Collection[Node]) -> tuple[Block, ...]:
    """Return the blocks that nodes use, and those that these use."""
    known = project.blocks_by_name
    wanted: dict[str, Block] = {}
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        name = str(node.params.get("block", "")) if node.kind == BLOCK else ""
        if name in known and name not in wanted:
            wanted[name] = known[name]
            waiting += known[name].graph.nodes
    return tuple(wanted.values())
