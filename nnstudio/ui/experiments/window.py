"""The windows of experiments: beside the main one, one of each for a drawing; what they show outlives them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.core.fingerprint import fingerprint
from nnstudio.core.words import tr
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.experiments.state import experiments_of
from nnstudio.ui.steering_keys import obey_steering_keys

if TYPE_CHECKING:
    from nnstudio.project.document import Project
    from nnstudio.ui.session import Session


_TITLE: Final = 32
"""Pixels that a title bar may take, which nobody knows before the window is seen."""


class ExperimentWindow(QWidget):
    """A window of its own. Esc closes it, and nothing waits for it.

    Args:
        session: the drawing that it belongs to.
        kind: which of the experiments.
        title: what it is called.
        parent: goes with the drawing's desk, and this with it.
    """

    def __init__(self, session: Session, kind: str, title: str, parent: QWidget | None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.session = session
        self.kind = kind
        self._title = title
        self._show_title()
        session.file_changed.connect(self._show_title)
        obey_steering_keys(self, session, parent)

    def take_place(self, width: int, height: int) -> None:
        """Stand where it stood last, or be this large, as far as the screen allows."""
        known = experiments_of(self.session).places.get(self.kind)
        if known is None or not self.restoreGeometry(known):
            room = self.screen().availableGeometry()
            self.resize(min(width, room.width() - 40), min(height, room.height() - 60))
            parent = self.parentWidget()
            if parent is not None:  # over the middle of the main window, within the screen
                place = self.frameGeometry()
                place.moveCenter(parent.window().frameGeometry().center())
                left = max(room.left(), min(place.left(), room.right() - place.width()))
                top = max(room.top(), min(place.top(), room.bottom() - place.height() - _TITLE))
                self.move(left, top)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Forget the window: a desk that is built anew opens only those that were left open."""
        super().closeEvent(event)
        view = self.session.view
        view.experiments = tuple(kind for kind in view.experiments if kind != self.kind)

    def hideEvent(self, event: QHideEvent) -> None:
        """Remember the place."""
        super().hideEvent(event)
        experiments_of(self.session).places[self.kind] = self.saveGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc and on the keys that close windows here."""
        if event.matches(QKeySequence.StandardKey.Cancel) or event.matches(QKeySequence.StandardKey.Close):
            self.close()
        else:
            super().keyPressEvent(event)

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self._title} – {self.session.project.name}")


class CopyNote(ElidedLabel):
    """Says that the work is on a copy of the drawing, and whether the drawing has changed since."""

    def __init__(self, session: Session) -> None:
        super().__init__("", "small", mute=True)
        self.setObjectName("copy_note")
        self._session = session
        self._copy: Project | None = None
        self._since = ""
        session.changed.connect(self.refresh)

    def show_copy(self, copy: Project | None, began: float) -> None:
        """Tell of this copy, taken at that time of the clock; None for none."""
        self._copy, self._since = copy, time.strftime("%H:%M:%S", time.localtime(began))
        self.refresh()

    @property
    def is_outdated(self) -> bool:
        """Whether the drawing, its data or its recipe are other ones by now; where layers stand does not count."""
        now, copy = self._session.project, self._copy
        if copy is None or copy is now:
            return False
        if (copy.data, copy.recipe) != (now.data, now.recipe):
            return True
        return fingerprint(copy.graph, copy.blocks_by_name) != fingerprint(now.graph, now.blocks_by_name)

    def refresh(self) -> None:
        """Compare again."""
        if self._copy is None:
            self.setText(tr("This works on a copy: the drawing may be edited meanwhile."))
        elif self.is_outdated:
            self.setText(tr("This is of the drawing as it was at {time}; it has changed since.", time=self._since))
        else:
            self.setText(
                tr("This is of the drawing as it was at {time}; it may be edited meanwhile.", time=self._since)
            )


def open_window(session: Session, kind: str) -> ExperimentWindow | None:
    """Return the window of a kind that a drawing has open; None where there is none."""
    for widget in QApplication.topLevelWidgets():
        if (
            isinstance(widget, ExperimentWindow)
            and widget.isVisible()
            and (widget.session, widget.kind) == (session, kind)
        ):
            return widget
    return None


def bring_forward(window: QWidget) -> None:
    """Show a window before all others, with the keyboard in it."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
