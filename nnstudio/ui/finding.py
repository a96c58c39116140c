"""Finding layers in the whole document, in its blocks too: by name, kind, title, settings, and first letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from nnstudio.layers.blocks import LIBRARY
from nnstudio.layers.catalog import catalog
from nnstudio.ui.canvas.face import BLOCK, block_title
from nnstudio.ui.canvas.fuzzy import score_initials
from nnstudio.ui.scope import Level

if TYPE_CHECKING:
    from nnstudio.core.graph import Block, Graph, Node
    from nnstudio.project.document import Project

Trail = tuple[Level, ...]


class Hit(msgspec.Struct, frozen=True):
    """One node that was found.

    Attributes:
        trail: the blocks to enter to see it.
        node: its id in the drawing there.
    """

    trail: Trail
    node: str

    @property
    def where(self) -> str:
        """The names of the blocks it lies in; empty in the document's own drawing."""
        return " › ".join(block_title(level.block) for level in self.trail)


class Finder:
    """All that can be found in one document, gathered once."""

    def __init__(self, project: Project, order: Sequence[str]) -> None:
        """Gather it.

        Args:
            project: the document.
            order: ids of its own drawing in the order in which signals flow.
        """
        self._entries = [
            (hit, " ".join(words).casefold(), titles)
            for hit, words, titles in _walk(project.graph, order, project.blocks_by_name)
        ]

    def find(self, query: str) -> tuple[Hit, ...]:
        """Return the nodes that have every word of ``query``, in the order of the drawing; none for an empty one."""
        wanted = query.casefold().split()
        if not wanted:
            return ()
        return tuple(
            hit
            for hit, text, titles in self._entries
            if all(word in text or any(score_initials(word, title) is not None for title in titles) for word in wanted)
        )


_Entry = tuple[Hit, list[str], tuple[str, ...]]


def _walk(graph: Graph, order: Sequence[str], blocks: Mapping[str, Block]) -> Iterator[_Entry]:
    """Give every node; those in a block come after the first node that stands for it, as a block is drawn once."""
    seen: set[str] = set()
    yield from _level(graph, order, blocks, (), seen)
    for name, block in blocks.items():
        if name not in seen:  # nothing stands for it, but it can be opened
            seen.add(name)
            yield from _level(block.graph, (), blocks, (Level(name),), seen)


def _level(
    graph: Graph, order: Sequence[str], blocks: Mapping[str, Block], trail: Trail, seen: set[str]
) -> Iterator[_Entry]:
    for id_ in dict.fromkeys((*order, *graph.by_id)):
        node = graph.by_id.get(id_)
        if node is None:
            continue
        titles = _titles(node)
        yield Hit(trail, id_), [node.name, node.kind, *titles, *_settings(node)], titles
        name = str(node.params.get("block", "")) if node.kind == BLOCK else ""
        if name in blocks and name not in seen:
            seen.add(name)
            yield from _level(blocks[name].graph, (), blocks, (*trail, Level(name, id_)), seen)


def _titles(node: Node) -> tuple[str, ...]:
    if node.kind == BLOCK:
        name = str(node.params.get("block", ""))
        known = LIBRARY.get(name)
        return (name, known.title.en, known.title.zh) if known is not None else (name,)
    spec = catalog().get(node.kind)
    return (spec.title.en, spec.title.zh) if spec is not None else ()


def _settings(node: Node) -> Iterator[str]:
    """Give the settings as a person may look for them: ``kernel_size=5`` and ``kernel_size 5``."""
    for name, value in node.params.items():
        text = str(value)
        yield f"{name}={text} {name} {text}"
