"""The products of one line as a table: inputs, weights, products and the sum so far; or the slopes on the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Union

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from nnstudio.core.words import figure, tr
from nnstudio.ui import theme
from nnstudio.ui.insight.signed import signed_colour

if TYPE_CHECKING:
    from nnstudio.training.studies.arithmetic import Arrival, Operand, Worked

_Index = Union[QModelIndex, QPersistentModelIndex]
_TINT: Final = 0.55
MOST_DIGITS: Final = 5
"""Digits that are told of a number where there is room."""


class Products(QAbstractTableModel):
    """A row for each product, then one for each number that is added. A weight can be written over."""

    edited = Signal(object, float)
    """A weight (an `Operand`) is wanted to be another number."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.line: Worked | None = None
        self.backward = False
        self.digits = MOST_DIGITS
        self._sums: list[float] = []
        self._reach = 0.0

    def show_line(self, line: Worked | None, *, backward: bool) -> None:
        """Show another line, or the same one with other numbers."""
        same = (
            line is not None
            and self.line is not None
            and (len(line.left), len(line.added)) == (len(self.line.left), len(self.line.added))
            and (line.rule, backward) == (self.line.rule, self.backward)
        )
        if not same:
            self.beginResetModel()
        self.line, self.backward = line, backward
        self._sums, total = [], 0.0
        for row in range(self.rowCount()):
            total += self.product(row)
            self._sums.append(total)
        self._reach = max((abs(self.product(row)) for row in range(self.rowCount())), default=0.0)
        if same:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
        else:
            self.endResetModel()

    def show_digits(self, digits: int) -> None:
        """Tell numbers with so many digits; the whole number is told where it is written over."""
        if digits != self.digits:
            self.digits = digits
            if self.rowCount():
                self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def parts(self, row: int) -> tuple[Operand | None, Operand | None]:
        """Return what is multiplied in a row: (input, weight). Of a sum or a curve the second is None."""
        assert self.line is not None
        if row >= len(self.line.left):
            part = self.line.added[row - len(self.line.left)]
            return (None, part) if part.kind == "weight" else (part, None)
        left = self.line.left[row]
        if self.line.rule != "dot":
            return left, None
        right = self.line.right[row]
        return (right, left) if left.kind in ("weight", "constant") or right.kind != "weight" else (left, right)

    def product(self, row: int) -> float:
        """Return what a row adds."""
        given, weight = self.parts(row)
        if self.line is not None and self.line.rule != "dot":
            return given.value if given is not None else 0.0
        value = 1.0
        for part in (given, weight):
            value *= part.value if part is not None else 1.0
        return value

    def rowCount(self, parent: _Index | None = None) -> int:
        """Products, then what is added."""
        if self.line is None or (parent is not None and parent.isValid()):
            return 0
        return len(self.line.left) + len(self.line.added)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Where it comes from, x, w, and then the product and the sum so far, or the two slopes."""
        return 0 if parent is not None and parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name the columns, and number the rows from 1."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return section + 1
        ways = ("∂L/∂x", "∂L/∂w") if self.backward else ("w · x", tr("sum so far"))
        return (tr("from"), "x", "w", *ways)[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, its number, or its colour."""
        if not index.isValid() or self.line is None:
            return None
        row, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            value = self.cell(row, column)
            if value is None or isinstance(value, str):
                return value or ""
            return figure(value, f".{self.digits}g") if role == Qt.ItemDataRole.DisplayRole else repr(value)
        if role == Qt.ItemDataRole.BackgroundRole and column == 3 and not self.backward:
            return theme.blend(signed_colour(self.product(row), self._reach), theme.current().panel, _TINT)
        if role == Qt.ItemDataRole.ForegroundRole and column == 0 and self.is_link(row):
            return theme.current().accent
        if role == Qt.ItemDataRole.TextAlignmentRole and column > 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._hint(row, column)
        return None

    def cell(self, row: int, column: int) -> float | str | None:
        """Return the number or the text of a cell; None for an empty one."""
        given, weight = self.parts(row)
        assert self.line is not None
        if column == 0:
            return place_text(given) if given is not None else place_text(weight)
        if column in (1, 2):
            part = (given, weight)[column - 1]
            return None if part is None else part.value
        if self.backward:
            part = (given, weight)[column - 3]
            return None if part is None or part.kind == "constant" else part.slope
        if self.line.rule == "dot":
            return self.product(row) if column == 3 else self._sums[row]
        winner = max(range(len(self.line.left)), key=lambda number: self.line.left[number].value if self.line else 0.0)
        return tr("the largest") if self.line.rule == "max" and column == 3 and row == winner else None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Let weights be written over."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if self._weight_at(index) is not None else flags

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for another number; it is shown once the run has taken it."""
        weight = self._weight_at(index)
        if weight is None or role != Qt.ItemDataRole.EditRole:
            return False
        try:
            number = float(str(value).replace("−", "-").strip())
        except ValueError:
            return False
        if number != weight.value:
            self.edited.emit(weight, number)
        return True

    def is_link(self, row: int) -> bool:
        """Whether a row's input was made by a layer or a line that can be gone to."""
        given, _ = self.parts(row)
        return given is not None and given.kind in ("input", "line") and bool(given.name or given.kind == "line")

    def _weight_at(self, index: _Index) -> Operand | None:
        if not index.isValid() or index.column() != 2 or self.line is None:
            return None
        _, weight = self.parts(index.row())
        return weight if weight is not None and weight.kind == "weight" else None

    def _hint(self, row: int, column: int) -> str:
        if column == 0 and self.is_link(row):
            return tr("Click to see how this number came about.")
        if column == 2 and self._weight_at(self.index(row, column)) is not None:
            return tr("Double-click to write another number into the weights.")
        return ""


class Arrivals(QAbstractTableModel):
    """From where a slope comes: places after a number, how fast each changes with it, and the slope there."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Arrival, ...] = ()
        self.digits = MOST_DIGITS

    def show_digits(self, digits: int) -> None:
        """Tell numbers with so many digits."""
        if digits != self.digits:
            self.digits = digits
            if self.rowCount():
                self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def show_arrivals(self, rows: tuple[Arrival, ...]) -> None:
        """Show others."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """One for each place."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Place, how fast, slope there, product."""
        return 0 if parent is not None and parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name the columns."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return section + 1
        return (tr("goes to"), "∂y/∂a", "∂L/∂y", tr("product"))[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            numbers = (row.local, row.slope, row.product)
            return _place(row.name, row.index) if column == 0 else figure(numbers[column - 1], f".{self.digits}g")
        if role == Qt.ItemDataRole.ForegroundRole and column == 0:
            return theme.current().accent
        if role == Qt.ItemDataRole.TextAlignmentRole and column > 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


def place_text(part: Operand | None) -> str:
    """Say where a number comes from."""
    if part is None or part.kind == "constant":
        return tr("fixed")
    if part.kind == "line":
        return tr("line {number}", number=part.index[0] + 1)
    return _place(part.name, part.index)


def _place(name: str, index: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, index))}]" if index else name
