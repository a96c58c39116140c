"""What happened, with the time of day, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import theme

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_MOST_LINES = 2_000


class LogView(QWidget):
    """The session's log; new lines come at the end, and the view follows unless someone has scrolled up."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("log_view")
        self._text = QPlainTextEdit(self)
        self._text.setObjectName("log_text")
        self._text.setAccessibleName(tr("Log"))
        self._text.setReadOnly(True)
        self._text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._text.setMaximumBlockCount(_MOST_LINES)
        self._text.setFont(theme.font("mono"))
        self._text.document().setDocumentMargin(10)
        self._text.setPlaceholderText(tr("Nothing has happened yet."))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.addWidget(self._text)
        if session.logbook:
            self._text.setPlainText("\n".join(session.logbook))
            self._to_end()
        session.logged.connect(self._on_logged)

    @property
    def text(self) -> str:
        """Everything that is shown."""
        return self._text.toPlainText()

    def _on_logged(self, line: str) -> None:
        bar = self._text.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 2
        self._text.appendPlainText(line)
        if follows:
            self._to_end()

    def _to_end(self) -> None:
        bar = self._text.verticalScrollBar()
        bar.setValue(bar.maximum())
