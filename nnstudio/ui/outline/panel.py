"""The outline: a tree that follows the canvas, and that keys and screen readers can walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QVBoxLayout, QWidget

from nnstudio.core import edits
from nnstudio.core.words import tr
from nnstudio.ui.outline.model import OutlineModel, Row

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_WIDTHS = (190, 190, 120, 110, 190)
_Flag = QItemSelectionModel.SelectionFlag


class OutlineView(QWidget):
    """Follows drawing and selection while it is seen; hidden, it does nothing."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outline_view")
        self._session = session
        self._stale = False
        self._following = False
        self.model = OutlineModel(session, self)
        self.tree = _Tree(self)
        self.tree.setObjectName("outline_tree")
        self.tree.setAccessibleName(tr("Outline"))
        self.tree.setAccessibleDescription(
            tr("The layers as a tree. Enter shows a layer or opens a block, F2 renames, Del removes.")
        )
        self.tree.setModel(self.model)
        for place, width in enumerate(_WIDTHS):
            self.tree.setColumnWidth(place, width)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 6)
        column.addWidget(self.tree)
        self.setFocusProxy(self.tree)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.refresh)
        self.tree.selectionModel().selectionChanged.connect(self._on_picked)
        session.changed.connect(self._on_changed)
        session.entered.connect(self._on_changed)
        session.selection_changed.connect(self._on_changed)
        self._follow()

    def refresh(self) -> None:
        """Show the drawing and the selection as they are now."""
        if not self.isVisible():
            return
        self._stale = False
        self._following = True
        self.model.refresh()
        self._following = False
        self._follow()

    def open_row(self, index: QModelIndex) -> None:
        """Show the node of a row on the canvas and go there; a block is opened."""
        row = self.model.row_of(index)
        if row.around is None:
            return
        if row.trail:
            self._session.reveal(row.trail, None)
        else:
            self._session.reveal(row.around.trail, row.id, with_keys=True)

    def remove(self) -> None:
        """Remove the nodes of the selected rows that lie in one drawing with the current one."""
        current = self.model.row_of(self.tree.currentIndex())
        if current.around is None:
            return
        rows = [row for row in self._chosen() if row.around is current.around] or [current]
        session = self._session
        session.reveal(current.around.trail, current.id)
        if len(rows) == 1:
            label = tr("Delete {name}", name=current.node.name)
        else:
            label = tr("Delete {count} layers", count=len(rows))
        session.commit(label, graph=edits.remove_nodes(session.graph, {row.id for row in rows}))

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened meanwhile."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _chosen(self) -> list[Row]:
        return [self.model.row_of(index) for index in self.tree.selectionModel().selectedRows()]

    def _on_changed(self, *_: object) -> None:
        self._stale = True
        if self.isVisible() and not self._following:
            self._soon.start()

    def _on_picked(self, *_: object) -> None:
        """Select on the canvas what was picked here, of the drawing that is open there."""
        if self._following:
            return
        rows = [row for row in self._chosen() if row.around is not None]
        trail = self._session.trail
        here = [row.id for row in rows if row.around is not None and row.around.trail == trail]
        if here or not rows:
            self._following = True
            if len(here) == 1:
                self._session.reveal(trail, here[0])
            else:
                self._session.select(here)
            self._following = False

    def _follow(self) -> None:
        """Select here what is selected on the canvas, and unfold the way to it."""
        session, chosen = self._session, self.tree.selectionModel()
        wanted = QItemSelection()
        last = QModelIndex()
        for node in session.graph.nodes:
            if node.id in session.selection:
                last = self.model.find(session.trail, node.id)
                wanted.select(last, last)
        if not last.isValid():
            return
        self._following = True
        around = last.parent()
        while around.isValid():
            self.tree.setExpanded(around, True)
            around = around.parent()
        now = {(row.around, row.id) for row in self._chosen()}
        if now != {(row.around, row.id) for row in map(self.model.row_of, wanted.indexes())}:
            chosen.select(wanted, _Flag.ClearAndSelect | _Flag.Rows)
            chosen.setCurrentIndex(last, _Flag.NoUpdate)
            self.tree.scrollTo(last)
        self._following = False


class _Tree(QTreeView):
    """A tree in which Enter, Del and F2 do what they do on the canvas."""

    def __init__(self, owner: OutlineView) -> None:
        super().__init__(owner)
        self._owner = owner
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.doubleClicked.connect(owner.open_row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid() and not editing:
            self._owner.open_row(index)
        elif event.key() == Qt.Key.Key_Delete and not event.modifiers():
            self._owner.remove()
        elif event.key() == Qt.Key.Key_F2 and index.isValid():
            self.edit(index.siblingAtColumn(0))
        else:
            super().keyPressEvent(event)
