"""Form fields: one for each type of parameter. A field hands on good values and says what is wrong with others."""

from __future__ import annotations

import re
from itertools import count

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QSpinBox, QWidget

from nnstudio.core.graph import Value, is_expression
from nnstudio.core.words import tr
from nnstudio.layers.parameters import Axes, Axis, AxisNumbers, Bool, Choice, Float, Int, Parameter, Size, Table, Text
from nnstudio.ui.inspector.text import parse_lengths, parse_size, write_lengths, write_size

_LARGEST = 2**31 - 1
_visits = count(1)


class Field(QWidget):
    """Edits one parameter.

    Signals:
        edited: a value that the parameter's check has let through.
        refused: what is wrong with what stands in the field; empty when nothing is.
    """

    edited = Signal(object)
    refused = Signal(str)

    def __init__(self, parameter: Parameter, editor: QWidget) -> None:
        super().__init__()
        self.parameter = parameter
        self.editor = editor
        self.fault = ""
        """What is wrong with what stands in the field; empty when nothing is."""
        self._visit = 0
        editor.setObjectName(f"field_{parameter.name}")
        editor.setAccessibleName(str(parameter.label))
        editor.setToolTip(str(parameter.help))
        self.setFocusProxy(editor)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(editor)

    @property
    def visit(self) -> int:
        """A number that changes each time the keyboard comes here: edits of one visit are one undo step."""
        return self._visit

    def begin_visit(self) -> None:
        """Let the next edits be an undo step of their own."""
        self._visit = next(_visits)

    def show_value(self, value: Value) -> None:
        """Show what the document says, unless the person is just writing the same."""
        raise NotImplementedError

    def flush(self) -> None:
        """Hand on what has been typed and not been handed on yet."""

    def check(self, value: Value) -> object:
        """Return a value in its normal form, or raise ValueError with what is wrong with it."""
        return self.parameter.check(value)

    def fits(self, value: Value) -> bool:
        """Say whether a value of the document can be shown here, right or wrong."""
        parts = value if isinstance(value, tuple) else (value,)
        return not any(map(is_expression, parts))

    def offer(self, value: Value, *, aloud: bool = True) -> bool:
        """Check a value and hand it on; ``aloud`` False keeps quiet about one that is refused."""
        try:
            self.check(value)
        except ValueError as error:
            if aloud:
                self.mark(str(error))
            return False
        self.mark("")
        self.edited.emit(value)
        return True

    def tell(self, value: Value) -> None:
        """Say what is wrong with a value of the document, if anything is."""
        try:
            self.check(value)
        except ValueError as error:
            self.mark(str(error))
        else:
            self.mark("")

    def mark(self, fault: str) -> None:
        """Show or take away the red frame, and tell the form."""
        wrong, self.fault = bool(fault), fault
        if bool(self.editor.property("wrong")) != wrong:
            self.editor.setProperty("wrong", wrong)
            self.editor.style().unpolish(self.editor)
            self.editor.style().polish(self.editor)
        self.refused.emit(fault)


def _is_undo(event: QEvent) -> bool:
    """Whether a key is about to undo or redo: in a form that means the document, not the line of text."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


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
        if _is_undo(event):
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
        self.offer(value)


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


class Combo(QComboBox):
    """A list to choose from that leaves the wheel to the panel around it unless it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel, not the choice."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


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


class LineEdit(QLineEdit):
    """A line of text that tells when the keyboard comes, and when Escape wants the old text back."""

    visited = Signal()
    escaped = Signal()
    stepped = Signal(int)

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window."""
        if _is_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A visit begins."""
        self.visited.emit()
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape and the arrows up and down mean something here."""
        if event.key() == Qt.Key.Key_Escape:
            before = self.text()
            self.escaped.emit()
            event.setAccepted(self.text() != before)  # with nothing to take back, Esc leaves the form
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Up else -1)
        else:
            super().keyPressEvent(event)


class TypedField(Field):
    """What is typed as text: a good value is handed on at once, a wrong one is told when the person is done."""

    def __init__(self, parameter: Parameter, words: tuple[str, ...] = ()) -> None:
        self.line = LineEdit()
        self._known: Value = None
        if words:
            box = Combo()
            box.setEditable(True)
            box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            box.setLineEdit(self.line)
            box.addItems(list(words))
            box.setCurrentIndex(-1)
            box.textActivated.connect(self._on_chosen)
            super().__init__(parameter, box)
            self.line.setObjectName(f"field_{parameter.name}_text")
            self.line.setAccessibleName(str(parameter.label))
        else:
            super().__init__(parameter, self.line)
        self.line.visited.connect(self.begin_visit)
        self.line.textEdited.connect(self._on_edited)
        self.line.editingFinished.connect(self._on_finished)
        self.line.escaped.connect(self._on_escaped)

    def read(self, text: str) -> Value:
        """Return what ``text`` means; what means nothing is returned as text."""
        raise NotImplementedError

    def write(self, value: Value) -> str:
        """Return the text of a value."""
        raise NotImplementedError

    def show_value(self, value: Value) -> None:
        """Show the text, unless the line being written says the same."""
        self._known = value
        if not (self.line.hasFocus() and self._same(self.read(self.line.text()), value)):
            self.line.setText(self.write(value))
        self.tell(value)

    def flush(self) -> None:
        """Check what stands in the line, and write a good value in its normal form."""
        value = self.read(self.line.text())
        if self._same(value, self._known):
            self.show_value(self._known)
        elif self.offer(value):
            self.line.setText(self.write(value))

    def _same(self, first: Value, second: Value) -> bool:
        try:
            return self.check(first) == self.check(second)
        except ValueError:
            return False

    def _on_edited(self, text: str) -> None:
        value = self.read(text)
        if not self._same(value, self._known):
            self.offer(value, aloud=False)

    def _on_finished(self) -> None:
        self.flush()
        if self._same(self.read(self.line.text()), self._known):
            self.line.setText(self.write(self._known))  # Enter shows what was understood

    def _on_chosen(self, text: str) -> None:
        self.begin_visit()
        self.offer(self.read(text))

    def _on_escaped(self) -> None:
        self.line.setText(self.write(self._known))
        self.line.setModified(False)
        self.mark("")


class FloatField(TypedField):
    """A number; arrows change it by the parameter's step."""

    def __init__(self, parameter: Float) -> None:
        super().__init__(parameter)
        self._float = parameter
        if parameter.empty:
            self.line.setPlaceholderText(tr("automatic"))
        self.line.stepped.connect(self._on_stepped)

    def read(self, text: str) -> Value:
        """Read a number; a decimal comma counts as a point. Nothing at all is None where that may be."""
        if self._float.empty and not text.strip():
            return None
        try:
            return float(text.strip().replace(",", "."))
        except ValueError:
            return text.strip()

    def write(self, value: Value) -> str:
        """Write a number without needless zeros, None as nothing."""
        if value is None and self._float.empty:
            return ""
        return f"{value:.10g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)

    def _on_stepped(self, direction: int) -> None:
        now = self.read(self.line.text())
        if isinstance(now, float):
            value = round(now + direction * self._float.step, 12)
            value = max(self._float.low, min(self._float.high, value))
            self.line.setText(self.write(value))
            self.offer(value)


class SizeField(TypedField):
    """A height and a width or a number for each axis, one number for all, or a word."""

    def __init__(self, parameter: Size) -> None:
        self._axes = parameter.axes
        super().__init__(parameter, parameter.words)
        if parameter.empty:
            self.line.setPlaceholderText(tr("automatic"))

    def read(self, text: str) -> Value:
        """Read ``3``, ``3 × 5`` or a word."""
        return parse_size(text, self._axes)

    def write(self, value: Value) -> str:
        """Write ``3 × 3``."""
        return write_size(value, self._axes)


class AxisField(TypedField):
    """The number of an axis, or nothing where the layer chooses it."""

    def __init__(self, parameter: Axis) -> None:
        super().__init__(parameter)
        self.line.setPlaceholderText(tr("automatic"))

    def read(self, text: str) -> Value:
        """Read a whole number; nothing at all is None."""
        bare = text.strip()
        return int(bare) if re.fullmatch("-?[0-9]{1,9}", bare) else bare or None

    def write(self, value: Value) -> str:
        """Write the number, None as nothing."""
        return "" if value is None else str(value)


class AxesField(TypedField):
    """The shape of one sample, or the numbers of some of its axes."""

    def __init__(self, parameter: Axes | AxisNumbers) -> None:
        super().__init__(parameter)

    def read(self, text: str) -> Value:
        """Read ``1 × 32 × 32`` or ``T, 128``."""
        return parse_lengths(text)

    def write(self, value: Value) -> str:
        """Write ``1 × 32 × 32``, and axes as ``0, 1``."""
        text = write_lengths(value)
        return text.replace(" ×", ",") if isinstance(self.parameter, AxisNumbers) else text


class TextField(TypedField):
    """A line that the layer reads itself."""

    def __init__(self, parameter: Text) -> None:
        super().__init__(parameter)

    def read(self, text: str) -> Value:
        """Take the line as it is."""
        return text.strip()

    def write(self, value: Value) -> str:
        """Show the line as it is."""
        return str(value)


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
