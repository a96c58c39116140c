"""Project: the whole document, as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from nnstudio.core.graph import Block, Graph, Params, freeze_params


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing with everything that belongs to it.

    Attributes:
        name: what the window's title and the exported class say; any text.
        graph: the drawing.
        blocks: definitions that the drawing's ``Block`` nodes use; names are unique.
        data: which data set it learns from, and how it is split; settings that differ from the defaults.
        recipe: how it is trained; settings that differ from the defaults.
    """

    name: str = "Untitled"
    graph: Graph = Graph()
    blocks: tuple[Block, ...] = ()
    data: Params = MappingProxyType({})
    recipe: Params = MappingProxyType({})

    def __post_init__(self) -> None:
        for field, params in (("data", self.data), ("recipe", self.recipe)):
            if not isinstance(params, MappingProxyType):
                msgspec.structs.force_setattr(self, field, freeze_params(params))

    @property
    def blocks_by_name(self) -> Mapping[str, Block]:
        """The block definitions by name."""
        return {block.name: block for block in self.blocks}

    def trains_like(self, other: Project) -> bool:
        """Whether a run of the one is a run of the other: drawing, data and recipe are the same."""
        mine = (self.graph, self.blocks, self.data, self.recipe)
        return mine == (other.graph, other.blocks, other.data, other.recipe)

    def save(self, path: str | Path) -> None:
        """Write the project to a file, whole or not at all.

        Raises:
            FileError: it could not be saved; what the file held before is still there.
        """
        from nnstudio.project.store import save

        save(self, path)
