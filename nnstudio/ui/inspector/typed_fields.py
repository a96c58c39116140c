"""Form fields in which values are typed as text: numbers, sizes, shapes, axes, lines."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit

from nnstudio.core.graph import Value
from nnstudio.core.words import tr
from nnstudio.layers.parameters import Axes, Axis, AxisNumbers, Float, Parameter, Size, Text
from nnstudio.ui.inspector.field import Combo, Field, means_document
from nnstudio.ui.inspector.text import parse_lengths, parse_size, write_lengths, write_size


class LineEdit(QLineEdit):
    """A line of text that tells when the keyboard comes, and when Escape wants the old text back.

    It counts as modified while something in it was typed and not handed on.
    """

    visited = Signal()
    escaped = Signal()
    stepped = Signal(int)

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window, but for what was typed and not handed on."""
        if means_document(event, self):
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
        self._before: Value = None
        """What the document said when the keyboard came, or when what was typed was last taken."""
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

    def begin_visit(self) -> None:
        """Remember what there was before."""
        super().begin_visit()
        self._before = self._known

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
        else:
            self._take_back()
            return
        self._before = self._known

    def _take_back(self) -> None:
        """Put back what there was: what was good on the way to a wrong value, as 1 in 1e9, was not meant."""
        if self.line.isModified() and not self._same(self._before, self._known):
            text, fault = self.line.text(), self.fault
            self.edited.emit(self._before)
            self.line.setText(text)
            self.mark(fault)

    def _same(self, first: Value, second: Value) -> bool:
        try:
            return self.check(first) == self.check(second)
        except ValueError:
            return False

    def _on_edited(self, text: str) -> None:
        value = self.read(text)
        if self._same(value, self._known) or self.offer(value, aloud=False):
            self.line.setModified(False)

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
