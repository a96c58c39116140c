"""The main window. It shows one of the open drawings, and builds its contents anew in another language or theme."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QByteArray, QEvent, QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from nnstudio.ui import commands, theme
from nnstudio.ui.desk import Desk
from nnstudio.ui.files import Files
from nnstudio.ui.icons import app_icon
from nnstudio.ui.keeper import Keeper
from nnstudio.ui.language import speak
from nnstudio.ui.running import Running
from nnstudio.ui.sessions import Sessions
from nnstudio.ui.settings import Layout, Settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenuBar

    from nnstudio.ui.actions import Actions
    from nnstudio.ui.design_page import DesignPage
    from nnstudio.ui.exports.exports import Exports
    from nnstudio.ui.recovery import RecoveryCopies
    from nnstudio.ui.session import Session
    from nnstudio.ui.statusbar import StatusBar
    from nnstudio.ui.tabs import DrawingTabs
    from nnstudio.ui.topbar import TopBar

SMALLEST = (960, 600)
USUAL = (1600, 1000)
_REMEMBERED = 12
"""So many commands that were run by their names are offered first."""


class MainWindow(QMainWindow):
    """The open drawings' window. Each has a desk, which is built when it is first shown; tabs appear with the second.

    Attributes:
        sessions: the open drawings.
        settings: the person's preferences.
        files: what the File menu does.
        running: what the Run menu does.
        stack: where the desks are, one seen at a time.
    """

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
        self._remember = remember
        self.sessions = Sessions(session, self)
        self.settings = Settings(self._log)
        self.files = Files(self, self.sessions, self.settings, self.flush)
        self.running = Running(self)
        self._keepers: dict[Session, Keeper] = {}
        self._desks: dict[Session, Desk] = {}
        self._tabs: DrawingTabs | None = None
        self._seen = False
        self.setObjectName("main_window")
        self.setAcceptDrops(True)
        self.painted.connect(lambda: self.setWindowIcon(app_icon()))  # drawing it takes as long as the whole palette
        self.setMinimumSize(*SMALLEST)
        self.stack = QStackedWidget()
        self.setCentralWidget(self.stack)
        self._keep(session)
        layout = self.settings.layout if remember else Layout()
        self.used_commands = layout.commands
        self.session.view.insight = self.session.view.insight or layout.insight
        self._show_desk(layout, staged=staged)
        if not (layout.geometry and self.restoreGeometry(QByteArray.fromHex(layout.geometry.encode()))):
            self._take_usual_place()
        self.sessions.added.connect(self._on_added)
        self.sessions.leaving.connect(self.flush)
        self.sessions.shown.connect(self._on_shown)
        self.sessions.removed.connect(self._on_removed)

    # What is shown

    @property
    def session(self) -> Session:
        """The drawing that is shown."""
        return self.sessions.current

    @property
    def desk(self) -> Desk:
        """The drawing that is shown, with all that stands around it."""
        return self._desks[self.session]

    @property
    def design(self) -> DesignPage:
        """The Design page that is shown, or would be."""
        return self.desk.design

    @property
    def actions_(self) -> Actions:
        """What can be done with the drawing that is shown."""
        return self.desk.actions_

    @property
    def menus(self) -> QMenuBar:
        """The menu bar."""
        return self.desk.menus

    @property
    def top_bar(self) -> TopBar:
        """The bar at the top."""
        return self.desk.top_bar

    @property
    def status_bar(self) -> StatusBar:
        """The bar at the bottom."""
        return self.desk.status_bar

    @property
    def exports(self) -> Exports:
        """Exports of the drawing that is shown."""
        return self._keepers[self.session].exports

    @property
    def recovery(self) -> RecoveryCopies | None:
        """Recovery copies of the drawing that is shown."""
        return self._keepers[self.session].recovery

    # Tabs

    def _keep(self, session: Session) -> None:
        self._keepers[session] = Keeper(self, session, remember=self._remember)
        session.changed.connect(self._on_changed)
        session.file_changed.connect(self._refresh)

    def _show_desk(self, layout: Layout, *, staged: bool = False) -> None:
        """Bring the present session's desk to the front, with its panels where the layout says."""
        desk = self._desks.get(self.session)
        if desk is None:
            desk = self._desks[self.session] = Desk(self, self.session, layout, staged=staged)
            self.stack.addWidget(desk)
            self.stack.setCurrentWidget(desk)
            if self._tabs is None or not self._tabs.bar.hasFocus():  # arrow keys may be going from tab to tab
                desk.design.canvas.setFocus()
        else:
            self.stack.setCurrentWidget(desk)
            desk.arrange(layout)
        self._refresh()

    def _drop_desk(self, session: Session) -> None:
        desk = self._desks.pop(session, None)
        if desk is not None:
            for own in desk.findChildren(QWidget):
                if own.isWindow():  # it would not be hidden with the desk, and go on asking
                    own.hide()
            desk.hide()
            self.stack.removeWidget(desk)
            desk.setParent(None)
            desk.deleteLater()

    def _show_tabs(self) -> None:
        """Build the tabs, once there is more than one drawing."""
        if len(self.sessions.all) > 1:
            from nnstudio.ui.tabs import DrawingTabs

            self._tabs = DrawingTabs(self.sessions, self.files, self)
            self.setMenuWidget(self._tabs)

    def _on_added(self, session: Session) -> None:
        self._keep(session)
        if self._tabs is None:
            self._show_tabs()

    def _on_shown(self) -> None:
        shown = self.stack.currentWidget()
        assert isinstance(shown, Desk)
        self._show_desk(shown.design.layout_now(""))
        for session in self.sessions.all:
            session.bridge.set_watched(session is self.session)
        self._keepers[self.session].tell_failure()

    def _on_removed(self, session: Session) -> None:
        self._keepers.pop(session).close()
        self._drop_desk(session)

    # Building

    def rebuild(self) -> None:
        """Build the contents anew, in the language and theme that are current now; what is open stays open."""
        self.flush()
        layout = self._layout_now()
        for session in self.sessions.all:
            session.reword()
            self._drop_desk(session)
        self._show_desk(layout)
        if self._tabs is not None:
            self._show_tabs()

    def _take_usual_place(self) -> None:
        screen = self.screen().availableGeometry()
        self.resize(min(USUAL[0], screen.width() - 60), min(USUAL[1], screen.height() - 80))
        place = self.frameGeometry()
        place.moveCenter(screen.center())
        self.move(place.topLeft())

    def _layout_now(self) -> Layout:
        layout = self.design.layout_now(bytes(self.saveGeometry().toHex().data()).decode())
        return msgspec.structs.replace(layout, commands=self.used_commands, insight=self.session.view.insight)

    def flush(self) -> None:
        """Hand on what has been typed and not been handed on yet."""
        from nnstudio.ui.inspector.field import Field

        self.design.inspector.flush()
        writing = QApplication.focusWidget()
        while writing is not None and not isinstance(writing, Field):
            writing = writing.parentWidget()
        if writing is not None:  # as in a setting of the recipe
            writing.flush()

    def offer_recovery(self) -> None:
        """Offer to bring back what a crash left behind."""
        if self._remember:
            from nnstudio.ui import recovery

            recovery.offer(self, lambda project, path: self._keepers[self.files.bring_back(project, path)].recovery)

    # Pages and panels

    def show_page(self, page: str) -> None:
        """Show one of the pages, `design` or `train`."""
        self.desk.show_page(page)

    def show_node(self, id_: str) -> None:
        """Select a node and bring it into view."""
        self.desk.show_node(id_)

    def focus_palette(self) -> None:
        """Put the keyboard into the palette's search."""
        self.desk.focus_palette()

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

    def find_layers(self, step: int = 0) -> None:
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
        from nnstudio.ui.insight_actions import offer_views

        offer_views(self)
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

    # Following the sessions

    def _on_changed(self, _old: object, _new: object) -> None:
        self._refresh()

    def _refresh(self) -> None:
        """Let the title say what is true now."""
        name = self.session.project.name.replace("[*]", "[*][*]")
        self.setWindowTitle(f"{name}[*] – NN Studio")
        self.setWindowModified(self.session.dirty)

    def _log(self, text: str) -> None:
        self.session.log(text)

    def event(self, event: QEvent) -> bool:
        """Tell when the window has been painted for the first time."""
        handled = super().event(event)
        if event.type() == QEvent.Type.Paint and not self._seen:
            self._seen = True
            QTimer.singleShot(0, self, self.painted.emit)
        return handled

    # Files that are dropped onto the window

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take project files, as copies: whoever gives them is to keep them."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(bool(_project_files(event.mimeData())))

    def dropEvent(self, event: QDropEvent) -> None:
        """Open them, once whoever they come from has been answered: opening may ask."""
        paths = _project_files(event.mimeData())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(bool(paths))
        QTimer.singleShot(0, self, lambda: self.files.open_all(paths))

    # Leaving

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes, end all runs, remember where things are."""
        if self._remember and not all(self.files.may_leave(session) for session in self.sessions.all):
            event.ignore()
            return
        if self._remember:
            self.settings.set_layout(self._layout_now())
        for keeper in self._keepers.values():
            keeper.close()
        event.accept()
        self.closed.emit()


def _project_files(data: QMimeData) -> list[Path]:
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix == ".nns"]


def _rebuild_all() -> None:
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, MainWindow):
            widget.rebuild()
