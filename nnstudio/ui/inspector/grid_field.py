"""The field for tables: a grid of cells to fill by mouse or keyboard, its size, and tables that have a name."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.graph import Value
from nnstudio.core.words import Words, tr
from nnstudio.layers.parameters import Int, Table
from nnstudio.ui import theme
from nnstudio.ui.controls import label
from nnstudio.ui.inspector.field import Combo, Field
from nnstudio.ui.inspector.fields import IntField

Rows = tuple[str, ...]
Index = QModelIndex | QPersistentModelIndex

_CELL = (11, 16)
"""The smallest and the largest side of a cell, in pixels."""
_MOST_HEIGHT = 300
_LOOK = """
QTableView, QTableCornerButton::section { background: transparent; border: none; }
QHeaderView::section { padding: 0; border: none; }
"""
_FIRST_COLUMNS = 8


class Cells(QAbstractTableModel):
    """The table as Qt's views and screen readers see it: cells that are ticked or not."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._table = table
        self.rows: Rows = ()

    def show(self, rows: Rows) -> None:
        """Show other rows."""
        if [len(row) for row in rows] != [len(row) for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows != self.rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(rows[0]) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows there are."""
        return len(self.rows) if parent is None or not parent.isValid() else 0

    def columnCount(self, parent: Index | None = None) -> int:
        """How many columns there are."""
        return len(self.rows[0]) if self.rows and (parent is None or not parent.isValid()) else 0

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be ticked."""
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the tick of a cell, and what it is called."""
        match role:
            case Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if self.ticked(index) else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return tr(
                    "{rows} {row}, {columns} {column}",
                    rows=self._table.row,
                    row=index.row(),
                    columns=self._table.column,
                    column=index.column(),
                )
            case _:
                return None

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Count rows and columns from 0, as code does; where columns are narrow, number every fifth."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        narrow = way == Qt.Orientation.Horizontal and self.columnCount() > 10
        return section if role == Qt.ItemDataRole.DisplayRole and not (narrow and section % 5) else None

    def ticked(self, index: Index) -> bool:
        """Whether a cell holds an X."""
        return self.rows[index.row()][index.column()] == "X"

    def with_tick(self, index: Index, on: bool) -> Rows:
        """Return the rows with another tick in one cell."""
        row, column = index.row(), index.column()
        line = self.rows[row]
        line = line[:column] + ("X" if on else ".") + line[column + 1 :]
        return (*self.rows[:row], line, *self.rows[row + 1 :])


class _Painter(QStyledItemDelegate):
    """Draws a cell as a small square: filled, or an outline."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme.current()
        state, rect = option.state, option.rect
        square = QRectF(rect).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        painter.setPen(QPen(colours.accent if on else colours.line, 1))
        painter.setBrush(colours.accent if on else colours.bg)
        painter.drawRoundedRect(square, 2.5, 2.5)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colours.text, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(0.8, 0.8, -0.8, -0.8), 3, 3)
        painter.restore()


class GridView(QTableView):
    """Shows a table; a click or the space bar turns a cell over, and dragging paints the cells passed alike."""

    pressed_on = Signal()
    painted = Signal(QModelIndex, bool)

    def __init__(self, cells: Cells) -> None:
        super().__init__()
        self._cells = cells
        self._brush: bool | None = None
        self.setModel(cells)
        self.setItemDelegate(_Painter(self))
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setStyleSheet(_LOOK)
        small = theme.font("small")
        small.setPixelSize(_CELL[0] - 1)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setFont(small)
            header.setTextElideMode(Qt.TextElideMode.ElideNone)
            header.setMinimumSectionSize(_CELL[0])
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setSectionsClickable(False)
            header.setHighlightSections(False)
        self.horizontalHeader().setFixedHeight(17)
        self.verticalHeader().setFixedWidth(24)
        cells.modelReset.connect(self._fit)
        self._fit()

    def sizeHint(self) -> QSize:
        """As high as its rows, up to a limit."""
        return QSize(120, self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The cells share the width."""
        super().resizeEvent(event)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Turn a cell over, and paint what follows like it."""
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self.setCurrentIndex(index)
            self._brush = not self._cells.ticked(index)
            self.pressed_on.emit()
            self.painted.emit(index, self._brush)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Paint the cells that the pointer passes."""
        index = self.indexAt(event.position().toPoint())
        if self._brush is not None and index.isValid() and self._cells.ticked(index) != self._brush:
            self.setCurrentIndex(index)
            self.painted.emit(index, self._brush)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """The painting ends."""
        self._brush = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Count two quick clicks as two."""
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space turns the cell over; arrows, Home and End are the view's own."""
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and index.isValid():
            self.pressed_on.emit()
            self.painted.emit(index, not self._cells.ticked(index))
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel unless the keyboard is here."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _side(self) -> int:
        room = self.viewport().width() // max(1, self._cells.columnCount())
        return max(_CELL[0], min(_CELL[1], room))

    def _height(self) -> int:
        bar = self.horizontalScrollBar().sizeHint().height() if self._too_wide() else 0
        return min(_MOST_HEIGHT, self._cells.rowCount() * self._side() + 17 + bar + 2)

    def _too_wide(self) -> bool:
        return self._side() * self._cells.columnCount() > self.viewport().width()

    def _fit(self) -> None:
        self.setVisible(bool(self._cells.rows))
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setDefaultSectionSize(self._side())
        self.setFixedHeight(self._height())


class GridField(Field):
    """A table of ticks with its size, and a list of tables that have a name."""

    def __init__(self, parameter: Table) -> None:
        self._table = parameter
        self.cells = Cells(parameter)
        self.view = GridView(self.cells)
        self.view.setObjectName(f"field_{parameter.name}_cells")
        self.view.setAccessibleName(str(parameter.label))
        self.view.setAccessibleDescription(tr("Arrow keys move, the space bar turns a cell over."))
        editor = QWidget()
        editor.setFocusProxy(self.view)
        super().__init__(parameter, editor)
        self._num_rows = self._size_field("rows", 0 if parameter.empty else 1, parameter.most_rows, parameter.row)
        self._num_columns = self._size_field("columns", 1, parameter.most_columns, parameter.column)
        self._named = None if parameter.blank else self._make_list()
        column = QVBoxLayout(editor)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        if self._named is not None:
            column.addWidget(self._named)
        size = QHBoxLayout()
        size.setSpacing(5)
        size.addWidget(self._num_rows, 1)
        size.addWidget(label("×", mute=True))
        size.addWidget(self._num_columns, 1)
        column.addLayout(size)
        caption = label(f"↓ {parameter.row}\n→ {parameter.column}", "caption", mute=True)
        column.addWidget(caption)
        column.addWidget(self.view)
        self._columns = _FIRST_COLUMNS
        self._num_columns.show_value(self._columns)
        self._num_rows.edited.connect(self._on_rows)
        self._num_columns.edited.connect(self._on_columns)
        self.view.pressed_on.connect(self.begin_visit)
        self.view.painted.connect(self._on_painted)

    def show_value(self, value: Value) -> None:
        """Show the table; what is none is told as refused, and the last good one stays."""
        self.tell(value)
        if self.fault:
            return
        rows = self._table.check(value)
        self.cells.show(rows)
        self._num_rows.show_value(len(rows))
        if rows:
            self._columns = len(rows[0])
            self._num_columns.show_value(self._columns)
        if self._named is not None:
            names = [self._named.itemData(place) for place in range(self._named.count())]
            self._named.setCurrentIndex(next((p for p, name in enumerate(names) if self._rows_of(name) == rows), -1))

    def _make_list(self) -> Combo:
        named = Combo()
        for preset in self._table.presets:
            named.addItem(str(preset.title), preset.name)
        named.addItem(tr("All with all"), "*all")
        named.addItem(tr("One to one"), "*diagonal")
        named.setPlaceholderText(tr("Table of its own"))
        named.setObjectName(f"field_{self._table.name}_named")
        named.setAccessibleName(tr("Ready-made tables"))
        named.setToolTip(tr("Ready-made tables"))
        named.activated.connect(self._on_chosen)
        return named

    def _size_field(self, what: str, low: int, high: int, name: Words) -> IntField:
        text = Words(f"Number of rows: {name.en}", f"行数：{name.zh}")
        if what == "columns":
            text = Words(f"Number of columns: {name.en}", f"列数：{name.zh}")
        field = IntField(Int(name=f"{self._table.name}_{what}", default=low, low=low, high=high, label=text, help=text))
        field.editor.setMinimumWidth(44)  # a spin box would take the room for its largest number
        field.refused.connect(self.refused)
        return field

    def _rows_of(self, name: str) -> Rows:
        """Return the rows of a list entry; two of them go by the present size."""
        rows, columns = max(1, self.cells.rowCount()), max(1, self.cells.columnCount())
        if name == "*all":
            return ("X" * columns,) * rows
        if name == "*diagonal":
            return tuple("." * (row % columns) + "X" + "." * (columns - row % columns - 1) for row in range(rows))
        return self._table.check(name)

    def _on_chosen(self, place: int) -> None:
        if self._named is not None:
            self.begin_visit()
            self.offer(self._rows_of(self._named.itemData(place)))

    def _on_painted(self, index: QModelIndex, on: bool) -> None:
        self.offer(self.cells.with_tick(index, on))

    def _on_rows(self, count: int) -> None:
        self._visit = self._num_rows.visit
        rows = self.cells.rows[:count]
        self.offer((*rows, *((self._new_row(self._columns),) * (count - len(rows)))))

    def _on_columns(self, count: int) -> None:
        self._visit = self._num_columns.visit
        self._columns = count
        if self.cells.rows:
            rows = [row[:count].ljust(count, ".") for row in self.cells.rows]
            self.offer(tuple(row if self._table.blank or "X" in row else self._new_row(count) for row in rows))

    def _new_row(self, columns: int) -> str:
        return ("." if self._table.blank else "X") * columns
