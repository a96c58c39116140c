"""What the View menu does to look over a drawing: its outline, its problems one by one, and showing it to a room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.words import tr
from nnstudio.ui.actions import Actions

if TYPE_CHECKING:
    from nnstudio.ui.design_page import DesignPage
    from nnstudio.ui.presentation import Presentation
    from nnstudio.ui.session import Session
    from nnstudio.ui.window import MainWindow


def add_lookout_actions(actions: Actions, window: MainWindow, design: DesignPage) -> None:
    """List problems, go from one to the next."""
    group, session = tr("View"), design.canvas.session

    def open_tab(key: str) -> None:
        window.show_page("design")
        actions["panel_monitor_dock"].setChecked(True)
        design.dock.open_tab(key)
        design.dock.view(key).setFocus()

    def step(by: int) -> None:
        window.show_page("design")
        _step(session, by)
        design.canvas.setFocus()

    showing: list[Presentation] = []

    def present(begin: bool) -> None:
        if not begin:
            showing.pop().leave()
            return
        from nnstudio.ui.presentation import Presentation  # not needed for the first window

        window.show_page("design")
        window.flush()
        showing.append(Presentation(window, design.canvas, actions))

    actions.add("outline", tr("Outline of the drawing"), lambda: open_tab("outline"), "Ctrl+Shift+U", group=group)
    actions.add("problems", tr("List of problems"), lambda: open_tab("problems"), "Alt+F8", group=group)
    actions.add("next_problem", tr("Next problem"), lambda: step(1), "F8", group=group)
    actions.add("previous_problem", tr("Previous problem"), lambda: step(-1), "Shift+F8", group=group)
    presentation = actions.add("presentation", tr("Presentation"), lambda: None, "F11", group=group)
    presentation.setCheckable(True)
    presentation.toggled.connect(present)


def _step(session: Session, by: int) -> None:
    from nnstudio.ui import problems  # not needed for the first window

    problems.step(session, by)
