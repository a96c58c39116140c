"""The tabs of the open drawings, above everything else. They are seen from the second drawing on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QTabBar, QToolButton, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.controls import hairline

if TYPE_CHECKING:
    from nnstudio.ui.files import Files
    from nnstudio.ui.session import Session
    from nnstudio.ui.sessions import Sessions

_HEIGHT = 36
_WIDEST, _NARROWEST = 220, 112
_BUTTON, _SIGN = 18, 10
_SIDE = QTabBar.ButtonPosition.RightSide


class DrawingTabs(QWidget):
    """Follows the open drawings: their order, their names, which one is shown, which are unsaved."""

    def __init__(self, sessions: Sessions, files: Files, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("drawing_tabs")
        self._sessions = sessions
        self._files = files
        self._followed: set[Session] = set()
        self.bar = _Bar()
        self.bar.currentChanged.connect(self._on_picked)
        self.bar.tabMoved.connect(sessions.move)
        self.bar.unwanted.connect(self._on_unwanted)
        new = QToolButton()
        new.setObjectName("new_tab_button")
        new.setText("+")
        new.setAutoRaise(True)
        new.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        new.setToolTip(tr("New drawing"))
        new.setAccessibleName(tr("New drawing"))
        new.clicked.connect(files.new)
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 6, 0)
        row.setSpacing(4)
        row.addWidget(self.bar)
        row.addWidget(new)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(hairline())
        for change in (sessions.added, sessions.removed):
            change.connect(self._on_counted)
        for change in (sessions.shown, sessions.moved):
            change.connect(self.refresh)
        self._on_counted()

    def refresh(self) -> None:
        """Show what is open now."""
        sessions, bar = self._sessions.all, self.bar
        for session in set(sessions) - self._followed:
            session.changed.connect(self.refresh)
            session.file_changed.connect(self.refresh)
            session.bridge.state_changed.connect(self.refresh)
        self._followed = set(sessions)
        with QSignalBlocker(bar):
            while bar.count() > len(sessions):
                bar.removeTab(bar.count() - 1)
            while bar.count() < len(sessions):
                bar.append()
            for place, (session, title) in enumerate(zip(sessions, titles(sessions), strict=True)):
                bar.show_tab(place, title, session)
            bar.setCurrentIndex(sessions.index(self._sessions.current))

    def _on_counted(self) -> None:
        self.refresh()
        self.setVisible(self.bar.count() > 1)

    def _on_picked(self, place: int) -> None:
        self._sessions.show(self._sessions.all[place])

    def _on_unwanted(self, place: int) -> None:
        self._files.close(self._sessions.all[place])


def titles(sessions: Sequence[Session]) -> list[str]:
    """Return what the tabs say: the drawings' names, with the file's name where several are called alike."""
    names = Counter(session.project.name for session in sessions)

    def title(session: Session) -> str:
        name, path = session.project.name, session.path
        return f"{name} – {path.name}" if names[name] > 1 and path is not None else name

    return [title(session) for session in sessions]


class _Bar(QTabBar):
    """Tabs of a bounded width; the one that is in hand moves."""

    unwanted = Signal(int)
    """The tab at this place is to be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("drawing_tab_bar")
        self.setAccessibleName(tr("Open drawings"))
        self.setIconSize(QSize(_SIGN, _SIGN))
        self.setMovable(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionBehaviorOnRemove(QTabBar.SelectionBehavior.SelectRightTab)
        self._pressed = -1

    def append(self) -> None:
        """Add a tab at the end, for `show_tab` to fill."""
        place = self.addTab("")
        button = _CloseButton(self)
        button.clicked.connect(lambda: self.unwanted.emit(self._place_of(button)))
        self.setTabButton(place, _SIDE, button)

    def show_tab(self, place: int, title: str, session: Session) -> None:
        """Say what a tab stands for, and how that is doing."""
        text = title.replace("&", "&&")
        if text != self.tabText(place):  # a tab in the hand would jump
            self.setTabText(place, text)
        if session.bridge.is_active == self.tabIcon(place).isNull():
            self.setTabIcon(place, _run_sign() if session.bridge.is_active else QIcon())
        # A tool tip guesses whether it is rich text; the zero-width space before keeps a file's "<" from being one.
        self.setTabToolTip(place, "\u200b" + str(session.path or title))
        spoken = tr("{file} – edited", file=title) if session.dirty else title
        self.setAccessibleTabName(place, tr("{name}, training", name=spoken) if session.bridge.is_active else spoken)
        button = self.tabButton(place, _SIDE)
        assert isinstance(button, _CloseButton)
        button.show_state(title, unsaved=session.dirty)

    def tabSizeHint(self, index: int) -> QSize:
        """Long names are cut, short ones leave something to click at."""
        width = super().tabSizeHint(index).width()
        return QSize(min(max(width, _NARROWEST), _WIDEST), _HEIGHT)

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Where room is scarce names are cut before tabs are scrolled away."""
        return QSize(_NARROWEST, _HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember what the middle button went down on."""
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pressed = self.tabAt(event.position().toPoint())
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Close the tab under a middle click."""
        if event.button() == Qt.MouseButton.MiddleButton:
            pressed, self._pressed = self._pressed, -1
            if pressed >= 0 and pressed == self.tabAt(event.position().toPoint()):
                self.unwanted.emit(pressed)
        else:
            super().mouseReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the drawings alone: every one that flies past would have to be built."""
        event.ignore()

    def _place_of(self, button: QWidget) -> int:
        return next(place for place in range(self.count()) if self.tabButton(place, _SIDE) is button)


def _run_sign() -> QIcon:
    """Return the sign of a run under way."""
    ratio = 2
    picture = QPixmap(_SIGN * ratio, _SIGN * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().accent)
    painter.drawPolygon([QPointF(1.5, 0.5), QPointF(_SIGN - 0.5, _SIGN / 2), QPointF(1.5, _SIGN - 0.5)])
    painter.end()
    return QIcon(picture)


class _CloseButton(QAbstractButton):
    """A cross; while the drawing is unsaved a dot, which becomes the cross under the pointer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(_BUTTON, _BUTTON)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._unsaved = False

    def show_state(self, title: str, *, unsaved: bool) -> None:
        """Say which drawing it closes, and whether that is unsaved."""
        self.setAccessibleName(tr("Close {name}", name=title))
        self.setToolTip(tr("Close the tab"))
        if unsaved != self._unsaved:
            self._unsaved = unsaved
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cross or the dot."""
        colours, middle = theme.current(), QPointF(_BUTTON / 2, _BUTTON / 2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._unsaved and not self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.text)
            painter.drawEllipse(middle, 3.5, 3.5)
            return
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.line if self.isDown() else colours.hover)
            painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setPen(QPen(colours.text if self.underMouse() else colours.mute, 1.4))
        for slope in (1, -1):
            reach = QPointF(3.5, 3.5 * slope)
            painter.drawLine(middle - reach, middle + reach)
