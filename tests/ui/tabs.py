"""What tests see of the tabs of a window, and an edit that makes one unsaved."""

from __future__ import annotations

from PySide6.QtWidgets import QTabBar, QWidget

from nnstudio.core import edits
from nnstudio.ui.session import Session
from nnstudio.ui.tabs import DrawingTabs
from nnstudio.ui.window import MainWindow


def spoil(session: Session) -> None:
    """Make an unsaved edit."""
    session.commit("Remove", edits.remove_nodes(session.graph, [session.graph.by_name["relu_1"].id]))


def names(window: MainWindow) -> list[str]:
    """Return what the tabs say; without tabs nothing."""
    tabs = window.findChild(DrawingTabs, "drawing_tabs")
    if tabs is None or not tabs.isVisible():
        return []
    return [tabs.bar.tabText(place) for place in range(tabs.bar.count())]


def bar(window: MainWindow) -> QTabBar:
    found = window.findChild(QTabBar, "drawing_tab_bar")
    assert found is not None
    return found


def is_in_front(window: MainWindow, name: str) -> bool:
    shown = [canvas for canvas in window.findChildren(QWidget, "canvas") if canvas.isVisible()]
    return window.session.project.name == name and shown == [window.design.canvas] and name in window.windowTitle()
