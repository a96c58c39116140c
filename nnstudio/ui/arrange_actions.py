"""What the Arrange menu does with where cards stand, and what is selected along the wires."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nnstudio.core.words import tr
from nnstudio.ui.actions import Actions
from nnstudio.ui.canvas.arranging import side_titles, way_titles

if TYPE_CHECKING:
    from nnstudio.core.arranging import Side, Way
    from nnstudio.ui.canvas.view import Canvas
    from nnstudio.ui.session import Session


def add_arrange_actions(actions: Actions, canvas: Canvas) -> None:
    """Tidy up, align, distribute, select up- and downstream."""
    group, arranging = tr("Arrange"), canvas.arranging
    actions.add("tidy", tr("Tidy up"), arranging.tidy, "L", group=group, within=canvas)
    actions.add("tidy_down", tr("Tidy up downwards"), arranging.tidy_down, "Shift+L", group=group, within=canvas)
    for side, title in side_titles().items():
        actions.add(f"align_{side}", title, partial(_align, canvas, side), group=group)
    for way, title in way_titles().items():
        actions.add(f"distribute_{way}", title, partial(_distribute, canvas, way), group=group)
    group = tr("Edit")
    actions.add(
        "paste_fed",
        tr("Paste with wires"),
        lambda: canvas.copying.paste_fed(),
        "Ctrl+Shift+V",
        group=group,
        within=canvas,
    )
    actions.add(
        "duplicate_fed",
        tr("Duplicate with wires"),
        lambda: canvas.copying.duplicate_fed(),
        "Ctrl+Shift+D",
        group=group,
        within=canvas,
    )
    actions.add("pull_out", tr("Pull out of the wires"), arranging.pull_out, "Alt+Del", group=group, within=canvas)
    actions.add("select_upstream", tr("Select upstream"), arranging.select_upstream, "[", group=group, within=canvas)
    actions.add(
        "select_downstream", tr("Select downstream"), arranging.select_downstream, "]", group=group, within=canvas
    )


def refresh_arrange_actions(actions: Actions, session: Session) -> None:
    """Let the actions be at hand where they mean something."""
    chosen = len(session.selection)
    for id_ in ("tidy", "tidy_down"):
        actions[id_].setEnabled(len(session.graph.nodes) > 1)
    for side in side_titles():
        actions[f"align_{side}"].setEnabled(chosen > 1)
    for way in way_titles():
        actions[f"distribute_{way}"].setEnabled(chosen > 2)
    for id_ in ("select_upstream", "select_downstream", "duplicate_fed", "pull_out"):
        actions[id_].setEnabled(chosen > 0)


def _align(canvas: Canvas, side: Side, _checked: bool = False) -> None:
    canvas.arranging.align(side)


def _distribute(canvas: Canvas, way: Way, _checked: bool = False) -> None:
    canvas.arranging.distribute(way)
