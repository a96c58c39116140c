"""Leftovers: runs that were left before their end, by a stop, a crash or a power cut, and may be gone on with."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstudio.project.document import Project
    from nnstudio.runs.checkpoints import Head


def left_over(project: Project) -> Head | None:
    """Return what is known of a run of this very drawing, data and recipe that was left before its end."""
    from nnstudio.runs.checkpoints import peek

    folder = _folder(project)
    head = peek(folder) if folder is not None else None
    return head if head is not None and head.status != "finished" and 0 < head.step < head.num_steps else None


def forget(project: Project) -> None:
    """Remove what is left of that run."""
    folder = _folder(project)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _folder(project: Project) -> Path | None:
    from nnstudio.runs.checkpoints import folder_of, key_of
    from nnstudio.training.recipe import recipe_of

    try:
        return folder_of(key_of(project, recipe_of(project.recipe)))
    except ValueError:  # such a recipe cannot have been trained
        return None
