"""What the Edit menu does with blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.words import tr
from nnstudio.ui.actions import Actions
from nnstudio.ui.canvas.face import BLOCK

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas
    from nnstudio.ui.session import Session

ABOUT_ONE = ("unpack_block", "edit_block", "keep_block", "separate_block")
"""Actions that are about one selected block."""


def add_block_actions(actions: Actions, canvas: Canvas) -> None:
    """Group, unpack, open and leave blocks."""
    group, commands, session = tr("Edit"), canvas.commands, canvas.session
    actions.add("group_block", tr("Group into block"), commands.group, "Ctrl+G", group=group, within=canvas)
    actions.add(
        "unpack_block", tr("Unpack block"), commands.unpack, "Ctrl+Alt+G|Ctrl+Shift+G", group=group, within=canvas
    )
    actions.add("edit_block", tr("Edit block"), lambda: canvas.enter(), "Ctrl+Return", group=group, within=canvas)
    actions.add("leave_block", tr("Leave block"), lambda: session.leave(), "Alt+Up", group=group, within=canvas)
    actions.add("keep_block", tr("Keep among my blocks"), lambda: _keep(session), group=group)
    actions.add("separate_block", tr("Own definition for this block"), commands.separate, group=group)


def refresh_block_actions(actions: Actions, session: Session) -> None:
    """Let the actions be at hand where they mean something."""
    chosen = [session.graph.by_id[id_] for id_ in session.selection]
    blocks = [node for node in chosen if node.kind == BLOCK and node.params.get("block") in session.blocks]
    actions["group_block"].setEnabled(bool(chosen))
    actions["leave_block"].setEnabled(session.within is not None)
    for id_ in ABOUT_ONE:
        actions[id_].setEnabled(len(chosen) == len(blocks) == 1)


def _keep(session: Session) -> None:
    (id_,) = session.selection
    session.kept.keep(str(session.graph.by_id[id_].params.get("block")))
