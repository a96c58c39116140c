"""The gallery: all views by group, the chosen one beside them, and any number of them in windows of their own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.controls import hairline, label
from nnstudio.ui.insight.frame import ViewFrame, ViewWindow
from nnstudio.ui.insight.registry import GROUPS, VIEWS, view_spec

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_LIST: Final = 176
_KEY: Final = int(Qt.ItemDataRole.UserRole)


class Gallery(QWidget):
    """A list of views on the left, the chosen one on the right; it is built when it is first seen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self._session = session
        self._frames: dict[str, ViewFrame] = {}
        self.chips: dict[str, QPushButton] = {}
        """What wires on the drawing can show."""
        self.list = _ViewList()
        self.list.currentItemChanged.connect(self._on_picked)
        self._stack = QStackedWidget()
        self._head = QVBoxLayout()
        right = QVBoxLayout()
        right.setContentsMargins(16, 10, 16, 10)
        right.setSpacing(6)
        right.addLayout(self._head)
        right.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._left())
        row.addWidget(hairline(upright=True))
        row.addLayout(right, 1)
        self.open_view(session.view.insight)

    def _left(self) -> QWidget:
        """Return the list, and below it what wires on the drawing can show."""
        side = QWidget()
        side.setFixedWidth(_LIST)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(2)
        column.addWidget(self.list, 1)
        column.addWidget(hairline())
        on_wires = label(tr("On the wires"), "small", mute=True)
        on_wires.setContentsMargins(6, 5, 0, 1)
        column.addWidget(on_wires)
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 6, 0)
        row.setSpacing(4)
        for key, text in (("weights", tr("weights")), ("gradients", tr("gradient"))):
            chip = QPushButton(text)
            chip.setObjectName(f"chip_{key}")
            chip.setAccessibleName(tr("On the wires: {what}", what=text))
            chip.setCheckable(True)
            chip.setFont(theme.font("small"))
            chip.setStyleSheet(_chip_rules())
            chip.clicked.connect(partial(self._on_chip, key))
            self.chips[key] = chip
            row.addWidget(chip)
        row.addStretch(1)
        column.addLayout(row)
        self._session.overlaid.connect(self._show_overlay)
        self._show_overlay()
        return side

    def _on_chip(self, key: str, checked: bool = False) -> None:
        self._session.show_overlay(key if checked else "")

    def _show_overlay(self) -> None:
        for key, chip in self.chips.items():
            chip.setChecked(self._session.overlay == key)

    @property
    def key(self) -> str:
        """Key of the view that is chosen."""
        return self.list.key

    @property
    def frame(self) -> ViewFrame:
        """The chosen view with its title."""
        return self._frames[self.key]

    def open_view(self, key: str) -> None:
        """Choose a view; the first where there is none of this key."""
        self.list.pick(view_spec(key).key)

    def open_window(self, key: str) -> ViewWindow:
        """Show a view in a window of its own; several at once may be open, also of one view."""
        view = self._session.view
        view.windows = (*view.windows, view_spec(key).key)
        return self._show_window(key)

    def reopen_windows(self) -> None:
        """Show the windows again that were open when the desk was built anew."""
        for key in self._session.view.windows:
            self._show_window(key)

    def _show_window(self, key: str) -> ViewWindow:
        window = ViewWindow(self._session, view_spec(key), self)
        window.show()
        return window

    def showEvent(self, event: QShowEvent) -> None:
        """Show the view that was chosen last, wherever that was."""
        super().showEvent(event)
        self.open_view(self._session.view.insight)

    def _on_picked(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        key = str(item.data(_KEY))
        self._session.view.insight = key
        if key not in self._frames:
            frame = self._frames[key] = ViewFrame(self._session, view_spec(key))
            frame.detached.connect(self.open_window)
            self._stack.addWidget(frame)
        self._stack.setCurrentWidget(self._frames[key])


def _chip_rules() -> str:
    colours = theme.current()
    return (
        "QPushButton { padding: 1px 9px; border-radius: 10px; }"
        f"QPushButton:checked {{ background: {colours.primary.name()}; color: {colours.on_primary.name()};"
        f" border-color: {colours.primary.name()}; }}"
    )


class _ViewList(QListWidget):
    """The titles under their groups' headings."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("view_list")
        self.setAccessibleName(tr("Views"))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        for group, title in GROUPS.items():
            specs = [spec for spec in VIEWS if spec.group == group]
            if not specs:
                continue
            heading = QListWidgetItem(str(title), self)
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            heading.setFont(theme.font("small"))
            heading.setForeground(theme.current().mute)
            heading.setSizeHint(QSize(0, 24))
            for spec in specs:
                item = QListWidgetItem(str(spec.title), self)
                item.setData(_KEY, spec.key)
                item.setToolTip(str(spec.line))
                item.setData(int(Qt.ItemDataRole.AccessibleTextRole), f"{spec.title}, {title}")
                item.setData(int(Qt.ItemDataRole.AccessibleDescriptionRole), str(spec.line))
                item.setSizeHint(QSize(0, 26))

    @property
    def key(self) -> str:
        """Key of the view that is picked."""
        item = self.currentItem()
        return "" if item is None else str(item.data(_KEY))

    def pick(self, key: str) -> None:
        """Pick a view."""
        for number in range(self.count()):
            if self.item(number).data(_KEY) == key:
                self.setCurrentRow(number)
