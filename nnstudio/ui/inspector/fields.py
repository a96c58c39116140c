"""Form fields: one for each type of parameter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QSpinBox

from nnstudio.core.graph import Value
from nnstudio.layers.parameters import Axes, Axis, AxisNumbers, Bool, Choice, Float, Int, Parameter, Size, Table, Text
from nnstudio.ui.inspector.field import Combo, Field, means_document
from nnstudio.ui.inspector.typed_fields import AxesField, AxisField, FloatField, SizeField, TextField

_LARGEST = 2**31 - 1


class _SpinBox(QSpinBox):
    """Takes any whole number as typed; arrows stay within the limits. The wheel works only with the focus."""

    visited = Signal()

    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        self._low, self._high = low, high
        self.setRange(-_LARGEST, _LARGEST)
        self.lineEdit().setTextMargins(10, 0, 8, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def stepBy(self, steps: int) -> None:
        self.setValue(max(self._low, min(self._high, self.value() + steps)))

    def event(self, event: QEvent) -> bool:
        if means_document(event, self.lineEdit()):
            event.ignore()
            return False
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.visited.emit()
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class IntField(Field):
    """A whole number."""

    def __init__(self, parameter: Int) -> None:
        self._box = _SpinBox(parameter.low, parameter.high)
        super().__init__(parameter, self._box)
        self._box.visited.connect(self.begin_visit)
        self._box.valueChanged.connect(self._on_changed)

    def show_value(self, value: Value) -> None:
        """Show the number; what is no number is told as refused."""
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
            with QSignalBlocker(self._box):
                self._box.setValue(value)
        self.tell(value)

    def _on_changed(self, value: int) -> None:
        if self.offer(value):
            self._box.lineEdit().setModified(False)


class BoolField(Field):
    """Yes or no."""

    def __init__(self, parameter: Bool) -> None:
        self._box = QCheckBox()
        super().__init__(parameter, self._box)
        # As small as its tick, so that a click beside it means nothing.
        self._box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._row.setAlignment(self._box, Qt.AlignmentFlag.AlignLeft)
        self._box.clicked.connect(self._on_clicked)

    def show_value(self, value: Value) -> None:
        """Show the tick."""
        self._box.setChecked(value is True)
        self.mark("")

    def _on_clicked(self, on: bool) -> None:
        self.begin_visit()
        self.offer(on)


class ChoiceField(Field):
    """One of a few words."""

    def __init__(self, parameter: Choice) -> None:
        self._box = Combo()
        for option, title in zip(parameter.options, parameter.titles, strict=True):
            self._box.addItem(str(title), option)
        super().__init__(parameter, self._box)
        self._box.activated.connect(self._on_activated)

    def show_value(self, value: Value) -> None:
        """Show the choice; an unknown word leaves the field empty."""
        self._box.setCurrentIndex(self._box.findData(value))
        self.tell(value)

    def _on_activated(self, index: int) -> None:
        self.begin_visit()
        self.offer(self._box.itemData(index))


def make_field(parameter: Parameter) -> Field:
    """Return the field for a parameter."""
    match parameter:
        case Int():
            return IntField(parameter)
        case Float():
            return FloatField(parameter)
        case Bool():
            return BoolField(parameter)
        case Choice():
            return ChoiceField(parameter)
        case Size():
            return SizeField(parameter)
        case Axis():
            return AxisField(parameter)
        case Axes() | AxisNumbers():
            return AxesField(parameter)
        case Text():
            return TextField(parameter)
        case Table():
            from nnstudio.ui.inspector.grid_field import GridField

            return GridField(parameter)
