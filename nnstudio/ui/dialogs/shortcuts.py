"""The list of everything that can be done with a key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.words import tr
from nnstudio.ui.actions import Group
from nnstudio.ui.controls import label


class ShortcutList(QDialog):
    """Shows the shortcuts of all actions, and the gestures that have no menu entry."""

    def __init__(self, groups: Sequence[Group], gestures: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("shortcut_list")
        self.setWindowTitle(tr("Keyboard and mouse"))
        tables = [(group.title, _keyed(group)) for group in groups]
        tables = [(title, rows) for title, rows in tables if rows]
        tables.append((tr("On the canvas"), list(gestures)))
        half = (sum(len(rows) + 2 for _, rows in tables) + 1) // 2
        columns: list[QVBoxLayout] = [QVBoxLayout(), QVBoxLayout()]
        used = 0
        for title, rows in tables:
            column = columns[0] if used < half and used + len(rows) / 2 < half else columns[1]
            used += len(rows) + 2
            column.addWidget(label(title, "caption", mute=True))
            column.addLayout(_table(rows))
            column.addSpacing(12)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(22, 18, 22, 8)
        row.setSpacing(44)
        for column in columns:
            column.addStretch(1)
            row.addLayout(column)
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        buttons = QDialogButtonBox()
        close = QPushButton(tr("Close"))
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        buttons.setContentsMargins(22, 0, 22, 16)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(area)
        page.addWidget(buttons)
        close.setDefault(True)
        self.resize(860, 640)


def _keyed(group: Group) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for action in group.actions:
        keys = [keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in action.shortcuts()]
        if keys:
            rows.append((action.iconText(), ", ".join(keys[:2])))
    return rows


def _table(rows: Sequence[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setColumnStretch(0, 1)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(5)
    for number, (what, keys) in enumerate(rows):
        grid.addWidget(label(what), number, 0)
        grid.addWidget(label(keys, mute=True), number, 1, Qt.AlignmentFlag.AlignRight)
    return grid
