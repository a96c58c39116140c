"""The clipboard's text: layers, the wires among them and the blocks they use, written as a small project file.

So a person can read it, mail it, and paste a whole file's text too; and what is pasted, which may come from anywhere,
passes the same checks as a file before anything is made of it.
"""

from __future__ import annotations

from collections.abc import Collection

from nnstudio.core.edits import paste, replace
from nnstudio.core.frames import whole_frames
from nnstudio.core.graph import Block, Graph, Node
from nnstudio.core.words import tr
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.reader import decode
from nnstudio.project.writer import encode
from nnstudio.ui.canvas.face import BLOCK
from nnstudio.ui.canvas.placing import with_blocks


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
    return encode(clip).decode()


def read(text: str) -> Project:
    """Read the clipboard's text.

    Raises:
        ValueError: it holds no layers; says why.
    """
    try:
        clip = decode(text.encode("utf-8", "replace"))
    except FileError as error:
        raise ValueError(tr("The clipboard holds no layers: {detail}.", detail=error)) from error
    if not clip.graph.nodes:
        raise ValueError(tr("The clipboard holds a drawing without layers."))
    return clip


def place(project: Project, clip: Project, offset: tuple[float, float]) -> tuple[Project, tuple[str, ...]]:
    """Add copies of what lies on the clipboard; return the copies' ids too."""
    graph, ids = paste(project.graph, clip.graph.nodes, clip.graph.edges, offset, clip.graph.frames)
    return replace(project, graph=graph, blocks=with_blocks(project.blocks, clip.blocks)), ids


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
