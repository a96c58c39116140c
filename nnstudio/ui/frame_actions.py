"""What the Edit menu does with frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.words import tr
from nnstudio.ui.actions import Actions

if TYPE_CHECKING:
    from nnstudio.ui.design_page import DesignPage


def add_frame_actions(actions: Actions, design: DesignPage) -> None:
    """Make frames, name them, note something on them, and go from one to the next."""
    group, canvas = tr("Edit"), design.canvas

    def rename() -> None:
        if not canvas.framing.rename_picked():
            design.inspector.focus_name()

    actions.add("add_frame", tr("Frame the selection"), lambda: canvas.framing.add(), "C", group=group, within=canvas)
    actions.add("rename", tr("Rename"), rename, "F2", group=group, within=canvas)
    actions.add(
        "note_frame", tr("Edit the note"), lambda: canvas.framing.note_picked(), "Shift+F2", group=group, within=canvas
    )
    actions.add(
        "next_frame", tr("Go to the next frame"), lambda: canvas.framing.step(), "Alt+C", group=group, within=canvas
    )
