"""The drawing as PyTorch code, to read, copy and save. Worked out only while it is in view; needs no torch."""

from __future__ import annotations

import builtins
import keyword
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QFont, QGuiApplication, QShowEvent, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel, label
from nnstudio.ui.monitor.empty import EmptyNote

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_REST_MS: Final = 120
"""How long the drawing must lie still before the code is written anew."""
_THANKS_MS: Final = 1_500


class CodeView(QWidget):
    """Read-only source of the drawing; where it cannot be built, the reasons stand instead."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("code_view")
        self._session = session
        self._stale = True
        self._caption = ElidedLabel("", "small", mute=True)
        self._caption.setObjectName("code_caption")
        self._copy = QPushButton(tr("Copy"), self)
        self._copy.setObjectName("code_copy")
        self._copy.setAccessibleName(tr("Copy the code"))
        self._copy.clicked.connect(self._on_copy)
        self._save = QPushButton(tr("Save as…"), self)
        self._save.setObjectName("code_save")
        self._save.setAccessibleName(tr("Save the code as a file"))
        self._save.clicked.connect(self._on_save)
        header = QHBoxLayout()
        header.addWidget(self._caption, 1)
        header.addWidget(self._copy)
        header.addWidget(self._save)
        self._text = QPlainTextEdit(self)
        self._text.setObjectName("code_text")
        self._text.setAccessibleName(tr("Code"))
        self._text.setReadOnly(True)
        self._text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setFont(theme.font("mono"))
        self._text.document().setDocumentMargin(10)
        self._highlighter = PythonHighlighter(self._text.document())
        self._problems = label("", wrap=True)
        self._problems.setObjectName("code_problems")
        self._problems.setAlignment(self._problems.alignment() | Qt.AlignmentFlag.AlignTop)
        self._empty = EmptyNote(tr("The code of what you draw appears here."), self)
        self._stack = QStackedLayout()
        for page in (self._text, self._problems, self._empty):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(8)
        column.addLayout(header)
        column.addLayout(self._stack, 1)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._on_rested)
        self._thanks = QTimer(self)
        self._thanks.setSingleShot(True)
        self._thanks.setInterval(_THANKS_MS)
        self._thanks.timeout.connect(lambda: self._copy.setText(tr("Copy")))
        session.changed.connect(self._on_changed)

    @property
    def source(self) -> str:
        """The code shown; empty where the drawing cannot be built."""
        return self._text.toPlainText() if self._stack.currentWidget() is self._text else ""

    def refresh(self) -> None:
        """Write the code of the present drawing, or why there is none."""
        from nnstudio.compiler.plan import CompileError, make_plan
        from nnstudio.compiler.source import write_source

        self._stale = False
        session = self._session
        if not session.project.graph.nodes:
            self._caption.setText("")
            self._stack.setCurrentWidget(self._empty)
            self._enable(False)
            return
        try:
            plan = make_plan(session.project.graph, session.blocks, session.model)
        except CompileError as error:
            self._show_problems(str(error))
            return
        source = write_source(plan, session.project.name)
        if source != self._text.toPlainText():
            bar = self._text.verticalScrollBar()
            place = bar.value()
            self._text.setPlainText(source)
            bar.setValue(place)
        self._caption.setText(tr("PyTorch, {lines} lines; needs nothing of this program", lines=source.count("\n")))
        self._stack.setCurrentWidget(self._text)
        self._enable(True)

    def _show_problems(self, text: str) -> None:
        self._caption.setText(tr("There is no code yet: the drawing has problems."))
        self._problems.setText(text)
        self._stack.setCurrentWidget(self._problems)
        self._enable(False)

    def _enable(self, there_is_code: bool) -> None:
        self._copy.setEnabled(there_is_code)
        self._save.setEnabled(there_is_code)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was drawn while the view was hidden."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _on_changed(self) -> None:
        self._stale = True
        if self.isVisible():
            self._rest.start()

    def _on_rested(self) -> None:
        if self._stale and self.isVisible():
            self.refresh()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.source)
        self._copy.setText(tr("Copied"))
        self._thanks.start()

    def _on_save(self) -> None:
        from nnstudio.compiler.source import class_name
        from nnstudio.ui.dialogs.paths import ask_new

        name = class_name(self._session.project.name, "Network").lower() + ".py"
        folder = self._session.path.parent if self._session.path else Path.home()
        chosen = ask_new(self, tr("Save the code as a file"), folder / name, "Python")
        if chosen is not None:
            self.write(chosen)

    def write(self, path: Path) -> None:
        """Write the code to a file; a fault is told in the caption and in the log."""
        from nnstudio.project.errors import FileError
        from nnstudio.project.store import write_atomically

        try:
            write_atomically(path, self.source.encode())
        except FileError as error:
            text = str(error)
        else:
            text = tr("Saved the code as {path}", path=path)
        self._caption.setText(text)
        self._session.log(text)


class PythonHighlighter(QSyntaxHighlighter):
    """Colours for the Python that the program writes: keywords, names of torch, strings, numbers, comments."""

    _TOKENS: Final = re.compile(
        r"(?P<comment>#.*)"
        r"|(?P<string>\"[^\"\n]*\"|'[^'\n]*')"
        r"|(?P<number>\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b)"
        r"|(?P<torch>\b(?:nn|torch|F)(?:\.\w+)+)"
        r"|(?P<word>\b[A-Za-z_]\w*\b)"
    )
    _DOCSTRING: Final = '"""'

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        now = theme.current()
        self._formats = {
            "comment": _format(now.mute, italic=True),
            "string": _format(now.ok),
            "number": _format(now.warn),
            "torch": _format(now.text, bold=True),
            "keyword": _format(now.accent),
            "builtin": _format(now.accent),
        }

    def highlightBlock(self, text: str) -> None:
        """Colour one line; the state of a line is 1 where a docstring goes on."""
        start = self._docstring(text)
        for match in self._TOKENS.finditer(text, start):
            kind = match.lastgroup or ""
            if kind == "word":
                kind = "keyword" if keyword.iskeyword(match[0]) else "builtin" if hasattr(builtins, match[0]) else ""
            if kind:
                self.setFormat(match.start(), len(match[0]), self._formats[kind])

    def _docstring(self, text: str) -> int:
        """Colour what of the line belongs to a docstring; return where code begins."""
        inside = self.previousBlockState() == 1
        begin = 0 if inside else text.find(self._DOCSTRING)
        self.setCurrentBlockState(0)
        if begin < 0:
            return 0
        end = text.find(self._DOCSTRING, begin + (0 if inside else 3))
        stop = len(text) if end < 0 else end + 3
        self.setCurrentBlockState(1 if end < 0 else 0)
        self.setFormat(begin, stop - begin, self._formats["string"])
        return stop


def _format(colour: QColor, *, bold: bool = False, italic: bool = False) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(colour)
    if bold:
        made.setFontWeight(QFont.Weight.DemiBold)
    made.setFontItalic(italic)
    return made
