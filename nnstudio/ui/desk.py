"""One open drawing with all that stands around it in the window: bars, menus, pages, status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenuBar, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import commands
from nnstudio.ui.actions import Actions
from nnstudio.ui.arrange_actions import add_arrange_actions, refresh_arrange_actions
from nnstudio.ui.block_actions import add_block_actions, refresh_block_actions
from nnstudio.ui.controls import hairline
from nnstudio.ui.design_page import DesignPage
from nnstudio.ui.experiment_actions import add_experiment_actions
from nnstudio.ui.frame_actions import add_frame_actions
from nnstudio.ui.insight_actions import add_insight_actions
from nnstudio.ui.key_actions import add_key_actions
from nnstudio.ui.menus import fill_menu_bar
from nnstudio.ui.sharing import add_sharing_actions, refresh_sharing_actions
from nnstudio.ui.statusbar import StatusBar
from nnstudio.ui.topbar import TopBar

if TYPE_CHECKING:
    from nnstudio.ui.session import Session
    from nnstudio.ui.settings import Layout
    from nnstudio.ui.window import MainWindow

PAGES = ("design", "train")


class Desk(QWidget):
    """Shows one session. Another language or theme makes another desk; what must outlive it is in `Session.view`."""

    def __init__(self, window: MainWindow, session: Session, layout: Layout, *, staged: bool = False) -> None:
        """Build everything.

        Args:
            window: what it stands in; ``session`` has to be the one that is shown there.
            session: the drawing.
            layout: where the panels are.
            staged: whether the panels beside the drawing are filled after the first painting.
        """
        super().__init__(window.stack)  # from the start: to bring all of it there later takes 6 ms
        self._session = session
        self.design = DesignPage(session, layout, staged=staged)
        self.actions_ = Actions(self)
        commands.add_file_actions(self.actions_, window, window.files)
        commands.add_edit_actions(self.actions_, window, self.design)
        add_block_actions(self.actions_, self.design.canvas)
        add_frame_actions(self.actions_, self.design)
        add_sharing_actions(self.actions_, session)
        add_key_actions(self.actions_, window, self.design)
        add_arrange_actions(self.actions_, self.design.canvas)
        commands.add_view_actions(self.actions_, window, self.design)
        add_insight_actions(self.actions_, window, self.design)
        commands.add_run_actions(self.actions_, window)
        add_experiment_actions(self.actions_, window, self)
        commands.add_help_actions(self.actions_, window)
        self.menus = QMenuBar()
        self.menus.setObjectName("menu_bar")
        fill_menu_bar(
            self.menus,
            self.actions_,
            window.files,
            window.settings,
            set_theme=window.choose_theme,
            set_language=window.choose_language,
        )
        self.top_bar = TopBar(session, session.view.page, self.actions_, self.menus)
        self.top_bar.switch.chosen.connect(self.show_page)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.design)
        self.status_bar = StatusBar(session)
        self.status_bar.problem_chosen.connect(self.show_node)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.top_bar, hairline(), self.pages, hairline(), self.status_bar):
            column.addWidget(part, 1 if part is self.pages else 0)
        self.show_page(session.view.page)
        self.refresh()
        self.design.inspector.data_wanted.connect(self.choose_data)
        session.changed.connect(self._on_changed)
        session.file_changed.connect(self.refresh)
        session.selection_changed.connect(self.refresh)
        session.bridge.state_changed.connect(self.refresh)
        session.revealed.connect(self._on_revealed)

    def show_page(self, page: str) -> None:
        """Show one of `PAGES`; the Train page is built when it is first opened."""
        page = page if page in PAGES else PAGES[0]
        if page == "train" and self.pages.count() == 1:
            from nnstudio.ui.monitor.train_page import TrainPage

            self.pages.addWidget(TrainPage(self._session))
        self._session.view.page = page
        self.pages.setCurrentIndex(PAGES.index(page))
        self.top_bar.switch.show_page(page)

    def choose_data(self) -> None:
        """Put the keyboard where the data are chosen, on the Train page."""
        from nnstudio.ui.monitor.train_page import TrainPage

        self.show_page("train")
        page = self.pages.currentWidget()
        assert isinstance(page, TrainPage)
        page.choose_data()

    def show_node(self, id_: str) -> None:
        """Select a node and bring it into view."""
        self.show_page("design")
        self.design.canvas.caret.go_to(id_)

    def focus_palette(self) -> None:
        """Put the keyboard into the palette's search."""
        self.show_page("design")
        self.actions_["panel_palette"].setChecked(True)
        self.design.palette_panel.focus_search()

    def arrange(self, layout: Layout) -> None:
        """Put the panels where they were in the drawing that was shown before."""
        for panel in self.design.panels():
            self.actions_[f"panel_{panel.objectName()}"].setChecked(panel.objectName() not in layout.hidden)
        self.design.arrange(layout)

    def refresh(self) -> None:
        """Let the actions say what is true now."""
        session, actions = self._session, self.actions_
        undo, redo = session.undo_label, session.redo_label
        actions["undo"].setEnabled(undo is not None)
        actions["undo"].setText(_plain(tr("Undo: {step}", step=undo)) if undo else tr("Undo"))
        actions["redo"].setEnabled(redo is not None)
        actions["redo"].setText(_plain(tr("Redo: {step}", step=redo)) if redo else tr("Redo"))
        for id_ in ("cut", "copy", "duplicate", "delete", "delete_reconnect", "zoom_selection"):
            actions[id_].setEnabled(bool(session.selection))
        refresh_block_actions(actions, session)
        refresh_sharing_actions(actions, session)
        refresh_arrange_actions(actions, session)
        for id_ in ("select_all", "zoom_fit"):
            actions[id_].setEnabled(bool(session.graph.nodes))
        bridge = session.bridge
        actions["train"].setText(tr("Stop") if bridge.is_active else tr("Train"))
        actions["pause"].setText(tr("Resume") if bridge.state == "paused" or bridge.can_go_on else tr("Pause"))
        actions["pause"].setEnabled(bridge.is_active or bridge.can_go_on)
        for id_ in ("step_back", "restart"):
            actions[id_].setEnabled(bridge.state not in ("idle", "preparing"))

    def _on_changed(self, _old: object, _new: object) -> None:
        self.refresh()

    def _on_revealed(self, _id: str, _with_keys: bool) -> None:
        self.show_page("design")


def _plain(text: str) -> str:
    return text.replace("&", "&&")
