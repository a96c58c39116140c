"""What the View menu does to look inside a network in training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.words import tr
from nnstudio.ui.actions import Actions

if TYPE_CHECKING:
    from nnstudio.ui.design_page import DesignPage
    from nnstudio.ui.insight.gallery import Gallery
    from nnstudio.ui.window import MainWindow


def add_insight_actions(actions: Actions, window: MainWindow, design: DesignPage) -> None:
    """Open the views, here or in a window of their own."""
    group = tr("View")

    def gallery() -> Gallery:
        from nnstudio.ui.insight.gallery import Gallery

        found = design.dock.view("insight")
        assert isinstance(found, Gallery)
        return found

    def open_tab() -> None:
        window.show_page("design")
        actions["panel_monitor_dock"].setChecked(True)
        design.dock.open_tab("insight")
        gallery().list.setFocus()

    design.canvas.insight_wanted.connect(open_tab)
    actions.add("insight", tr("Look inside"), open_tab, "Ctrl+Shift+K", group=group)
    actions.add(
        "insight_window", tr("Look inside in a window"), lambda: gallery().open_window(gallery().key), group=group
    )
