"""The main window. It builds its contents from the session, and builds them anew in another language or theme."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QByteArray, QEvent, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenuBar, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import commands, theme
from nnstudio.ui.actions import Actions
from nnstudio.ui.block_actions import add_block_actions, refresh_block_actions
from nnstudio.ui.controls import hairline
from nnstudio.ui.design_page import DesignPage
from nnstudio.ui.exports.exports import Exports
from nnstudio.ui.files import Files
from nnstudio.ui.icons import app_icon
from nnstudio.ui.language import speak
from nnstudio.ui.menus import fill_menu_bar
from nnstudio.ui.recovery import RecoveryCopies
from nnstudio.ui.session import Session
from nnstudio.ui.settings import Layout, Settings
from nnstudio.ui.sharing import add_sharing_actions, refresh_sharing_actions
from nnstudio.ui.statusbar import StatusBar
from nnstudio.ui.topbar import TopBar

PAGES = ("design", "train")
SMALLEST = (960, 600)
USUAL = (1600, 1000)
_REMEMBERED = 12
"""So many commands that were run by their names are offered first."""


class MainWindow(QMainWindow):
    """One session's window: top bar, pages, status bar, menus."""

    painted = Signal()
    """The window has been painted for the first time."""
    closed = Signal()

    def __init__(self, session: Session, *, remember: bool = True, staged: bool = False) -> None:
        """Make a window.

        Args:
            session: what it shows.
            remember: whether its place and recovery copies are kept.
            staged: whether the panels beside the drawing are filled after the first painting.
        """
        super().__init__()
        session.setParent(self)
        self._remember = remember
        self.session = session
        self.settings = Settings(session.log)
        self.files = Files(self, session, self.settings, self.flush)
        self.exports = Exports(self, session, self.flush, self.files.suggested)
        self.recovery = RecoveryCopies(session, self) if remember else None
        self._told_failure: object = None
        self._seen = False
        self.setObjectName("main_window")
        self.painted.connect(lambda: self.setWindowIcon(app_icon()))  # drawing it takes as long as the whole palette
        self.setMinimumSize(*SMALLEST)
        layout = self.settings.layout if remember else Layout()
        self.used_commands = layout.commands
        self._build(layout, staged=staged)
        if not (layout.geometry and self.restoreGeometry(QByteArray.fromHex(layout.geometry.encode()))):
            self._take_usual_place()
        session.changed.connect(self._on_changed)
        session.file_changed.connect(self._on_file_changed)
        session.selection_changed.connect(self._on_selected)
        session.bridge.state_changed.connect(self._on_state_changed)
        session.refused.connect(self._on_refused)

    # Building

    def _build(self, layout: Layout, *, staged: bool = False) -> None:
        session = self.session
        middle = self._middle = QWidget()
        self.design = DesignPage(session, layout, staged=staged)
        self.actions_ = Actions(middle)
        commands.add_file_actions(self.actions_, self, self.files)
        commands.add_edit_actions(self.actions_, self, self.design)
        add_block_actions(self.actions_, self.design.canvas)
        add_sharing_actions(self.actions_, session)
        commands.add_view_actions(self.actions_, self, self.design)
        commands.add_run_actions(self.actions_, self)
        commands.add_help_actions(self.actions_, self)
        self.menus = QMenuBar()
        self.menus.setObjectName("menu_bar")
        fill_menu_bar(
            self.menus,
            self.actions_,
            self.files,
            self.settings,
            set_theme=self.choose_theme,
            set_language=self.choose_language,
        )
        self.top_bar = TopBar(session, session.view.page, self.actions_, self.menus)
        self.top_bar.switch.chosen.connect(self.show_page)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.design)
        self.status_bar = StatusBar(session)
        self.status_bar.problem_chosen.connect(self.show_node)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.top_bar, hairline(), self.pages, hairline(), self.status_bar):
            column.addWidget(part, 1 if part is self.pages else 0)
        self.setCentralWidget(middle)
        self.show_page(session.view.page)
        self._refresh()
        self.design.canvas.setFocus()

    def rebuild(self) -> None:
        """Build the contents anew, in the language and theme that are current now; what is open stays open."""
        self.flush()
        self.session.reword()
        layout, old = self._layout_now(), self._middle
        old.hide()
        old.setParent(None)
        self._build(layout)
        old.deleteLater()

    def _take_usual_place(self) -> None:
        screen = self.screen().availableGeometry()
        self.resize(min(USUAL[0], screen.width() - 60), min(USUAL[1], screen.height() - 80))
        place = self.frameGeometry()
        place.moveCenter(screen.center())
        self.move(place.topLeft())

    def _layout_now(self) -> Layout:
        layout = self.design.layout_now(bytes(self.saveGeometry().toHex().data()).decode())
        return msgspec.structs.replace(layout, commands=self.used_commands)

    def flush(self) -> None:
        """Hand on what has been typed and not been handed on yet."""
        self.design.inspector.flush()

    def offer_recovery(self) -> None:
        """Offer to bring back what a crash left behind."""
        if self.recovery is not None:
            self.recovery.offer(self)

    # Pages and panels

    def show_page(self, page: str) -> None:
        """Show one of `PAGES`; the Train page is built when it is first opened."""
        page = page if page in PAGES else PAGES[0]
        if page == "train" and self.pages.count() == 1:
            from nnstudio.ui.monitor.train_page import TrainPage

            self.pages.addWidget(TrainPage(self.session))
        self.session.view.page = page
        self.pages.setCurrentIndex(PAGES.index(page))
        self.top_bar.switch.show_page(page)

    def show_node(self, id_: str) -> None:
        """Select a node and bring it into view."""
        self.show_page("design")
        self.design.canvas.go_to(id_)

    def focus_palette(self) -> None:
        """Put the keyboard into the palette's search."""
        self.show_page("design")
        self.actions_["panel_palette"].setChecked(True)
        self.design.palette_panel.focus_search()

    def choose_theme(self, name: str) -> None:
        """Dress all windows in another theme, once the menu that asked for it is closed."""
        self.settings.set_theme(name)
        theme.set_theme(name)
        QTimer.singleShot(0, self, _rebuild_all)

    def choose_language(self, code: str) -> None:
        """Speak another language in all windows."""
        self.settings.set_language(code)
        speak(code)
        theme.set_theme(theme.current().name)  # Chinese text asks for other fonts
        QTimer.singleShot(0, self, _rebuild_all)

    def find(self, step: int = 0) -> None:
        """Look for layers in the drawing; with a step, go to the next that was found, or to the one before."""
        from nnstudio.ui.canvas.find_bar import find_bar

        self.show_page("design")
        bar = find_bar(self.design.canvas)
        if step and bar.field.text():
            bar.step(step)
        else:
            bar.open_now()

    def show_commands(self) -> None:
        """Offer every action by its name."""
        from nnstudio.ui.command_palette import open_command_palette

        open_command_palette(self)

    def note_command(self, id_: str) -> None:
        """Remember that an action was run by its name."""
        self.used_commands = (id_, *(used for used in self.used_commands if used != id_))[:_REMEMBERED]

    def show_shortcuts(self) -> None:
        """Show what keys and mouse do."""
        from nnstudio.ui.dialogs.shortcuts import ShortcutList

        dialog = ShortcutList(self.actions_.groups(), commands.gestures(), self)
        dialog.exec()
        dialog.deleteLater()

    def show_about(self) -> None:
        """Show what the program is."""
        from nnstudio.ui.dialogs.about import About

        dialog = About(self)
        dialog.exec()
        dialog.deleteLater()

    # Running

    def train_or_stop(self) -> None:
        """Start a run of the drawing as it is, or end the one under way."""
        bridge = self.session.bridge
        if bridge.is_active:
            bridge.stop()
        elif self._may_run():
            bridge.start()

    def pause_or_resume(self) -> None:
        """Hold the run, or let it go on."""
        bridge = self.session.bridge
        if bridge.state == "paused":
            bridge.resume()
        else:
            bridge.pause()

    def step(self) -> None:
        """Take one training step and hold."""
        if self.session.bridge.is_active or self._may_run():
            self.session.bridge.step()

    def _may_run(self) -> bool:
        """Hand on what was typed, keep a copy of the drawing, and see whether it can be trained."""
        self.flush()
        if self.recovery is not None:
            self.recovery.write()
        errors = [problem for problem in self.session.model.problems if problem.severity == "error"]
        if not errors:
            return True
        first = next((problem.id for problem in errors if problem.id is not None), None)
        self.session.leave_all()
        if first is not None:
            self.show_node(first)
        self.status_bar.show_problems()
        return False

    # Following the session

    def _on_changed(self, _old: object, _new: object) -> None:
        self._refresh()

    def _on_file_changed(self) -> None:
        self._refresh()

    def _on_selected(self) -> None:
        self._refresh()

    def _on_state_changed(self) -> None:
        self._refresh()
        failed = self.session.bridge.failed
        if failed is not None and failed is not self._told_failure:
            self._told_failure = failed
            if failed.detail:
                self.session.log(failed.detail)
            # Not from within the timer that looks at the run: the message waits for an answer.
            QTimer.singleShot(0, self, self._tell_failure)

    def _on_refused(self, text: str) -> None:
        from nnstudio.ui.dialogs import messages

        # Not from within the gesture that asked for it: the message waits for an answer.
        QTimer.singleShot(0, self, lambda: messages.tell_error(self, tr("This cannot be done"), text))

    def _tell_failure(self) -> None:
        from nnstudio.ui.dialogs import messages

        failed = self.session.bridge.failed
        if failed is not None:
            node = self.session.project.graph.by_name.get(failed.node or "")
            if node is not None:
                self.session.select_in_model({node.id})
            messages.tell_error(self, tr("Training could not go on"), failed.message)

    def _refresh(self) -> None:
        """Let actions and title say what is true now."""
        session, actions = self.session, self.actions_
        name = session.project.name.replace("[*]", "[*][*]")
        self.setWindowTitle(f"{name}[*] – NN Studio")
        self.setWindowModified(session.dirty)
        undo, redo = session.undo_label, session.redo_label
        actions["undo"].setEnabled(undo is not None)
        actions["undo"].setText(_plain(tr("Undo: {step}", step=undo)) if undo else tr("Undo"))
        actions["redo"].setEnabled(redo is not None)
        actions["redo"].setText(_plain(tr("Redo: {step}", step=redo)) if redo else tr("Redo"))
        for id_ in ("cut", "copy", "duplicate", "delete", "delete_reconnect", "zoom_selection"):
            actions[id_].setEnabled(bool(session.selection))
        refresh_block_actions(actions, session)
        refresh_sharing_actions(actions, session)
        for id_ in ("select_all", "zoom_fit"):
            actions[id_].setEnabled(bool(session.graph.nodes))
        state = session.bridge.state
        actions["train"].setText(tr("Stop") if session.bridge.is_active else tr("Train"))
        actions["pause"].setText(tr("Resume") if state == "paused" else tr("Pause"))
        actions["pause"].setEnabled(session.bridge.is_active)

    def event(self, event: QEvent) -> bool:
        """Tell when the window has been painted for the first time."""
        handled = super().event(event)
        if event.type() == QEvent.Type.Paint and not self._seen:
            self._seen = True
            QTimer.singleShot(0, self, self.painted.emit)
        return handled

    # Leaving

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes, end the run, remember where things are."""
        if self._remember and not self.files.may_leave():
            event.ignore()
            return
        self.exports.shutdown()
        self.session.bridge.shutdown()
        if self._remember:
            self.settings.set_layout(self._layout_now())
        if self.recovery is not None:
            self.recovery.discard()
            self.recovery.close()
        event.accept()
        self.closed.emit()


def _plain(text: str) -> str:
    return text.replace("&", "&&")


def _rebuild_all() -> None:
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, MainWindow):
            widget.rebuild()
