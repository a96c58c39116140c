"""The document as a tree of rows: its layers, and under each block's instance the layers within."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from nnstudio.core import edits
from nnstudio.core.graph import Node
from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.canvas.face import BLOCK, compact_shape
from nnstudio.ui.outline.words import node_title, sentence, sources, targets
from nnstudio.ui.scope import Level, Seen, look

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
Role = Qt.ItemDataRole


class Row:
    """One node in the tree.

    Attributes:
        id: of the node; empty for the root, which is the document.
        around: the row of the instance that it lies in.
        node: as the drawing around has it.
        seen: the drawing around, and what is known of it.
        trail: the blocks to enter for the drawing *within* this row; for the root, none.
        rows: what lies within, in drawing order; None while nobody has looked.
        stamp: all that its texts depend on.
    """

    def __init__(self, id_: str, around: Row | None, node: Node, seen: Seen) -> None:
        self.id = id_
        self.around = around
        self.node = node
        self.seen = seen
        self.trail: tuple[Level, ...] = ()
        self.rows: list[Row] | None = None
        self.stamp: object = None


class OutlineModel(QAbstractItemModel):
    """Rows follow the document by the least steps: what stays, stays expanded and selected."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.titles = (tr("Name"), tr("Layer"), tr("Output"), tr("Parameters"), tr("Fed by"), tr("Feeds"))
        self.root = Row("", None, Node(id="", kind=BLOCK, name=""), Seen(session.project.graph, session.model))
        self.root.rows = []
        self.refresh()

    # Following

    def refresh(self) -> None:
        """Bring all rows that are known up to date with the document."""
        self._fill(self.root, _ROOT)

    def _fill(self, row: Row, index: QModelIndex) -> None:
        """Bring what lies within a row up to date."""
        assert row.rows is not None
        seen = self._look(row)
        wanted = tuple(node.id for node in seen.graph.nodes)
        if [one.id for one in row.rows] != list(wanted):
            self._reorder(row, index, wanted, seen)
        changed = []
        for place, one in enumerate(row.rows):
            node = seen.graph.by_id[one.id]
            one.node, one.seen, one.trail = node, seen, self._trail(row, node)
            stamp = self._stamp(seen, node)
            if stamp != one.stamp:
                one.stamp = stamp
                changed.append(place)
        for place in changed:
            self.dataChanged.emit(self.index(place, 0, index), self.index(place, len(self.titles) - 1, index))
        for place, one in enumerate(row.rows):
            if one.rows is not None:
                self._fill(one, self.index(place, 0, index))

    def _look(self, row: Row) -> Seen:
        session = self._session
        if row is self.root:
            return Seen(session.project.graph, session.model)
        if not row.trail:  # a block no longer, or one that is nowhere defined
            from nnstudio.compiler.analysis import analyse
            from nnstudio.core.graph import Graph

            return Seen(Graph(), analyse(Graph(), {}))
        return look(row.trail, session.project, session.blocks, session.model)

    def _trail(self, around: Row, node: Node) -> tuple[Level, ...]:
        name = str(node.params.get("block")) if node.kind == BLOCK else None
        entered = {level.block for level in around.trail}
        if name is None or name not in self._session.blocks or name in entered:
            return ()
        return (*around.trail, Level(name, node.id))

    @staticmethod
    def _stamp(seen: Seen, node: Node) -> object:
        """Return all that a row's texts depend on."""
        id_, graph = node.id, seen.graph
        near = [edge.source for edge in graph.into.get(id_, ())] + [edge.target for edge in graph.out_of.get(id_, ())]
        names = tuple(graph.by_id[one].name for one in near if one in graph.by_id)
        facts = seen.analysis.facts[id_]
        told = tuple((one.message, one.severity) for one in seen.analysis.by_node.get(id_, ()))
        return (
            node.name,
            node.kind,
            node.params,
            node.shares,
            node.bypassed,
            names,
            facts.inputs,
            facts.outputs,
            (facts.cost.parameters),
            told,
        )

    def _reorder(self, row: Row, index: QModelIndex, wanted: Sequence[str], seen: Seen) -> None:
        """Take away, put in and move rows, until they are those that are wanted."""
        rows = row.rows
        assert rows is not None
        kept = frozenset(wanted)
        for first, last in _runs(rows, lambda one: one.id not in kept):
            self.beginRemoveRows(index, first, last)
            del rows[first : last + 1]
            self.endRemoveRows()
        here = {one.id for one in rows}
        place = 0
        while place < len(wanted):
            if wanted[place] not in here:
                end = place
                while end < len(wanted) and wanted[end] not in here:
                    end += 1
                self.beginInsertRows(index, place, end - 1)
                rows[place:place] = [Row(id_, row, seen.graph.by_id[id_], seen) for id_ in wanted[place:end]]
                self.endInsertRows()
                place = end
                continue
            if rows[place].id != wanted[place]:
                there = next(at for at in range(place + 1, len(rows)) if rows[at].id == wanted[place])
                self.beginMoveRows(index, there, there, index, place)
                rows.insert(place, rows.pop(there))
                self.endMoveRows()
            place += 1

    # What views ask for

    def row_of(self, index: Index) -> Row:
        """Return the row behind an index."""
        found = index.internalPointer() if index.isValid() else self.root
        assert isinstance(found, Row)
        return found

    def find(self, trail: tuple[Level, ...], id_: str) -> QModelIndex:
        """Return the index of a node of the drawing at the end of a way; looks into blocks for it."""
        index = _ROOT
        for level in trail:
            index = self._within(index, level.node or "")
            if not index.isValid():
                return index
        return self._within(index, id_)

    def _within(self, around: QModelIndex, id_: str) -> QModelIndex:
        row = self.row_of(around)
        if row.rows is None:
            self.fetchMore(around)
        for place, one in enumerate(row.rows or ()):
            if one.id == id_:
                return self.index(place, 0, around)
        return QModelIndex()

    # Qt

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """Return the index of a cell."""
        rows = self.row_of(parent).rows or ()
        if not (0 <= row < len(rows) and 0 <= column < len(self.titles)):
            return QModelIndex()
        return self.createIndex(row, column, rows[row])

    def parent(self, index: Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        """Return the index of the instance around."""
        around = self.row_of(index).around if index.isValid() else None
        if around is None or around is self.root:
            return QModelIndex()
        beyond = around.around
        assert beyond is not None
        assert beyond.rows is not None
        return self.createIndex(beyond.rows.index(around), 0, around)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Count what is known to lie within."""
        return len(self.row_of(parent).rows or ()) if parent.column() <= 0 else 0

    def columnCount(self, _parent: Index = _ROOT) -> int:
        """All rows have the same columns."""
        return len(self.titles)

    def hasChildren(self, parent: Index = _ROOT) -> bool:
        """Whether something lies within, known or not."""
        row = self.row_of(parent)
        return row is self.root or (parent.column() <= 0 and bool(row.trail))

    def canFetchMore(self, parent: Index) -> bool:
        """Whether nobody has looked within yet."""
        row = self.row_of(parent)
        return row.rows is None and bool(row.trail)

    def fetchMore(self, parent: Index) -> None:
        """Look within."""
        row = self.row_of(parent)
        if row.rows is None and row.trail:
            row.rows = []
            self._fill(row, self.index(parent.row(), 0, parent.parent()))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> str | None:
        """Return a column's title."""
        shown = orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole
        return self.titles[section] if shown else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names can be edited."""
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return usual | Qt.ItemFlag.ItemIsEditable if index.column() == 0 else usual

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Return a cell's text, or the whole sentence for who listens."""
        if not index.isValid():
            return None
        row, column = self.row_of(index), index.column()
        seen, node = row.seen, row.node
        if role in (Role.DisplayRole, Role.EditRole):
            return self._text(seen, node, column)
        if role in (Role.AccessibleTextRole, Role.AccessibleDescriptionRole) and (
            column == 0 or role == Role.AccessibleDescriptionRole
        ):
            return sentence(seen.graph, node, self._session.blocks, seen.analysis)
        problems = seen.analysis.by_node.get(row.id, ())
        if role == Role.ToolTipRole and problems:
            return "\u200b" + "\n".join(problem.message for problem in problems)
        if role == Role.ForegroundRole and column == 0 and problems:
            dress = theme.current()
            return dress.err if any(problem.severity == "error" for problem in problems) else dress.warn
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Give a node another name, as one step to undo."""
        row, session = self.row_of(index), self._session
        name = str(value).strip()
        if role != Role.EditRole or row.around is None or name == row.node.name:
            return False
        session.reveal(row.around.trail, row.id)
        old = row.node.name
        try:
            graph = edits.rename(session.graph, row.id, name)
        except ValueError as error:
            session.refuse(str(error))
            return False
        session.commit(tr("Rename {old} to {new}", old=old, new=name), graph=graph)
        return True

    def _text(self, seen: Seen, node: Node, column: int) -> str:
        facts = seen.analysis.facts[node.id]
        if column == 0:
            return node.name
        if column == 1:
            return node_title(node)
        if column == 2:
            return ", ".join(compact_shape(signal.shape) for signal in facts.outputs)
        if column == 3:
            return f"{facts.cost.parameters:,}" if facts.cost.parameters and node.shares is None else ""
        return sources(seen.graph, node.id) if column == 4 else targets(seen.graph, node.id)


def _runs(rows: Sequence[Row], is_one: Callable[[Row], bool]) -> list[tuple[int, int]]:
    """Return the stretches of rows for which something holds, from the last to the first."""
    found: list[tuple[int, int]] = []
    for place in range(len(rows) - 1, -1, -1):
        if is_one(rows[place]):
            if found and found[-1][0] == place + 1:
                found[-1] = (place, found[-1][1])
            else:
                found.append((place, place))
    return found
