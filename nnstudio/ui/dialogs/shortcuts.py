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
        half = sum(len(rows) + 2 for _, rows in tables) / 2
        columns = [_grid(), _grid()]
        used = 0
        for title, rows in tables:
            _add_table(columns[0 if used + len(rows) / 2 < half else 1], title, rows)
            used += len(rows) + 2
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(22, 18, 22, 8)
        row.setSpacing(44)
        for column in columns:
            column.setRowStretch(column.rowCount(), 1)
            row.addLayout(column, 1)
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
        self.resize(860, 720)


def _keyed(group: Group) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for action in group.actions:
        keys = [keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in action.shortcuts()]
        if keys:
            rows.append((action.iconText(), ", ".join(keys)))
    return rows


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setColumnStretch(0, 1)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(5)
    return grid


def _add_table(grid: QGridLayout, title: str, rows: Sequence[tuple[str, str]]) -> None:
    heading = label(title, "caption", mute=True)
    heading.setContentsMargins(0, 10 if grid.rowCount() > 1 else 0, 0, 2)
    grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
    for what, keys in rows:
        number = grid.rowCount()
        grid.addWidget(label(what), number, 0)
        grid.addWidget(label(keys, mute=True), number, 1, Qt.AlignmentFlag.AlignRight)
