"""A run in a process of its own, behind the same interface as one in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstudio.runs.work import Work


def preferred_work() -> type[Work]:
    """Return what works in this process or in another one, as the person prefers."""
    from nnstudio.project.preferences import load_preferences
    from nnstudio.runs.work import Work

    if not load_preferences().apart:
        return Work
    from nnstudio.runs.apart.work import WorkApart

    return WorkApart
