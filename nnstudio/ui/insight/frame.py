"""One view with its title, what it shows in a line, and its sample; in the gallery or in a window of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QCloseEvent, QContextMenuEvent, QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QToolButton, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui.controls import ElidedLabel, label, link
from nnstudio.ui.steering_keys import obey_steering_keys

if TYPE_CHECKING:
    from nnstudio.ui.insight.registry import ViewSpec
    from nnstudio.ui.insight.view import StudyView
    from nnstudio.ui.session import Session


_LOW: Final = 260
_BROAD: Final = 820
_NARROW: Final = 560
_LINE_SHARE: Final = 8
"""How much more of what is left of a row the line gets than the title."""


class ViewFrame(QWidget):
    """Builds its view when it is first seen."""

    detached = Signal(str)
    """The view of this key is wanted in a window of its own."""

    def __init__(self, session: Session, spec: ViewSpec, *, own_window: bool = False) -> None:
        super().__init__()
        self.setObjectName(f"view_frame_{spec.key}")
        self.setAccessibleName(str(spec.title))
        self.setAccessibleDescription(str(spec.line))
        self.spec = spec
        self.session = session
        self._view: StudyView | None = None
        title = QHBoxLayout()
        title.setSpacing(14)
        self._name = ElidedLabel(str(spec.title), "heading")
        title.addWidget(self._name, 1)
        self._title = title
        if spec.sample:
            from nnstudio.ui.monitor.sample import SampleChooser

            title.addWidget(SampleChooser(session))
        self._detach: QToolButton | None = None if own_window else self._detach_button()
        if self._detach is not None:
            title.addWidget(self._detach)
        title.addWidget(self._tools_button())
        self._line = label(str(spec.line), "small", mute=True, wrap=True)
        self._line.setObjectName("view_line")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(title)
        self._column.addWidget(self._line)
        self._column.addSpacing(4)

    @property
    def view(self) -> StudyView:
        """The view itself; built if nobody has seen it yet."""
        if self._view is None:
            self._view = self.spec.build(self.session)
            self._view.setObjectName(f"view_{self.spec.key}")
            if not self._view.accessibleName():
                self._view.setAccessibleName(str(self.spec.title))
            self._column.addWidget(_scrolled(self._view), 1)
        return self._view

    def showEvent(self, event: QShowEvent) -> None:
        """Build the view."""
        super().showEvent(event)
        self.view.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low place the line stands beside the title; in a narrow one a sign has to do for words."""
        super().resizeEvent(event)
        if self._detach is not None:
            self._detach.setText(tr("Open in a window") if event.size().width() >= _NARROW else "↗")
        beside = event.size().height() < _LOW and event.size().width() >= _BROAD
        if beside != (self._title.indexOf(self._line) >= 0):
            (self._column if beside else self._title).removeWidget(self._line)
            wide = self._name.fontMetrics().horizontalAdvance(str(self.spec.title)) + 2
            self._name.setMinimumWidth(wide if beside else 0)
            if beside:
                self._title.insertWidget(1, self._line, _LINE_SHARE)
            else:
                self._column.insertWidget(1, self._line)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to save what is shown, on a right click or by the menu key."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_menu(menu)
        menu.popup(event.globalPos())

    def _fill_menu(self, menu: QMenu) -> None:
        from nnstudio.ui.insight.saving import fill_menu

        fill_menu(menu, self)

    def _tools_button(self) -> QToolButton:
        button = link("⋯")
        button.setObjectName("view_tools")
        button.setAccessibleName(tr("Save this view"))
        button.setToolTip(tr("Save this view"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.setObjectName("view_tools_menu")
        menu.aboutToShow.connect(lambda: self._fill_menu(menu))
        button.setMenu(menu)
        return button

    def _detach_button(self) -> QToolButton:
        button = link(tr("Open in a window"))
        button.setObjectName("view_detach")
        button.setToolTip(tr("Open in a window"))
        button.clicked.connect(lambda: self.detached.emit(self.spec.key))
        return button


def _scrolled(view: QWidget) -> QScrollArea:
    """Let a view that has less room than it needs be scrolled."""
    area = QScrollArea()
    area.setObjectName("view_area")
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setWidget(view)
    for ground in (area.viewport(), view):
        ground.setAutoFillBackground(False)
    return area


class ViewWindow(QWidget):
    """A view in a window of its own, which goes with the drawing's desk. Esc closes it."""

    def __init__(self, session: Session, spec: ViewSpec, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("view_window")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{spec.title} – {session.project.name}")
        self._session = session
        known = session.view.window_places.get(spec.key)
        if not (known and self.restoreGeometry(QByteArray.fromHex(known.pop(0).encode()))):
            self.resize(760, 520)
        self.frame = ViewFrame(session, spec, own_window=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.addWidget(self.frame)
        obey_steering_keys(self, session, parent)

    def hideEvent(self, event: QHideEvent) -> None:
        """Remember the place, as the desk is built anew for another language or theme."""
        super().hideEvent(event)
        if not event.spontaneous():
            places = self._session.view.window_places.setdefault(self.frame.spec.key, [])
            places.append(bytes(self.saveGeometry().toHex().data()).decode())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Forget the window: a desk that is built anew opens only those that were left open."""
        super().closeEvent(event)
        view, key = self._session.view, self.frame.spec.key
        if event.isAccepted() and key in view.windows:
            at = view.windows.index(key)
            view.windows = view.windows[:at] + view.windows[at + 1 :]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc and on the keys that close windows here."""
        if event.matches(QKeySequence.StandardKey.Cancel) or event.matches(QKeySequence.StandardKey.Close):
            self.close()
        else:
            super().keyPressEvent(event)
