"""What every field of a form does: hand on good values, and say what is wrong with others."""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from nnstudio.core.graph import Value, is_expression
from nnstudio.layers.parameters import Parameter, told

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
                self.mark(told(error))
            return False
        self.mark("")
        self.edited.emit(value)
        return True

    def tell(self, value: Value) -> None:
        """Say what is wrong with a value of the document, if anything is."""
        try:
            self.check(value)
        except ValueError as error:
            self.mark(told(error))
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


def means_document(event: QEvent, line: QLineEdit) -> bool:
    """Whether a key is about to undo or redo a step of the document.

    What was typed into ``line`` and not handed on yet is nothing that the document knows of: that is taken back, and
    brought again, in the line itself.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.matches(QKeySequence.StandardKey.Undo):
        return not (line.isModified() and line.isUndoAvailable())
    return event.matches(QKeySequence.StandardKey.Redo) and not line.isRedoAvailable()


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
