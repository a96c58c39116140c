"""The drill: from the network to a layer, to one of its numbers, to the single multiply-add, forwards and back."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QModelIndex, QSignalBlocker, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QSpinBox,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.words import figure, tr
from nnstudio.training.studies.arithmetic import ArithmeticSeen, ArithmeticStudy, Operand, Worked
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel, PageSwitch
from nnstudio.ui.figures import grouped
from nnstudio.ui.insight.chosen import chosen_layer
from nnstudio.ui.insight.follows import Edit, FollowsBar
from nnstudio.ui.insight.formula_line import FormulaLine
from nnstudio.ui.insight.product_tables import ProductTable
from nnstudio.ui.insight.products import Arrivals, Products
from nnstudio.ui.insight.tiles import Tiles
from nnstudio.ui.insight.unit_picture import UnitPicture
from nnstudio.ui.insight.view import StudyView
from nnstudio.ui.insight.windows import windows_of
from nnstudio.ui.insight.worked_tex import backward_tex, forward_tex

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_LOSS: Final = "loss"
_CALM_MS: Final = 500
"""Milliseconds between other numbers in the formula, while training."""
_BROAD: Final = 900
_NARROW: Final = 680
_LISTED: Final = 200
"""Lines that are listed at most."""


class ArithmeticView(StudyView):
    """The layer's numbers, the lines that lead to the chosen one, their products, and the formula with its numbers."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.value: ArithmeticSeen | None = None
        self._layer: str | None = None
        self._index: tuple[int, ...] = ()
        self._chosen: str | None = None
        self._way: list[tuple[str, tuple[int, ...]]] = []
        self._wanted_edit: tuple[Operand, float] | None = None
        self._line = -1
        self._backward = False
        self._first = 0
        self.where = ElidedLabel("", "heading")
        self.back = QPushButton("‹")
        self.back.setObjectName("drill_back")
        self.back.setFixedWidth(30)
        self.back.setStyleSheet("padding-left: 0; padding-right: 0;")
        self.back.setAccessibleName(tr("Back"))
        self.back.setToolTip(tr("Back to the number that was seen before"))
        self.to_loss = QPushButton(tr("Loss"))
        self.to_loss.setObjectName("drill_loss")
        self.ways = PageSwitch((("forward", tr("Forwards")), ("backward", tr("Backwards"))), "forward")
        self.picture = UnitPicture(tr("Numbers of the layer"))
        self.picture.setMinimumHeight(110)
        self.channel = QSpinBox()
        self.channel.setObjectName("drill_channel")
        self.channel.setAccessibleName(tr("Channel"))
        self.channel.setPrefix(tr("channel") + " ")
        self.channel.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.window_tiles = Tiles(tr("Window, weights and products"), largest=84.0)
        self.window_tiles.setFixedWidth(96)
        self.lines = QListWidget()
        self.lines.setObjectName("drill_lines")
        self.lines.setAccessibleName(tr("Lines"))
        self.lines.setFont(theme.font("mono"))
        self.lines.setMaximumWidth(190)
        self.products = Products(self)
        self.table = ProductTable(tr("Products"), self.products)
        self.arrivals = Arrivals(self)
        self.sources = ProductTable(tr("Where the slope comes from"), self.arrivals)
        self.formula = FormulaLine()
        self.follows = FollowsBar()
        self.moment = ElidedLabel("", "small", mute=True)
        self.moment.setObjectName("drill_moment")
        self._shown_numbers = QElapsedTimer()
        self._shown_formula: object = None
        self._lay_out()
        self.picture.chosen.connect(self._on_unit_chosen)
        self.channel.valueChanged.connect(self._on_channel_changed)
        self.lines.currentRowChanged.connect(self._on_line_changed)
        self.table.clicked.connect(self._on_product_clicked)
        self.sources.clicked.connect(self._on_arrival_clicked)
        self.products.edited.connect(self._on_edited)
        self.follows.undone.connect(self._on_undone)
        self._add_keys()
        self.ways.chosen.connect(self._on_way_chosen)
        self.back.clicked.connect(self._on_back)
        session.bridge.state_changed.connect(self._show_line)
        self.to_loss.clicked.connect(lambda: self.go_to(_LOSS, ()))

    def study(self) -> Study | None:
        """Ask for the chosen number of the selected layer, else of the first one that learns."""
        row = self.session.bridge.sample
        selected = chosen_layer(self.session, _is_layer)
        if selected != self._chosen:
            self._chosen, self._layer, self._index, self._way = selected, selected, (), []
        layer = self._layer if self._layer is not None else selected
        if row is None or layer is None:
            return None
        return ArithmeticStudy(layer=layer, index=self._index, row=row)

    def go_to(self, layer: str, index: tuple[int, ...]) -> None:
        """Show another number; the way back stays open."""
        if self.value is not None:
            self._way.append((self.value.layer, self.value.index))
        self._layer, self._index, self._line = layer, index, -1
        self.ask()

    def show_value(self, value: object) -> None:
        """Show how a number comes about, or nothing."""
        assert value is None or isinstance(value, ArithmeticSeen)
        before = self.value
        if value is not None and before is not None and (value.layer, value.index) != (before.layer, before.index):
            self._line = -1
        self.value = value
        for part in self._parts:
            part.setVisible(value is not None)
        if value is None:
            return
        self._index = value.index
        place = f"[{', '.join(map(str, value.index))}]" if value.index else ""
        self._write(
            self.where,
            tr(
                "{place} = {value:.6g}, slope of the loss {slope:.4g}",
                place=f"{value.layer}{place}",
                value=value.value,
                slope=value.slope,
            ),
        )
        step, sample = self.seen.step if self.seen is not None else 0, self.session.bridge.sample
        self._write(
            self.moment,
            tr(
                "After step {step}, sample {sample}: loss {loss:.5g}",
                step=grouped(step),
                sample=grouped(sample or 0),
                loss=value.loss,
            ),
        )
        self.back.setEnabled(bool(self._way))
        self._show_picture(value)
        self._show_lines(value)
        self._show_line()
        self.follows.setVisible(bool(self.follows.edits))
        self.follows.show_value(value, step, sample)
        self._edit_if_up_to_date()

    # Parts

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(8)
        for part in (self.back, self.where, self.channel, self.ways, self.to_loss):
            header.addWidget(part, 3 if part is self.where else 0)
        self._header, self._tools = header, QHBoxLayout()
        self._tools.setSpacing(8)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(self.formula)
        right.addWidget(self.table, 3)
        right.addWidget(self.sources, 2)
        left = QHBoxLayout()
        left.setSpacing(14)
        left.addWidget(self.picture, 2)
        left.addWidget(self.window_tiles)
        left.addWidget(self.lines, 2)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(14)
        self._body.addLayout(left, 4)
        self._body.addLayout(right, 5)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addLayout(header)
        self._column.addLayout(self._tools)
        self._column.setAlignment(self._tools, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.moment)
        self._column.addLayout(self._body, 1)
        self._column.addWidget(self.follows)
        self._parts = [part for part in self.findChildren(QWidget) if part.parent() is self and part is not self._note]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is broad the moment stands beside the number; where it is narrow buttons and products are below."""
        super().resizeEvent(event)
        wide = event.size().width()
        beside, directions = wide >= _BROAD, QBoxLayout.Direction
        row, other = (self._tools, self._header) if wide < _NARROW else (self._header, self._tools)
        if row.indexOf(self.ways) < 0:
            for part in (self.channel, self.ways, self.to_loss):
                other.removeWidget(part)
                row.addWidget(part)
        if beside != (self._header.indexOf(self.moment) >= 0):
            (self._column if beside else self._header).removeWidget(self.moment)
            if beside:
                self._header.insertWidget(2, self.moment, 2)
            else:
                self._column.insertWidget(2, self.moment)
        self._body.setDirection(directions.TopToBottom if wide < _NARROW else directions.LeftToRight)
        self._body.setStretch(1, 8 if _NARROW <= wide < _BROAD else 5)

    def _add_keys(self) -> None:
        """Let keys do what clicks do: Enter goes to where a row comes from, Alt+Left back."""
        for table, go in ((self.table, self._on_product_clicked), (self.sources, self._on_arrival_clicked)):
            for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                shortcut = QShortcut(QKeySequence(key), table)
                shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
                shortcut.activated.connect(partial(self._on_entered, table, go))
        back = QShortcut(QKeySequence(Qt.Modifier.ALT | Qt.Key.Key_Left), self)
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back.activated.connect(self._on_back)

    @staticmethod
    def _on_entered(table: QTableView, go: Callable[[QModelIndex], None]) -> None:
        cell = table.currentIndex()
        if cell.isValid():
            go(cell.siblingAtColumn(0))

    def _show_picture(self, value: ArithmeticSeen) -> None:
        import numpy as np

        shape = value.shape
        self.channel.setVisible(len(shape) > 2)
        if len(shape) > 2:
            with QSignalBlocker(self.channel):
                self.channel.setRange(0, math.prod(shape[:-2]) - 1)
                self.channel.setValue(int(np.ravel_multi_index(value.index[:-2], shape[:-2])))
        self.picture.setVisible(bool(shape))
        if shape:
            self.picture.show_numbers(value)

    def _show_lines(self, value: ArithmeticSeen) -> None:
        # Of very many lines the last are listed: those before are reached by a click on what they give.
        self._first = max(0, len(value.lines) - _LISTED)
        texts = [
            f"{number + 1}  {plain(value.lines[number].symbol)} = {figure(value.lines[number].value, '.5g')}"
            for number in range(self._first, len(value.lines))
        ]
        with QSignalBlocker(self.lines):
            if self.lines.count() != len(texts):
                self.lines.clear()
                self.lines.addItems(texts)
            else:
                for number, text in enumerate(texts):
                    item = self.lines.item(number)
                    if item.text() != text:
                        item.setText(text)
            if not 0 <= self._line < len(value.lines):
                self._line = _best_line(value)
            self.lines.setCurrentRow(self._line - self._first)
        self.lines.setVisible(len(texts) > 1)

    def _show_line(self) -> None:
        value = self.value
        if value is None or not self.isVisible() or not 0 <= self._line < len(value.lines):
            return
        line, backward = value.lines[self._line], self._backward
        self.products.show_line(line, backward=backward)
        tiles = windows_of(line)
        self.window_tiles.setVisible(bool(tiles))
        self.window_tiles.show_tiles(tiles)
        self.table.fit()
        if self._may_change_numbers(line):
            self.formula.show_tex((backward_tex if backward else forward_tex)(line))
        self.sources.setVisible(backward and bool(value.arrivals))
        if backward:
            self.arrivals.show_arrivals(value.arrivals or ())
            self.sources.fit()

    def _may_change_numbers(self, line: Worked) -> bool:
        """Whether to set the formula anew: while training its numbers change only so often that they can be read."""
        shown = (self.value.layer, self.value.index, line.symbol, self._line, self._backward) if self.value else None
        calm = self._shown_numbers.isValid() and self._shown_numbers.elapsed() < _CALM_MS
        if self.session.bridge.state == "running" and shown == self._shown_formula and calm:
            return False
        self._shown_formula = shown
        self._shown_numbers.restart()
        return True

    @staticmethod
    def _write(label: ElidedLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)

    # What the person does

    def _on_unit_chosen(self, index: tuple[int, ...]) -> None:
        self._index = index
        self.ask()

    def _on_channel_changed(self, channel: int) -> None:
        import numpy as np

        if self.value is not None and len(self._index) > 2:
            picture = np.unravel_index(channel, self.value.shape[:-2])
            self._on_unit_chosen((*(int(axis) for axis in picture), *self._index[-2:]))

    def _on_way_chosen(self, way: str) -> None:
        self._backward = way == "backward"
        self._show_line()

    def _on_line_changed(self, row: int) -> None:
        if row >= 0:
            self._line = self._first + row
            self._show_line()

    def _on_product_clicked(self, cell: QModelIndex) -> None:
        if cell.column() != 0 or not self.products.is_link(cell.row()):
            return
        given, _ = self.products.parts(cell.row())
        assert given is not None
        if given.kind == "line":
            self._line = given.index[0]
            with QSignalBlocker(self.lines):
                self.lines.setCurrentRow(self._line - self._first)
            self._show_line()
        else:
            self.go_to(given.name, given.index)

    def _on_arrival_clicked(self, cell: QModelIndex) -> None:
        arrival = self.arrivals.rows[cell.row()]
        self.go_to(arrival.name, arrival.index)

    def _on_back(self) -> None:
        if self._way:
            self._layer, self._index = self._way.pop()
            self._line = -1
            self.ask()

    def _on_edited(self, weight: Operand, number: float) -> None:
        self._wanted_edit = weight, number
        bridge = self.session.bridge
        if bridge.state == "running":
            bridge.pause()
        self._edit_if_up_to_date()

    def _edit_if_up_to_date(self) -> None:
        """Write the wanted number, once what is seen is of the step at which it will be written."""
        bridge, value = self.session.bridge, self.value
        if self._wanted_edit is None or value is None or self.seen is None:
            return
        if bridge.state == "running" or self.seen.step != bridge.num_steps:
            return
        (weight, number), self._wanted_edit = self._wanted_edit, None
        place = (weight.name, weight.index)
        parts = (part for line in value.lines for part in (*line.left, *line.right, *line.added))
        known = next((part for part in parts if part.kind == "weight" and (part.name, part.index) == place), None)
        if known is None:
            return
        edit = Edit(weight.name, weight.index, known.value, number, value, self.seen.step, bridge.sample)
        try:
            bridge.set_weight(weight.name, weight.index, number)
        except ValueError as error:
            self.session.refuse(str(error))
            return
        self.follows.add(edit)

    def _on_undone(self, edit: Edit) -> None:
        try:
            self.session.bridge.set_weight(edit.key, edit.index, edit.old)
        except ValueError as error:
            self.session.refuse(str(error))


def plain(symbol: str) -> str:
    """Return a symbol without TeX."""
    for tex, sign in (
        (r"\hat{x}", "x̂"),
        (r"\sigma^2", "σ²"),
        (r"\mu", "μ"),
        (r"\gamma", "γ"),
        (r"\beta", "β"),
        (r" \cdot ", "·"),
        (r"\log ", "log "),
    ):
        symbol = symbol.replace(tex, sign)
    return symbol


def _best_line(value: ArithmeticSeen) -> int:
    """Return the first line of many products, else the last; of very many lines always the last."""
    sums = [number for number, line in enumerate(value.lines) if len(line.left) > 1]
    return sums[0] if sums and len(value.lines) <= _LISTED else len(value.lines) - 1


def _is_layer(session: Session, id_: str) -> bool:
    facts = session.model.facts[id_]
    return facts.live and facts.cost.parameters > 0
