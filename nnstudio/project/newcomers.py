"""Blocks that come along from another drawing, where the names of theirs may mean something else."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.core.edits import replace
from nnstudio.core.graph import Block
from nnstudio.core.names import unique_name
from nnstudio.project.definitions import block_fault, rename_block
from nnstudio.project.document import Project


def beside(clip: Project, known: Mapping[str, Block]) -> Project:
    """Rename the blocks of a clip whose names stand for other definitions in the drawing that it comes to.

    A block that came before under such a name is used again.

    Args:
        clip: layers with their blocks.
        known: the blocks of the drawing by name.
    """
    for name in _inner_first(clip.blocks_by_name):
        block = clip.blocks_by_name[name]  # what lies in it may be called otherwise by now
        if name in known and known[name] != block:
            clip = rename_block(clip, name, _free_name(clip, block, known))
    return clip


def _free_name(clip: Project, block: Block, known: Mapping[str, Block]) -> str:
    taken = set(clip.blocks_by_name)
    while True:
        name = unique_name(f"{block.name}_", taken)
        as_before = name in known and known[name] == replace(block, name=name)
        if as_before or (name not in known and block_fault(clip, name) is None):
            return name
        taken.add(name)


def _inner_first(blocks: Mapping[str, Block]) -> list[str]:
    """Return the names of blocks, each after those that lie in it."""
    order: list[str] = []
    waiting = dict(blocks)
    while waiting:
        # Where blocks lie within each other in a ring, which no drawing should hold, one has to be first.
        ready = [name for name, block in waiting.items() if not waiting.keys() & block.uses] or [next(iter(waiting))]
        order += ready
        for name in ready:
            del waiting[name]
    return order
