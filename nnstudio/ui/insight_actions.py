"""What the View menu does to look inside a network in training."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

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
    if design.canvas.session.view.windows:
        QTimer.singleShot(0, design, lambda: gallery().reopen_windows())
    actions.add("insight", tr("Look inside"), open_tab, "Ctrl+Shift+K", group=group)

    def overlay(key: str) -> Callable[[], None]:
        return lambda: design.canvas.session.show_overlay("" if design.canvas.session.overlay == key else key)

    actions.add(
        "insight_window", tr("Look inside in a window"), lambda: gallery().open_window(gallery().key), group=group
    )

    def save_view() -> None:
        from nnstudio.ui.insight.saving import ask_and_save

        ask_and_save(gallery().frame)

    actions.add("insight_save", tr("Save this view…"), save_view, group=group)
    titles = {"weights": tr("Wires as thick as their weights"), "gradients": tr("Gradient on the wires")}
    for key, title in titles.items():
        action = actions.add(f"overlay_{key}", title, overlay(key), group=group)
        action.setCheckable(True)

    def refresh() -> None:
        for key in titles:
            actions[f"overlay_{key}"].setChecked(design.canvas.session.overlay == key)

    design.canvas.session.overlaid.connect(refresh)
    refresh()


def offer_views(window: MainWindow) -> None:
    """Make an action of every view, so that it is found by its name; it costs nothing before somebody searches."""
    from nnstudio.ui.insight.gallery import Gallery
    from nnstudio.ui.insight.registry import VIEWS

    actions, design = window.actions_, window.design

    def open_view(key: str) -> None:
        actions["insight"].trigger()
        gallery = design.dock.view("insight")
        assert isinstance(gallery, Gallery)
        gallery.open_view(key)

    for spec in VIEWS:
        if f"view_{spec.key}" not in actions:
            actions.add(f"view_{spec.key}", spec.title, partial(open_view, spec.key), group=tr("Look inside"))
            actions[f"view_{spec.key}"].setStatusTip(str(spec.line))
