"""The person's own library of blocks: one small project file for each, in the folder for what outlives a restart.

A file holds the block and the blocks that lie in it, and is read with the same care as any project file. One that
cannot be read is told and left as it is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from nnstudio.core.graph import Block
from nnstudio.core.system import reason
from nnstudio.core.words import tr
from nnstudio.layers.blocks import LIBRARY
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.places import state_folder
from nnstudio.project.schema import SUFFIX
from nnstudio.project.store import load, save

MAX_FILES = 500
"""Files that are looked at; a folder with more holds something else."""


class Kept(msgspec.Struct, frozen=True):
    """A block of the person's own library, and the blocks that lie in it."""

    block: Block
    inner: tuple[Block, ...] = ()

    @property
    def definitions(self) -> tuple[Block, ...]:
        """All that a drawing needs to use it."""
        return (self.block, *self.inner)


def personal_folder() -> Path:
    """Return the folder of the person's own blocks; it may not exist yet."""
    return state_folder() / "blocks"


def read_kept() -> tuple[dict[str, Kept], tuple[str, ...]]:
    """Read the library; return its blocks by name in order of the alphabet, and what is wrong with files in it."""
    folder, found, faults = personal_folder(), dict[str, Kept](), list[str]()
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == SUFFIX)
    except FileNotFoundError:
        return {}, ()
    except OSError as error:
        return {}, (tr("{path} cannot be opened: {detail}.", path=folder, detail=reason(error)),)
    for path in paths[:MAX_FILES]:
        try:
            kept = _read(path)
        except FileError as error:
            faults.append(str(error))
        else:
            found[kept.block.name] = kept
    return dict(sorted(found.items(), key=lambda item: item[0].casefold())), tuple(faults)


def keep(name: str, blocks: Mapping[str, Block]) -> Kept:
    """Write a block and those in it into the library; one of its name there before is kept as a backup.

    Args:
        name: the block.
        blocks: the definitions of its drawing by name.

    Raises:
        FileError: it cannot be written; what was there before is still there.
    """
    if name in LIBRARY:
        raise FileError(tr("{name} is a block of the program's library. Give yours another name first.", name=name))
    inner: dict[str, Block] = {}
    waiting = list(blocks[name].uses)
    while waiting:
        used = waiting.pop()
        if used in blocks and used not in inner and used != name:
            inner[used] = blocks[used]
            waiting += blocks[used].uses
    kept = Kept(blocks[name], tuple(inner.values()))
    folder = personal_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        detail = reason(error)
        raise FileError(tr("{path} cannot be saved: {detail}.", path=folder, detail=detail)) from error
    save(Project(name=name, blocks=kept.definitions), _path(name))
    return kept


def forget(name: str) -> None:
    """Take a block out of the library; its file stays beside it as a backup.

    Raises:
        FileError: it cannot be taken away.
    """
    path = _path(name)
    try:
        os.replace(path, path.with_name(f"{path.name}.bak1"))  # noqa: PTH105  (as all writing, where tests put faults)
    except FileNotFoundError:
        return
    except OSError as error:
        detail = reason(error)
        raise FileError(tr("{path} cannot be saved: {detail}.", path=path, detail=detail)) from error


def _path(name: str) -> Path:
    """Return a block's file; capitals are marked, as some file systems take ``Stem`` and ``STEM`` for one."""
    marked = "".join(f"{letter.lower()}~" if letter.isupper() else letter for letter in name)
    return personal_folder() / f"block-{marked}{SUFFIX}"


def _read(path: Path) -> Kept:
    project = load(path)
    if not project.blocks:
        raise FileError(tr("{path} cannot be opened: {detail}.", path=path, detail=tr("it holds no block")))
    return Kept(project.blocks[0], project.blocks[1:])
