"""What is there for those who draw with keys alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.words import tr
from nnstudio.ui.actions import Actions

if TYPE_CHECKING:
    from nnstudio.ui.design_page import DesignPage
    from nnstudio.ui.window import MainWindow


def add_key_actions(actions: Actions, window: MainWindow, design: DesignPage) -> None:
    """Add layers, edit them and draw wires on the canvas, and go from one part of the window to the next."""
    group, canvas = tr("Edit"), design.canvas
    actions.add(
        "add_layer", tr("Add a layer…"), canvas.searching.open_at_pointer, "Shift+A", group=group, within=canvas
    )
    actions.add("edit_layer", tr("Edit the settings"), canvas.edit, group=group)
    actions.add("begin_wire", tr("Draw a wire"), canvas.begin_wire, "W", group=group, within=canvas)
    actions.add("pick_wire", tr("Pick the next wire"), canvas.pick_next_wire, "Shift+W", group=group, within=canvas)

    def go(ahead: int) -> None:
        from nnstudio.ui.regions import go_to_region

        go_to_region(window, ahead)

    group = tr("View")
    actions.add("next_region", tr("Next part of the window"), lambda: go(1), "Ctrl+F6", group=group)
    actions.add("previous_region", tr("Previous part of the window"), lambda: go(-1), "Ctrl+Shift+F6", group=group)
